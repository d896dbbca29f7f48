"""Arguments and options that several commands share."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from sijill.cli.output import Format

CaseArgument = Annotated[Path, typer.Argument(help="The folder of the case.", metavar="CASE", show_default=False)]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How rows are printed.")]
ByOption = Annotated[
    str, typer.Option("--by", help="Who is acting, as the log will say.", envvar="SIJILL_USER", show_default="you")
]
WorkersOption = Annotated[int, typer.Option("--workers", min=0, help="Processes that read files; 0 is one a core.")]
RootsOption = Annotated[
    Path | None, typer.Option(help="A PEM file of the authorities' root certificates, which stamps must lead to.")
]
ReasonOption = Annotated[str, typer.Option("--reason", "-r", help="Why; kept with the judgement.")]


def actor(by: str) -> str:
    """Who is acting: as given, else the name that this machine knows the user by."""
    if by:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unnamed"
