"""Which incident an id leads to, and which incident each claim belongs to: derived from rows, nothing else.

Ids come from the claim that founded the incident, so the same documents in the same order give the same ids, in one
run or in many.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sijill.core.canonical import Json, digest
from sijill.link.records import Linkage, Pair, Reported

ID_LENGTH = 12


def founding_id(founder: Reported, *, taken: Collection[str] = ()) -> str:
    """The id of an incident that a claim founds: "i" and 12 hexadecimal digits.

    From the document's hash, the harm and where the count starts, as first read: corrections do not move it. Where the
    id is `taken` (the claim was moved out of an incident that it had founded), the next one that is free.
    """
    source = founder.judged.source
    return _free([source.document, source.harm.value, (source.count or source.quote).start], taken)


def wordless_id(document: str, *, taken: Collection[str] = ()) -> str:
    """The id of an incident that no claim is of: reports speak of it, and count nobody."""
    return _free([document], taken)


def _free(founding: list[Json], taken: Collection[str]) -> str:
    again = 0
    while True:
        parts = founding + ([again] if again else [])
        if (found := "i" + digest(parts)[:ID_LENGTH]) not in taken:
            return found
        again += 1


@dataclass(frozen=True, slots=True)
class Identity:
    """What stands: `root` leads from each merged id to the one that survives, `homes` from a claim to its incidents.

    `refused` holds the pairs of incident and claim that a person has kept apart, `apart` those of two incidents.
    `left` leads from an incident to the claims that the program has put elsewhere since.
    """

    root: Mapping[str, str]
    homes: Mapping[str, tuple[str, ...]]
    refused: frozenset[tuple[str, str]]
    apart: frozenset[tuple[str, str]] = frozenset()
    left: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, incident: str) -> str:
        """The id that an id leads to."""
        return self.root.get(incident, incident)

    def merged(self) -> dict[str, tuple[str, ...]]:
        """From each incident the ids that lead to it: merged by people, or emptied when the program moved claims."""
        found: dict[str, set[str]] = defaultdict(set)
        for gone, kept in self.root.items():
            if gone != kept:
                found[kept].add(gone)
        alive = {i for homes in self.homes.values() for i in homes}
        for gone, claims in self.left.items():
            now = Counter(self.homes[c][0] for c in claims if c in self.homes)
            if now and gone not in alive and gone not in self.root:
                found[max(now, key=lambda i: (now[i], i))].add(gone)
        return {kept: tuple(sorted(ids)) for kept, ids in found.items()}


def identity(linkage: Linkage, claims: Iterable[Reported]) -> Identity:
    """What stands after all rows, people's over the program's.

    A claim is where people put it; else where the program put it and did not take it away, the first of those that
    nobody has refused, so that taking a refusal back restores what was before.
    """
    root = _roots(linkage.pairs, claims)
    human: dict[tuple[str, str], bool] = {}
    auto: dict[str, list[str]] = defaultdict(list)
    left: dict[str, list[str]] = defaultdict(list)
    for row in linkage.memberships:
        incident = root.get(row.incident, row.incident)
        if row.human:
            human[incident, row.claim] = row.belongs
        elif row.belongs:
            auto[row.claim].append(incident)
        else:
            auto[row.claim] = [i for i in auto[row.claim] if i != incident]
            left[incident].append(row.claim)
    placed: dict[str, list[str]] = defaultdict(list)
    for (incident, claim), belongs in human.items():
        if belongs:
            placed[claim].append(incident)
    refused = frozenset(pair for pair, belongs in human.items() if not belongs)
    for claim, incidents in auto.items():
        allowed = [i for i in incidents if (i, claim) not in refused]
        if claim not in placed and allowed:
            placed[claim].append(allowed[0])
    homes = {c: tuple(dict.fromkeys(i)) for c, i in placed.items()}
    apart = {(root.get(p.first, p.first), root.get(p.second, p.second)) for p in linkage.pairs if not p.same}
    return Identity(root, homes, refused, frozenset(apart), {i: tuple(c) for i, c in left.items()})


def judged_on(linkage: Linkage, stands: Identity) -> frozenset[str]:
    """The incidents on which some person has decided something: their members are not moved any more."""
    return frozenset(stands.of(i) for i in named_by_people(linkage))


def named_by_people(linkage: Linkage) -> frozenset[str]:
    """The ids of incidents that people's rows name, merged ones too."""
    named = {m.incident for m in linkage.memberships if m.human}
    return frozenset(named | {i for p in (*linkage.pairs, *linkage.parts) if p.human for i in (p.first, p.second)})


def _roots(pairs: Iterable[Pair], claims: Iterable[Reported]) -> dict[str, str]:
    """From each id of a merged group to the oldest: the one whose founding claim was added first.

    Pairs are taken in the order in which they were decided; one that would join two incidents which a person has kept
    apart is passed over.
    """
    rows = tuple(pairs)
    if not any(p.same for p in rows):
        return {}
    age = {founding_id(c): c.position for c in claims}
    apart = {frozenset((p.first, p.second)) for p in rows if not p.same}
    group: dict[str, set[str]] = {}
    for p in rows:
        if p.same:
            a, b = group.get(p.first, {p.first}), group.get(p.second, {p.second})
            if not any(frozenset((x, y)) in apart for x in a for y in b):
                joined = a | b
                group.update(dict.fromkeys(joined, joined))
    known = {id_: age.get(id_) for id_ in group}
    return {id_: min(ids, key=lambda i: (known[i] is None, known[i] or (), i)) for id_, ids in group.items()}
