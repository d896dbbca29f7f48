"""Groups of reports that speak of one incident, from the log-odds of pairs.

Average linkage (Sokal and Michener, 1958): the two groups whose reports agree best on average are joined first, until
none agree enough; pairs that were not compared count as unlike. Then small groups join the one larger group that they
fit, if it is clearly ahead of the next. Nothing depends on the order of the reports, and groups that share no pair
never touch one another.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

SMALL = 3
NEAREST = 2

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Limits:
    """Where grouping stops, in log-odds; see `features.Weights`."""

    join: float
    unlike: float
    attach: float
    ahead: float


@dataclass(frozen=True, slots=True)
class Bonds:
    """What people decided of reports: sets that belong together, and pairs that do not."""

    together: tuple[frozenset[str], ...] = ()
    apart: frozenset[frozenset[str]] = frozenset()


NO_BONDS = Bonds()


def grouped(scores: Mapping[Pair, float], limits: Limits, bonds: Bonds = NO_BONDS) -> tuple[tuple[str, ...], ...]:
    """The groups of two reports or more, each sorted, by their first report."""
    merging = Merging.over(scores, limits, bonds)
    merging.run()
    found = _attached([sorted(m) for m in merging.members.values()], scores, limits, bonds)
    return tuple(sorted(tuple(g) for g in found if len(g) > 1))


@dataclass(slots=True)
class Merging:
    """Groups while they grow: members and, between groups, the sum of scores above `unlike`."""

    limits: Limits
    bonds: Bonds
    members: dict[int, set[str]] = field(default_factory=dict)
    between: dict[int, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    heap: list[tuple[float, int, int]] = field(default_factory=list)
    fresh: int = 0

    @classmethod
    def over(cls, scores: Mapping[Pair, float], limits: Limits, bonds: Bonds) -> Merging:
        """Every report alone, and those together that people put together."""
        made = cls(limits, bonds)
        documents = sorted({d for pair in scores for d in pair} | {d for t in bonds.together for d in t})
        made.members = {i: {d} for i, d in enumerate(documents)}
        made.fresh = len(documents)
        number = {d: i for i, d in enumerate(documents)}
        for (one, other), score in scores.items():
            above = score - limits.unlike
            if above > 0:
                made.between[number[one]][number[other]] = made.between[number[other]][number[one]] = above
        for together in sorted(map(sorted, bonds.together)):
            made._tie(together)
        for a, others in made.between.items():
            for b in others:
                if a < b:
                    made._push(a, b)
        return made

    def _tie(self, together: Sequence[str]) -> None:
        groups = [g for g, held in self.members.items() if not held.isdisjoint(together)]
        while len(groups) > 1:
            groups = [self._joined(groups[0], groups[1]), *groups[2:]]

    def run(self) -> None:
        """Joins until no two groups agree enough."""
        while self.heap:
            negative, a, b = heapq.heappop(self.heap)
            if a not in self.members or b not in self.members:
                continue
            if -negative < self.limits.join:
                return
            if not _kept_apart(self.members[a], self.members[b], self.bonds):
                joined = self._joined(a, b)
                for other in self.between[joined]:
                    self._push(other, joined)

    def _push(self, a: int, b: int) -> None:
        pairs = len(self.members[a]) * len(self.members[b])
        heapq.heappush(self.heap, (-(self.between[a][b] / pairs + self.limits.unlike), a, b))

    def _joined(self, a: int, b: int) -> int:
        new = self.fresh
        self.fresh += 1
        self.members[new] = self.members.pop(a) | self.members.pop(b)
        first, second = self.between.pop(a, {}), self.between.pop(b, {})
        for other in sorted((first.keys() | second.keys()) - {a, b}):
            total = first.get(other, 0.0) + second.get(other, 0.0)
            self.between[new][other] = self.between[other][new] = total
            self.between[other].pop(a, None)
            self.between[other].pop(b, None)
        return new


def _kept_apart(a: Iterable[str], b: Iterable[str], bonds: Bonds) -> bool:
    here, there = set(a), set(b)
    return any(pair & here and pair & there for pair in bonds.apart)


def _attached(
    groups: Sequence[Sequence[str]], scores: Mapping[Pair, float], limits: Limits, bonds: Bonds
) -> list[list[str]]:
    """Small groups, each with the group that it fits best, where the next best is clearly behind."""
    home = {d: i for i, group in enumerate(groups) for d in group}
    nearest: dict[int, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for (one, two), score in sorted(scores.items()):
        if home[one] != home[two]:
            nearest[home[one]][home[two]].append(score)
            nearest[home[two]][home[one]].append(score)
    wanted = []
    for i, group in enumerate(groups):
        larger = {o: v for o, v in nearest[i].items() if len(groups[o]) >= len(group)} if len(group) <= SMALL else {}
        options = _options(larger, groups)
        alone = len(options) == 1 or (len(options) > 1 and options[0][0] - options[1][0] > limits.ahead)
        if alone and options[0][0] > limits.attach:
            wanted.append((options[0][0], i, options[0][1]))
    root = list(range(len(groups)))
    joined = {i: set(group) for i, group in enumerate(groups)}
    for _, i, other in sorted(wanted, key=lambda w: (-w[0], groups[w[1]], groups[w[2]])):
        a, b = _root(root, i), _root(root, other)
        if a != b and not _kept_apart(joined[a], joined[b], bonds):
            root[a] = b
            joined[b] |= joined.pop(a)
    return [sorted(members) for members in joined.values()]


def _options(scores: Mapping[int, Sequence[float]], groups: Sequence[Sequence[str]]) -> list[tuple[float, int]]:
    """The other groups by the mean of the best scores with them, as many as they have members, two at most."""
    found = []
    for other, values in scores.items():
        needed = min(NEAREST, len(groups[other]))
        if len(values) >= needed:
            found.append((sum(sorted(values, reverse=True)[:needed]) / needed, other))
    return sorted(found, key=lambda o: (-o[0], groups[o[1]]))


def _root(root: list[int], i: int) -> int:
    while root[i] != i:
        i = root[i]
    return i
