"""What to write when incidents were worked out anew, and the ids that they have.

An id comes from the claim of the incident that was added first, so that reports added later do not change it, and one
run over all reports gives the same ids as many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sijill.link.identity import Identity, founding_id, wordless_id
from sijill.link.records import Linkage, Reported, Suggestion

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
    """The id of each incident that is not a person's: that of its claim, or report, that was added first."""
    kept = set(before.settled.values())
    members: dict[str, list[str]] = defaultdict(list)
    for s in made:
        if s.incident not in kept:
            members[s.incident].append(s.claim)
    taken = kept | set(before.judged)
    names: dict[str, str] = {}
    for incident, subjects in members.items():
        founders = sorted((rows[s] for s in subjects if s in rows), key=lambda c: c.position)
        if founders:
            names[incident] = founding_id(founders[0], taken=taken)
        else:
            names[incident] = wordless_id(min(subjects, key=lambda s: before.documents[s]), taken=taken)
    return names
