"""What to write when incidents were worked out anew, and the ids that they have.

An id comes from the claim of the incident that was added first, so that reports added later do not change it, and one
run over all reports gives the same ids as many.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sijill.link.identity import Identity, founding_id, wordless_id
from sijill.link.records import Linkage, Reported, Suggestion

STAYS = "stays with the others of its incident, though it no longer stands"
MOVED = "with all reports seen again, it belongs elsewhere"


@dataclass(frozen=True, slots=True)
class Before:
    """What stood before: the rows, what follows from them, and the subjects that people settled, with their homes.

    `documents` are the reports that were looked at as wholes, with the position in which they were added; `judged` the
    ids of incidents on which a person has decided something.
    """

    current: Linkage
    stands: Identity
    settled: Mapping[str, str]
    documents: Mapping[str, int]
    judged: Collection[str] = ()


def changes(made: Sequence[Suggestion], claims: Sequence[Reported], before: Before) -> tuple[Suggestion, ...]:
    """The suggestions that differ from what stands, under the ids that incidents have, and what they take back."""
    rows = {c.id: c for c in claims}
    made = (*made, *_staying(made, claims, before))
    names = _names(made, rows, before)
    wanted = {s.claim: replace(s, incident=names.get(s.incident, s.incident)) for s in made}
    raw: dict[str, list[str]] = defaultdict(list)
    for m in before.current.memberships:
        if not m.human:
            raw[m.claim] = [i for i in raw[m.claim] if i != m.incident] + ([m.incident] if m.belongs else [])
    looked_at = [c.id for c in claims if c.judged.stands or c.id in wanted] + sorted(before.documents)
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


def _staying(made: Sequence[Suggestion], claims: Sequence[Reported], before: Before) -> tuple[Suggestion, ...]:
    """Claims that were rejected, or their source set aside, go where the others of their incident go."""
    where: dict[str, Counter[str]] = defaultdict(Counter)
    for s in made:
        for was in before.stands.homes.get(s.claim, ())[:1]:
            where[was][s.incident] += 1
    found = []
    for c in claims:
        home = before.stands.homes.get(c.id, ())[:1]
        if not c.judged.stands and c.id not in before.settled and home and where[home[0]]:
            incident = max(where[home[0]], key=lambda i: (where[home[0]][i], i))
            found.append(Suggestion(incident, c.id, 1.0, STAYS))
    return tuple(found)


def _names(made: Sequence[Suggestion], rows: Mapping[str, Reported], before: Before) -> dict[str, str]:
    """The id of each incident that is not a person's: that of its claim, or report, that was added first."""
    kept = set(before.settled.values())
    members: dict[str, list[str]] = defaultdict(list)
    for s in made:
        if s.incident not in kept:
            members[s.incident].append(s.claim)
    # The id of an incident of which nothing is left but what was rejected stays with that.
    gone = {i for c in rows.values() if not c.judged.stands for i in before.stands.homes.get(c.id, ())}
    taken = kept | set(before.judged) | (gone - {w for s in made for w in before.stands.homes.get(s.claim, ())})
    names: dict[str, str] = {}
    for incident, subjects in members.items():
        founders = sorted((rows[s] for s in subjects if s in rows), key=lambda c: c.position)
        if founders:
            names[incident] = founding_id(founders[0], taken=taken)
        else:
            names[incident] = wordless_id(min(subjects, key=lambda s: before.documents[s]), taken=taken)
    return names
