"""Sijill turns conflicting reports of mass violence into a casualty record that can be defended.

>>> import sijill
>>> found = sijill.extract("At least eight people were killed in Tamrel on 4 March 2031.", language="en")
>>> [(claim.harm.value, claim.count.low, claim.count.high) for claim in found]
[('killed', 8, None)]
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from sijill.core.version import __version__

__all__ = ["Case", "SijillError", "__version__", "estimate", "extract"]

# Where each name lives; imported on first use, so that `import sijill` costs nothing.
_HOMES = {"Case": "sijill.pipeline.api", "SijillError": "sijill.core.errors"}


# Rooms that can also be called, as the function and the room have one name by contract, and where the function lives.
_CALLABLE = {"extract": "sijill.pipeline.extraction", "estimate": "sijill.pipeline.estimating"}


class _Room(ModuleType):
    """A room that can be called, `sijill.extract(text)`."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        name = self.__name__.rpartition(".")[2]
        return getattr(import_module(_CALLABLE[name]), name)(*arguments, **options)


class _Package(ModuleType):
    """This package: it makes the room callable when the import system binds it, and finds the other names."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in _CALLABLE and isinstance(value, ModuleType):
            value.__class__ = _Room
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name in _CALLABLE:
            return import_module(f"sijill.{name}")
        if name in _HOMES:
            return getattr(import_module(_HOMES[name]), name)
        raise AttributeError(f"module 'sijill' has no attribute {name!r}")


sys.modules[__name__].__class__ = _Package
