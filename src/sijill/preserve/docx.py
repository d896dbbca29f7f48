"""DOCX: the words of a Word document in their order, tables, notes and text boxes included, comments never.

Read from the package's own XML. python-docx was tried and left out: it passes over foot- and endnotes, text boxes and
content controls, in which figures stand too, and it loads every picture into memory.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from sijill.core.document import Note
from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.opc import FAULTS, core_metadata, require_sane, tree_of_part, unreadable
from sijill.preserve.view import View, reader_name

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PLAIN_MAIN = re.compile(r"application/vnd\.openxmlformats-officedocument\.wordprocessingml\.(document|template)\.main")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# What declares the parts is never as long as that.
LONGEST_TYPES = 1_000_000
SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
LEFT_OUT = frozenset({"del", "moveFrom", "instrText", "delText", "rPr", "pPr", "sectPr", "tblPr", "trPr", "tcPr"})


@dataclass(slots=True)
class _Words:
    """The lines read so far, and what was seen on the way."""

    lines: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    tracked: bool = False
    hidden: bool = False


def read_docx(data: bytes, *, name: str, limits: Limits) -> View:
    """Paragraphs a line each, cells of a table parted by tabs, then what the foot- and endnotes say.

    Raises UnreadableFile for what is damaged, encrypted, unpacks to too much, or declares entities.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            require_sane(package, name, limits)
            main = _main_part(package, name)
            words = _Words()
            _read_part(package, main, words, name, limits)
            folder = posixpath.dirname(main)
            for notes in ("footnotes", "endnotes"):
                if (part := posixpath.join(folder, f"{notes}.xml")) in package.namelist():
                    words.lines.append("")
                    _read_part(package, part, words, name, limits)
            metadata, about_date = core_metadata(package, name)
    except FAULTS as err:
        raise unreadable(name, "it is damaged: it cannot be unpacked") from err
    text = "\n".join(words.lines).strip("\n")
    return View(text, reader_name("docx", "lxml"), MEDIA_TYPE, metadata, (*_notes(words), *about_date))


def _main_part(package: zipfile.ZipFile, name: str) -> str:
    """The part that the package declares as its document; macros and other kinds are refused."""
    types = package.read("[Content_Types].xml") if "[Content_Types].xml" in package.namelist() else b""
    if b"macroEnabled" in types[:LONGEST_TYPES]:
        raise UnreadableFile(
            shown(name), "it is a Word document with macros", hint="save it as DOCX without macros, or as PDF"
        )
    if not PLAIN_MAIN.search(types[:LONGEST_TYPES].decode("utf-8", errors="replace")):
        raise unreadable(name, "there is no Word document in it")
    found = re.search(rb'PartName="/([^"]{1,200})"[^<>]{0,200}\.main\+xml"', types[:LONGEST_TYPES])
    main = found.group(1).decode("utf-8", errors="replace") if found else "word/document.xml"
    if main not in package.namelist():
        raise unreadable(name, "there is no Word document in it")
    return main


def _read_part(package: zipfile.ZipFile, part: str, words: _Words, name: str, limits: Limits) -> None:
    root = tree_of_part(package.read(part), name)
    for block in root if _local(root) in ("footnotes", "endnotes") else [root]:
        if _local(block) in ("footnote", "endnote") and block.get(f"{WORD}type") not in (None, "normal"):
            continue
        _read_blocks(block, words, name, limits.max_nesting)


def _read_blocks(element: etree._Element, words: _Words, name: str, levels: int) -> None:
    """Paragraphs and tables in their order, also those within content controls; text boxes after their paragraph."""
    if levels < 0:
        raise unreadable(name, "it is nested too deeply")
    for child in element:
        match _local(child):
            case "p":
                words.lines.append(_paragraph(child, words))
                boxes, words.boxes = words.boxes, []
                for box in boxes:
                    _read_blocks(box, words, name, levels - 1)
            case "tbl":
                _read_table(child, words, name, levels - 1)
            case kind if kind in LEFT_OUT:
                words.tracked = words.tracked or kind in ("del", "moveFrom")
            case _:
                _read_blocks(child, words, name, levels - 1)


def _read_table(table: etree._Element, words: _Words, name: str, levels: int) -> None:
    """A line for each row; the lines of a cell become one."""
    for row in _within(table, "tr"):
        cells = []
        for cell in _within(row, "tc"):
            inner = _Words()
            _read_blocks(cell, inner, name, levels - 1)
            cells.append(" ".join(line for line in inner.lines if line.strip()))
            words.tracked, words.hidden = words.tracked or inner.tracked, words.hidden or inner.hidden
        words.lines.append("\t".join(cells))


def _within(element: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """Rows of a table, cells of a row: its children, or within content controls around them."""
    for child in element:
        kind = _local(child)
        if kind == wanted:
            yield child
        elif kind in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _within(child, wanted)


def _paragraph(paragraph: etree._Element, words: _Words) -> str:
    """The runs of a paragraph as they are shown: insertions are in, deletions, comments and hidden words are not."""
    parts: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        kind = _local(element)
        if kind == "t":
            parts.append(element.text or "")
        elif kind in SIGNS:
            parts.append(SIGNS[kind])
        elif kind == "txbxContent":
            words.boxes.append(element)
        elif kind in LEFT_OUT or element.tag == FALLBACK:
            words.tracked = words.tracked or kind in ("del", "moveFrom")
        elif kind == "r" and _vanishes(element):
            words.hidden = True
        else:
            words.tracked = words.tracked or kind == "ins"
            stack.extend(reversed(element))
    return "".join(parts)


def _vanishes(run: etree._Element) -> bool:
    for prefix in (WORD, STRICT):
        hidden = run.find(f"{prefix}rPr/{prefix}vanish")
        if hidden is not None:
            return hidden.get(f"{prefix}val", "true") not in ("0", "false", "off")
    return False


def _local(element: etree._Element) -> str:
    """The name of an element of WordprocessingML without its namespace, "" for others' elements of other names."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2] if tag.startswith((WORD, STRICT)) else ""


def _notes(words: _Words) -> Iterator[Note]:
    if words.tracked:
        yield note(NoteCode.TRACKED_CHANGES, "It holds tracked changes; insertions were read, deletions were not.")
    if words.hidden:
        yield note(NoteCode.HIDDEN_TEXT, "Words that the document hides were left out.")
