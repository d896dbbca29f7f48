"""`verify`, `gazetteer`, `doctor`: keeping a case whole and a machine able."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from sijill.cli.opening import brought_for, brought_for_backup, open_case, server_of
from sijill.cli.options import ByOption, CaseArgument, FormatOption, RootsOption, actor
from sijill.cli.output import Bars, Format, columns_of, print_rows, say
from sijill.core.errors import InputError
from sijill.core.wire import to_json
from sijill.pipeline import doctor as checking
from sijill.pipeline import places
from sijill.pipeline.restore import verify_backup
from sijill.pipeline.served import server_checks
from sijill.pipeline.stamping import roots_in
from sijill.store.snapshots import is_backup
from sijill.store.verify import Outside, Report
from sijill.store.verify import verify as verify_case

gazetteer = typer.Typer(help="The places that a case knows beside the shipped gazetteer.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(verify)
    app.command()(doctor)
    app.add_typer(gazetteer, name="gazetteer")


def verify(
    case: Annotated[Path, typer.Argument(help="The folder of a case, or of backups.", metavar="CASE")],
    since: Annotated[
        list[str] | None,
        typer.Option(help="A checkpoint kept elsewhere: a file, or a root; repeatable."),
    ] = None,
    roots: RootsOption = None,
    snapshot: Annotated[
        str, typer.Option(help="Of a backup: which snapshot, or `all`.", show_default="the newest")
    ] = "",
    format_: FormatOption = Format.TABLE,
) -> None:
    """Recompute everything that the log vouches for; exits 1, and says what is wrong and where, unless all is whole.

    Example: sijill verify my-case --since 2031-03-10.txt
    """
    outside = Outside(tuple(_kept(text) for text in since or []), roots_in(roots) if roots else None)
    report = _verified(case, outside, snapshot)
    print_rows([to_json(f) for f in report.findings], columns_of("kind", "where", "what"), format_)
    looked = (
        f"{report.objects} objects, {report.rows} rows, {report.entries} log entries, {report.checkpoints} checkpoints"
    )
    if report.unclaimed:
        say(f"{report.unclaimed} objects are vouched for by nothing: left by a run that was killed, or by a rollback")
    if report.whole:
        say(f"whole: {looked}; root {report.root}", "green")
        return
    say(f"NOT whole: {len(report.findings)} findings in {looked}", "bold red")
    raise typer.Exit(1)


def _verified(folder: Path, outside: Outside, snapshot: str) -> Report:
    """What verifying found; a passphrase is asked for before there is a bar, which would write over the question."""
    if not is_backup(folder):
        if snapshot:
            raise InputError(f"{folder} holds no backup, so it has no snapshots", hint="leave --snapshot out")
        brought = brought_for(folder)
        with Bars() as bars:
            looking = _objects(bars)
            return verify_case(folder, brought=brought, since=outside.since, roots=outside.roots, progress=looking)
    if snapshot not in {"", "all"} and not (snapshot.isascii() and snapshot.isdigit()):
        raise InputError(f"{snapshot!r} is no snapshot's number", hint="`sijill snapshots FOLDER` lists them")
    number = int(snapshot) if snapshot.isdigit() else None
    brought = brought_for_backup(folder, number)
    every = snapshot == "all"
    with Bars() as bars:
        looking = _objects(bars)
        return verify_backup(folder, brought=brought, number=number, every=every, outside=outside, progress=looking)


def _objects(bars: Callable[[str, int, int | None], None]) -> Callable[[int], None]:
    return lambda done: bars("objects", done, None)


def doctor(
    case: Annotated[
        Path | None, typer.Argument(metavar="[CASE]", help="Look at a case, too.", show_default=False)
    ] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Say what is missing here, what in a case asks for a look, and what to do; exits 1 where something is wrong.

    Example: sijill doctor my-case
    """
    checks, server = list(checking.machine()), server_of(case)
    if server:
        checks += server_checks(server)
    if case:
        checks += checking.case_checks(case, brought=brought_for(case))
    print_rows([to_json(c) for c in checks], columns_of("subject", "state", "detail", "do"), format_)
    raise typer.Exit(1 if any(c.state == "wrong" for c in checks) else 0)


def _kept(text: str) -> str:
    """The checkpoint in a file of that name, else the text itself, which may be a root."""
    path = Path(text)
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else text
    except UnicodeDecodeError as err:
        raise InputError(f"{text} holds no checkpoint", hint="give what `sijill checkpoint CASE` printed") from err


@gazetteer.command("add")
def add(
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Places: name, name_ar, lat, lon and more.")],
    by: ByOption = "",
) -> None:
    """Add places from a CSV, which stays with the case; the next build reads the reports again with them.

    Example: sijill gazetteer add my-case villages.csv
    """
    report = places.add_places(open_case(case), file, by=actor(by))
    say(f"{report.places} places from {file.name}" + ("" if report.fresh else ", which was here already"))
    for problem in report.problems:
        say(f"left out {problem}", "yellow")
    raise typer.Exit(2 if report.problems else 0)


@gazetteer.command("list")
def list_(case: CaseArgument, format_: FormatOption = Format.TABLE) -> None:
    """List the files of places that belong to a case.

    Example: sijill gazetteer list my-case
    """
    opened = open_case(case)
    rows = places.gazetteer_rows(opened)
    print_rows(rows, columns_of("name", "places", "id"), format_)


@gazetteer.command("find")
def find(
    name: Annotated[str, typer.Argument(help="A place's name, in Latin or Arabic script.")],
    case: Annotated[Path | None, typer.Option(help="Also among the places of this case.")] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Look a name up, as the reader of claims does.

    Example: sijill gazetteer find Jableh
    """
    rows = places.places_called(name, open_case(case) if case else None)
    columns = columns_of("id", "name", "name_ar", "kind", "admin1", "country", "lat", "lon", "population")
    if not print_rows(rows, columns, format_):
        say("no such place is known")
        raise typer.Exit(1)
