"""Which of the places of one name a text means, how exactly, and why.

Evidence counts in this order: the place that the text says contains it, a case's own table, nearness to other places
in the text, the country the rest of the text speaks of, and at last how well known each place is. A place that none
of the evidence speaks for is not taken when the text is plainly about another part of the world: no position on the
map is better than a wrong one.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher

from sijill.extract.placetable import SHORTEST_SKELETON, SKELETON, Candidate, GazetteerEntry
from sijill.extract.placewords import Reading, Wording, parse_phrase, split_list, unit_name
from sijill.extract.toponyms import fold_letters, is_arabic_script, normalise_name, skeleton

#: A city's middle may be kilometres from what happened there: from this population on it is a point nearby.
LARGE_CITY = 250_000
#: From this population on a place is known so far and wide that a text may name it without a word about where it is.
WELL_KNOWN = 100_000
#: From this population on a place is meant even in a text about another part of the world.
METROPOLIS = 500_000
#: From this population on a town is what its name means, rather than the province called after it.
SEAT = 20_000
#: Places within this distance (km) of each other are named together; beyond it, distance says nothing.
NEIGHBOURHOOD_KM = 300.0
#: A place within this distance (km) of another in the text may be meant though it is spelt otherwise.
CLOSE_KM = 100.0
#: A place within this distance (km) of a town can be said to lie in it.
TOWN_KM = 30.0
#: A place whose unit is not recorded can lie in a unit whose middle is within this distance (km).
UNIT_KM = 100.0
#: A little place further than this (km) from everything else in a text, and in no country it speaks of, is not meant.
FAR_KM = 500.0
#: What an entry's id begins with if it comes from a case's own table.
OWN = "case:"

_MOST_CONTAINERS = 4
_ALIKE = 0.8
_KIND_PRIOR = {"country": 11.0, "admin1": 4.8, "admin2": 2.5}
_UNKNOWN_POPULATION = 1000
_OTHER_NAME, _WITHOUT_ARTICLE, _PROVINCE_OF_ITS_SEAT = -1.0, -0.3, -1.5
_NEAR, _SAME_COUNTRY, _HINT, _OWN, _WORDED = 4.0, 1.5, 2.5, 10.0, 5.0
_WORDED_KINDS = {
    Wording.ADMIN1: "admin1",
    Wording.DISTRICT: "admin2",
    Wording.SETTLEMENT: "settlement",
    Wording.QUARTER: "settlement",
}

#: All places of a folded name.
Candidates = Callable[[str], tuple[Candidate, ...]]


@dataclass(frozen=True, slots=True)
class Resolution:
    """The place a name was taken for, how exact that is (UCDP GED's where_prec, 1 to 7), and why, in words."""

    entry: GazetteerEntry
    precision: int
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a text says beside the name: containing places as written, other places in it, its country (ISO code)."""

    containers: tuple[str, ...] = ()
    near: tuple[GazetteerEntry, ...] = ()
    country: str | None = None


@dataclass(frozen=True, slots=True)
class _Container:
    """A place said to contain the one in question: as written, its folded name, and what that can mean."""

    text: str
    key: str
    holders: tuple[GazetteerEntry, ...]


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A candidate and what speaks for it; `near` is the nearest place of the text, `km` away.

    `unit_too` says that the first-order unit around it goes by the same name, `main` that the name is its usual one.
    """

    entry: GazetteerEntry
    inside: tuple[str, ...]
    own: float
    nearness: float
    hinted: float
    prior: float
    near: GazetteerEntry | None
    km: float
    unit_too: bool
    main: bool

    @property
    def order(self) -> tuple[int, float, str]:
        """Containment first, then the rest together; the id makes the order total."""
        return -len(self.inside), -(self.own + self.nearness + self.hinted + self.prior), self.entry.id


def _unit_key(name: str) -> str:
    """The folded name of a unit as lookups know it."""
    return normalise_name(unit_name(name))


def prior(candidate: Candidate, name: str) -> float:
    """How likely a name means the place, before any evidence: its size on a log scale, and how well the name fits.

    A country comes before all, a first-order unit counts as a town of some sixty thousand. `name` is the name as
    written: a place whose name has the same articles fits better, so that *El Salvador* is not *Salvador*. In Arabic
    letters no name is less usual than another, because the table does not know which of them is Arabic.
    """
    entry = candidate.entry
    size = math.log10((entry.population or _UNKNOWN_POPULATION) + 1000)
    weight = _KIND_PRIOR.get(entry.kind, size) + (size / 10 if entry.kind == "country" else 0.0)
    if not candidate.main and not is_arabic_script(name):
        return weight + _OTHER_NAME
    written = fold_letters(name)
    same = any(other and fold_letters(other) == written for other in (entry.name, entry.name_ar, *entry.aliases))
    return weight if same else weight + _WITHOUT_ARTICLE


def by_prior(candidates: tuple[Candidate, ...], name: str) -> tuple[tuple[Candidate, float], ...]:
    """Candidates and their weights, the likeliest without further evidence first.

    A town comes before the province that has its name, if it is a town that one would have heard of.
    """
    seats = {
        (candidate.entry.country, candidate.entry.admin1)
        for candidate in candidates
        if candidate.entry.kind == "settlement" and (candidate.entry.population or 0) >= SEAT
    }

    def weight(candidate: Candidate) -> float:
        entry = candidate.entry
        demoted = entry.kind == "admin1" and (entry.country, entry.admin1) in seats
        own = _OWN if entry.id.startswith(OWN) else 0.0
        return prior(candidate, name) + own + (_PROVINCE_OF_ITS_SEAT if demoted else 0.0)

    weighed = [(candidate, weight(candidate)) for candidate in candidates]
    return tuple(sorted(weighed, key=lambda pair: (-pair[1], pair[0].entry.id)))


# --- containment ------------------------------------------------------------------------------------------------------


def _containers(candidates: Candidates, texts: tuple[str, ...]) -> tuple[_Container, ...]:
    """The containing places that a text gives, one for each part of a list such as *Idlib, Syria*."""
    parts = [part for text in texts for part in split_list(text)][:_MOST_CONTAINERS]
    found = []
    for part in dict.fromkeys(parts):
        phrase = parse_phrase(part)
        for reading in phrase.readings:
            holders = candidates(normalise_name(reading.name))
            if holders:
                break
        else:
            holders = ()
        found.append(_Container(part, _unit_key(part), tuple(holder.entry for holder in holders)))
    return tuple(found)


def _in_unit(candidates: Candidates, unit: str | None, holder: GazetteerEntry, entry: GazetteerEntry) -> bool:
    """Whether a unit's name, recorded with an entry, can mean the holder."""
    if unit is None:
        return entry.km_to(holder) <= UNIT_KM
    if entry.country and entry.country != holder.country:
        return False
    return any(other.entry.id == holder.id for other in candidates(_unit_key(unit)))


def _holds(candidates: Candidates, container: _Container, entry: GazetteerEntry) -> bool:
    """Whether a place lies in what a text says contains it."""
    if container.key and container.key in {_unit_key(unit) for unit in (entry.admin1, entry.admin2) if unit}:
        return True
    for holder in container.holders:
        if holder.kind == "country":
            inside = entry.kind != "country" and entry.country in ("", holder.country)
        elif holder.kind == "admin1":
            inside = _in_unit(candidates, entry.admin1, holder, entry)
        elif holder.kind == "admin2":
            inside = entry.admin2 is not None and _in_unit(candidates, entry.admin2, holder, entry)
        else:
            inside = entry.kind == "settlement" and entry.km_to(holder) <= TOWN_KM
        if inside:
            return True
    return False


# --- weighing ---------------------------------------------------------------------------------------------------------


def _weigh(
    candidates: Candidates, reading: Reading, key: str, containers: tuple[_Container, ...], evidence: Evidence
) -> list[_Weighed]:
    """Every candidate for one reading of a phrase, looked up by a key of its name, the likeliest first."""
    found = candidates(key)
    units = {(c.entry.country, c.entry.admin1) for c in found if c.entry.kind == "admin1"}
    kinds = {_WORDED_KINDS[wording] for wording in reading.wordings if wording in _WORDED_KINDS}
    itself = {candidate.entry.id for candidate in found}
    others = tuple(other for other in evidence.near if other.kind != "country" and other.id not in itself)
    spoken_of = {other.country for other in evidence.near}
    weighed = []
    for candidate, weight in by_prior(found, reading.name):
        entry = candidate.entry
        near = min(others, key=entry.km_to, default=None)
        km = math.inf if near is None else entry.km_to(near)
        own = _OWN if entry.id.startswith(OWN) else 0.0
        weighed.append(
            _Weighed(
                entry=entry,
                inside=tuple(c.text for c in containers if _holds(candidates, c, entry)),
                own=own,
                nearness=_NEAR * max(0.0, 1 - km / NEIGHBOURHOOD_KM),
                hinted=max(_HINT * (entry.country == evidence.country), _SAME_COUNTRY * (entry.country in spoken_of)),
                prior=weight - own + _WORDED * (entry.kind in kinds),
                near=near,
                km=km,
                unit_too=entry.kind == "settlement" and (entry.country, entry.admin1) in units,
                main=candidate.main,
            )
        )
    return sorted(weighed, key=lambda w: w.order)


def _plausible(best: _Weighed, containers: tuple[_Container, ...], evidence: Evidence) -> bool:
    """Whether the best candidate may be meant, seen from where the text is.

    A place outside what the text says contains it is meant only if it is well known in the same country (borders of
    provinces are drawn in more than one way); a place far from all that the text speaks of, only if it is a metropolis.
    """
    entry = best.entry
    population = entry.population or 0
    if best.inside or best.own:
        return True
    held_by = {holder.country for container in containers for holder in container.holders}
    if held_by:
        return entry.country in held_by and (entry.kind == "admin1" or population >= WELL_KNOWN)
    spoken_of = {evidence.country, *(other.country for other in evidence.near)} - {None}
    if entry.kind in ("country", "admin1") or not spoken_of or entry.country in spoken_of or best.km <= FAR_KM:
        return True
    return best.main and population >= METROPOLIS


# --- saying how exact, and why ----------------------------------------------------------------------------------------


def _precision(best: _Weighed, wordings: frozenset[Wording]) -> tuple[int, str]:
    """UCDP's where_prec for a place as it is named, and a remark that explains it."""
    entry = best.entry
    if entry.kind == "country":
        return (5, "a part of the country") if Wording.DIRECTION in wordings else (6, "the country as a whole")
    if entry.kind == "admin1" or Wording.ADMIN1 in wordings:
        return 4, "the province as a whole"
    if Wording.COUNTRYSIDE in wordings:
        return 3, "the countryside around it"
    if entry.kind == "admin2" or Wording.DISTRICT in wordings:
        return 3, "the district as a whole"
    if Wording.NEAR in wordings or Wording.DIRECTION in wordings:
        return 2, "near it or at one side of it"
    if Wording.SITE in wordings:
        return 2, "a building or site in it or by it"
    if (entry.population or 0) >= LARGE_CITY:
        return 2, "the middle of a large city"
    if Wording.SETTLEMENT not in wordings and best.unit_too:
        return 2, "its province has the same name"
    return 1, ""


def _why(weighed: list[_Weighed], evidence: Evidence) -> str:
    """What set the best candidate apart from the second."""
    best, count = weighed[0], len(weighed)
    if count == 1:
        return "the only place of that name"
    second = weighed[1]
    others = f"{count} places of that name"
    if len(best.inside) > len(second.inside):
        return f"of {others} the one in {best.inside[0]}"
    if best.own and not second.own:
        return f"of {others} the one in this case's own table"
    gains = {
        "near": best.nearness - second.nearness,
        "hint": best.hinted - second.hinted,
        "prior": best.prior - second.prior,
    }
    decisive = max(gains, key=lambda name: gains[name])
    if decisive == "near" and best.near is not None:
        return f"nearest of {others} to {best.near.name}, {best.km:.0f} km"
    if decisive == "hint":
        source = "country" if best.entry.country == evidence.country else "other places"
        return f"of {others} the one in {best.entry.country}, as the text's {source}"
    return f"the best known of {others}"


def _read(
    candidates: Candidates, reading: Reading, containers: tuple[_Container, ...], evidence: Evidence
) -> Resolution | None:
    """What one reading of a phrase names by its spelling."""
    weighed = _weigh(candidates, reading, normalise_name(reading.name), containers, evidence)
    if not weighed or not _plausible(weighed[0], containers, evidence):
        return None
    precision, remark = _precision(weighed[0], reading.wordings)
    return Resolution(weighed[0].entry, precision, "; ".join(filter(None, (_why(weighed, evidence), remark))))


def _speaks_for(weighed: _Weighed, name: str, local: set[str]) -> bool:
    """Whether something speaks for a place whose name has the same consonants as the one in the text.

    It lies in the province or town that the text names, or close to another place of the text; if only the country is
    right, or the place is in the case's own table, the two names must be spelt alike too.
    """
    if weighed.km <= CLOSE_KM or local & set(weighed.inside):
        return True
    if not weighed.inside and not weighed.hinted and not weighed.own:
        return False
    other = weighed.entry.name_ar if is_arabic_script(name) else weighed.entry.name
    ratio = SequenceMatcher(None, normalise_name(name), normalise_name(other or ""), autojunk=False).ratio()
    return ratio >= _ALIKE


def _read_consonants(
    candidates: Candidates, reading: Reading, containers: tuple[_Container, ...], evidence: Evidence
) -> Resolution | None:
    """What one reading of a phrase names by its consonants, where something else in the text speaks for it."""
    consonants = skeleton(reading.name)
    if len(consonants) < SHORTEST_SKELETON:
        return None
    weighed = _weigh(candidates, reading, SKELETON + consonants, containers, evidence)
    local = {c.text for c in containers if not any(holder.kind == "country" for holder in c.holders)}
    supported = [w for w in weighed if _speaks_for(w, reading.name, local)]
    if not supported or not _plausible(supported[0], containers, evidence):
        return None
    precision, remark = _precision(supported[0], reading.wordings)
    reasons = ("spelt otherwise, with the same consonants", _why(supported, evidence), remark)
    return Resolution(supported[0].entry, precision, "; ".join(filter(None, reasons)))


def resolve(candidates: Candidates, text: str, evidence: Evidence) -> Resolution | None:
    """The place that a phrase names, or `None` if nothing known fits it.

    The fullest reading of the phrase that fits is taken; where none does as it is spelt, one that fits by its
    consonants. Where that fails too but the text says what contains the place, that is taken instead, no more exactly
    than precision 2.
    """
    phrase = parse_phrase(text)
    texts = tuple(container for container in (phrase.container, *evidence.containers) if container)
    containers = _containers(candidates, texts)
    for read in (_read, _read_consonants):
        for reading in phrase.readings:
            found = read(candidates, reading, containers, evidence)
            if found is not None:
                return found
    for at, container in enumerate(containers):
        rest = tuple(other.text for other in containers[at + 1 :])
        held = resolve(candidates, container.text, Evidence(rest, evidence.near, evidence.country))
        if held is not None:
            reason = f"not in the gazetteer itself; placed at {held.entry.name}, which contains it"
            return Resolution(held.entry, max(2, held.precision), reason)
    return None
