"""`origins`: which voice each count goes back to, and who repeats whom."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from sijill.cli.comparing import incident_of
from sijill.cli.looking import OptionalId
from sijill.cli.opening import open_case
from sijill.cli.options import CaseArgument, FormatOption
from sijill.cli.output import Cell, Format, columns_of, joined, print_rows
from sijill.pipeline import repeating
from sijill.store import reads

SHORTEST_SHOWN = 60


class Show(StrEnum):
    """Which table."""

    VOICES = "voices"
    REPEATS = "repeats"


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(origins)


def origins(
    case: CaseArgument,
    id_: OptionalId = "",
    show: Annotated[
        Show, typer.Option(help="Voices, with who passed their counts on; or reports that have text of others.")
    ] = Show.VOICES,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Say which voice each count goes back to and why: for one incident, or for the whole case.

    Example: sijill origins my-case --show repeats
    """
    with open_case(case).connect() as connection:
        incident = incident_of(reads.find(connection, id_), id_) if id_ else ""
        if show is Show.VOICES:
            columns: dict[str, Cell] = columns_of("name")
            columns["through"] = lambda row: joined(row["through"])
            columns |= columns_of("report")
            columns["claims"] = lambda row: str(len(row["claims"]))
            columns["evidence"] = lambda row: joined(row["evidence"])
            print_rows(repeating.voice_rows(connection, incident), columns, format_)
        else:
            columns = columns_of("later", "earlier", "sharing", "reason")
            columns["passage"] = lambda row: row["passage"]["text"][:SHORTEST_SHOWN]
            print_rows(repeating.repeat_rows(connection, incident), columns, format_)
