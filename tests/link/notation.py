"""Invented reports about places in the invented Republic of Meravia, a claim in a line of text, for tables.

`report/published harm quantity place days [flag…]`, claims apart by `|`. `published` is a day of March 2031 or `?`.
Places: a key of PLACES, a word that the gazetteer does not know (`Nowhere`, `-` between its words), or `-` for none.
Days: `5`, `3-9`, `0101-9` (from 1 January), `-` for none. Flags: `+` in the sentence of the claim before, `far` in a
paragraph far away, `of=1` counts some of those in claim 1, `text` other words for the place, `rejected`.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from sijill.core.claim import Attribution, AttributionKind, Claim, Count, Group, Harm, Span
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.quantity import Quantity
from sijill.core.state import ClaimState, JudgedClaim
from sijill.link.records import Linkage, Reported

# Name, latitude, longitude, where_prec: villages a few kilometres apart, a district, a province, the country.
PLACES = {
    "Orsa": ("Orsa", -32.4460, -18.3910, 1),
    "OrsaMill": ("Orsa Mill", -32.4530, -18.3990, 1),
    "Velt": ("Velt", -32.4840, -18.3720, 1),
    "Brenn": ("Brenn", -32.6455, -18.2890, 1),
    "BrennNorth": ("Brenn", -32.0100, -18.4880, 1),
    "FarHills": ("Far hills", -32.4955, -18.3910, 2),
    "NearOrsa": ("Orsa hills", -32.4700, -18.3700, 2),
    "OrsaDistrict": ("Orsa", -32.4500, -18.3900, 3),
    "Tarn": ("Tarn District", -32.4850, -18.3850, 3),
    "Lower": ("Lower District", -32.6150, -18.3150, 3),
    "Marn": ("Marn Province", -32.4800, -18.3900, 4),
    "Meravia": ("Meravia", -32.7000, -18.0500, 6),
}
FILLER = "Nothing more was known by nightfall, and the road stayed shut. " * 8


def place_of(key: str, *, text: str | None = None) -> Place | None:
    if key == "-":
        return None
    if key not in PLACES:
        return Place(text or key.replace("-", " "))
    name, lat, lon, precision = PLACES[key]
    return Place(text or name, name, f"mer-{key}", lat, lon, precision)


def days_of(days: str) -> Period | None:
    if days == "-":
        return None
    start, _, end = days.partition("-")
    return Period.of("", day(start), day(end or start))


def day(text: str) -> dt.date:
    return dt.date(2031, int(text[:2]), int(text[2:])) if len(text) > 2 else dt.date(2031, 3, int(text))


def reports(lines: str) -> tuple[Reported, ...]:
    """The claims of a situation, in the order in which they are written."""
    texts: dict[str, str] = {}
    order: dict[str, int] = {}
    # Where each claim's sentence starts and where its own words do, and where each sentence ends.
    placed: list[tuple[str, str, list[str], int, int]] = []
    ends: dict[tuple[str, int], int] = {}
    for line in lines.split("|"):
        head, *rest = line.split()
        report, _, published = head.partition("/")
        order.setdefault(report, len(order))
        text = texts.get(report, "") + (f"\n\n{FILLER}\n\n" if "far" in rest else "")
        start = placed[-1][3] if "+" in rest else len(text)
        placed.append((report, published, rest, start, len(text)))
        texts[report] = text + f"{rest[0]} {rest[1]} there; "
        ends[report, start] = len(texts[report])
    found: list[Reported] = []
    for report, published, rest, start, at in placed:
        end = ends[report, start]
        quote = Span(texts[report][start:end], start, end)
        found.append(_reported(report, published, rest, quote, at, texts[report], order[report], found))
    return tuple(found)


def _reported(
    report: str, published: str, rest: list[str], quote: Span, at: int, text: str, order: int, earlier: list[Reported]
) -> Reported:
    harm, quantity, place, days, *flags = rest
    named = dict(f.split("=") for f in flags if "=" in f)
    words = f"{harm} {quantity}"
    count = Span(words, at, at + len(words))
    claim = Claim(
        document=hashlib.sha256(f"report {report}".encode()).hexdigest(),
        harm=Harm(harm),
        count=None if quantity == "none" else Count.of(count, Quantity.exactly(int(quantity))),
        group=Group(),
        place=place_of(place, text=named.get("text")),
        period=days_of(days),
        attribution=None,
        perpetrator=None,
        quote=quote,
        extractor="invented@1",
        confidence=1.0,
        part_of=earlier[int(named["of"]) - 1].id if "of" in named else None,
    )
    state = ClaimState.REJECTED if "rejected" in flags else ClaimState.PROPOSED
    judged = JudgedClaim(claim.id, claim, claim, state)
    return Reported(judged, order, report, f"Outlet {report}", day(published) if published != "?" else None, text)


def said(
    report: str,
    quantity: int,
    source: str = "",
    *,
    publisher: str | None = None,
    published: int | None = None,
    order: int = 0,
    quote: str | None = None,
    text: str = "",
    kind: AttributionKind = AttributionKind.MONITOR,
    place: str = "Orsa",
    chain: tuple[str, ...] = (),
) -> Reported:
    """One claim with a source, for tests of voices."""
    sentence = quote or f"In {place} {quantity} people were killed, {source} said."
    at = sentence.index(str(quantity))
    claim = Claim(
        document=hashlib.sha256(report.encode()).hexdigest(),
        harm=Harm.KILLED,
        count=Count.of(Span(str(quantity), at, at + len(str(quantity))), Quantity.exactly(quantity)),
        group=Group(),
        place=place_of(place),
        period=None,
        attribution=Attribution(f"{source} said", source, kind, chain) if source else None,
        perpetrator=None,
        quote=Span(sentence, 0, len(sentence)),
        extractor="invented@1",
        confidence=1.0,
    )
    when = dt.date(2031, 3, published) if published else None
    return Reported(JudgedClaim(claim.id, claim, claim), order, report, publisher, when, text or sentence)


def together(claims: tuple[Reported, ...], linkage: Linkage) -> list[list[int]]:
    """The numbers of the claims that share an incident, from 1, by the program's memberships."""
    number = {c.id: i for i, c in enumerate(claims, 1)}
    groups: dict[str, list[int]] = {}
    for m in linkage.memberships:
        if m.belongs:
            groups.setdefault(m.incident, []).append(number[m.claim])
    return sorted(sorted(group) for group in groups.values())
