"""What a page of HTML says of itself: title, publisher, address, language, and when it was published.

The date is taken from markup that states it; what htmldate finds in the words may be the date of the event and is
marked as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from htmldate import find_date
from lxml.html import HtmlElement
from trafilatura.metadata import examine_meta, extract_meta_json, extract_sitename, extract_title, extract_url
from trafilatura.settings import Document as Page

from sijill.core.document import Metadata, Note
from sijill.preserve.dates import published_of
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.quiet import PARSER_FAULTS

# Names of <meta> elements that state when a page was published: Open Graph, schema.org, Dublin Core, usual others.
DATE_NAME = re.compile(
    r"(?:og:)?(?:article:)?published_time|datepublished|(?:sailthru\.)?date|dc\.date(?:\.issued)?|"
    r"dcterms\.(?:date|issued|created)|pub-?date|publish[-_]?date|parsely-pub-date|article\.published|"
    r"citation_publication_date",
    re.IGNORECASE,
)
JSON_DATE = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"\\]{4,40})"')
MAX_SCRIPTS = 20
LATEST = "2199-12-31"


def metadata_of(tree: HtmlElement) -> tuple[Metadata, tuple[Note, ...]]:
    """The fields of a page, and notes on them.

    By the functions of trafilatura for title, site and address; its own pass would look for authors, licences and tags
    as well, which takes longer than reading the text.
    """
    found = _stated(tree)
    url = found.url or None
    published, notes = _published(tree, url)
    return (
        Metadata(
            title=found.title or _text(tree.find(".//title")),
            publisher=(found.sitename or "").lstrip("@") or _host(url),
            url=url,
            language=_language(tree),
            published=published,
        ),
        notes,
    )


def _stated(tree: HtmlElement) -> Page:
    found = Page()
    with suppress(*PARSER_FAULTS):
        found = examine_meta(tree)
        found = extract_meta_json(tree, found)
    with suppress(*PARSER_FAULTS):
        found.title = found.title or extract_title(tree)
        found.url = found.url or extract_url(tree)
        found.sitename = found.sitename or extract_sitename(tree)
        found.clean_and_trim()
    return found


def headline_of(tree: HtmlElement) -> str | None:
    """The page's heading of the first level as shown, where it has one."""
    return next((words for heading in tree.iter("h1") if (words := _text(heading))), None)


def _published(tree: HtmlElement, url: str | None) -> tuple[str | None, tuple[Note, ...]]:
    unclear: tuple[Note, ...] = ()
    for stated in _stated_dates(tree):
        published, problem = published_of(stated)
        if published is not None:
            return published, ()
        unclear = (problem,) if problem else unclear
    guess = None if unclear else _guess(tree, url)
    if guess is None:
        return None, unclear
    if url and guess.replace("-", "/") in url:
        return guess, ()
    return guess, (note(NoteCode.DATE_FROM_TEXT, f"The markup states no date; {guess} was found in the page's words."),)


def _guess(tree: HtmlElement, url: str | None) -> str | None:
    """What htmldate finds, by no clock but the page's own: the same bytes give the same date on any day."""
    with suppress(*PARSER_FAULTS):
        return find_date(tree, original_date=True, extensive_search=False, max_date=LATEST, url=url)
    return None


def _stated_dates(tree: HtmlElement) -> Iterator[str]:
    """Dates of publication in the markup, the most explicit first."""
    for element in tree.iter("meta"):
        names = (element.get("property"), element.get("name"), element.get("itemprop"))
        if any(name and DATE_NAME.fullmatch(name) for name in names):
            yield element.get("content") or ""
    scripts = (script for script in tree.iter("script") if script.get("type") == "application/ld+json")
    for _, script in zip(range(MAX_SCRIPTS), scripts, strict=False):
        if match := JSON_DATE.search(script.text or ""):
            yield match.group(1)
    times = list(tree.iter("time"))
    for element in times:
        if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None:
            yield element.get("datetime") or element.text or ""
    # Several days may be those of other articles that a page points to.
    days = {value[:10]: value for element in times if (value := element.get("datetime"))}
    if len(days) == 1:
        yield next(iter(days.values()))


def _host(url: str | None) -> str | None:
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _language(tree: HtmlElement) -> str | None:
    stated = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang")
    if stated:
        return stated
    for element in tree.iter("meta"):
        if (element.get("http-equiv") or "").lower() == "content-language" or element.get("property") == "og:locale":
            return (element.get("content") or "").split(",")[0] or None
    return None


def _text(element: HtmlElement | None) -> str | None:
    return (" ".join("".join(element.itertext()).split()) or None) if element is not None else None
