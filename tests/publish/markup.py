"""Reads a page strictly: nesting, ids and attributes as written, and the text that a reader would see."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import ClassVar

VOID = frozenset({"meta", "link", "br"})
TAGS = frozenset(
    {
        *("html", "head", "meta", "title", "link", "body", "header", "nav", "main", "footer", "section"),
        *("h1", "h2", "h3", "p", "div", "span", "bdi", "a", "strong", "code", "time", "mark", "abbr", "del", "ins"),
        *("ul", "ol", "li", "dl", "dt", "dd", "blockquote", "details", "summary"),
        *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    }
)
ATTRIBUTES = frozenset(
    {
        *("lang", "dir", "charset", "http-equiv", "content", "name", "rel", "href", "hreflang", "type"),
        *("class", "id", "tabindex", "role", "scope", "title", "datetime"),
        *("aria-label", "aria-labelledby", "aria-current", "data-label", "data-cp", "data-note"),
    }
)


@dataclass
class Element:
    """One element with its attributes and where it was opened."""

    tag: str
    attributes: dict[str, str]


@dataclass
class Page(HTMLParser):
    """The elements of a page in order, its ids and links, and its text; anything badly formed raises AssertionError."""

    allowed: ClassVar[frozenset[str]] = TAGS
    known: ClassVar[frozenset[str]] = ATTRIBUTES
    void: ClassVar[frozenset[str]] = VOID

    source: str
    elements: list[Element] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    hrefs: list[str] = field(default_factory=list)
    text: str = ""
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.source)
        self.close()
        assert not self._open, f"never closed: {self._open}"
        assert len(self.ids) == len(set(self.ids)), "an id stands twice"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        assert tag in self.allowed, f"a page has no <{tag}>"
        assert self.known.issuperset(names), f"<{tag}> has {names}"
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, attributes))
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.hrefs += [attributes["href"]] if "href" in attributes else []
        if tag not in self.void:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise AssertionError(f"<{tag}/> closes itself, which HTML ignores")

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> closes <{self._open[-1]}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data


class Recovered(HTMLParser):
    """The text of a source as it was, from its marked form: marks are turned back into what they stand for."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self._inside: list[bool] = []
        # As plain text: adding to Markup, as the parser does, would escape once more.
        self.feed(str(markup))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        code = dict(attrs).get("data-cp")
        self._inside.append(code is not None)
        self.text += chr(int(code, 16)) if code else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside.pop()

    def handle_data(self, data: str) -> None:
        self.text += "" if any(self._inside) else data
