"""Time stamps over checkpoints."""

import sqlalchemy as sa
from alembic import op

from sijill.store.columns import Octets, Whole, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of stamps."""
    op.create_table(
        "stamp",
        sa.Column("id", Words(64), nullable=False),
        sa.Column("size", Whole, nullable=False),
        sa.Column("authority", Words(), nullable=False),
        sa.Column("reply", Octets(), nullable=False),
        sa.Column("entry", Whole, nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["log_entry.seq"], name=op.f("fk_stamp_entry_log_entry")),
        sa.ForeignKeyConstraint(["size"], ["checkpoint.size"], name=op.f("fk_stamp_size_checkpoint")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamp")),
        sa.UniqueConstraint("entry", name=op.f("uq_stamp_entry")),
    )
    op.create_index(op.f("ix_stamp_size"), "stamp", ["size"], unique=False)
