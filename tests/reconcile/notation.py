"""Invented claims about an invented incident in a line of text each, so that situations can be rows of a table.

`voice day[@report][/hour] harm quantity [group] [subset] [flag…]`, claims apart by `|`. The day is one of March 2031 or
`?`; claims of one `@report` stand in one report. Quantities: `8`, `>=8`, `<=8`, `~8`, `5-7`, a vague word, `-` for
none. Flags: `rejected`, `aside`, `now=9` (corrected), `of=1` (counts some of those in claim 1), `by=Heron_Front` (who
is said to have done it; `by=Heron_Front/self_claimed` with the stance), `at=tamrel` (where), `days=6-9` (of
March 2031).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sijill.core.claim import Claim, Count, Group, GroupType, Harm, Perpetrator, Span, Stance, Subset
from sijill.core.incident import Figure, Incident, IncidentRecord
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.quantity import Quantity
from sijill.core.state import ClaimState, JudgedClaim, Origin
from sijill.reconcile.records import Statement

GROUPS = {g.value for g in GroupType}
VALLEY = Place("Senna valley", "Senna", "senna", 34.0, 36.0, 4)
DAYS = Period.of("March", dt.date(2031, 3, 4), dt.date(2031, 3, 12))
SUBSETS = {s.value for s in Subset} - {""}


@dataclass(frozen=True)
class Situation:
    incident: Incident
    statements: dict[str, Statement]
    origins: dict[str, Origin]

    @property
    def ids(self) -> tuple[str, ...]:
        return self.incident.claims


def situation(text: str) -> Situation:
    statements: list[Statement] = []
    origins: dict[str, Origin] = {}
    reports: dict[str, int] = {}
    for i, line in enumerate(text.split("|")):
        voice, when, harm, quantity, *rest = line.split()
        when, _, hour = when.partition("/")
        day, _, report = when.partition("@")
        order = reports.setdefault(report or f"#{i}", len(reports))
        published = None if day == "?" else f"2031-03-{int(day):02}" + (f"T{int(hour):02}:00" if hour else "")
        judged = _judged(i, order, harm, quantity, rest, statements)
        statements.append(Statement(judged, order, f"report-{order}", f"Outlet {order}", published))
        origins[judged.id] = Origin(judged.id, voice, voice.capitalize())
    return assemble(statements, origins)


def assemble(statements: list[Statement], origins: dict[str, Origin]) -> Situation:
    ids = tuple(s.id for s in statements)
    documents = tuple(dict.fromkeys(s.document for s in statements))
    return Situation(
        Incident("i0", "Senna valley", ids, documents, VALLEY, DAYS), {s.id: s for s in statements}, origins
    )


def _judged(i: int, order: int, harm: str, quantity: str, rest: list[str], earlier: list[Statement]) -> JudgedClaim:
    flags = dict(f.split("=") for f in rest if "=" in f)
    group = Group(
        "",
        GroupType(next((w for w in rest if w in GROUPS), "unspecified")),
        Subset(next((w for w in rest if w in SUBSETS), "")),
    )
    part_of = earlier[int(flags["of"]) - 1].id if "of" in flags else None
    source = claim(order, i, harm, quantity, group, part_of=part_of)
    if "by" in flags:
        who, _, stance = flags["by"].partition("/")
        source = source.with_changes(perpetrator=Perpetrator(who.replace("_", " "), Stance(stance or "alleged")))
    if "at" in flags:
        place = Place(flags["at"].capitalize(), flags["at"].capitalize(), flags["at"], 34.0, 36.0, 1)
        source = source.with_changes(place=place)
    if "days" in flags:
        first, _, last = flags["days"].partition("-")
        days = [dt.date(2031, 3, int(day)) for day in (first, last or first)]
        source = source.with_changes(period=Period.of(flags["days"], *days))
    stands, state = source, ClaimState.PROPOSED
    if "now" in flags:
        stands = claim(order, i, harm, flags["now"], group, part_of=part_of)
        state = ClaimState.CORRECTED
    if "rejected" in rest:
        state = ClaimState.REJECTED
    return JudgedClaim(source.id, source, stands, state, set_aside="known forger" if "aside" in rest else "")


def claim(order: int, i: int, harm: str, quantity: str, group: Group, *, part_of: str | None = None) -> Claim:
    start = i * 100
    words = Span(quantity, start, start + len(quantity))
    return Claim(
        document=hashlib.sha256(f"report {order}".encode()).hexdigest(),
        harm=Harm(harm),
        count=None if quantity == "-" else Count.of(words, parsed(quantity)),
        group=group,
        place=None,
        period=None,
        attribution=None,
        perpetrator=None,
        quote=words,
        extractor="invented@1",
        confidence=1.0,
        part_of=part_of,
    )


def parsed(quantity: str) -> Quantity:
    if quantity.startswith(">="):
        return Quantity.at_least(int(quantity[2:]))
    if quantity.startswith("<="):
        return Quantity.at_most(int(quantity[2:]))
    if quantity.startswith("~"):
        return Quantity.about(int(quantity[1:]))
    if not quantity[0].isdigit():
        return Quantity.vague()
    low, _, high = quantity.partition("-")
    return Quantity.between(int(low), int(high)) if high else Quantity.exactly(int(low))


def scoped(record: IncidentRecord, scope: str) -> Figure:
    """The figure of `killed`, `killed civilians`, `wounded children` …"""
    harm, *rest = scope.split()
    subset = next((w for w in rest if w in SUBSETS), "")
    group = next((w for w in rest if w in GROUPS), "all")
    (one,) = (f for f in record.figures if (f.scope.harm, f.scope.group, f.scope.subset) == (harm, group, subset))
    return one
