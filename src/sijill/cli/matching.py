"""`match`: who on one list of people is whom on another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sijill.cli.output import Format, columns_of, joined, print_rows, say

if TYPE_CHECKING:
    from sijill.pipeline.matching import Matching, Pair

FLAGS_SHOWN = 5


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(match)


def match(
    a: Annotated[
        Path, typer.Argument(metavar="A.csv", help="A list: a row for each person, headers in the first line.")
    ],
    b: Annotated[Path, typer.Argument(metavar="B.csv", help="Another list, or another release of it.")],
    id_: Annotated[str, typer.Option("--id", help="The column with each list's own numbers.")] = "",
    mapping: Annotated[
        Path | None, typer.Option(help="TOML that says which column is which: age = 'Age (years)'.")
    ] = None,
    threshold: Annotated[float, typer.Option(help="The least probability of a pair that is printed.")] = 0.5,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say for each pair what agreed and what it weighs.")
    ] = False,
    format_: Annotated[Format, typer.Option("--format", help="table, json, jsonl or csv.")] = Format.TABLE,
) -> None:
    """Match two lists of people, each without duplicates: at most one row of either to one of the other.

    Columns are recognised by their headers, in Arabic or Latin letters. A pair is a suggestion with a probability,
    no identification: people judge it.

    Example: sijill match january.csv june.csv --id rec --format csv
    """
    from sijill.pipeline.matching import match_files  # heavy: arrays

    found = match_files(a, b, record=id_, mapping=mapping, threshold=threshold, explain=explain)
    _say(found)
    rows = [_row(pair, explain=explain) for pair in found.pairs]
    columns = columns_of("rec_a", "rec_b", "weight", "probability")
    if explain:
        columns |= {"reasons": lambda row: "; ".join(row["reasons"])}
    print_rows(rows, columns, format_)


def _row(pair: Pair, *, explain: bool) -> dict[str, Any]:
    row = {
        "rec_a": pair.rec_a,
        "rec_b": pair.rec_b,
        "weight": round(pair.weight, 3),
        "probability": round(pair.probability, 5),
    }
    return row | ({"reasons": list(pair.reasons)} if explain else {})


def _say(found: Matching) -> None:
    """What was compared, and the values that cannot be, by their lists' own numbers."""
    how = " across scripts" if found.across else ""
    sizes = " and ".join(f"{n:,}" for n in found.sizes)
    say(f"{len(found.pairs):,} pairs among {sizes} people, by {joined(found.used)}{how}")
    for file, fault in found.faults[:FLAGS_SHOWN]:
        say(f"beware: {file}: row {fault.line} was left out: {fault.reason}", "yellow")
    if found.flags:
        shown = [f"{file} {flag.record}: {flag.field}, {flag.reason}" for file, flag in found.flags[:FLAGS_SHOWN]]
        more = f" and {len(found.flags) - FLAGS_SHOWN:,} more" if len(found.flags) > FLAGS_SHOWN else ""
        say(f"beware: values that cannot be were not compared: {'; '.join(shown)}{more}", "yellow")
