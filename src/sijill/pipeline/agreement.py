"""How far the rules and a language model agree on the same reports: which claims both read, and which fields alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from sijill.core.backend import BackEnd
from sijill.core.claim import Claim
from sijill.pipeline.listing import Row, first_labels
from sijill.store import reads
from sijill.store.state import carry_over

ALL = "all"


def _place(claim: Claim) -> object:
    return claim.place and (claim.place.id or _folded(claim.place.text))


def _period(claim: Claim) -> object:
    return claim.period and (claim.period.start, claim.period.end)


def _source(claim: Claim) -> object:
    return claim.attribution and _folded(claim.attribution.source)


def _perpetrator(claim: Claim) -> object:
    return claim.perpetrator and (_folded(claim.perpetrator.text), claim.perpetrator.stance)


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()


# What is compared of a claim that both read. Open fields are alike where both leave them open.
FIELDS: dict[str, Callable[[Claim], object]] = {
    "count": lambda claim: claim.count and claim.count.quantity,
    "group_type": lambda claim: claim.group.type,
    "subset": lambda claim: claim.group.subset,
    "place": _place,
    "period": _period,
    "attribution": _source,
    "perpetrator": _perpetrator,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A count that both read, or one of them, `None` standing for the other."""

    rules: Claim | None
    model: Claim | None

    @property
    def differs(self) -> tuple[str, ...]:
        """The fields that the two read differently; none where only one read it."""
        if self.rules is None or self.model is None:
            return ()
        return tuple(name for name, value in FIELDS.items() if value(self.rules) != value(self.model))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of one document, or of all: read by both, by one only, and in how many of both each field is alike."""

    both: int = 0
    rules_only: int = 0
    model_only: int = 0
    alike: Mapping[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """F1 of the one against the other, which is the same either way round; `None` where neither read any."""
        read = 2 * self.both + self.rules_only + self.model_only
        return round(2 * self.both / read, 3) if read else None

    def plus(self, other: Agreement) -> Agreement:
        """Both together."""
        alike = Counter(self.alike)
        alike.update(other.alike)
        return Agreement(
            self.both + other.both,
            self.rules_only + other.rules_only,
            self.model_only + other.model_only,
            dict(alike),
        )


def paired(rules: Mapping[str, Claim], model: Mapping[str, Claim]) -> tuple[Pair, ...]:
    """The counted claims of documents by id, each with that of the other back end, in the order of the text.

    Two are of one count where harm and document are the same and the words meet; one to one, those that share most
    first. Allegations without a number are left out, as a model is not asked for them.
    """
    first = {id_: c for id_, c in rules.items() if c.count is not None}
    second = {id_: c for id_, c in model.items() if c.count is not None}
    match = carry_over(first, {id_: replace(c, extractor=BackEnd.RULES) for id_, c in second.items()})
    met = {of_rules: of_model for of_model, of_rules in match.items() if of_rules is not None}
    pairs = [Pair(c, second[met[id_]] if id_ in met else None) for id_, c in first.items()]
    pairs += [Pair(None, c) for id_, c in second.items() if match[id_] is None]
    return tuple(sorted(pairs, key=_position))


def _position(pair: Pair) -> tuple[str, int]:
    claim = pair.rules or pair.model
    assert claim is not None, "a pair has a claim"
    return claim.document, (claim.count or claim.quote).start


def measured(pairs: tuple[Pair, ...]) -> Agreement:
    """How far the two agree on these."""
    both = [p for p in pairs if p.rules is not None and p.model is not None]
    alike = {name: sum(name not in p.differs for p in both) for name in FIELDS}
    alone = sum(p.model is None for p in pairs)
    return Agreement(len(both), alone, len(pairs) - len(both) - alone, alike)


def agreement_rows(connection: Connection) -> Iterator[Row]:
    """A row for each document that a model was asked about, then one for all of them together."""
    total = Agreement()
    for label, pairs in _by_document(connection):
        found = measured(pairs)
        total = total.plus(found)
        yield _row(label, found)
    yield _row(ALL, total)


def pair_rows(connection: Connection) -> Iterator[Row]:
    """A row for each count: who read it, and where the two differ."""
    for label, pairs in _by_document(connection):
        for pair in pairs:
            claim = pair.rules or pair.model
            assert claim is not None, "a pair has a claim"
            assert claim.count is not None, "only counted claims are paired"
            yield {
                "document": label,
                "harm": str(claim.harm),
                "count": claim.count.text,
                "read_by": "both" if pair.rules and pair.model else "rules" if pair.rules else "model",
                "differs": list(pair.differs),
                "rules": pair.rules.id if pair.rules else None,
                "model": pair.model.id if pair.model else None,
                "quote": claim.quote.text,
            }


def _by_document(connection: Connection) -> Iterator[tuple[str, tuple[Pair, ...]]]:
    """The documents whose current text both back ends have read, with their counts; by what was read, not judged."""
    labels, current = first_labels(connection), reads.current_reading_ids(connection)
    rules_ran, model_ran = (reads.current_extractions(connection, back_end=b) for b in (BackEnd.RULES, BackEnd.MODEL))
    rules, model = _grouped(reads.claims(connection)), _grouped(reads.suggestions(connection))
    for document in reads.document_ids(connection):
        ran, asked = rules_ran.get(document), model_ran.get(document)
        if ran is not None and asked is not None and ran.reading == asked.reading == current[document]:
            yield labels[document], paired(rules.get(document, {}), model.get(document, {}))


def _grouped(claims: Mapping[str, Claim]) -> dict[str, dict[str, Claim]]:
    found: dict[str, dict[str, Claim]] = defaultdict(dict)
    for id_, claim in claims.items():
        found[claim.document][id_] = claim
    return found


def _row(label: str, found: Agreement) -> Row:
    return {
        "document": label,
        "both": found.both,
        "rules_only": found.rules_only,
        "model_only": found.model_only,
        "agreement": found.share,
        "alike": {name: found.alike.get(name, 0) for name in FIELDS},
    }
