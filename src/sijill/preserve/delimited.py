"""CSV and TSV: tables as text, a line for each row, whatever sign their program parted the cells by."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from sijill.core.errors import UnreadableFile
from sijill.preserve.encoding import decode
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.view import View, reader_name

# In the order in which they are preferred where two fit alike and make as many cells.
SIGNS = ("\t", ";", ",", "|")
SNIFFED_LETTERS, SNIFFED_ROWS = 64_000, 100


def read_delimited(data: bytes, *, name: str, limits: Limits) -> View:
    """A line for each row that says anything, its cells parted by tabs, quotes and line breaks within cells undone.

    Raises UnreadableFile for bytes that are no text, and for too many cells, or one that never ends.
    """
    if len(data) > 4 * limits.max_text:
        raise _refused(name, f"it is larger than a text of {limits.max_text:,} characters can be")
    decoded = decode(data, name=name)
    text = decoded.text
    lines: list[str] = []
    cells = 0
    try:
        for row in _rows(text, sign_of(text)):
            cells += len(row)
            if cells > limits.max_cells:
                raise _refused(name, f"it has more than {limits.max_cells:,} cells")
            lines.append("\t".join(" ".join(cell.split()) for cell in row).rstrip("\t "))
    except csv.Error as err:
        raise _refused(name, f"a cell of it is longer than {csv.field_size_limit():,} characters") from err
    media_type = "text/tab-separated-values" if name.lower().endswith(".tsv") else "text/csv"
    return View("\n".join(filter(None, lines)), reader_name("delimited"), media_type, notes=decoded.notes)


def sign_of(text: str) -> str:
    r"""The sign that parts the cells: the one that gives most rows the same number of them, more than one.

    The standard library's Sniffer was left out: its patterns take minutes on some texts, and it takes letters for
    signs.

    >>> sign_of("place;killed\nOld Senna;12,5\n")
    ';'
    """
    head = text[:SNIFFED_LETTERS]
    if len(text) > SNIFFED_LETTERS:
        head = head.rpartition("\n")[0] or head
    found = {sign: _agreement(head, sign) for sign in SIGNS}
    best = max(SIGNS, key=lambda sign: found[sign])
    return best if found[best] > (0.0, 0) else ","


def _agreement(head: str, sign: str) -> tuple[float, int]:
    """The share of rows with the commonest number of cells, and that number; nothing where it is one."""
    try:
        widths = Counter(len(row) for row in islice(_rows(head, sign), SNIFFED_ROWS) if row)
    except csv.Error:
        return 0.0, 0
    (width, rows) = max(widths.items(), key=lambda one: one[1], default=(0, 0))
    return (rows / widths.total(), width) if width > 1 else (0.0, 0)


def _rows(text: str, sign: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=sign)


def _refused(name: str, reason: str) -> UnreadableFile:
    return UnreadableFile(shown(name), reason, hint="split it into parts and add each")
