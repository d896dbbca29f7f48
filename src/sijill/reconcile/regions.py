"""Whom a number counts, over place and time too, cut into pieces that do not overlap.

Claims count people in regions that contain, overlap or exclude one another: a village in its governorate, children
among all, the 7th within the 6th to the 9th, civilians among the killed (methods.md, "What comes with the numbers").
Cut into atoms, the smallest pieces that the claims at hand tell apart, every region is a union of atoms, so that what
the claims say together is a system of sums over them (bounding.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from sijill.core.claim import Harm, Subset
from sijill.core.incident import GroupScope
from sijill.reconcile.scopes import SEXES, TYPES

ONE_DAY = dt.timedelta(days=1)
ANYBODY = "anybody"
EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Region:
    """Harm to some people, in some place, on some days, both ends included.

    `place` is a key of `Places`, `EVERYWHERE` for all of them.
    """

    harm: Harm
    group: GroupScope
    subset: Subset
    place: str
    start: dt.date
    end: dt.date


@dataclass(frozen=True, slots=True)
class Places:
    """Which places lie within which: of each key its containers, the nearest first. Others are taken as apart."""

    within: Mapping[str, tuple[str, ...]]

    def contains(self, whole: str, part: str) -> bool:
        """Whether one is the other or holds it."""
        return whole in (EVERYWHERE, part) or whole in self.within.get(part, ())


NOWHERE = Places({})


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece that no claim at hand divides: people of one kind, in one place and none of its parts, in one stretch.

    `group` and `sex` are `ANYBODY` where no claim tells them apart.
    """

    group: str
    sex: str
    place: str
    segment: int


@dataclass(frozen=True, slots=True)
class Atoms:
    """The atoms of some regions of one harm, and the cuts that made them.

    `subsets` are those that overlap with women, men and children (a nurse is also a woman or a man): each has its own
    numbers, at most as large as the atoms'.
    """

    all: tuple[Atom, ...]
    starts: tuple[dt.date, ...]
    places: Places
    subsets: tuple[Subset, ...]

    def of(self, region: Region) -> tuple[int, ...]:
        """Which atoms a region is made of, by their positions in `all`."""
        return tuple(i for i, atom in enumerate(self.all) if self._inside(region, atom))

    def _inside(self, region: Region, atom: Atom) -> bool:
        if region.group in TYPES and atom.group != region.group:
            return False
        if region.subset in SEXES and atom.sex != region.subset:
            return False
        if not self.places.contains(region.place, atom.place):
            return False
        return region.start <= self.starts[atom.segment] <= region.end


def count_atoms(regions: Sequence[Region]) -> int:
    """How many atoms these regions would be cut into, to see beforehand whether that is too many."""
    groups, sexes, places, starts = _cuts(regions)
    return len(groups) * len(sexes) * len(places) * max(1, len(starts) - 1)


def atoms(regions: Sequence[Region], places: Places) -> Atoms:
    """Cut regions of one harm into atoms; at least one region must be given."""
    groups, sexes, keys, starts = _cuts(regions)
    covered = [i for i, day in enumerate(starts) if any(r.start <= day <= r.end for r in regions)]
    found = tuple(Atom(g, s, p, t) for g, s, p, t in product(groups, sexes, keys, covered))
    overlapping = {r.subset for r in regions} - {Subset.ALL, *SEXES}
    return Atoms(found, starts, places, tuple(s for s in Subset if s in overlapping))


def _cuts(regions: Sequence[Region]) -> tuple[list[str], list[str], list[str], tuple[dt.date, ...]]:
    groups = [str(t) for t in TYPES] if any(r.group in TYPES for r in regions) else [ANYBODY]
    sexes = [str(s) for s in SEXES] if any(r.subset in SEXES for r in regions) else [ANYBODY]
    places = sorted({r.place for r in regions} | {EVERYWHERE})
    days = {r.start for r in regions} | {r.end + ONE_DAY for r in regions if r.end < dt.date.max}
    return groups, sexes, places, tuple(sorted(days))


def relation(a: Region, b: Region, places: Places) -> str:
    """How two regions lie: `same`, `within` (a in b), `around` (b in a), `apart` (nobody is in both) or `across`."""
    if a.harm is not b.harm:
        return "apart"
    if a == b:
        return "same"
    if _inside(a, b, places):
        return "within"
    if _inside(b, a, places):
        return "around"
    return "apart" if _apart(a, b, places) else "across"


def disjoint(regions: Iterable[Region], places: Places) -> bool:
    """Whether nobody can be in two of the regions."""
    rows = list(regions)
    return all(_apart(a, b, places) for i, a in enumerate(rows) for b in rows[:i])


def _inside(a: Region, b: Region, places: Places) -> bool:
    return (
        b.group in (GroupScope.ALL, a.group)
        and b.subset in (Subset.ALL, a.subset)
        and places.contains(b.place, a.place)
        and b.start <= a.start
        and a.end <= b.end
    )


def _apart(a: Region, b: Region, places: Places) -> bool:
    groups = a.group in TYPES and b.group in TYPES and a.group != b.group
    sexes = a.subset in SEXES and b.subset in SEXES and a.subset != b.subset
    elsewhere = not places.contains(a.place, b.place) and not places.contains(b.place, a.place)
    return groups or sexes or elsewhere or a.end < b.start or b.end < a.start
