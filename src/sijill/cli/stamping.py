"""`checkpoint`, `stamp`, `stamps`, `proof`: proof of when a case was as it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sijill.cli.opening import open_case
from sijill.cli.options import ByOption, CaseArgument, FormatOption, RootsOption, actor
from sijill.cli.output import Format, columns_of, print_rows, say
from sijill.core.errors import InputError
from sijill.core.wire import to_json
from sijill.pipeline import stamping
from sijill.store import reads
from sijill.store.opentimestamps import OtsError, read_proof
from sijill.store.stamps import StampHash


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(checkpoint)
    app.command()(stamp)
    app.command()(stamps)
    app.command()(proof)


def checkpoint(case: CaseArgument) -> None:
    """Print the newest checkpoint, to keep elsewhere: `verify --since` then finds a case rewritten or cut back.

    Example: sijill checkpoint my-case > 2031-03-10.txt
    """
    sys.stdout.write(stamping.newest_checkpoint(open_case(case)).note)


def stamp(
    case: CaseArgument,
    authority: Annotated[str, typer.Option(help="Address of an RFC 3161 authority; a digest is sent there.")],
    roots: RootsOption = None,
    algorithm: Annotated[StampHash, typer.Option("--hash", help="Digest that is sent.")] = StampHash.SHA256,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before sending.")] = False,
    by: ByOption = "",
) -> None:
    """Have an authority stamp the newest checkpoint with its time, and keep its reply in the case.

    Example: sijill stamp my-case --authority https://tsa.example/ --roots tsa-root.pem
    """
    opened = open_case(case)
    planned = stamping.plan(opened, authority, algorithm=algorithm)
    say(f"to {authority}: the {algorithm} digest of checkpoint {planned.checkpoint.size}, and a random number")
    if dry_run:
        say("nothing was sent")
        return
    if not yes and not typer.confirm("send it?", err=True):
        raise InputError("nothing was sent", hint="say yes, or give --yes")
    obtained = stamping.obtain(planned, roots=stamping.roots_in(roots) if roots else None)
    with opened.writer(by=actor(by)) as writer:
        stamping.keep(writer, obtained)
    if obtained.stamp is None:
        say(f"kept the reply, which cannot be read here: {obtained.problem}", "yellow")
    else:
        say(f"stamped at {obtained.stamp.time}; {obtained.stamp.trust}")


def stamps(
    case: CaseArgument,
    roots: RootsOption = None,
    export: Annotated[Path | None, typer.Option(help="Write replies and checkpoints into this folder.")] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """List the stamps of a case, each checked again; exits 1 where one does not hold.

    Example: sijill stamps my-case --roots tsa-root.pem --export stamps/
    """
    with open_case(case).connect() as connection:
        kept = reads.stamps(connection)
    rows = list(stamping.stamps(kept, roots=stamping.roots_in(roots) if roots else None))
    print_rows(rows, columns_of("time", "size", "authority", "trust", "problem"), format_)
    if export:
        for name in stamping.export(kept, export):
            say(f"wrote {export / name}")
    raise typer.Exit(1 if any(row["problem"] for row in rows) else 0)


def proof(
    checkpoint_file: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="What `sijill checkpoint` printed.")],
    proof_file: Annotated[Path, typer.Argument(metavar="PROOF", help="The OpenTimestamps proof over it (.ots).")],
    format_: FormatOption = Format.TABLE,
) -> None:
    """Read an OpenTimestamps proof over a checkpoint, offline: who attests it, and what is left to be looked up.

    Example: sijill proof 2031-03-10.txt 2031-03-10.txt.ots
    """
    try:
        rows = [to_json(a) for a in read_proof(proof_file.read_bytes(), checkpoint_file.read_bytes().decode())]
    except (OSError, UnicodeDecodeError) as err:
        raise InputError(f"{checkpoint_file} or {proof_file} cannot be read", hint="check the paths") from err
    except OtsError as err:
        raise InputError(f"{proof_file}: {err}", hint="the extra `ots` reads proofs over the exact bytes") from err
    print_rows(rows, columns_of("kind", "where", "digest"), format_)
    say("whether a block holds its digest is for a node of that chain to say; nothing was looked up")
