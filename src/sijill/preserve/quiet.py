"""Other people's parsers: what they raise on hostile files, and keeping what they say of them out of the logs."""

from __future__ import annotations

import logging
import struct
import zlib
from functools import cache

# Parsers in Python meet damage that their authors did not think of with whatever the language raises. A closed list,
# so that our own mistakes of other kinds still show.
PARSER_FAULTS: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
TALKATIVE = ("PIL", "charset_normalizer", "htmldate", "justext", "py3langid", "pypdf", "pypdfium2", "trafilatura")


@cache
def silence_parsers() -> None:
    """Silences the loggers of the parsers for good: what they say may hold words of the source, which logs must not."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
