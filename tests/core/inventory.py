"""Every public record, enum and error of `sijill.core`, found by looking, so that none is forgotten in a list."""

import dataclasses
import importlib
import inspect
import pkgutil
from enum import Enum
from types import ModuleType

import sijill.core


def modules() -> list[ModuleType]:
    return [importlib.import_module(f"sijill.core.{m.name}") for m in pkgutil.iter_modules(sijill.core.__path__)]


def classes() -> list[type]:
    """Classes that core defines, by name."""
    found = {c for m in modules() for _, c in inspect.getmembers(m, inspect.isclass) if c.__module__ == m.__name__}
    return sorted((c for c in found if not c.__name__.startswith("_")), key=lambda c: c.__name__)


RECORDS = [c for c in classes() if dataclasses.is_dataclass(c)]
ENUMS = [c for c in classes() if issubclass(c, Enum)]
ERRORS = [c for c in classes() if issubclass(c, Exception)]
