"""How far a log has been followed: from there on, each new entry is checked and joined to the tree."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, select

from sijill.core.errors import CaseDamaged
from sijill.store import database, schema
from sijill.store.merkle import Frontier, leaf_hash
from sijill.store.notes import NoteError, Verifier, read_checkpoint


def checked_frontier(connection: Connection, verifier: Verifier) -> Frontier:
    """The log's frontier, recomputed from its entries; raises CaseDamaged unless the last checkpoint signs it."""
    return followed(connection, Frontier(), verifier)


def followed(
    connection: Connection, known: Frontier, verifier: Verifier, *, hear: Callable[[bytes], None] = lambda body: None
) -> Frontier:
    """The frontier after the entries that came since; `hear` gets each of their bodies.

    Raises CaseDamaged unless the last checkpoint signs the log that goes on from what was known.
    """
    try:
        return _followed(connection, known.copy(), verifier, hear)
    except NoteError as err:
        raise _damaged(f"the last checkpoint does not verify: {err}") from err
    except database.UNREADABLE as err:
        raise _damaged("the database cannot be read") from err


def _followed(
    connection: Connection, frontier: Frontier, verifier: Verifier, hear: Callable[[bytes], None]
) -> Frontier:
    t = schema.log_entry
    new = select(t).where(t.c.seq >= frontier.size).order_by(t.c.seq).execution_options(yield_per=database.MANY)
    with connection.execute(new) as rows:
        for row in rows:
            if row.seq != frontier.size:
                raise _damaged(f"log entry {frontier.size} is missing")
            if not isinstance(row.body, bytes) or leaf_hash(row.body) != row.leaf:
                raise _damaged(f"log entry {row.seq} changed: its bytes are not those of its leaf hash")
            frontier.append(row.leaf)
            hear(row.body)
    newest = select(schema.checkpoint).order_by(schema.checkpoint.c.size.desc()).limit(1)
    last = connection.execute(newest).one_or_none()
    if last is None or not isinstance(last.note, str):
        raise _damaged("the log has no checkpoint")
    found = read_checkpoint(last.note, verifier)
    if (found.size, found.root) != (last.size, last.root):
        raise _damaged("the last checkpoint's note is about another size or root than its row")
    if (found.size, found.root) != (frontier.size, frontier.root()):
        raise _damaged(f"the log's {frontier.size} entries are not those that its last checkpoint signs")
    return frontier


def _damaged(what: str) -> CaseDamaged:
    return CaseDamaged(what, hint="nothing was written; `sijill verify CASE` says which entry, row or object is wrong")
