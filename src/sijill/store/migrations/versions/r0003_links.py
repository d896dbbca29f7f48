"""What reports name, and who repeats whom: derived, so that dropping them loses nothing."""

import sqlalchemy as sa
from alembic import op

from sijill.store.columns import Whole, Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "mention",
        sa.Column("document", Words(64), nullable=False),
        sa.Column("position", Whole, nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_mention")),
    )
    op.create_table(
        "repetition",
        sa.Column("later", Words(64), nullable=False),
        sa.Column("earlier", Words(64), nullable=False),
        sa.Column("position", Whole, nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.PrimaryKeyConstraint("later", "earlier", name=op.f("pk_repetition")),
    )
