"""`backup`, `snapshots`, `restore`, `bundle`: a case somewhere else."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from sijill.cli.buckets import BUCKETS, shelf_in
from sijill.cli.opening import DATABASE_URL, brought_for, brought_for_backup
from sijill.cli.options import ByOption, CaseArgument, FormatOption, actor
from sijill.cli.output import Bars, Format, columns_of, print_rows, say
from sijill.core.errors import InputError
from sijill.core.wire import to_json
from sijill.pipeline import backup as backing
from sijill.pipeline import restore as restoring
from sijill.pipeline.bundle import write_bundle
from sijill.pipeline.moving import move_objects, move_rows
from sijill.store.case import Case
from sijill.store.location import Location
from sijill.store.verify import Outside

BackupArgument = Annotated[Path, typer.Argument(help="The folder of backups.", metavar="BACKUP", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(backup)
    app.command()(snapshots)
    app.command()(restore)
    app.command()(bundle)
    app.command()(move)


def backup(
    case: CaseArgument,
    folder: BackupArgument,
    to: Annotated[
        list[str] | None,
        typer.Option(help="Seal the backup of a plain case to an age recipient (age1…); repeatable."),
    ] = None,
    check: Annotated[bool, typer.Option("--verify", help="Then verify the snapshot, every byte of it.")] = False,
    mend: Annotated[
        bool, typer.Option("--mend", help="Look at all that lies there, and write anew what is not whole.")
    ] = False,
) -> None:
    """Take a snapshot of a case, while people work: only what is new is written, and each snapshot is whole by itself.

    Example: sijill backup my-case /media/disk/my-case-backup
    """
    brought = brought_for(case)
    with closing(Case.open(case, brought=brought)) as opened, Bars() as progress:
        taken = backing.backup(opened, folder, brought=brought, recipients=to or [], mend=mend, progress=progress)
    sealed = "sealed" if taken.sealed else "NOT sealed: whoever has the folder can read it"
    say(f"snapshot {taken.number}: {taken.size} log entries, {taken.written} objects written, {sealed}")
    say(f"root {taken.root}")
    if not taken.noted:
        say("the case's folder cannot be written: `sijill doctor` will not know of this backup", "yellow")
    if check:
        _verify(folder, taken.number, to=bool(to), case=case)


def _verify(folder: Path, number: int, *, to: bool, case: Path) -> None:
    # What opens the case opens its backup; but one that is sealed to others, only they can open.
    brought = brought_for_backup(folder) if to else brought_for(case)
    with Bars() as progress:
        report = restoring.verify_backup(
            folder,
            brought=brought,
            number=number,
            outside=Outside(),
            progress=lambda done: progress("objects", done, None),
        )
    print_rows([to_json(f) for f in report.findings], columns_of("kind", "where", "what"), Format.TABLE)
    if not report.whole:
        say("the snapshot is NOT whole; `sijill backup --mend` writes anew what is damaged there", "bold red")
        raise typer.Exit(1)
    say(f"verified: {report.objects} objects, {report.rows} rows, {report.entries} log entries", "green")


def snapshots(folder: BackupArgument, format_: FormatOption = Format.TABLE) -> None:
    """List the snapshots in a folder of backups, oldest first; exits 1 where there is none.

    Example: sijill snapshots /media/disk/my-case-backup
    """
    rows = [to_json(listed) for listed in restoring.snapshots(folder)]
    if not print_rows(rows, columns_of("number", "at", "sealed", "state"), format_):
        say("no backup was finished there")
        raise typer.Exit(1)


def restore(
    folder: BackupArgument,
    case: Annotated[Path, typer.Argument(metavar="NEWCASE", help="Where to make the case; nothing is overwritten.")],
    snapshot: Annotated[
        int | None, typer.Option(help="Which one, as `sijill snapshots` lists them.", show_default="the newest")
    ] = None,
    despite_damage: Annotated[
        bool, typer.Option("--despite-damage", help="Leave out preserved files that the backup has lost.")
    ] = False,
) -> None:
    """Make a case of a snapshot; it opens for whom it opened then.

    Example: sijill restore /media/disk/my-case-backup my-case-again
    """
    brought = brought_for_backup(folder, snapshot)
    with Bars() as progress:
        made = restoring.restore(
            folder, case, brought=brought, number=snapshot, despite_damage=despite_damage, progress=progress
        )
    say(f"restored snapshot {made.number} to {case}; root {made.root}", "green")
    for id_ in made.lost:
        say(f"lost: object {id_}", "yellow")
    if made.lost:
        say(f"{len(made.lost)} preserved files are lost; hand them in again where somebody has them", "bold yellow")
        raise typer.Exit(1)


def bundle(
    case: CaseArgument,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to make.")],
) -> None:
    """Write a bundle: plain files that the stand-alone verifier checks, also of cases whose database it cannot open.

    Everything private is in it, unsealed. Example: sijill bundle my-case for-the-court
    """
    with closing(Case.open(case, brought=brought_for(case))) as opened, Bars() as progress:
        written = write_bundle(opened, folder, progress=progress)
    say(f"{written.entries} log entries, {written.rows} rows, {written.objects} objects in {folder}")
    say(f"root {written.root}")
    say("everything private in the case lies in that folder, for anybody to read", "yellow")


def move(
    case: CaseArgument,
    database: Annotated[
        str,
        typer.Option(help="Where its rows go: postgresql://…, `server` for SIJILL_DATABASE_URL, or `file`."),
    ] = "",
    objects: Annotated[
        str, typer.Option(help="Where its preserved files go: s3://bucket/prefix?endpoint=…, or `folder`.")
    ] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Leave the old copies where they are.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    by: ByOption = "",
) -> None:
    """Move parts of a case to another place: copied, checked there, and only then removed where they were.

    Example: sijill move my-case --database server --objects "s3://our-bucket/my-case?endpoint=https://s3.example"
    """
    if not objects and not database:
        raise InputError("nothing was said to be moved", hint="give --database or --objects")
    location = None if objects in {"", "folder"} else Location.parse(objects)
    server = _server(database)
    with closing(Case.open(case, brought=brought_for(case))) as opened:
        _ask(opened, server, location, yes=yes)
        if database:
            _move_rows(opened, server, by=actor(by), keep=keep)
        if objects:
            _move_objects(opened, location, by=actor(by), keep=keep)


def _move_rows(case: Case, server: str | None, *, by: str, keep: bool) -> None:
    with Bars() as progress:
        rows = move_rows(case, server, by=by, keep=keep, progress=progress)
    address = case.access.address
    say(f"{rows.entries} log entries and their rows lie in {address.public if address else case.folder} now", "green")
    say(f"root {rows.root}")
    if not (rows.removed or keep):
        say("the old rows could not be removed: they are left where they were", "yellow")


def _move_objects(case: Case, location: Location | None, *, by: str, keep: bool) -> None:
    with Bars() as progress:
        # Named here and now, which is as good as in SIJILL_BUCKETS.
        moved = move_objects(case, location, reach=shelf_in, by=by, keep=keep, progress=progress)
    say(f"{moved.objects} preserved files lie in {location or case.folder} now; {moved.copied} were copied", "green")
    if location:
        say(f"whoever opens the case names the bucket: {BUCKETS}='{location}'")


def _server(database: str) -> str | None:
    """The address that `--database` means, `None` for a file."""
    if database == "server":
        database = os.environ.get(DATABASE_URL, "")
        if not database:
            raise InputError(f"{DATABASE_URL} is not set", hint="set it to the address of the server, or give that")
    return None if database in {"", "file"} else database


def _ask(case: Case, server: str | None, location: Location | None, *, yes: bool) -> None:
    """Nothing leaves this machine unless a person says so."""
    sealed = "sealed" if case.access.keys else "readable by whoever may read there"
    where = ([f"its preserved files to {location}"] if location else []) + (
        ["its rows to the server"] if server else []
    )
    if where and not yes and not typer.confirm(f"send {' and '.join(where)}, {sealed}?", err=True):
        raise InputError("nothing was moved", hint="say yes, or give --yes")
