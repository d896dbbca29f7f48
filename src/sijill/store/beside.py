"""Claims of several back ends beside one another: which of them are of the record, so that no words count twice.

The rules' claims are of the record. A model's are suggestions until a person confirms them; then they stand in the
place of what the rules read at the same words. What a person added stands in the place of what others read of the same
harm at the same words, and takes nothing else away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sijill.core.backend import BackEnd
from sijill.core.state import ClaimState, JudgedClaim

CONFIRMED = frozenset({ClaimState.ACCEPTED, ClaimState.CORRECTED})


def in_record(claims: Sequence[JudgedClaim]) -> tuple[JudgedClaim, ...]:
    """The claims of the record, by document and text: the rules', and those of others that people confirmed.

    A confirmed claim stands in the place of what the rules read at the same words, unless a person confirmed that as
    well: of two that people confirmed for one harm the rules' stands, of two by models the one given first. What
    is replaced is still there, and says by what. A part whose whole is not of the record belongs to what stands there.
    """
    by_rules = [c for c in claims if c.source.back_end is BackEnd.RULES]
    by_others = [c for c in claims if c.source.back_end is not BackEnd.RULES]
    confirmed = [c for c in by_others if c.state in CONFIRMED and not c.unconfirmed]
    if not confirmed:
        return tuple(by_rules)
    chosen = _chosen(confirmed, [c for c in by_rules if c.state in CONFIRMED and c.stands])
    standing, read = _by_document(c for c in chosen if c.stands), _by_document(by_others)
    rest = [_unless_replaced(c, standing.get(c.source.document, ()), read.get(c.source.document, ())) for c in by_rules]
    found = (*rest, *chosen)
    heirs = {c.id: c.replaced_by for c in found if c.replaced_by is not None}
    present = {c.id for c in found}
    heirs |= dict(_seen_otherwise([c for c in by_others if c.id not in present], _by_document(found)))
    order = {document: n for n, document in enumerate(dict.fromkeys(c.source.document for c in claims))}
    return tuple(sorted((_of_whole(c, heirs) for c in found), key=lambda c: (order[c.source.document], _start(c))))


def _start(c: JudgedClaim) -> int:
    return (c.source.count or c.source.quote).start


def _chosen(confirmed: Sequence[JudgedClaim], by_rules: Iterable[JudgedClaim]) -> list[JudgedClaim]:
    """The claims that people confirmed, no two standing for one harm at the same words; the rest say by what."""
    firm = _by_document(by_rules)
    chosen: list[JudgedClaim] = []
    for c in confirmed:
        rivals = firm.setdefault(c.source.document, [])
        rival = next((r for r in rivals if _same_words(r, c) and r.claim.harm == c.claim.harm), None)
        chosen.append(c if rival is None else replace(c, replaced_by=rival.id))
        if chosen[-1].stands:
            rivals.append(c)
    return chosen


def _unless_replaced(c: JudgedClaim, standing: Sequence[JudgedClaim], read: Sequence[JudgedClaim]) -> JudgedClaim:
    """A claim of the rules, replaced where nobody judged it and a person confirmed a model's of the same words.

    One number may tell of two harms ("dozens killed and wounded"): where the model read the rules' harm there as well,
    only its claim of that harm replaces theirs. A person who adds a claim says nothing of other harms.
    """
    if c.state is not ClaimState.PROPOSED:
        return c
    for other in standing:
        if _same_words(c, other) and (c.claim.harm == other.claim.harm or _replaces_all(c, other, read)):
            return replace(c, replaced_by=other.id)
    return c


def _replaces_all(c: JudgedClaim, other: JudgedClaim, read: Sequence[JudgedClaim]) -> bool:
    return other.source.back_end is BackEnd.MODEL and not _read_too(c, other, read)


def _read_too(c: JudgedClaim, other: JudgedClaim, read: Sequence[JudgedClaim]) -> bool:
    """Whether what read the other claim read this one's harm at these words as well."""
    by_same = [r for r in read if r.source.extractor == other.source.extractor and r.id != other.id]
    return any(r.claim.harm == c.claim.harm and _same_words(r, c) for r in by_same)


def _seen_otherwise(
    absent: Iterable[JudgedClaim], present: Mapping[str, Sequence[JudgedClaim]]
) -> Iterator[tuple[str, str]]:
    """For each suggestion that is not of the record, the claim that stands at its words for the same harm."""
    for c in absent:
        for other in present.get(c.source.document, ()):
            if other.stands and other.claim.harm == c.claim.harm and _same_words(c, other):
                yield c.id, other.id
                break


def _of_whole(c: JudgedClaim, heirs: Mapping[str, str]) -> JudgedClaim:
    whole = heirs.get(c.claim.part_of or "")
    return c if whole is None or whole == c.id else replace(c, claim=replace(c.claim, part_of=whole))


def _same_words(one: JudgedClaim, other: JudgedClaim) -> bool:
    """Whether two claims were read at words that meet, both counted or both not."""
    a, b = one.source, other.source
    if a.document != b.document or (a.count is None) != (b.count is None):
        return False
    first, second = a.count or a.quote, b.count or b.quote
    return max(first.start, second.start) < min(first.end, second.end)


def _by_document(claims: Iterable[JudgedClaim]) -> dict[str, list[JudgedClaim]]:
    found: dict[str, list[JudgedClaim]] = defaultdict(list)
    for c in claims:
        found[c.source.document].append(c)
    return found
