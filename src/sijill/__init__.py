"""Sijill turns conflicting reports of mass violence into a casualty record that can be defended."""

__version__ = "0.1.0"
