"""What claims say together: the tightest interval for any region, and the smallest sets that cannot all be true.

Each claim is a sum over atoms (regions.py) between its low and its high, and no atom holds fewer than nobody. The
tightest interval of a region is the least and the most that its sum can be: two linear programmes, solved by HiGHS
(Huangfu and Hall, "Parallelizing the dual revised simplex method", Mathematical Programming Computation 10, 2018) and
rounded inwards, as people are whole. Fractions of people are allowed on the way, so that an interval is never too
narrow and no contradiction is claimed that is none; that whole people would allow less still was never seen. HiGHS'
integer presolve (1.15) calls some of these systems impossible that are possible: neither it nor presolve is used.

A minimal set of claims that cannot all be true is found by taking claims away while
the rest stays impossible (the deletion filter of Chinneck and Dravnieks, ORSA Journal on Computing 3, 1991), and the
others by Reiter's hitting-set tree ("A theory of diagnosis from first principles", Artificial Intelligence 32, 1987).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

import highspy
import numpy as np

from sijill.core.errors import InputError
from sijill.reconcile.regions import Atoms, Places, Region, atoms, count_atoms

MAX_ATOMS = 20_000
MAX_CONFLICTS = 20
MAX_NODES = 200
ROUNDING = 1e-6
IMPOSSIBLE = "these claims cannot all be true, so nothing follows from them"


@dataclass(frozen=True, slots=True)
class Assertion:
    """A number said of a region: `low` and `high` whole numbers of people, `None` where open; `id` names the claim."""

    id: str
    region: Region
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Interval:
    """The least and the most that are possible, `high` `None` where nothing bounds it."""

    low: int
    high: int | None


class System:
    """Assertions on one harm, ready to be asked what follows from them.

    Raises InputError where they cut people into more than `MAX_ATOMS` pieces.
    """

    def __init__(self, assertions: Sequence[Assertion], places: Places, also: Sequence[Region] = ()) -> None:
        regions = [a.region for a in assertions] + list(also)
        if len({r.harm for r in regions}) > 1:
            raise InputError("numbers of different harms do not bound one another", hint="ask for one harm at a time")
        if (n := count_atoms(regions)) > MAX_ATOMS:
            raise InputError(
                f"{len(assertions)} claims cut these people into {n} pieces, more than {MAX_ATOMS}",
                hint="ask for one incident, or for a shorter period",
            )
        self.assertions = tuple(assertions)
        self._atoms: Atoms = atoms(regions, places) if regions else Atoms((), (), places, ())
        self._columns = {a.id: self._sum(a.region) for a in assertions}

    def feasible(self, among: Iterable[str] | None = None) -> bool:
        """Whether all of these assertions can be true together; all there are if none are named."""
        return self._solved(self._chosen(among), (), maximise=False) is not None

    def interval(self, region: Region, among: Iterable[str] | None = None) -> Interval:
        """The tightest interval of a region that was given at the start; raises InputError if nothing is possible."""
        chosen, columns = self._chosen(among), self._sum(region)
        if self._one_region and self.assertions[0].region == region:
            return _meeting(chosen)
        low = self._solved(chosen, columns, maximise=False)
        if low is None:
            raise InputError(IMPOSSIBLE, hint="leave some out")
        if not set(columns) <= self._bounded(chosen):
            return Interval(low, None)
        return Interval(low, self._solved(chosen, columns, maximise=True))

    def conflicts(self) -> tuple[frozenset[str], ...]:
        """The smallest sets of assertions that cannot all be true, up to `MAX_CONFLICTS` of them, small ones first."""
        if self._one_region:
            return self._rivals()
        found: list[frozenset[str]] = []
        queue: deque[frozenset[str]] = deque([frozenset()])
        seen = {frozenset[str]()}
        while queue and len(found) < MAX_CONFLICTS and len(seen) < MAX_NODES:
            left_out = queue.popleft()
            conflict = next((c for c in found if not c & left_out), None) or self._conflict(left_out)
            if conflict is None:
                continue
            if conflict not in found:
                found.append(conflict)
            for one in sorted(conflict):
                node = left_out | {one}
                if node not in seen:
                    seen.add(node)
                    queue.append(node)
        return tuple(sorted(found, key=lambda c: (len(c), sorted(c))))

    def peaceful(self, among: Iterable[str]) -> tuple[str, ...]:
        """Of these, those that can all be true: sets that cannot are left out whole, one after another."""
        kept = [a.id for a in self._chosen(among)]
        left_out = frozenset(a.id for a in self.assertions) - frozenset(kept)
        while (conflict := self._conflict(left_out)) is not None:
            left_out |= conflict
        return tuple(id_ for id_ in kept if id_ not in left_out)

    @property
    def _one_region(self) -> bool:
        """Whether all speak of the same people, so that no programme is needed: intervals meet or they do not."""
        return len({a.region for a in self.assertions}) == 1

    def _rivals(self) -> tuple[frozenset[str], ...]:
        """Every two intervals that do not meet; where all of them meet two by two, one number is in all of them."""
        pairs = combinations(sorted(self.assertions, key=lambda a: a.id), 2)
        apart = (frozenset({a.id, b.id}) for a, b in pairs if not _meet(a, b))
        return tuple(islice(apart, MAX_CONFLICTS))

    def _conflict(self, left_out: frozenset[str]) -> frozenset[str] | None:
        """One minimal set among the others that is impossible, by taking away what is not needed for that."""
        kept = [a.id for a in self.assertions if a.id not in left_out]
        if self.feasible(kept):
            return None
        for one in list(kept):
            without = [id_ for id_ in kept if id_ != one]
            if not self.feasible(without):
                kept = without
        return frozenset(kept)

    def _chosen(self, among: Iterable[str] | None) -> list[Assertion]:
        if among is None:
            return list(self.assertions)
        wanted = set(among)
        return [a for a in self.assertions if a.id in wanted]

    def _sum(self, region: Region) -> tuple[int, ...]:
        """The columns whose sum a region is: atoms, or what of them belongs to a subset that overlaps with others."""
        inside, n = self._atoms.of(region), len(self._atoms.all)
        if region.subset in self._atoms.subsets:
            offset = n * (1 + self._atoms.subsets.index(region.subset))
            return tuple(offset + i for i in inside)
        return inside

    def _bounded(self, chosen: Sequence[Assertion]) -> set[int]:
        """The columns that some assertion bounds from above: sums of numbers that are not negative bound each."""
        bounded = {c for a in chosen if a.high is not None for c in self._columns[a.id]}
        n = len(self._atoms.all)
        return bounded | {n * (1 + k) + i for k in range(len(self._atoms.subsets)) for i in bounded if i < n}

    def _solved(self, chosen: Sequence[Assertion], target: Sequence[int], *, maximise: bool) -> int | None:
        """The least or most that the target columns can sum to, `None` where the assertions are impossible together."""
        model = highspy.Highs()  # type: ignore[no-untyped-call]
        model.silent()
        model.setOptionValue("presolve", "off")
        model.passModel(self._program(chosen, target, maximise=maximise))
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        value = float(model.getInfo().objective_function_value)
        return math.floor(value + ROUNDING) if maximise else math.ceil(value - ROUNDING)

    def _program(self, chosen: Sequence[Assertion], target: Sequence[int], *, maximise: bool) -> highspy.HighsLp:
        """The linear programme: a row for each assertion, and one for each part of an atom, which the atom bounds."""
        n, subsets = len(self._atoms.all), len(self._atoms.subsets)
        total, infinity = n * (1 + subsets), highspy.kHighsInf
        rows = [(float(a.low or 0), infinity if a.high is None else float(a.high)) for a in chosen]
        entries = [[(c, 1.0) for c in self._columns[a.id]] for a in chosen]
        parts = [[(n * (1 + k) + i, 1.0), (i, -1.0)] for k in range(subsets) for i in range(n)]
        rows += [(-infinity, 0.0)] * len(parts)
        entries += parts
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = total, len(rows)
        costs = np.zeros(total)
        costs[list(target)] = 1.0
        lp.col_cost_ = costs
        lp.col_lower_, lp.col_upper_ = np.zeros(total), np.full(total, infinity)
        lp.row_lower_, lp.row_upper_ = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
        lp.sense_ = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
        lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = total, len(rows)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(len(e) for e in entries)], dtype=np.int32)
        lp.a_matrix_.index_ = np.array([c for e in entries for c, _ in e], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([v for e in entries for _, v in e])
        return lp


def _meet(a: Assertion, b: Assertion) -> bool:
    return all(x.high is None or (y.low or 0) <= x.high for x, y in ((a, b), (b, a)))


def _meeting(chosen: Sequence[Assertion]) -> Interval:
    """What is in all of these intervals of one region; raises InputError where nothing is."""
    highs = [a.high for a in chosen if a.high is not None]
    low = max((a.low or 0 for a in chosen), default=0)
    if highs and low > min(highs):
        raise InputError(IMPOSSIBLE, hint="leave some out")
    return Interval(low, min(highs, default=None))
