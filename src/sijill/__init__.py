"""Sijill turns conflicting reports of mass violence into a casualty record that can be defended.

>>> import sijill
>>> [c.harm.value for c in sijill.extract("At least eight people were killed in Tamrel on 4 March 2031.", language="en")]
['killed']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sijill.core.version import __version__

if TYPE_CHECKING:
    from sijill.core.errors import SijillError
    from sijill.pipeline.api import Case
    from sijill.pipeline.extraction import extract

__all__ = ["Case", "SijillError", "__version__", "extract"]

# Where each name lives; imported on first use, so that `import sijill` costs nothing.
_HOMES = {
    "Case": "sijill.pipeline.api",
    "SijillError": "sijill.core.errors",
    "extract": "sijill.pipeline.extraction",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sijill' has no attribute {name!r}")
