"""From a claim as a person wants it to the changes that make it so: only what differs is a change."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from sijill.core.claim import AttributionKind, Claim, GroupType, Harm, Stance, Subset
from sijill.core.errors import InvalidRecord
from sijill.core.judgement import Change, corrected
from sijill.core.period import OPEN_PRECISION, date_precision
from sijill.core.place import Place
from sijill.core.quantity import Qualifier, Quantity
from sijill.extract.gazetteer import GazetteerEntry
from sijill.pipeline.places import case_gazetteer
from sijill.store.case import Case

__all__ = ["GazetteerEntry", "Wanted", "changes_to", "place_chosen", "places_named", "wanted_as_is"]

MOST_CANDIDATES = 12
# UCDP's where_prec of an entry that a person named, where nothing says that the words mean less than all of it.
PRECISION = {"country": 6, "admin1": 4, "admin2": 3, "settlement": 1}
CHOSEN = "chosen by a person"
# The fields that `Wanted` speaks of: those of the place and of the days each stand or fall together.
SPOKEN_OF = ("harm", "count.", "group.type", "group.subset", "attribution.source", "attribution.kind", "perpetrator.")
WHERE = ("place.name", "place.id", "place.lat", "place.lon", "place.precision", "place.basis")
WHEN = ("period.start", "period.end", "period.precision", "period.basis")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A claim's fields as a person sets them; `place` is `None` where it stays as it is.

    `low`, `high` and `qualifier` are left alone in a claim that has no number. An empty `source` or `perpetrator` is
    none; but a source without a name that is given another `kind` than it had stays one of that kind.
    """

    harm: Harm
    low: int | None
    high: int | None
    qualifier: Qualifier
    group: GroupType
    subset: Subset
    start: dt.date | None
    end: dt.date | None
    source: str
    kind: AttributionKind
    perpetrator: str
    stance: Stance
    place: Place | None = None


def wanted_as_is(claim: Claim) -> Wanted:
    """What the claim says now, to be changed from there."""
    count, said_by, by, period = claim.count, claim.attribution, claim.perpetrator, claim.period
    return Wanted(
        harm=claim.harm,
        low=count.low if count else None,
        high=count.high if count else None,
        qualifier=count.qualifier if count else Qualifier.VAGUE,
        group=claim.group.type,
        subset=claim.group.subset,
        start=period.start if period else None,
        end=period.end if period else None,
        source=said_by.source if said_by else "",
        kind=said_by.kind if said_by else AttributionKind.UNATTRIBUTED,
        perpetrator=by.text if by else "",
        stance=by.stance if by else Stance.ALLEGED,
    )


def changes_to(claim: Claim, wanted: Wanted, earlier: tuple[Change, ...] = ()) -> tuple[Change, ...]:
    """What makes of the claim, as it was read, what is wanted; raises InvalidRecord for what is no number or period.

    A correction stands by itself: of an `earlier` one that it takes the place of, what it does not speak of is kept,
    and so are the place and the days where they are to stay as that one set them.
    """
    now, before = wanted_as_is(claim), corrected(claim, earlier)
    same_place = wanted.place is None or (before.place is not None and wanted.place.id == before.place.id)
    standing = wanted_as_is(before)
    same_days = (wanted.start, wanted.end) == (standing.start, standing.end)
    gone = (
        *SPOKEN_OF,
        *(() if same_place else WHERE),
        *(() if same_days else WHEN),
    )
    whole = {"attribution", "perpetrator"} | (set() if same_place else {"place"}) | (set() if same_days else {"period"})
    made = [c for c in earlier if not c.field.startswith(gone) and c.field not in whole]
    _set(made, "harm", now.harm, wanted.harm)
    if claim.count is not None:
        Quantity(wanted.low, wanted.high, wanted.qualifier)
        for name in ("low", "high", "qualifier"):
            _set(made, f"count.{name}", getattr(now, name), getattr(wanted, name))
    _set(made, "group.type", now.group, wanted.group)
    _set(made, "group.subset", now.subset, wanted.subset)
    if not same_days and (wanted.start, wanted.end) != (now.start, now.end):
        made += _period(wanted.start, wanted.end)
    made += _voices(claim, before, wanted)
    if not same_place and wanted.place is not None and (claim.place is None or wanted.place.id != claim.place.id):
        p = wanted.place
        values = {"name": p.name, "id": p.id, "lat": p.lat, "lon": p.lon, "precision": p.precision, "basis": p.basis}
        made += [_change(f"place.{name}", value) for name, value in values.items()]
    return tuple(made)


def _voices(claim: Claim, before: Claim, wanted: Wanted) -> list[Change]:
    """Who says so, and of whom: a name that is taken out leaves nobody, not somebody without a name."""
    made: list[Change] = []
    now, standing = wanted_as_is(claim), wanted_as_is(before)
    named = now.source or standing.source or before.attribution is None
    if named and not wanted.source and wanted.kind in (standing.kind, AttributionKind.UNATTRIBUTED):
        made += [_change("attribution", None)] if claim.attribution else []
    else:
        _set(made, "attribution.source", now.source, wanted.source)
        _set(made, "attribution.kind", now.kind, wanted.kind)
    if now.perpetrator and not wanted.perpetrator:
        made.append(_change("perpetrator", None))
    elif wanted.perpetrator:  # How a text stands to somebody says nothing where it names nobody.
        _set(made, "perpetrator.text", now.perpetrator, wanted.perpetrator)
        _set(made, "perpetrator.stance", now.stance, wanted.stance)
    return made


def _period(start: dt.date | None, end: dt.date | None) -> list[Change]:
    if start is not None and end is not None and start > end:
        raise InvalidRecord(f"a period cannot run from {start} back to {end}", hint="give the earlier day first")
    precision = date_precision(start, end) if start and end else OPEN_PRECISION
    days = {"start": start.isoformat() if start else None, "end": end.isoformat() if end else None}
    return [_change(f"period.{name}", v) for name, v in {**days, "precision": precision, "basis": CHOSEN}.items()]


def _set(made: list[Change], field: str, now: object, wanted: object) -> None:
    if now != wanted:
        made.append(_change(field, wanted))


def _change(field: str, value: object) -> Change:
    return Change(field, json.dumps(value, ensure_ascii=False))


def places_named(case: Case, name: str) -> tuple[GazetteerEntry, ...]:
    """The places of that name in any spelling, the likeliest first; none for a name of fewer than two letters."""
    words = " ".join(name.split())
    return case_gazetteer(case).lookup(words)[:MOST_CANDIDATES] if len(words) >= 2 else ()


def place_chosen(case: Case, name: str, id_: str) -> Place:
    """The place that a person chose among those of a name; raises InvalidRecord where it is none of them."""
    for entry in places_named(case, name):
        if entry.id == id_:
            return Place(name, entry.name, entry.id, entry.lat, entry.lon, PRECISION[entry.kind], CHOSEN)
    raise InvalidRecord(f"{id_[:40]!r} is no place of that name", hint="look the name up again, and choose")
