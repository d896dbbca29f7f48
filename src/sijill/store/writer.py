"""A writer of a case: whatever it acknowledges is there, and nothing is ever half-written.

A transaction gathers rows and log entries, makes the objects durable, and commits them with a signed checkpoint.
Methods are idempotent on what is stored already, so a run that was killed is simply run again.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select

from sijill.core.canonical import Json, canonical, digest
from sijill.core.claim import Claim
from sijill.core.clock import Clock, timestamp
from sijill.core.document import Reading, Sighting
from sijill.core.errors import InvalidRecord
from sijill.core.incident import FigureVersion
from sijill.core.judgement import Judgement
from sijill.core.lists import ListRelease, ListRow
from sijill.core.log import EntryKind, LogEntry
from sijill.core.version import __version__
from sijill.core.wire import to_json
from sijill.store import schema
from sijill.store.frontier import followed
from sijill.store.homes import Hold
from sijill.store.merkle import Frontier, leaf_hash
from sijill.store.notes import Signer
from sijill.store.objects import Objects, Staged
from sijill.store.vault import Vault, rendered
from sijill.store.vouched import rows_named

PROGRAM = f"sijill {__version__}"


def id_of(value: Any) -> str:
    """SHA-256 of a record's canonical JSON; raises InvalidRecord for text or a number that it cannot hold.

    Taken before anything is gathered, so that the transaction goes on without a record that cannot be kept.
    """
    try:
        return digest(to_json(value))
    except ValueError as err:
        raise InvalidRecord(f"a {type(value).__name__} cannot be written as JSON: {err}") from err


def built_digest(size: int, rows: Iterable[Mapping[str, Any]]) -> str:
    """The digest that marks a derived table as built, with the size of the log at the time."""
    return digest({"size": size, "rows": sorted((dict(r) for r in rows), key=canonical)})


def text(value: Any) -> str:
    """Canonical JSON as text, as columns hold it."""
    return canonical(to_json(value)).decode()


def claim_columns(claim: Claim) -> dict[str, Any]:
    """What the row of a claim holds beside its id."""
    at = claim.count or claim.quote
    return {
        "document": claim.document,
        "harm": str(claim.harm),
        "start": at.start,
        "end": at.end,
        "body": text(claim),
    }


def judgement_columns(judgement: Judgement) -> dict[str, Any]:
    """What the row of a judgement holds beside its id, its place and its entry."""
    subject, *second = judgement.subjects
    return {
        "matter": str(judgement.matter),
        "subject": subject,
        "second_subject": second[0] if second else None,
        "body": text(judgement),
    }


def figure_columns(version: FigureVersion) -> dict[str, Any]:
    """What the row of a figure's version holds beside its id and its entry."""
    return {"incident": version.incident, "body": text(version)}


def release_columns(release: ListRelease) -> dict[str, Any]:
    """What the row of a release holds beside its id and its entry."""
    return {"list": release.list, "file": release.file, "body": text(release)}


def list_row_columns(row: ListRow) -> dict[str, Any]:
    """What a row of a list holds beside its id and its entry."""
    return {"release": row.release, "line": row.line, "body": text(row)}


class Writer:
    """Writes to a case, one transaction at a time."""

    def __init__(
        self, hold: Hold, objects: Objects, signer: Signer, frontier: Frontier, *, by: str, clock: Clock
    ) -> None:
        self.objects = objects
        self.by = by
        self.clock = clock
        self._hold = hold
        self._signer = signer
        self._frontier = frontier
        self._known: dict[str, set[str]] = {}

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Everything done within is committed at the end, or not at all.

        It begins with what others have committed since: its place in the log is after theirs.
        """
        with self._hold.engine.connect() as connection:
            try:
                with connection.begin():
                    if self._frontier.size:  # Not in the first of a new case.
                        self._frontier = followed(connection, self._frontier, self._signer.verifier, hear=self._hear)
                    batch = Transaction(self, connection, self._frontier.copy())
                    yield batch
                    batch.finish(self._signer)
            except BaseException:  # Whatever went wrong, also in `finish` or the commit: none of it is known now.
                self._known.clear()
                self.objects.forget()
                raise
        self._frontier = batch.frontier

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Derive anew, one at a time: what is derived last is derived from everything that anybody committed before."""
        with self._hold.turn():
            yield

    def _hear(self, body: bytes) -> None:
        """Take note of what an entry by another writer says is there now."""
        for table, ids in rows_named(json.loads(body)):
            if table.name in self._known:
                self._known[table.name].update(ids)

    def known(self, connection: Connection, table: Table) -> set[str]:
        """The ids that a table holds, kept up while this writer and others add to it."""
        if table.name not in self._known:
            self._known[table.name] = set(connection.execute(select(table.c.id)).scalars())
        return self._known[table.name]


class Transaction:
    """Rows, log entries and objects that become part of the case together.

    `began` is the size of the log at its beginning: nothing else is added to the log until it ends.
    """

    def __init__(self, writer: Writer, connection: Connection, frontier: Frontier) -> None:
        self.began = frontier.size
        self.frontier = frontier
        self.connection = connection
        self._writer = writer
        self._rows: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._judgements: int | None = None

    def log(self, kind: EntryKind, body: dict[str, Json]) -> int:
        """Append an entry; returns its sequence number. Raises InvalidRecord for what canonical JSON cannot hold."""
        seq = self.frontier.size
        try:
            data = LogEntry(kind, timestamp(self._writer.clock), self._writer.by, PROGRAM, body).bytes()
        except ValueError as err:
            raise InvalidRecord(f"an entry of the log cannot be written as JSON: {err}") from err
        leaf = leaf_hash(data)
        self.frontier.append(leaf)
        self._rows[schema.log_entry].append({"seq": seq, "leaf": leaf, "body": data})
        return seq

    def document(self, staged: Staged, reading: Reading, sighting: Sighting) -> bool:
        """Keep a document's bytes, its reading and its sighting; False where only the sighting was new."""
        reading_id, sighting_id = id_of(reading), id_of(sighting)
        if not staged.digest == reading.document == sighting.document:
            raise InvalidRecord(f"the bytes are {staged.digest[:12]}, the reading or the sighting is of others")
        if staged.digest in self._known(schema.document):
            self._writer.objects.drop(staged)
            self.sighting(sighting)
            return False
        body: dict[str, Json] = {
            "document": staged.digest,
            "size": staged.size,
            "reading": reading_id,
            "sighting": sighting_id,
        }
        entry = self.log(EntryKind.DOCUMENT, body)
        self._writer.objects.keep(staged)
        self._add(schema.document, id=staged.digest, size=staged.size, entry=entry)
        self._reading_row(reading_id, reading, entry)
        self._sighting_row(sighting_id, sighting, entry)
        return True

    def healed(self, staged: Staged) -> bool:
        """Put whole bytes in the place of an object that is damaged or missing; False, and nothing done, if it is not.

        What lay there is kept aside first: it may show what happened to it.
        """
        objects = self._writer.objects
        found = objects.fixity(staged.digest)
        if found == staged.digest or staged.digest not in self._known(schema.document):
            objects.drop(staged)
            return False
        objects.set_aside(staged.digest)
        self.log(EntryKind.HEALED, {"object": staged.digest, "found": found})
        objects.keep(staged)
        return True

    def sighting(self, sighting: Sighting) -> bool:
        """Add a sighting of a document that is there; False where that very sighting is recorded."""
        id_ = id_of(sighting)
        if id_ in self._known(schema.sighting):
            return False
        entry = self.log(EntryKind.SIGHTING, {"document": sighting.document, "sighting": id_})
        self._sighting_row(id_, sighting, entry)
        return True

    def reading(self, reading: Reading) -> bool:
        """Add a further reading of a document; False where that very reading is recorded."""
        id_ = id_of(reading)
        if id_ in self._known(schema.reading):
            return False
        entry = self.log(EntryKind.READING, {"document": reading.document, "reading": id_})
        self._reading_row(id_, reading, entry)
        return True

    def extraction(
        self, document: str, reading: str, extractor: str, settings: Mapping[str, Json], claims: Sequence[Claim]
    ) -> str:
        """Record one run of an extractor over one reading, with the claims it read; it becomes the current one."""
        ids = [id_of(c) for c in claims]
        if any(c.document != document for c in claims):
            raise InvalidRecord(f"a claim of another document among those of {document[:12]}")
        body: dict[str, Json] = {
            "document": document,
            "reading": reading,
            "extractor": extractor,
            "settings": dict(settings),
            "claims": list(ids),
            "run": self.frontier.size,
        }
        id_ = id_of(body)
        entry = self.log(EntryKind.EXTRACTION, {"extraction": id_, **body})
        self._add(
            schema.extraction,
            id=id_,
            document=document,
            reading=reading,
            extractor=extractor,
            settings=text(dict(settings)),
            entry=entry,
        )
        known = self._known(schema.claim)
        for position, (claim_id, claim) in enumerate(zip(ids, claims, strict=True)):
            if claim_id not in known:
                self._claim_row(claim_id, claim)
            self._rows[schema.extraction_claim].append({"extraction": id_, "position": position, "claim": claim_id})
        return id_

    def judgement(self, judgement: Judgement) -> str:
        """Record a person's decision; returns its id."""
        id_ = id_of(judgement)
        if id_ not in self._known(schema.judgement):
            entry = self.log(EntryKind.JUDGEMENT, {"judgement": id_})
            self._judgement_row(id_, judgement, entry)
        return id_

    def suggestions(self, judgements: Sequence[Judgement]) -> None:
        """Record what one run of the program suggests, as one entry of the log."""
        known = self._known(schema.judgement)
        fresh = {id_: j for j in judgements if (id_ := id_of(j)) not in known}
        if fresh:
            entry = self.log(EntryKind.SUGGESTIONS, {"judgements": list(fresh)})
            for id_, judgement in fresh.items():
                self._judgement_row(id_, judgement, entry)

    def gazetteer(self, staged: Staged, name: str) -> bool:
        """Keep a file of places as an object of the case; False where it is there already."""
        if staged.digest in self._known(schema.gazetteer_file):
            self._writer.objects.drop(staged)
            return False
        entry = self.log(EntryKind.GAZETTEER, {"file": staged.digest, "size": staged.size, "name": id_of(name)})
        self._writer.objects.keep(staged)
        self._add(schema.gazetteer_file, id=staged.digest, name=name, size=staged.size, entry=entry)
        return True

    def list_release(self, staged: Staged, release: ListRelease, rows: Sequence[ListRow]) -> str:
        """Keep a release of a list: its file as an object, and its rows, as one entry of the log; returns its id.

        Raises InvalidRecord where the bytes are others than the release says, or a row is of another release.
        """
        id_ = id_of(release)
        if staged.digest != release.file or any(row.release != id_ for row in rows):
            raise InvalidRecord(f"rows or bytes of another release than {id_[:12]}")
        ids = [id_of(row) for row in rows]
        body: dict[str, Json] = {"release": id_, "file": staged.digest, "size": staged.size, "rows": list(ids)}
        entry = self.log(EntryKind.LIST, body)
        self._writer.objects.keep(staged)
        self._add(schema.list_release, id=id_, entry=entry, **release_columns(release))
        for row_id, row in zip(ids, rows, strict=True):
            self._add(schema.list_row, id=row_id, entry=entry, **list_row_columns(row))
        return id_

    def figures(self, versions: Sequence[FigureVersion]) -> None:
        """Record how the figures stand from now on: those that changed, as one entry of the log."""
        known = self._known(schema.figure_version)
        fresh = {id_: v for v in versions if (id_ := id_of(v)) not in known}
        if fresh:
            entry = self.log(EntryKind.FIGURES, {"versions": list(fresh)})
            for id_, version in fresh.items():
                self._add(schema.figure_version, id=id_, entry=entry, **figure_columns(version))

    def custody(self, vault: Vault) -> None:
        """Record who can open the case from now on: the SHA-256 of `vault.json` as it will be."""
        self.log(EntryKind.CUSTODY, {"vault": hashlib.sha256(rendered(vault)).hexdigest()})

    def stamp(self, size: int, authority: str, reply: bytes) -> str:
        """Keep an authority's raw reply over the checkpoint of that size; returns its id, the reply's SHA-256."""
        id_ = sha256(reply).hexdigest()
        if id_ not in self._known(schema.stamp):
            entry = self.log(EntryKind.STAMP, {"stamp": id_, "size": size, "authority": id_of(authority)})
            self._add(schema.stamp, id=id_, size=size, authority=authority, reply=reply, entry=entry)
        return id_

    def publication(self, form: str, files: Mapping[str, str]) -> None:
        """Record that pages were written: their form, how many, and the digest over their names and SHA-256."""
        self.log(EntryKind.PUBLICATION, {"form": form, "files": len(files), "digest": digest(dict(files))})

    def derived(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Replace a derived table; its digest is kept, so that `verify` can say that it changed since."""
        if table not in schema.DERIVED:
            raise AssertionError(f"{table.name} is not derived")
        self.connection.execute(delete(table))
        marks, others = schema.built.c.name, [t.name for t in schema.DERIVED if t is not table]
        self.connection.execute(delete(schema.built).where(marks.not_in(others)))  # Marks of no table go, too.
        if rows:
            self.connection.execute(insert(table), list(rows))
        size = self.frontier.size
        mark = {"name": table.name, "size": size, "digest": built_digest(size, rows)}
        self.connection.execute(insert(schema.built), mark)

    def finish(self, signer: Signer) -> None:
        """Write the rows in an order that the foreign keys allow, sign the log, make the objects durable."""
        for table in schema.metadata.sorted_tables:
            if rows := self._rows.pop(table, None):
                self.connection.execute(insert(table), rows)
                if table.name == "log_entry":
                    point = signer.checkpoint(self.frontier.size, self.frontier.root())
                    self.connection.execute(
                        insert(schema.checkpoint), {"size": point.size, "root": point.root, "note": point.note}
                    )
        self._writer.objects.sync()  # Last before the commit: rows that the database refuses leave no objects.

    def _known(self, table: Table) -> set[str]:
        return self._writer.known(self.connection, table)

    def _add(self, table: Table, **row: Any) -> None:
        self._rows[table].append(row)
        self._known(table).add(row["id"])

    def _reading_row(self, id_: str, reading: Reading, entry: int) -> None:
        self._add(
            schema.reading,
            id=id_,
            document=reading.document,
            reader=reading.reader,
            media_type=reading.media_type,
            text=reading.text,
            metadata=text(reading.metadata),
            notes=text(reading.notes),
            entry=entry,
        )

    def _sighting_row(self, id_: str, sighting: Sighting, entry: int) -> None:
        row = to_json(sighting)
        self._add(schema.sighting, **{**row, "id": id_, "stated": text(sighting.stated), "entry": entry})

    def _claim_row(self, id_: str, claim: Claim) -> None:
        self._add(schema.claim, id=id_, **claim_columns(claim))

    def _judgement_row(self, id_: str, judgement: Judgement, entry: int) -> None:
        if self._judgements is None:
            count = select(func.count()).select_from(schema.judgement)
            self._judgements = self.connection.execute(count).scalar_one()
        columns = judgement_columns(judgement)
        self._add(schema.judgement, id=id_, position=self._judgements, entry=entry, **columns)
        self._judgements += 1
