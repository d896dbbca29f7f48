"""Whether a case's text may be sent to a server, and which documents never are: decisions of people, kept as rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection

from sijill.core.clock import timestamp
from sijill.core.errors import InputError
from sijill.core.judgement import Decision, Judgement, Matter
from sijill.pipeline.endpoints import Endpoint
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.state import Row, live
from sijill.store.writer import Writer


def allow(case: Case, writer: Writer, where: Endpoint, *, reason: str = "") -> str | None:
    """Let the text of this case be sent there; returns the judgement's id, `None` where it may be already."""
    return _decide(case, writer, where, Decision.ALLOW, reason)


def forbid(case: Case, writer: Writer, where: Endpoint, *, reason: str = "") -> str | None:
    """Let no text of this case be sent there from now on; returns the judgement's id, `None` where none may be."""
    return _decide(case, writer, where, Decision.FORBID, reason)


def _decide(case: Case, writer: Writer, where: Endpoint, decision: Decision, reason: str) -> str | None:
    with case.connect() as connection:
        last = _standing(connection, Matter.SENDING).get(where.address)
    if (last.judgement.decision if last else Decision.FORBID) is decision:
        return None
    at, replaces = timestamp(writer.clock), last.id if last else None
    made = Judgement(Matter.SENDING, (where.address,), decision, writer.by, at, reason, replaces=replaces)
    with writer.transaction() as t:
        return t.judgement(made)


def require_allowed(connection: Connection, where: Endpoint) -> None:
    """Raise InputError unless a person said that this case's text may be sent to this very address."""
    last = _standing(connection, Matter.SENDING).get(where.address)
    if last is None or last.judgement.decision is not Decision.ALLOW:
        raise InputError(
            f"nobody has allowed that text of this case is sent to {where.address}; {where.stays}",
            hint=f'sijill sending CASE --allow {where.address} --reason "…", if that endangers nobody',
        )


@dataclass(frozen=True, slots=True)
class Shield:
    """What is never sent: the documents that people marked sensitive, by id, and the digests of their texts."""

    documents: frozenset[str] = frozenset()
    texts: frozenset[bytes] = frozenset()

    @classmethod
    def of(cls, connection: Connection) -> Shield:
        """As people have marked them by now."""
        rows = _standing(connection, Matter.SENSITIVITY)
        marked = frozenset(id_ for id_, row in rows.items() if row.judgement.decision is Decision.SENSITIVE)
        texts = (_digest(d.reading.text) for d in reads.documents(connection, marked)) if marked else ()
        return cls(marked, frozenset(texts))

    def covers(self, connection: Connection, document: str, text: str) -> bool:
        """Whether a document is marked, came out of one that is, or has the same words as one."""
        if not self.documents:
            return False
        seen, above = set[str](), {document}
        while above:
            seen |= above
            found = reads.sightings(connection, above).values()
            above = {s.container for sightings in found for s in sightings if s.container is not None} - seen
        return bool(seen & self.documents) or _digest(text) in self.texts


def _digest(text: str) -> bytes:
    return sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).digest()


def sending_rows(connection: Connection) -> Iterator[dict[str, str]]:
    """Every address that people decided about, and every document that they marked, with who, when and why."""
    for matter in (Matter.SENDING, Matter.SENSITIVITY):
        for about, row in _standing(connection, matter).items():
            j = row.judgement
            yield {
                "about": about,
                "decision": str(j.decision),
                "by": j.by,
                "at": j.at,
                "reason": j.reason,
                "judgement": row.id,
            }


def _standing(connection: Connection, matter: Matter) -> dict[str, Row]:
    """The latest row of a person about each subject; the program's own word is none here."""
    rows = live(reads.judgements(connection))
    return {r.judgement.subjects[0]: r for r in rows if r.judgement.matter is matter and r.judgement.human}
