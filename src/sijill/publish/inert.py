"""Text of sources made safe to show: markup escaped, control characters drawn instead of obeyed.

A report can hold characters that no reader sees and that change what every reader does see: an override (U+202E) turns
"21 killed" into "12 killed" on the screen while the bytes stay. Such characters are evidence, so they are neither
obeyed nor dropped; each is drawn as a small mark that names it.
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

# C0 (without tab and line feed) and C1 controls; line and paragraph separators; bidirectional embeddings, overrides,
# isolates and the deprecated format characters; interlinear annotation; surrogates; noncharacters; tags.
OBEYED = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\U000e0000-\U000e007f"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
)
# Invisible, at times needed for spelling or for direction, so they keep working; a thin tick says that they are there.
UNSEEN = "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff"

_BREAK = "\r(?=\n)"
_ANY = re.compile(f"(?P<plain_break>{_BREAK})|(?P<obeyed>[{OBEYED}])|(?P<unseen>[{UNSEEN}])")
_OBEYED_ONLY = re.compile(f"[{OBEYED}]")

_CARRIAGE_RETURN = Markup('<span class="cr" data-cp="000D"></span>')
_TICK = Markup('<span class="tick" data-cp="{}" title="{}">{}</span>')
_SIGN = Markup('<abbr class="ctl" dir="ltr" data-cp="{}" title="{}">{}</abbr>')

_SHORT = {
    0x00: "NUL", 0x08: "BS", 0x0B: "VT", 0x0C: "FF", 0x0D: "CR", 0x1B: "ESC", 0x7F: "DEL", 0x85: "NEL",
    0x2028: "LS", 0x2029: "PS", 0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO",
    0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI",
}  # fmt: skip


def inert(text: str) -> Markup:
    """`text` as HTML that shows every character and obeys none.

    The text can be had back: each mark carries its code point in `data-cp`.

    >>> inert("<b>")
    Markup('&lt;b&gt;')
    >>> inert("a\\u202eb")
    Markup('a<abbr class="ctl" dir="ltr" data-cp="202E" title="U+202E RIGHT-TO-LEFT OVERRIDE">RLO</abbr>b')
    """
    parts: list[Markup] = []
    last = 0
    for match in _ANY.finditer(text):
        parts += [escape(text[last : match.start()]), _mark(match)]
        last = match.end()
    return Markup("").join([*parts, escape(text[last:])])


def said(text: str) -> Markup:
    """`inert` text of whatever direction, isolated so that it cannot reorder the words around it."""
    return Markup("<bdi>{}</bdi>").format(inert(text))


def plain(text: str) -> str:
    """`text` without markup, for titles and attributes: what would be obeyed is spelt out in brackets.

    >>> plain("a\\u202eb")
    'a⟦RLO⟧b'
    """
    return _OBEYED_ONLY.sub(lambda m: f"⟦{_short(m[0])}⟧", text)


def json_escaped(json_text: str) -> str:
    r"""JSON with the characters that `inert` would draw written as `\u` escapes, so that it is safe to open.

    They stand within strings only, as JSON's own syntax has none of them; the value stays the same.

    >>> json_escaped('"a' + chr(0x202e) + 'b"')
    '"a\\u202eb"'
    """
    return _OBEYED_ONLY.sub(_json_escape, json_text)


def _json_escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _mark(match: re.Match[str]) -> Markup:
    if match["plain_break"]:
        return _CARRIAGE_RETURN
    code = f"{ord(match[0]):04X}"
    title = f"U+{code} {unicodedata.name(match[0], '')}".rstrip()
    return _TICK.format(code, title, match[0]) if match["unseen"] else _SIGN.format(code, title, _short(match[0]))


def _short(character: str) -> str:
    code = ord(character)
    return _SHORT.get(code, f"U+{code:04X}")
