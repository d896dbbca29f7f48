"""Names of files as messages may show them: a name is as hostile as the bytes below it."""

from __future__ import annotations

import re

LONGEST = 200
# Control characters move a terminal's cursor; bidirectional overrides and isolates make `fdp.exe` of `exe.pdf`;
# surrogates stand for bytes of a name that are not UTF-8.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


def shown(name: str) -> str:
    r"""`name` with everything that could deceive a reader or a terminal written out, and cut to 200 code points.

    >>> shown("a\nb\u202efdp.exe")
    'a\\x0ab\\u202efdp.exe'
    """
    safe = UNSAFE.sub(lambda m: _written_out(m.group()), name)
    return safe if len(safe) <= LONGEST else safe[: LONGEST // 2] + "…" + safe[-LONGEST // 2 :]


def _written_out(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
