"""Time stamps over a case's checkpoints: asked for, kept, listed; and whether a case goes on from a kept checkpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import select

from sijill.core.errors import CaseDamaged, InputError, StampRefused, UnreadableFile
from sijill.core.log import Checkpoint
from sijill.pipeline.posting import USUAL, Limits, checked_address, post
from sijill.store import schema
from sijill.store.case import Case
from sijill.store.continuation import check_since
from sijill.store.findings import Finding
from sijill.store.notes import NoteError, Verifier, read_checkpoint
from sijill.store.stamps import (
    KeptStamp,
    Request,
    Roots,
    Stamp,
    StampError,
    StampHash,
    UnreadableReply,
    answers,
    check,
    read_roots,
    request_for,
)

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
UNREAD = "kept, but cannot be read here"


class StampTransaction(Protocol):
    """What keeps a stamp: the store's transaction."""

    def stamp(self, size: int, authority: str, reply: bytes) -> object:
        """Keep a raw reply over the checkpoint of that size."""


class StampWriter(Protocol):
    """What opens such a transaction: the store's writer."""

    def transaction(self) -> AbstractContextManager[StampTransaction]:
        """Everything done within is committed at the end, or not at all."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be sent, and where: no more of the case than a digest leaves the machine."""

    checkpoint: Checkpoint
    authority: str
    request: Request


@dataclass(frozen=True, slots=True)
class Obtained:
    """A reply worth keeping. `stamp` is `None` where nothing here can read it; `problem` then says why."""

    checkpoint: Checkpoint
    authority: str
    reply: bytes
    stamp: Stamp | None
    problem: str = ""

    @property
    def id(self) -> str:
        """SHA-256 of the raw reply."""
        return hashlib.sha256(self.reply).hexdigest()


def newest_checkpoint(case: Case) -> Checkpoint:
    """The case's last checkpoint, worth keeping elsewhere; raises CaseDamaged where it does not verify."""
    t = schema.checkpoint
    with case.connect() as connection:
        note = connection.execute(select(t.c.note).order_by(t.c.size.desc()).limit(1)).scalar_one_or_none()
    try:
        return read_checkpoint(note or "", Verifier.parse(case.config.verifier))
    except NoteError as err:
        raise CaseDamaged(
            "the last checkpoint does not verify", hint="`sijill verify CASE` says what is wrong"
        ) from err


def plan(case: Case, authority: str, *, algorithm: StampHash = StampHash.SHA256) -> Plan:
    """What `obtain` would send for the newest checkpoint; raises NotAnswered for an address that is none."""
    checked_address(authority)
    checkpoint = newest_checkpoint(case)
    return Plan(checkpoint, authority, request_for(checkpoint.note, algorithm=algorithm))


def obtain(planned: Plan, *, roots: Roots | None = None, limits: Limits = USUAL) -> Obtained:
    """Ask the authority, and check its reply. Nothing is written, so that no writer need be held while it thinks.

    Raises NotAnswered where no reply came, StampRefused where it does not hold. A reply that nobody here can read is
    obtained all the same if it looks like the answer: it may be read elsewhere.
    """
    reply = post(planned.authority, planned.request.der, media_type=QUERY, accept=REPLY, limits=limits)
    found: Stamp | None = None
    problem = ""
    try:
        found = check(reply, planned.checkpoint, authority=planned.authority, roots=roots, request=planned.request)
    except UnreadableReply as err:
        if not answers(reply, planned.request):
            raise _refused(planned.authority, err) from err
        problem = str(err)
    except StampError as err:
        raise _refused(planned.authority, err) from err
    return Obtained(planned.checkpoint, planned.authority, reply, found, problem)


def keep(writer: StampWriter, obtained: Obtained) -> None:
    """Keep the raw reply with the case."""
    with writer.transaction() as t:
        t.stamp(obtained.checkpoint.size, obtained.authority, obtained.reply)


def stamp(
    case: Case, writer: StampWriter, authority: str, *, roots: Roots | None = None, limits: Limits = USUAL
) -> Obtained:
    """Have the newest checkpoint stamped and keep the reply, in one go, while the writer is held."""
    obtained = obtain(plan(case, authority), roots=roots, limits=limits)
    keep(writer, obtained)
    return obtained


def stamps(kept: Iterable[KeptStamp], *, roots: Roots | None = None) -> Iterator[dict[str, Any]]:
    """The stamps of a case as they are listed, each checked again; `problem` is empty where nothing is wrong."""
    for one in kept:
        row = {
            "id": one.id,
            "size": one.checkpoint.size,
            "authority": one.authority,
            "time": "",
            "signer": "",
            "trust": "",
            "policy": "",
            "serial": "",
            "algorithm": "",
            "problem": "",
        }
        try:
            found = check(one.reply, one.checkpoint, authority=one.authority, roots=roots)
        except UnreadableReply as err:
            row |= {"trust": UNREAD, "problem": str(err)}
        except StampError as err:
            row |= {"problem": str(err)}
        else:
            row |= {n: str(getattr(found, n)) for n in ("time", "signer", "trust", "policy", "serial", "algorithm")}
        yield row


def export(kept: Iterable[KeptStamp], folder: Path) -> tuple[str, ...]:
    """Write each stamp's raw reply and its checkpoint's note into a folder, for other tools and to keep elsewhere.

    Returns the names of the files. Raises InputError where a file of that name is there and says something else: that
    is a checkpoint of another history.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for one in kept:
        size = one.checkpoint.size
        files = {f"checkpoint-{size}.txt": one.checkpoint.note.encode(), f"stamp-{size}-{one.id[:8]}.tsr": one.reply}
        for name, content in files.items():
            path = folder / name
            if path.exists() and path.read_bytes() != content:
                raise InputError(
                    f"{name} is there already, and says something else",
                    hint=f"`sijill verify CASE --since {name}` tells whether the case was rewritten",
                )
            path.write_bytes(content)
            names.append(name)
    return tuple(dict.fromkeys(names))


def since(case: Case, *kept: str) -> tuple[Finding, ...]:
    """What shows that the case is no continuation of what was kept: signed notes, or bare roots; nothing if it is.

    Raises InvalidRecord for a text that is neither.
    """
    with case.connect() as connection:
        return tuple(check_since(connection, Verifier.parse(case.config.verifier), kept))


def roots_in(path: Path) -> Roots:
    """The certificates in a PEM file; raises UnreadableFile."""
    hint = "a PEM file with the certificate of each authority's root; ask the authority for it"
    try:
        return read_roots(path.read_bytes())
    except OSError as err:
        raise UnreadableFile(path.name, err.strerror or "cannot be read", hint=hint) from err
    except StampError as err:
        raise UnreadableFile(path.name, str(err), hint=hint) from err


def _refused(authority: str, err: StampError) -> StampRefused:
    return StampRefused(f"{authority}: {err}", hint="nothing was kept; try another authority, or other roots")
