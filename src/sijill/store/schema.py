"""The tables of a case, kept to what SQLite and PostgreSQL both run.

Source layer (never updated): document, sighting, reading, extraction, extraction_claim, claim, gazetteer_file,
list_release, list_row.
Judgement layer (append-only): judgement. Record (append-only): figure_version. The log: log_entry, checkpoint, stamp.
Derived (dropped and rebuilt at will): mention, repetition, origin, incident, incident_record, built.

Indexes on words that a source wrote are hashes on PostgreSQL, whose trees refuse what is longer than a third of a page.
Of an encrypted case on a server, `store.columns` says what is sealed: everything but the log's tree, its signed notes,
numbers, and the names of derived tables and rule sets.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, MetaData, Table

from sijill.store.columns import Octets, Sealing, Whole, Words

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
DIGEST = Words(64, sealing=Sealing.SAME)
FOUND = Words(sealing=Sealing.SAME)
OPEN = Sealing.OPEN

metadata = MetaData(naming_convention=NAMING)

log_entry = Table(
    "log_entry",
    metadata,
    Column("seq", Whole, primary_key=True, autoincrement=False),
    Column("leaf", Octets(32, sealing=OPEN), nullable=False),
    Column("body", Octets(), nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", Whole, primary_key=True, autoincrement=False),
    Column("root", Octets(32, sealing=OPEN), nullable=False),
    Column("note", Words(sealing=OPEN), nullable=False),
)

stamp = Table(
    "stamp",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("size", ForeignKey("checkpoint.size"), nullable=False, index=True),
    Column("authority", Words(), nullable=False),
    Column("reply", Octets(), nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False, unique=True),
)

document = Table(
    "document",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("size", Whole, nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False, unique=True),
)

sighting = Table(
    "sighting",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("document", ForeignKey("document.id"), nullable=False, index=True),
    Column("label", FOUND, nullable=False),
    Column("name", Words(), nullable=False),
    Column("at", Words(32), nullable=False),
    Column("by", Words(), nullable=False),
    Column("container", DIGEST),
    Column("line", Whole),
    Column("stated", Words(), nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False),
    Index(None, "label", postgresql_using="hash"),
)

reading = Table(
    "reading",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("document", ForeignKey("document.id"), nullable=False, index=True),
    Column("reader", Words(), nullable=False),
    Column("media_type", Words(), nullable=False),
    Column("text", Words(), nullable=False),
    Column("metadata", Words(), nullable=False),
    Column("notes", Words(), nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False),
)

extraction = Table(
    "extraction",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("document", ForeignKey("document.id"), nullable=False, index=True),
    Column("reading", ForeignKey("reading.id"), nullable=False),
    Column("extractor", Words(), nullable=False),
    Column("settings", Words(), nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False),
)

claim = Table(
    "claim",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("document", ForeignKey("document.id"), nullable=False, index=True),
    Column("harm", Words(32), nullable=False),
    Column("start", Whole, nullable=False),
    Column("end", Whole, nullable=False),
    Column("body", Words(), nullable=False),
)

extraction_claim = Table(
    "extraction_claim",
    metadata,
    Column("extraction", ForeignKey("extraction.id"), primary_key=True),
    Column("position", Whole, primary_key=True, autoincrement=False),
    Column("claim", ForeignKey("claim.id"), nullable=False, index=True),
)

gazetteer_file = Table(
    "gazetteer_file",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("name", Words(), nullable=False),
    Column("size", Whole, nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False, unique=True),
)

judgement = Table(
    "judgement",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("position", Whole, nullable=False, unique=True),
    Column("matter", Words(32, sealing=Sealing.SAME), nullable=False),
    Column("subject", FOUND, nullable=False),
    Column("second_subject", FOUND),
    Column("body", Words(), nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False),
    Index(None, "matter", "subject"),
    Index(None, "second_subject", postgresql_using="hash"),
)

figure_version = Table(
    "figure_version",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("incident", DIGEST, nullable=False, index=True),
    Column("body", Words(), nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False, index=True),
)

list_release = Table(
    "list_release",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("list", FOUND, nullable=False),
    Column("file", DIGEST, nullable=False),
    Column("body", Words(), nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False),
)

list_row = Table(
    "list_row",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("release", ForeignKey("list_release.id"), nullable=False, index=True),
    Column("line", Whole, nullable=False),
    Column("body", Words(), nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False, index=True),
)

mention = Table(
    "mention",
    metadata,
    Column("document", DIGEST, primary_key=True),
    Column("position", Whole, nullable=False),
    Column("body", Words(), nullable=False),
)

repetition = Table(
    "repetition",
    metadata,
    Column("later", DIGEST, primary_key=True),
    Column("earlier", DIGEST, primary_key=True),
    Column("position", Whole, nullable=False),
    Column("body", Words(), nullable=False),
)

origin = Table(
    "origin",
    metadata,
    Column("claim", DIGEST, primary_key=True),
    Column("position", Whole, nullable=False),
    Column("voice", FOUND, nullable=False),
    Column("body", Words(), nullable=False),
    Index(None, "voice", postgresql_using="hash"),
)

incident = Table(
    "incident",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("position", Whole, nullable=False),
    Column("body", Words(), nullable=False),
)

incident_record = Table(
    "incident_record",
    metadata,
    Column("rules", Words(64, sealing=OPEN), primary_key=True),
    Column("incident", DIGEST, primary_key=True),
    Column("position", Whole, nullable=False),
    Column("body", Words(), nullable=False),
)

built = Table(
    "built",
    metadata,
    Column("name", Words(64, sealing=OPEN), primary_key=True),
    Column("size", Whole, nullable=False),
    Column("digest", DIGEST, nullable=False),
)

DERIVED = (mention, repetition, origin, incident, incident_record, built)
