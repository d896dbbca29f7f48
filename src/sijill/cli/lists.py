"""`lists`: lists of victims as parts of a case, and what their releases changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sijill.cli.opening import open_case
from sijill.cli.options import ByOption, CaseArgument, FormatOption, actor
from sijill.cli.output import Format, columns_of, joined, print_rows, say

if TYPE_CHECKING:
    from sijill.pipeline.lists import AddedList

SHOWN = 5
lists = typer.Typer(help="Lists of victims: add a file as a version of a list, show it, say what a version changed.")
MappingOption = Annotated[Path | None, typer.Option(help="TOML that says which column is which: age = 'Age (years)'.")]
ListArgument = Annotated[str, typer.Argument(metavar="LIST", help="The list's name, as `lists show CASE` has it.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    lists.command()(add)
    lists.command()(show)
    lists.command()(diff)
    app.add_typer(lists, name="lists")


def add(
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX, JSON, JSON lines or Parquet.")],
    name: Annotated[str, typer.Option("--list", help="The list that it is a version of; else named by the file.")] = "",
    mapping: MappingOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what each column would be taken for.")] = False,
    by: ByOption = "",
) -> None:
    """Keep a list of victims with the case, to the byte and row by row; a later file of the same list is a new version.

    Columns are recognised by their headers, in Arabic or Latin letters. Rows that do not fit the headers are reported
    and left out; ages and dates that cannot be are kept and reported. The rest of the file is kept, too, but not read.

    Example: sijill lists add my-case june.xlsx --list "health ministry"
    """
    from sijill.pipeline import lists as listing  # heavy: arrays

    if dry_run:
        read = listing.read_file(file, mapping)
        _say_columns(dict(read.people.columns), listing.unused(read))
        say(f"{len(read.people.rows):,} rows; nothing was kept")
        return
    added = listing.add_list(open_case(case), file, by=actor(by), name=name, mapping=mapping)
    _say_columns({c.field: c.header for c in added.columns}, added.unused)
    what = f"version {added.version} of the list {added.list!r}"
    say(f"kept as {what}: {added.rows:,} people" if added.fresh else f"nothing new: it is {what} already")
    _say_wrong(added)


def _say_columns(taken: Mapping[Any, str], unused: Sequence[str]) -> None:
    say(f"columns: {', '.join(f'{header} as {field}' for field, header in taken.items())}")
    if unused:
        say(f"not used: {', '.join(unused)}; say what they are with --mapping", "yellow")


def _say_wrong(added: AddedList) -> None:
    """What is wrong with which rows: by their numbers, never by a name."""
    for told, wrong in (
        ("left out", [f"row {fault.line}: {fault.reason}" for fault in added.faults]),
        ("kept, but cannot be", [f"{flag.record}: {flag.field}, {flag.reason}" for flag in added.flags]),
    ):
        if wrong:
            more = f" and {len(wrong) - SHOWN:,} more" if len(wrong) > SHOWN else ""
            say(f"beware: {told}: {'; '.join(wrong[:SHOWN])}{more}", "yellow")


def show(
    case: CaseArgument,
    name: Annotated[str, typer.Argument(metavar="[LIST]", help="A list, to show its people.", show_default=False)] = "",
    version: Annotated[int | None, typer.Option(help="Which version of it; else the newest.")] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Show the lists of a case and their versions; or, of one list, the people as the file has them.

    The second prints names: mind who reads along.

    Example: sijill lists show my-case "health ministry" --version 1 --format csv
    """
    from sijill.pipeline import lists as listing  # heavy: arrays

    with open_case(case).connect() as connection:
        if name:
            columns = columns_of("record", "name", "name_ar", "name_en", "sex", "age", "born", "died", "place", "id")
            columns["flags"] = lambda row: joined(row["flags"])
            print_rows(listing.people_rows(connection, name, version), columns, format_)
        else:
            shown = columns_of("list", "version", "people", "file", "at", "by", "id")
            print_rows(listing.list_rows(connection), shown, format_)


def diff(
    case: CaseArgument,
    name: ListArgument,
    before: Annotated[int | None, typer.Option("--from", help="The earlier version; else the one before.")] = None,
    after: Annotated[int | None, typer.Option("--to", help="The later version; else the newest.")] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Say what a version of a list changed: who was added and removed, what was corrected, and how.

    Rows are put together by the list's own numbers, else by what they say, else as `match` does. It prints names.

    Example: sijill lists diff my-case "health ministry" --format jsonl
    """
    from sijill.pipeline import lists as listing  # heavy: arrays

    columns = columns_of("change", "record", "row")
    columns["how"] = lambda row: joined(row["how"])
    columns["fields"] = lambda row: "; ".join(f"{f['field']}: {f['before']} → {f['after']}" for f in row["fields"])
    with open_case(case).connect() as connection:
        rows = list(listing.diff_rows(connection, name, before=before, after=after))
    print_rows(rows, columns, format_)
    counts = {change: sum(row["change"] == change for row in rows) for change in ("added", "removed", "corrected")}
    say(", ".join(f"{count:,} {change}" for change, count in counts.items()))
