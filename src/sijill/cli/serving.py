"""`serve`: the workbench in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from sijill.cli.opening import open_case
from sijill.cli.options import ByOption, CaseArgument, actor
from sijill.cli.output import say
from sijill.core.errors import InputError

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 is any that is free.")]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(serve)


def serve(case: CaseArgument, port: Port = 0, by: ByOption = "") -> None:
    """Open the workbench: prints an address of this machine that lets one browser in, once; Ctrl-C ends it.

    Nobody else on the network can reach it. Every decision that is made there carries your name.

    Example: sijill serve my-case
    """
    try:
        from sijill.web import serving  # Only here: the other commands need no web server.
    except ModuleNotFoundError as err:
        if (err.name or "").partition(".")[0] == "sijill":
            raise
        raise InputError(f"the workbench needs {err.name}", hint="install Sijill with its part `web`") from err
    opened = open_case(case)
    serving.serve(opened, by=actor(by), port=port, announce=lambda address: print(address, flush=True))
    say("stopped; every decision that was acknowledged is kept")
