"""Lists of victims: their releases and rows, which the log vouches for."""

import sqlalchemy as sa
from alembic import op

from sijill.store.columns import Whole, Words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "list_release",
        sa.Column("id", Words(64), nullable=False),
        sa.Column("list", Words(), nullable=False),
        sa.Column("file", Words(64), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("entry", Whole, nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["log_entry.seq"], name=op.f("fk_list_release_entry_log_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_release")),
    )
    op.create_table(
        "list_row",
        sa.Column("id", Words(64), nullable=False),
        sa.Column("release", Words(64), nullable=False),
        sa.Column("line", Whole, nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("entry", Whole, nullable=False),
        sa.ForeignKeyConstraint(["release"], ["list_release.id"], name=op.f("fk_list_row_release_list_release")),
        sa.ForeignKeyConstraint(["entry"], ["log_entry.seq"], name=op.f("fk_list_row_entry_log_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_row")),
    )
    op.create_index(op.f("ix_list_row_release"), "list_row", ["release"])
    op.create_index(op.f("ix_list_row_entry"), "list_row", ["entry"])
