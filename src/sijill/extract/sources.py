"""The short usual name of a source, and its kind: an alias, a person's name after titles, the body of an official."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from sijill.core.claim import AttributionKind
from sijill.extract.marks import Marked
from sijill.extract.report import Report
from sijill.extract.speech import alias_in
from sijill.extract.tokens import fold, tokens

FULL_NAME_REACH = 8000

# From the most telling to the least.
KIND_ORDER = (
    AttributionKind.UN,
    AttributionKind.MONITOR,
    AttributionKind.MEDICAL,
    AttributionKind.MEDIA,
    AttributionKind.WITNESS,
    AttributionKind.ARMED_PARTY,
    AttributionKind.OFFICIAL,
)


def source_name(m: Marked, start: int, end: int, text: str) -> str:
    """The short usual name of a source: an alias, a person's own name after titles, or the phrase without articles."""
    if m.pack.grammar.caseless:
        return _caseless_name(m, start, end, text)
    person = _person(m, start, end)
    if person is None and (alias := alias_in(m, start, end)):
        return alias
    while start < end and (m.is_a(start, "attribution.descriptions") or m.is_mark(start)):
        if m.is_a(start, "attribution.weak"):
            break
        start += 1
    cut = next(
        (k for k in range(start + 1, end) if m.is_a(k, "attribution.closers") and not m.is_a(k, "attribution.that")),
        end,
    )
    if not m.is_a(start, "attribution.weak") and (body := _body_behind(m, start, cut, end)):
        start, cut = body
    elif m.is_a(cut - 1, "attribution.stationed") and m.is_a(cut, "places.prepositions"):
        # "The UN mission in X".
        named = cut + 1
        while named < end and m.tokens[named].is_name:
            named += 1
        cut = named if named > cut + 1 else cut
    end = cut
    while end > start and (m.is_mark(end - 1) or m.is_a(end - 1, "attribution.between")):
        end -= 1
    person = _person(m, start, end)
    if person is not None:
        start, end = person
    words = " ".join(m.words(start, end, text).split())
    # An abbreviation whose bracket the name does not close is left out.
    return words[: words.rindex("(")].rstrip() if words.count("(") > words.count(")") else words


def _caseless_name(m: Marked, start: int, end: int, text: str) -> str:
    """The source as written, or the usual name of one that the pack knows by other words."""
    while start < end and m.is_mark(start):
        start += 1
    while end > start and m.is_mark(end - 1) and m.tokens[end - 1].text != ")":
        end -= 1
    words = " ".join(m.words(start, end, text).split())
    key = tuple(m.norms[start:end])
    for alias, name in m.pack.aliases.items():
        if key == tuple(t.norm for t in tokens(alias, spelling=m.pack.spelling)):
            return name
    return words


def _body_behind(m: Marked, start: int, cut: int, end: int) -> tuple[int, int] | None:
    """ "An official at X Hospital": the body, where the person has no name."""
    if not m.is_a(cut, "attribution.within") or any(m.tokens[k].is_name for k in range(start + 1, cut)):
        return None
    first = cut + 1
    while first < end and m.is_a(first, "places.articles"):
        first += 1
    last = first
    while last < end and (m.tokens[last].is_name or m.is_a(last, "partitive") or m.tokens[last].text in "'’"):
        last += 1
    body = any(_is_body(m, k) for k in range(first, last))
    return (first, last) if last - first >= 2 and body else None


def _is_body(m: Marked, k: int) -> bool:
    return bool(m.at(k, "source_kind") or m.at(k, "property") or m.is_a(k, "attribution.bodies"))


def unowned(report: Report, source: str) -> str:
    """A source without the ending that makes it an owner: "the mission's estimate" is the mission's."""
    for ending in report.pack.owners:
        source = source.replace("’", "'").removesuffix(ending)
    return source


def in_full(report: Report, i: int, source: str) -> str:
    """The full name of a body that the text names by its noun alone: "the ministry" is the Interior Ministry."""
    if fold(source) not in report.pack.words["attribution.bodies"]:
        return source
    if source not in report.full_names:
        report.full_names[source] = tuple(_full_names(report, source))
    end = report.bounds[i][1]
    hits = report.full_names[source]
    first, last = (bisect_left(hits, at, key=lambda hit: hit[0]) for at in (end - FULL_NAME_REACH, end))
    found = {name for _, stop, name in hits[first:last] if stop <= end}
    return max(found, key=len) if len({n.split(" in ")[0] for n in found}) == 1 else source


def _full_names(report: Report, source: str) -> Iterator[tuple[int, int, str]]:
    """Where the text gives the noun of a body with the words of its name before it, and that name."""
    station = "|".join(map(re.escape, sorted(report.pack.words["attribution.stationed"])))
    behind = r"(?: in [A-Z][\w’'-]{1,30})?" if re.fullmatch(station, fold(source)) else ""
    pattern = rf"\b((?:[A-Z][\w’'-]{{0,30}}[ \n]){{1,4}}(?i:{re.escape(source)})\b{behind})"
    small = report.pack.words["determiners"] | report.pack.words["stop"]
    for hit in re.finditer(pattern, report.text):
        words = hit[1].split()
        while words and fold(words[0]) in small:
            words = words[1:]
        if len(words) > 1:
            yield hit.start(), hit.end(), " ".join(words)


def _person(m: Marked, start: int, end: int) -> tuple[int, int] | None:
    """A person's own name after titles and offices: "Harun Mayor Ilja Torm" gives the last two words."""
    title = max((k for k in range(start, end) if m.is_a(k, "attribution.titles")), default=None)
    if title is None or title + 1 >= end:
        return None
    after = range(title + 1, end)
    if m.tokens[title + 1].text == ".":
        after = range(title + 2, end)
    if not after or any(m.is_a(k, "stop") or m.is_mark(k) for k in after):
        return None
    if m.sentence.capitals:
        return (after[0], end) if not any(m.at(k, "source_kind") for k in after) else None
    if not all(m.tokens[k].is_name for k in after) or m.at(after[-1], "source_kind"):
        return None
    return after[0], end


def kind_of(m: Marked, start: int, end: int) -> AttributionKind:
    """What kind of source: by the most telling word of its phrase; a person with an office is official.

    Somebody with a name speaks, though no word tells what for: a body that watches, or whoever was there.
    """
    found = {h.entry.name for k in range(start, end) if (h := m.at(k, "source_kind"))}
    for kind in KIND_ORDER:
        if kind.value in found:
            return kind
    if m.any_is(start, end, "attribution.titles"):
        return AttributionKind.OFFICIAL
    if m.any_is(start, end, "attribution.bodies") or m.any_is(start, end, "attribution.societies"):
        return AttributionKind.MONITOR
    if m.pack.grammar.caseless:
        # No letter shows a name: whatever is not called a mere source has one.
        named = end > start and not m.any_is(start, end, "attribution.weak")
    else:
        named = not m.sentence.capitals and any(m.tokens[k].is_name for k in range(start, end))
    return AttributionKind.WITNESS if named else AttributionKind.UNATTRIBUTED
