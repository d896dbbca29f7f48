"""The first schema: source layer, judgements, log, derived tables."""

import sqlalchemy as sa
from alembic import op

from sijill.store.columns import Octets, Whole, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # long: one statement a table, as Alembic writes them
    """Make every table."""
    op.create_table(
        "built",
        sa.Column("name", Words(64), nullable=False),
        sa.Column("size", Whole, nullable=False),
        sa.Column("digest", Words(64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_built")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", Whole, autoincrement=False, nullable=False),
        sa.Column("root", Octets(32), nullable=False),
        sa.Column("note", Words(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "incident",
        sa.Column("id", Words(64), nullable=False),
        sa.Column("position", Whole, nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_table(
        "origin",
        sa.Column("claim", Words(64), nullable=False),
        sa.Column("position", Whole, nullable=False),
        sa.Column("voice", Words(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.PrimaryKeyConstraint("claim", name=op.f("pk_origin")),
    )
    op.create_index(op.f("ix_origin_voice"), "origin", ["voice"], unique=False, postgresql_using="hash")
    op.create_table(
        "incident_record",
        sa.Column("rules", Words(64), nullable=False),
        sa.Column("incident", Words(64), nullable=False),
        sa.Column("position", Whole, nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.PrimaryKeyConstraint("rules", "incident", name=op.f("pk_incident_record")),
    )
    op.create_table(
        "log_entry",
        sa.Column("seq", Whole, autoincrement=False, nullable=False),
        sa.Column("leaf", Octets(32), nullable=False),
        sa.Column("body", Octets(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_log_entry")),
    )
    op.create_table(
        "document",
        sa.Column("id", Words(64), nullable=False),
        sa.Column("size", Whole, nullable=False),
        sa.Column("entry", Whole, nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["log_entry.seq"], name=op.f("fk_document_entry_log_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("entry", name=op.f("uq_document_entry")),
    )
    op.create_table(
        "gazetteer_file",
        sa.Column("id", Words(64), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("size", Whole, nullable=False),
        sa.Column("entry", Whole, nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["log_entry.seq"], name=op.f("fk_gazetteer_file_entry_log_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gazetteer_file")),
        sa.UniqueConstraint("entry", name=op.f("uq_gazetteer_file_entry")),
    )
    op.create_table(
        "judgement",
        sa.Column("id", Words(64), nullable=False),
        sa.Column("position", Whole, nullable=False),
        sa.Column("matter", Words(32), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("second_subject", Words(), nullable=True),
        sa.Column("body", Words(), nullable=False),
        sa.Column("entry", Whole, nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["log_entry.seq"], name=op.f("fk_judgement_entry_log_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
        sa.UniqueConstraint("position", name=op.f("uq_judgement_position")),
    )
    op.create_index(op.f("ix_judgement_matter_subject"), "judgement", ["matter", "subject"], unique=False)
    op.create_index(
        op.f("ix_judgement_second_subject"), "judgement", ["second_subject"], unique=False, postgresql_using="hash"
    )
    op.create_table(
        "claim",
        sa.Column("id", Words(64), nullable=False),
        sa.Column("document", Words(64), nullable=False),
        sa.Column("harm", Words(32), nullable=False),
        sa.Column("start", Whole, nullable=False),
        sa.Column("end", Whole, nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name=op.f("fk_claim_document_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_document"), "claim", ["document"], unique=False)
    op.create_table(
        "reading",
        sa.Column("id", Words(64), nullable=False),
        sa.Column("document", Words(64), nullable=False),
        sa.Column("reader", Words(), nullable=False),
        sa.Column("media_type", Words(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("metadata", Words(), nullable=False),
        sa.Column("notes", Words(), nullable=False),
        sa.Column("entry", Whole, nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name=op.f("fk_reading_document_document")),
        sa.ForeignKeyConstraint(["entry"], ["log_entry.seq"], name=op.f("fk_reading_entry_log_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    op.create_index(op.f("ix_reading_document"), "reading", ["document"], unique=False)
    op.create_table(
        "sighting",
        sa.Column("id", Words(64), nullable=False),
        sa.Column("document", Words(64), nullable=False),
        sa.Column("label", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("at", Words(32), nullable=False),
        sa.Column("by", Words(), nullable=False),
        sa.Column("container", Words(64), nullable=True),
        sa.Column("line", Whole, nullable=True),
        sa.Column("stated", Words(), nullable=False),
        sa.Column("entry", Whole, nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name=op.f("fk_sighting_document_document")),
        sa.ForeignKeyConstraint(["entry"], ["log_entry.seq"], name=op.f("fk_sighting_entry_log_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
    )
    op.create_index(op.f("ix_sighting_document"), "sighting", ["document"], unique=False)
    op.create_index(op.f("ix_sighting_label"), "sighting", ["label"], unique=False, postgresql_using="hash")
    op.create_table(
        "extraction",
        sa.Column("id", Words(64), nullable=False),
        sa.Column("document", Words(64), nullable=False),
        sa.Column("reading", Words(64), nullable=False),
        sa.Column("extractor", Words(), nullable=False),
        sa.Column("settings", Words(), nullable=False),
        sa.Column("entry", Whole, nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name=op.f("fk_extraction_document_document")),
        sa.ForeignKeyConstraint(["entry"], ["log_entry.seq"], name=op.f("fk_extraction_entry_log_entry")),
        sa.ForeignKeyConstraint(["reading"], ["reading.id"], name=op.f("fk_extraction_reading_reading")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extraction")),
    )
    op.create_index(op.f("ix_extraction_document"), "extraction", ["document"], unique=False)
    op.create_table(
        "extraction_claim",
        sa.Column("extraction", Words(64), nullable=False),
        sa.Column("position", Whole, autoincrement=False, nullable=False),
        sa.Column("claim", Words(64), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_extraction_claim_claim_claim")),
        sa.ForeignKeyConstraint(
            ["extraction"], ["extraction.id"], name=op.f("fk_extraction_claim_extraction_extraction")
        ),
        sa.PrimaryKeyConstraint("extraction", "position", name=op.f("pk_extraction_claim")),
    )
    op.create_index(op.f("ix_extraction_claim_claim"), "extraction_claim", ["claim"], unique=False)
