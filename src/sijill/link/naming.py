"""What to write when incidents were worked out anew: they keep the ids by which people know them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sijill.link.identity import Identity, founding_id, wordless_id
from sijill.link.records import Linkage, Reported, Suggestion

MOVED = "with all reports seen again, it belongs elsewhere"


@dataclass(frozen=True, slots=True)
class Before:
    """What stood before: the rows, what follows from them, and the subjects that people settled, with their homes.

    `documents` are the reports that were looked at as wholes.
    """

    current: Linkage
    stands: Identity
    settled: Mapping[str, str]
    documents: Collection[str]


def changes(made: Sequence[Suggestion], claims: Sequence[Reported], before: Before) -> tuple[Suggestion, ...]:
    """The suggestions that differ from what stands, under the ids that incidents have, and what they take back."""
    rows = {c.id: c for c in claims}
    names = _names(made, rows, before)
    wanted = {s.claim: replace(s, incident=names.get(s.incident, s.incident)) for s in made}
    raw: dict[str, list[str]] = defaultdict(list)
    for m in before.current.memberships:
        if not m.human:
            raw[m.claim] = [i for i in raw[m.claim] if i != m.incident] + ([m.incident] if m.belongs else [])
    looked_at = [c.id for c in claims if c.judged.stands] + sorted(before.documents)
    found: list[Suggestion] = []
    for subject in looked_at:
        now, want = before.stands.homes.get(subject, ())[:1], wanted.get(subject)
        if subject in before.settled or (want is not None and want.incident in now) or (want is None and not now):
            continue
        for incident in raw[subject]:
            if before.stands.of(incident) in now:
                found.append(Suggestion(incident, subject, 0.0, MOVED, belongs=False))
        if want is not None:
            found.append(want)
    return tuple(found)


def _names(made: Sequence[Suggestion], rows: Mapping[str, Reported], before: Before) -> dict[str, str]:
    """The id of each incident: that which most of its members had, each id once; else that of its first claim."""
    kept = set(before.settled.values())
    members: dict[str, list[str]] = defaultdict(list)
    for s in made:
        if s.incident not in kept:
            members[s.incident].append(s.claim)
    overlap: Counter[tuple[str, str]] = Counter()
    for incident, subjects in members.items():
        for subject in subjects:
            for was in before.stands.homes.get(subject, ())[:1]:
                overlap[was, incident] += 1
    names: dict[str, str] = {}
    for (was, incident), _ in sorted(overlap.items(), key=lambda item: (-item[1], item[0])):
        if incident not in names and was not in kept:
            names[incident] = was
            kept.add(was)
    taken = kept | {m.incident for m in before.current.memberships}
    taken |= {i for p in before.current.pairs for i in (p.first, p.second)}
    for incident, subjects in members.items():
        if incident not in names:
            founders = sorted((rows[s] for s in subjects if s in rows), key=lambda c: c.position)
            first = founding_id(founders[0], taken=taken) if founders else wordless_id(min(subjects), taken=taken)
            names[incident] = first
            taken.add(names[incident])
    return names
