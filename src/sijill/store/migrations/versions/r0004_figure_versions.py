"""How figures of the record stood, and since when: a row for each change, which the log vouches for."""

import sqlalchemy as sa
from alembic import op

from sijill.store.columns import Whole, Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "figure_version",
        sa.Column("id", Words(64), nullable=False),
        sa.Column("incident", Words(64), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("entry", Whole, nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["log_entry.seq"], name=op.f("fk_figure_version_entry_log_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_version")),
    )
    op.create_index(op.f("ix_figure_version_incident"), "figure_version", ["incident"])
    op.create_index(op.f("ix_figure_version_entry"), "figure_version", ["entry"])
