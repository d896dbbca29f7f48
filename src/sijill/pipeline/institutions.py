"""What an institution's total adds to a case's recorded incidents."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sqlalchemy import Connection

from sijill.core.claim import Harm
from sijill.core.errors import InputError
from sijill.core.incident import IncidentRecord, Scope
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.pipeline.containment import places_of
from sijill.reconcile.institutional import Beyond, Recorded, Share, beyond_recorded
from sijill.reconcile.records import Statement
from sijill.reconcile.regions import Places
from sijill.reconcile.rules import rule_set
from sijill.reconcile.run import records, statements
from sijill.store import reads
from sijill.store.case import Case

RULES = "ibc"
NEAR_KM = 50.0


def beyond(
    case: Case,
    connection: Connection,
    claims: Sequence[str],
    *,
    fighters: str = "0,0",
    background: int,
    not_received: Sequence[str] = (),
) -> Beyond:
    """Deaths in a total of an institution that no recorded incident of its place and days can hold.

    `claims` are at least two, of different reports; `fighters` is a share in per cent, `2,4`; `not_received` are
    incidents of a kind that does not come there. Raises UnknownId for a name that is none and InputError where the
    totals cannot be used.
    """
    told = statements(connection)
    totals = [told[_of_kind(connection, name, "claim")] for name in claims]
    excepted = {_of_kind(connection, name, "incident") for name in not_received}
    places = places_of(case, connection)
    recorded = []
    for record in records(connection, rule_set(RULES), places):
        if _meets(record, totals[0].claim.place, totals[0].claim.period, places) and not _holds(record, totals):
            figure = next((f for f in record.figures if f.scope == Scope(Harm.KILLED)), None)
            if figure is not None and figure.low is not None:
                high = figure.high if figure.high is not None else figure.low
                received = record.incident.id not in excepted
                recorded.append(Recorded(record.incident.label, figure.low, high, received))
    return beyond_recorded(totals, recorded, fighters=_share(fighters), background=background)


def _share(text: str) -> Share:
    try:
        least, most = (Fraction(part.strip()) for part in text.split(","))
    except (ValueError, ZeroDivisionError) as err:
        raise InputError(f"{text[:40]!r} is no share of fighters", hint="write two numbers, such as 2,4") from err
    return Share(least, most)


def _of_kind(connection: Connection, name: str, kind: str) -> str:
    found, id_ = reads.find(connection, name)
    if found != kind:
        raise InputError(f"{name[:80]!r} is a {found}, not a {kind}", hint="see `sijill claims` and `sijill incidents`")
    return id_


def _holds(record: IncidentRecord, totals: Sequence[Statement]) -> bool:
    """Whether the incident is the one that the totals themselves were linked to."""
    return bool({t.id for t in totals} & set(record.incident.claims))


def _meets(record: IncidentRecord, place: Place | None, period: Period | None, places: Places) -> bool:
    """Whether an incident could be in a total: its days meet the total's, and its place may be within the total's.

    Potential overlaps count: what the gazetteer does not put elsewhere is in it if it is no farther than `NEAR_KM`.
    """
    own = record.incident
    if period is not None and own.period is not None and (own.period.gap(period) or 0) > 0:
        return False
    if place is None or place.id is None or own.place is None or own.place.id is None:
        return True
    apart = place.km_to(own.place)
    near = apart is None or apart <= NEAR_KM
    return near or places.contains(place.id, own.place.id) or places.contains(own.place.id, place.id)
