"""What somebody who holds a case's signing key can do: write another history and sign it.

To `verify` alone such a case is whole, if its rows fit. What shows it is a checkpoint that was kept elsewhere
(`verify --since`), or one that an authority stamped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sijill.store.access import access_to
from sijill.store.config import CaseConfig
from sijill.store.keys import load_signer
from sijill.store.merkle import Frontier, leaf_hash
from sijill.store.vault import NOTHING, Unlock
from sijill.testing.tamper import connected

Rewrite = Callable[[Sequence[bytes]], Sequence[bytes]]


def resign(folder: Path, rewrite: Rewrite, *, brought: Unlock = NOTHING) -> None:
    """Put other entries in place of the log's, and sign them at every size that was signed before, and at their end.

    Rows stay as they are, and so do stamps: no authority can be made to sign anew. For what a server holds unsealed.
    """
    access, config = access_to(folder, brought), CaseConfig.read(folder)
    signer = load_signer(access.layout.key, config.origin, config.verifier, access.keys)
    with connected(folder, brought) as hands:
        entries = [bytes(body) for (body,) in hands.execute("SELECT body FROM log_entry ORDER BY seq").fetchall()]
        sizes = {size for (size,) in hands.execute("SELECT size FROM checkpoint").fetchall()}
        hands.execute("DELETE FROM checkpoint")
        hands.execute("DELETE FROM log_entry")
        bodies, frontier = rewrite(entries), Frontier()
        for seq, body in enumerate(bodies):
            leaf = leaf_hash(body)
            frontier.append(leaf)
            hands.execute("INSERT INTO log_entry (seq, leaf, body) VALUES (?, ?, ?)", (seq, leaf, body))
            if frontier.size in sizes | {len(bodies)}:
                point = signer.checkpoint(frontier.size, frontier.root())
                values = (point.size, point.root, point.note)
                hands.execute("INSERT INTO checkpoint (size, root, note) VALUES (?, ?, ?)", values)
