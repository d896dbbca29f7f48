"""Pages of HTML: the article in them, by trafilatura; everything that they show, where there is no article.

The bytes are the record and the text is a view: trafilatura leaves out navigation, and may leave out more.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura.settings import Document as Page

from sijill.core.document import Note
from sijill.core.errors import UnreadableFile
from sijill.preserve.encoding import decode
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.pagefields import headline_of, metadata_of
from sijill.preserve.quiet import PARSER_FAULTS, silence_parsers
from sijill.preserve.view import View, reader_name

DECLARED = re.compile(rb"""<meta[^<>]{0,200}?charset\s{0,9}=\s{0,9}["']?([A-Za-z0-9_:.\-]{1,40})""", re.I)
XML_DECLARED = re.compile(rb"""<\?xml[^<>]{0,200}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9_:.\-]{1,40})""", re.I)
# Looking for each attribute among thousands takes the parser minutes.
HUGE_TAG = re.compile(r"<[^<>]{20000,}")
MAX_ATTRIBUTES = 1_000
# An article that does not give its own headline this soon gets it put before it.
TITLE_WITHIN = 400
# Fewer letters than this, on a page that shows ten times as many, are not its article.
SHORT, TIMES = 250, 10
BLOCK = re.compile(
    "address|article|aside|blockquote|body|br|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|"
    "h[1-6]|header|hr|html|li|main|nav|ol|p|pre|section|summary|table|tbody|tfoot|thead|tr|ul"
)
CELL = re.compile("td|th")
UNSEEN = re.compile("head|script|style|noscript|template|svg|math|iframe|object|select|textarea|title")
FEEDS = re.compile("[\x0b\x0c]")
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Of a number that fits: leading zeros and all, longer ones mean no character.
REFERENCE = re.compile("&#([xX][0-9a-fA-F]{1,30}|[0-9]{1,30});?", re.A)
HIDING = re.compile(r"(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)", re.I)


def read_html(data: bytes, *, name: str, limits: Limits) -> View:
    """The article of a page, its headline first; else all that the page shows. Raises UnreadableFile."""
    tree, notes = tree_of(data, name=name, limits=limits)
    metadata, about_fields = metadata_of(tree)
    article = _article(tree, name).strip()
    everything = visible_text(tree) if len(article) < SHORT else ""
    if not article or len(everything) > TIMES * len(article):
        notes = (*notes, note(NoteCode.ARTICLE_NOT_FOUND, "No article was found; the text is all that the page shows."))
        article = everything
    else:
        headline = headline_of(tree) or metadata.title
        article = f"{headline}\n{article}" if headline and headline not in article[:TITLE_WITHIN] else article
    return View(article, reader_name("html", "trafilatura"), "text/html", metadata, (*notes, *about_fields))


def _article(tree: HtmlElement, name: str) -> str:
    """What trafilatura takes for the article; "" where it sees none."""
    silence_parsers()
    try:
        found = trafilatura.bare_extraction(tree, include_comments=False)
    except PARSER_FAULTS as err:
        raise _unreadable(name, "its markup could not be taken apart") from err
    return (found.text or "") if isinstance(found, Page) else ""


def tree_of(
    data: bytes, *, name: str, limits: Limits, declared: str | None = None
) -> tuple[HtmlElement, tuple[Note, ...]]:
    """The page as a tree, and notes on its encoding.

    Raises UnreadableFile where the parser would cut it short or take minutes.
    """
    if len(data) > limits.max_markup:
        raise _unreadable(name, f"it has more than {limits.max_markup:,} bytes of markup")
    head = data[:4096]
    stated = DECLARED.search(head) or XML_DECLARED.search(head)
    decoded = decode(data, name=name, declared=declared or (stated.group(1).decode("ascii") if stated else None))
    if any(tag.group().count("=") > MAX_ATTRIBUTES for tag in HUGE_TAG.finditer(decoded.text)):
        raise _unreadable(name, f"a tag in it has more than {MAX_ATTRIBUTES:,} attributes")
    tree = _parsed(decoded.text, name)
    return tree, (*decoded.notes, *_without_hidden(tree))


def _xml_text(text: str) -> str:
    """Replaces characters that HTML lets through and XML does not: nothing could be moved within the tree otherwise.

    In the page and not in the tree: there they may stand in the names of attributes, and in text that no element has.
    References to such characters are replaced, too.
    """
    return NOT_XML.sub("\ufffd", FEEDS.sub(" ", REFERENCE.sub(_referred, text)))


def _referred(reference: re.Match[str]) -> str:
    digits = reference[1]
    number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    if number > sys.maxunicode:
        return "\ufffd"
    meant = chr(number)
    return " " if FEEDS.match(meant) else "\ufffd" if NOT_XML.match(meant) else reference[0]


def visible_text(tree: HtmlElement) -> str:
    """Everything that a page shows, a line for each block, cells of a table parted by tabs."""
    parts: list[str] = []
    # By hand and not by recursion: a page may be nested as deep as the parser lets it.
    stack: list[tuple[HtmlElement, bool]] = [(tree, False)]
    while stack:
        element, leaving = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if leaving:
            parts.append("\n" if BLOCK.fullmatch(tag) else "\t" if CELL.fullmatch(tag) else "")
            parts.append(_spaced(element.tail))
            continue
        if tag and not UNSEEN.fullmatch(tag) and not _hidden(element):
            parts.append("\n" if BLOCK.fullmatch(tag) else "")
            parts.append(_spaced(element.text))
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))
        else:
            parts.append(_spaced(element.tail))
    lines = (" ".join(line.split(" ")).strip() for line in re.sub(" {2,}", " ", "".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line)


def _without_hidden(tree: HtmlElement) -> Iterator[Note]:
    """Takes out what the markup hides; where that is most of the page, as on some until a script runs, it stays."""
    hidden = [element for element in tree.xpath("//body//*[@hidden or @style]") if _hidden(element)]
    size = sum(len("".join(element.itertext())) for element in hidden)
    if size > SHORT and size > len(visible_text(tree)):
        yield note(NoteCode.HIDDEN_TEXT, "The markup hides most of the page; what it hides was read.")
        for element in hidden:
            element.attrib.pop("hidden", None)
            element.attrib.pop("style", None)
        return
    for element in hidden:
        if element.getparent() is not None:
            element.drop_tree()


def _hidden(element: HtmlElement) -> bool:
    return element.get("hidden") is not None or HIDING.search(element.get("style") or "") is not None


def _spaced(text: str | None) -> str:
    """Text with its white space as browsers show it; a no-break space stays."""
    return re.sub("[ \t\r\n\f]+", " ", text) if text else ""


def _parsed(text: str, name: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, no_network=True)
    try:
        tree = document_fromstring(_xml_text(text).encode("utf-8", errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as err:
        raise _unreadable(name, "there is no page of HTML in it") from err
    # What the parser gives up on is gone from the tree; a page cut short must not pass for the whole.
    fatal = [entry for entry in parser.error_log if entry.level == etree.ErrorLevels.FATAL]
    if fatal:
        deep = "depth" in fatal[0].message
        raise _unreadable(name, "it is nested too deeply" if deep else "a piece of it is too large for the parser")
    return tree


def _unreadable(name: str, reason: str) -> UnreadableFile:
    return UnreadableFile(shown(name), reason, hint="open it in a browser and save it as PDF, or its words as text")
