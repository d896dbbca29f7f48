"""Alembic migrations, forward only: a case is never taken back to an older schema."""
