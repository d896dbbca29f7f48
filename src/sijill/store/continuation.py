"""Whether a log goes on from what somebody kept elsewhere: the only thing that holds against whoever has the key.

Such a person can write another history and sign all of it. They cannot change a checkpoint that lies in a colleague's
mail. A log that goes on from it has, at that size, that root (RFC 9162, section 2.1.4, with all entries at hand).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from sijill.core.errors import InvalidRecord
from sijill.store import schema
from sijill.store.findings import Finding
from sijill.store.merkle import Frontier, leaf_hash
from sijill.store.notes import NoteError, Verifier, read_checkpoint

ELSEWHERE = "checkpoint kept elsewhere"
ROOT = re.compile(r"[0-9a-fA-F]{64}")
MOST_CHARACTERS = 64 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept: a root, and the size of the log that had it; `None` where only the root was written down."""

    root: bytes
    size: int | None = None


def kept_checkpoint(text: str, verifier: Verifier) -> Kept:
    """Read what was kept: a checkpoint's signed note, or the bare root as `verify` prints it.

    Mail and editors change line ends and add empty lines around a note; that is put right, and the signature tells
    whether anything else changed. Raises InvalidRecord for what is neither, NoteError for a note that this case's key
    did not sign.
    """
    if len(text) > MOST_CHARACTERS:
        raise InvalidRecord(f"a checkpoint of {len(text)} characters", hint="name the file that holds the checkpoint")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").strip() + "\n"
    if ROOT.fullmatch(text.strip()):
        return Kept(bytes.fromhex(text.strip()))
    if "\n\n\u2014 " not in text:
        raise InvalidRecord(
            "what was kept is neither a checkpoint's signed note nor a root of 64 hexadecimal digits",
            hint="keep what `sijill checkpoint CASE` prints, from its first line to its last",
        )
    point = read_checkpoint(text, verifier)
    return Kept(point.root, point.size)


def check_since(connection: Connection, verifier: Verifier, kept: Sequence[str]) -> Iterator[Finding]:
    """What shows that the log is no continuation of what was kept; nothing, where it goes on from all of it.

    Raises InvalidRecord for what is no checkpoint. Several kept checkpoints narrow down where a log was rewritten.
    """
    points = []
    for text in kept:
        try:
            points.append(kept_checkpoint(text, verifier))
        except NoteError as err:
            what = f"not this case's: {err}; it is another case's, or this case was made anew under another key"
            yield Finding("checkpoint", ELSEWHERE, what)
    yield from continuation(_leaves(connection), points)


def continuation(leaves: Iterable[bytes], kept: Iterable[Kept]) -> Iterator[Finding]:
    """Compare a log, as leaf hashes, with what was kept."""
    kept = tuple(kept)
    sizes = {k.size for k in kept if k.size is not None}
    bare = {k.root for k in kept if k.size is None}
    frontier, roots, found = Frontier(), dict[int, bytes](), dict[bytes, int]()
    if 0 in sizes:
        roots[0] = frontier.root()
    for leaf in leaves:
        frontier.append(leaf)
        if frontier.size in sizes:
            roots[frontier.size] = frontier.root()
        if bare and (root := frontier.root()) in bare:
            found.setdefault(root, frontier.size)
    yield from _differences(frontier.size, roots, found, kept)


def _differences(
    entries: int, roots: dict[int, bytes], found: dict[bytes, int], kept: tuple[Kept, ...]
) -> Iterator[Finding]:
    # Up to here the entries are those that were signed.
    same = max((k.size for k in kept if k.size is not None and roots.get(k.size) == k.root), default=0)
    same = max(same, *found.values(), 0)
    rewritten = False
    for size, root in sorted((k.size, k.root) for k in kept if k.size is not None):
        if size > entries:
            what = f"the log was cut back: {entries} of its {size} entries are left"
            yield Finding("checkpoint", f"checkpoint {size}", what)
        elif roots[size] != root and not rewritten:  # From the first that differs on, all do: said once.
            rewritten = True
            yield Finding("checkpoint", f"checkpoint {size}", _rewritten(same, size))
    for root in sorted({k.root for k in kept if k.size is None} - found.keys()):
        what = f"no beginning of the log has the root {root.hex()}: it was cut back or rewritten"
        yield Finding("checkpoint", ELSEWHERE, what)


def _rewritten(same: int, size: int) -> str:
    first = f"log entry {same}" if same == size - 1 else f"an entry from log entry {same} to {size - 1}"
    return (
        f"the log was rewritten: {first} is not what the case's key signed then; "
        "keep this case and that checkpoint, which prove it together"
    )


def _leaves(connection: Connection) -> Iterator[bytes]:
    """The leaf hashes, computed from the entries, up to the first that is missing or unreadable: `verify` names it."""
    t = schema.log_entry
    for expected, row in enumerate(connection.execute(select(t.c.seq, t.c.body).order_by(t.c.seq))):
        if row.seq != expected or not isinstance(row.body, bytes):
            return
        yield leaf_hash(row.body)
