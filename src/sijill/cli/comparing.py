"""`compare`, `institution`: voices beside one another, and what an institution's total adds to them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from sijill.cli.looking import OptionalId, PresetOption
from sijill.cli.opening import open_case
from sijill.cli.options import CaseArgument, FormatOption
from sijill.cli.output import Cell, Format, columns_of, joined, print_rows, visible
from sijill.core.errors import InputError
from sijill.pipeline import comparing, institutions, rulesets
from sijill.store import reads

SHORT = 12


class Show(StrEnum):
    """What to compare."""

    SAID = "said"
    CONTRADICTIONS = "contradictions"
    COVERAGE = "coverage"
    CHANGES = "changes"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(compare)
    app.command()(institution)


def compare(
    case: CaseArgument,
    id_: OptionalId = "",
    show: Annotated[
        Show,
        typer.Option(
            help="Who said what; what cannot all be true or adds up; who covered which months; how "
            "figures changed, and why."
        ),
    ] = Show.SAID,
    preset: PresetOption = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Set voices beside one another: for one incident, or for the whole case.

    Example: sijill compare my-case --show contradictions
    """
    opened = open_case(case)
    with opened.connect() as connection:
        incident = incident_of(reads.find(connection, id_), id_) if id_ else ""
        rules = rulesets.of(connection, preset)
        short: dict[str, Cell] = {"incident": lambda row: row["incident"][:SHORT]}
        if show is Show.SAID:
            columns = short | columns_of("label", "scope", "voice", "words", "day", "report", "fate")
            columns["figure"] = lambda row: _range(row["figure_low"], row["figure_high"])
            print_rows(comparing.said_rows(opened, connection, rules, incident), columns, format_)
        elif show is Show.CONTRADICTIONS:
            columns = short | columns_of("label", "kind", "reason")
            columns["claims"] = lambda row: joined([c[:SHORT] for c in row["claims"]])
            print_rows(comparing.contradiction_rows(opened, connection, rules, incident), columns, format_)
        elif show is Show.CHANGES:
            columns = columns_of("at") | short | columns_of("label", "scope")
            columns["was"] = lambda row: _range(row["was_low"], row["was_high"])
            columns["now"] = lambda row: _range(row["low"], row["high"]) if row["stands"] else "withdrawn"
            columns["why"] = lambda row: joined(row["causes"])
            print_rows(comparing.change_rows(opened, connection, rules, incident), columns, format_)
        else:
            columns = columns_of("voice", "month", "incidents", "claims", "only_voice")
            print_rows(comparing.coverage_rows(opened, connection, rules), columns, format_)


def institution(
    case: CaseArgument,
    claims: Annotated[list[str], typer.Argument(metavar="CLAIM...", help="Its totals, in two reports or more.")],
    background: Annotated[int, typer.Option(help="Deaths that it would have received in such a time anyway.")],
    fighters: Annotated[
        str, typer.Option(metavar="LEAST,MOST", help="Suspected fighters among them, in per cent.")
    ] = "0,0",
    not_received: Annotated[
        list[str] | None, typer.Option(metavar="INCIDENT", help="Deaths of a kind that do not come there; repeatable.")
    ] = None,
) -> None:
    """Say what the total of a morgue or hospital adds to the recorded incidents, by Iraq Body Count's subtractions.

    Example: sijill institution my-case 3f2a 91c0 --background 40 --fighters 2,4
    """
    opened = open_case(case)
    with opened.connect() as connection:
        found = institutions.beyond(
            opened,
            connection,
            claims,
            fighters=fighters,
            background=background,
            not_received=tuple(not_received or ()),
        )
    for step in found.steps:
        typer.echo(visible(step))
    typer.echo(f"beyond the recorded incidents: {found.low} to {found.high}")


def _range(low: int | None, high: int | None) -> str:
    return "" if low is None and high is None else f"{_end(low)}–{_end(high)}"


def incident_of(found: tuple[str, str], name: str) -> str:
    """The id, if it is an incident's; raises InputError where it is something else."""
    kind, id_ = found
    if kind != "incident":
        raise InputError(f"{name[:80]!r} is a {kind}, not an incident", hint="`sijill incidents CASE` lists them")
    return id_


def _end(number: int | None) -> str:
    return "" if number is None else str(number)
