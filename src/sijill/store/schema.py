"""The tables of a case, kept to what SQLite and PostgreSQL both run.

Source layer (never updated): document, sighting, reading, extraction, extraction_claim, claim, gazetteer_file.
Judgement layer (append-only): judgement. The log: log_entry, checkpoint, stamp. Derived (dropped and rebuilt at will):
origin, incident, incident_record, built.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
DIGEST = String(64)

metadata = MetaData(naming_convention=NAMING)

log_entry = Table(
    "log_entry",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", Text, nullable=False),
)

stamp = Table(
    "stamp",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("size", ForeignKey("checkpoint.size"), nullable=False, index=True),
    Column("authority", Text, nullable=False),
    Column("reply", LargeBinary, nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False, unique=True),
)

document = Table(
    "document",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False, unique=True),
)

sighting = Table(
    "sighting",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("document", ForeignKey("document.id"), nullable=False, index=True),
    Column("label", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("container", DIGEST),
    Column("line", Integer),
    Column("stated", Text, nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False),
)

reading = Table(
    "reading",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("document", ForeignKey("document.id"), nullable=False, index=True),
    Column("reader", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False),
)

extraction = Table(
    "extraction",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("document", ForeignKey("document.id"), nullable=False, index=True),
    Column("reading", ForeignKey("reading.id"), nullable=False),
    Column("extractor", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False),
)

claim = Table(
    "claim",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("document", ForeignKey("document.id"), nullable=False, index=True),
    Column("harm", String(32), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

extraction_claim = Table(
    "extraction_claim",
    metadata,
    Column("extraction", ForeignKey("extraction.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("claim", ForeignKey("claim.id"), nullable=False, index=True),
)

gazetteer_file = Table(
    "gazetteer_file",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False, unique=True),
)

judgement = Table(
    "judgement",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("matter", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("second_subject", Text),
    Column("body", Text, nullable=False),
    Column("entry", ForeignKey("log_entry.seq"), nullable=False),
    Index(None, "matter", "subject"),
    Index(None, "second_subject"),
)

origin = Table(
    "origin",
    metadata,
    Column("claim", DIGEST, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("voice", Text, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

incident_record = Table(
    "incident_record",
    metadata,
    Column("rules", String(64), primary_key=True),
    Column("incident", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

built = Table(
    "built",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("digest", DIGEST, nullable=False),
)

DERIVED = (origin, incident, incident_record, built)
