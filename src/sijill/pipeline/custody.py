"""Who can open an encrypted case: custodians come and go, and the keys with them.

A new custodian gets a slot for the keys there are. One who leaves may have kept the master key, so a removal is always
a rekeying: a fresh master key, every object, the database and the signing key sealed anew as the next generation, and
then, by one renaming of `vault.json`, that generation counts. A run that is killed leaves the old case whole or the new
one, and what belongs to neither is removed by the next writer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sijill.core.clock import Clock, system_clock
from sijill.core.errors import CaseDamaged, InputError
from sijill.store.access import Access, clear_generations, last_vault
from sijill.store.case import Case
from sijill.store.folders import fsync_folder
from sijill.store.frontier import checked_frontier
from sijill.store.homes import FileHold
from sijill.store.keys import load_signer, read_key, write_key
from sijill.store.reads import object_ids
from sijill.store.seal import Keys
from sijill.store.vault import (
    AGE,
    Custodian,
    Slot,
    Unlock,
    Vault,
    digest_of,
    is_encrypted,
    new_slot,
    new_vault,
    prepare,
    read_vault,
    rendered,
    slot_opened_by,
    take_effect,
    with_slot,
)
from sijill.store.writer import Writer

BATCH = 100


def custodians(folder: Path) -> tuple[Slot, ...]:
    """The slots of an encrypted case, which anybody who has the folder can see; raises InputError for a plain case."""
    if not is_encrypted(folder):
        raise InputError(f"{folder} is not encrypted", hint="`sijill init CASE --encrypt` makes a case that is")
    return read_vault(folder).slots


def add_custodian(case: Case, custodian: Custodian, *, by: str, clock: Clock = system_clock) -> Slot:
    """Let somebody more open the case; raises InputError where they can already, or for a plain case."""
    keys = _require_encrypted(case)
    with case.writer(by=by, clock=clock, alone=True) as writer:
        slot = new_slot(keys, custodian)
        changed = with_slot(_vouched_vault(case), slot)
        prepare(case.folder, changed)
        with writer.transaction() as t:
            t.custody(changed)
        take_effect(case.folder)
    return slot


def remove_custodian(case: Case, holder: str, brought: Unlock, *, by: str, clock: Clock = system_clock) -> None:
    """Shut somebody out, by a rekeying; raises InputError where there is no such custodian or they are the last."""
    held = custodians(case.folder)
    leaving = [s for s in held if s.holder == holder or (len(holder) >= 8 and s.holder.startswith(holder))]
    if len(leaving) != 1:
        raise InputError(f"{holder[:40]!r} names {len(leaving)} custodians", hint="`sijill custodians CASE` lists them")
    if len(held) == 1:
        raise InputError("nobody would be left who can open the case", hint="add another custodian first")
    rekey(case, brought, by=by, clock=clock, without=leaving[0].holder)


def rekey(case: Case, brought: Unlock, *, by: str, clock: Clock = system_clock, without: str = "") -> None:
    """Seal the whole case anew under a fresh master key, for all custodians but one.

    A passphrase can be carried over only by who knows it: raises InputError where another's would be lost.
    """
    _require_encrypted(case)
    with case.writer(by=by, clock=clock, alone=True):
        old = case.access
        vault = _vouched_vault(case)
        staying = _carried(vault, brought, without)
        fresh, keys = new_vault(staying, case.name, generation=vault.generation + 1)
        new = replace(old, layout=replace(old.layout, generation=fresh.generation), keys=keys)
        _copy(case, old, new)
        _sign(case, new, fresh, by, clock)
        take_effect(case.folder)
        case.reopen(new)
        clear_generations(new)


def _vouched_vault(case: Case) -> Vault:
    """The vault, which must be the one that the log vouches for; raises CaseDamaged.

    Otherwise whoever can write to the folder would put a recipient of theirs into somebody's slot, and the next
    rekeying would seal the new key to them.
    """
    vault = read_vault(case.folder)
    with case.connect() as connection:
        if digest_of(rendered(vault)) != last_vault(connection):
            raise CaseDamaged(
                "vault.json is not what the log vouches for: somebody changed who can open the case",
                hint="restore vault.json from a backup; nothing was changed",
            )
    return vault


def _carried(vault: Vault, brought: Unlock, without: str) -> Sequence[Custodian]:
    found: list[Custodian] = []
    for slot in vault.slots:
        if slot.holder == without:
            continue
        if slot.kind == AGE:
            found.append(Custodian(recipient=slot.holder))
        elif brought.passphrase is not None and slot_opened_by(slot, brought):
            found.append(Custodian(passphrase=brought.passphrase, label=slot.holder))
        else:
            raise InputError(
                f"the passphrase of {slot.holder!r} would be lost: only who knows it can carry it over",
                hint="unlock the case with it, or remove that custodian first",
            )
    return found


def _copy(case: Case, old: Access, new: Access) -> None:
    """Database, objects and signing key of the next generation, durable before it counts."""
    old.home.copy_to(new.home)
    source, target = old.objects(), new.objects()
    new.layout.objects.mkdir(mode=0o700)
    with case.connect() as connection:
        ids = object_ids(connection)
    for i in range(0, len(ids), BATCH):
        for id_ in ids[i : i + BATCH]:
            target.keep(target.stage_bytes(source.read(id_)))
        target.sync()
    write_key(new.layout.key, read_key(old.layout.key, old.keys), new.keys)
    fsync_folder(new.layout.key.parent)
    fsync_folder(case.folder)


def _sign(case: Case, new: Access, vault: Vault, by: str, clock: Clock) -> None:
    """The new generation's log vouches for the new vault, which then lies ready."""
    signer = load_signer(new.layout.key, case.config.origin, case.config.verifier, new.keys)
    engine = new.home.connect(write=True)
    try:
        with engine.connect() as connection, connection.begin():
            frontier = checked_frontier(connection, signer.verifier)
        writer = Writer(FileHold(engine), new.objects(), signer, frontier, by=by, clock=clock)
        with writer.transaction() as t:
            t.custody(vault)
        prepare(case.folder, vault)
    finally:
        engine.dispose()


def _require_encrypted(case: Case) -> Keys:
    if case.access.keys is None:
        raise InputError("the case is not encrypted", hint="`sijill init CASE --encrypt` makes one that is")
    return case.access.keys
