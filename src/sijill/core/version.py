"""The version of Sijill, which the log and every page name."""

__version__ = "0.1.0"
