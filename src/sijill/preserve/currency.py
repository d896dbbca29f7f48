"""Whether this machine's readers are newer than those that a text was read by, from the reader's name alone."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from sijill.core.document import Reading
from sijill.preserve.notes import NoteCode
from sijill.preserve.pictures import pillow_is_here
from sijill.preserve.tesseract import MODELS, PROGRAM, engine
from sijill.preserve.view import VERSIONS

# Notes that a container makes on what is in it: another reading of the part alone cannot make them.
OF_CONTAINERS = frozenset(
    {NoteCode.CAPTURED, NoteCode.DIGEST_DISAGREES, NoteCode.DIGEST_MISSING, NoteCode.RECORD_TRUNCATED}
)
NAME = re.compile(r"(?P<family>[^@+]+)@(?P<own>\d+)(?P<parts>(?:\+[^+]+)*)")
NUMBER = re.compile(r"\d+")


def is_outdated(reading: Reading) -> bool:
    """Whether a newer reader is here, or one for what could not be read then.

    An older one, or one that is not here, makes no reading outdated. Of OCR's models, which have no versions, any other
    than the one that was used counts as newer.
    """
    if any(note.code == NoteCode.OCR_MISSING for note in reading.notes) and engine() and pillow_is_here():
        return True
    match = NAME.fullmatch(reading.reader)
    if match is None:
        return False
    if VERSIONS.get(match["family"], 1) > int(match["own"]):
        return True
    return any(_is_newer(*part.rpartition("-")[::2]) for part in match["parts"].split("+") if part)


def _is_newer(name: str, used: str) -> bool:
    if name == PROGRAM or name in MODELS:
        found = engine()
        if found is None:
            return False
        here = found.version if name == PROGRAM else dict(found.models)[name]
        return _order(here) > _order(used) if name == PROGRAM else here != used
    here = _installed(name)
    return _order(here) > _order(used)


@cache
def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _order(stated: str) -> tuple[int, ...]:
    """The numbers of a version, in their order.

    >>> _order("5.10.0") > _order("5.9.3")
    True
    """
    return tuple(int(number) for number in NUMBER.findall(stated))
