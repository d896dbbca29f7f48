"""Which places a report's opening says lie in which: "X, in the southern countryside of Y".

What a title calls by its town or region the text below it often places in a quarter or a village; where it names one
such place and no second, that is where it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from sijill.core.claim import Claim
from sijill.core.place import Place
from sijill.extract.marks import Marked
from sijill.extract.placenames import AREA, COUNTRY, SETTLEMENT, kind_rank
from sijill.extract.placesearch import PlaceNames
from sijill.extract.placewording import Named
from sijill.extract.report import Report
from sijill.extract.tokens import fold

WITHIN = "the one place within it that the text names"
OPENING_SENTENCES, INNER_SENTENCES, HOLDER_REACH, KIND_REACH = 3, 12, 6, 3
# So many places within others are compared: enough for any report.
INNER_MAX = 24
Words = frozenset[str]


def narrowed(claims: Iterable[Claim], inner: Mapping[str, Place]) -> list[Claim]:
    """The claims whose place is told more closely further on with that place, `inner` giving it by the wider's name."""
    found, ids = list[Claim](), dict[str, str]()
    for claim in claims:
        new = claim
        if claim.place and any(e.field == "place" and e.rule == WITHIN for e in claim.evidence):
            place = inner[claim.place.text]
            evidence = (replace(e, words=place.text) if e.field == "place" else e for e in claim.evidence)
            new = replace(claim, place=place, evidence=tuple(evidence))
        if new.part_of in ids:
            new = replace(new, part_of=ids[new.part_of])
        if new is not claim:
            ids[claim.id] = new.id
        found.append(new)
    return found


class _Inner(NamedTuple):
    """A place of sentence `at` that lies in another: the words of both."""

    at: int
    named: Named
    words: Words
    holder: Words


@dataclass(slots=True)
class Within:
    """The places within others that the first sentences name; `apart` says whether a sentence's is of another event."""

    report: Report
    names: PlaceNames
    apart: Callable[[int, Named], bool]
    _inner: list[_Inner] | None = None
    _found: dict[tuple[int, Words], tuple[int, Named] | None] = field(default_factory=dict)

    def of(self, k: int, wide: Named) -> tuple[int, Named] | None:
        """The one place that the text names within a place of its opening sentence `k`, with its sentence."""
        if k >= OPENING_SENTENCES or wide.rank == COUNTRY or self._is_small(k, wide):
            return None
        whole = self._plain(k, wide)
        if not whole:
            return None
        if (k, whole) not in self._found:
            self._found[k, whole] = self._only(k, whole)
        return self._found[k, whole]

    def _only(self, k: int, whole: Words) -> tuple[int, Named] | None:
        found: dict[Words, tuple[int, Named]] = {}
        if self._inner is None:
            self._inner = self._collected()
        for inner in self._inner:
            own = inner.words - whole
            if inner.at != k and own and whole <= inner.holder and not self.apart(inner.at, inner.named):
                found.setdefault(own, (inner.at, inner.named))
        # "The X area" and "the X quarter" are one.
        least = min(found, key=len, default=Words())
        return found[least] if found and all(least <= other for other in found) else None

    def _collected(self) -> list[_Inner]:
        found: list[_Inner] = []
        for j in range(min(INNER_SENTENCES, len(self.report))):
            m, named = self.report.marked(j), self.names.named(j)
            for inner, wide in pairwise(named):
                if inner.rank <= AREA and inner.placed and _holds(m, inner, wide):
                    found.append(_Inner(j, inner, self._plain(j, inner), self._plain(j, wide)))
                if len(found) == INNER_MAX:
                    return found
        return found

    def _is_small(self, k: int, named: Named) -> bool:
        """Whether a noun of place says that nothing smaller lies within: a prison or a camp, not a town."""
        m = self.report.marked(k)
        near = range(max(0, named.start - KIND_REACH), named.end)
        return named.rank == SETTLEMENT and not any(m.is_a(j, "places.kinds_named") for j in near)

    def _plain(self, k: int, named: Named) -> Words:
        """The words of a name without those that only say on which side or of what kind it is."""
        pack = self.report.pack
        words = fold(self.names.words(k, named)).split()
        return Words(w for w in words if len(w) > 1 and w not in pack.words["places.directions"] | pack.kinds.keys())


def _holds(m: Marked, inner: Named, wide: Named) -> bool:
    """Whether the words between two names say that the one lies in the other."""
    if m.norm(inner.end - 1) != m.bare(inner.end - 1) or not 0 < wide.start - inner.end <= HOLDER_REACH:
        # "Y's city of X" says nothing of what lies in X.
        return False
    if not (links(m, inner.end) or m.is_a(inner.end, "places.weak_prepositions")):
        # "The Y suburb of X".
        return False
    return all(
        links(m, j) or kind_rank(m, j) is not None or m.is_a(j, "places.weak_prepositions")
        for j in range(inner.end, wide.start)
    )


def links(m: Marked, j: int) -> bool:
    """Whether a small word or mark at `j` can stand between a place and the one that holds it."""
    if not 0 <= j < len(m.tokens):
        return False
    return m.tokens[j].text in ",(" or any(
        m.is_a(j, words) for words in ("partitive", "places.prepositions", "places.articles", "places.directions")
    )
