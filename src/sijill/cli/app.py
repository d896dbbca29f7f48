"""`sijill`: the commands, and how errors leave the program.

Exit codes: 0 done, 1 the answer is no, 2 misuse or bad input, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import os
import sys

import typer

from sijill import __version__
from sijill.cli import (
    asking,
    backing,
    building,
    comparing,
    custody,
    estimating,
    judging,
    keeping,
    lists,
    looking,
    matching,
    reading,
    repeating,
    rereading,
    serving,
    stamping,
)
from sijill.cli.opening import IDENTITY
from sijill.cli.output import say
from sijill.core.errors import SijillError
from sijill.store.database import UNREADABLE

INTERRUPTED = 130

app = typer.Typer(
    name="sijill",
    help="Turns conflicting reports of mass violence into a casualty record that can be defended.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)
PARTS = (
    *(building, reading, rereading, asking, looking, comparing, repeating, judging),
    *(keeping, custody, stamping, backing, estimating, matching, lists, serving),
)
for part in PARTS:
    part.register(app)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"sijill {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
    identity: str = typer.Option("", help="A file with an age identity that opens an encrypted case.", envvar=IDENTITY),
) -> None:
    """Turns conflicting reports of mass violence into a casualty record that can be defended."""
    if identity:
        os.environ[IDENTITY] = identity


def main() -> None:
    """Run a command; an error of ours becomes a line that says what, where, and what to do."""
    try:
        app()
    except SijillError as err:
        say(f"error: {err.message}", "bold red")
        if err.hint:
            say(f"hint: {err.hint}")
        sys.exit(2)
    except UNREADABLE:
        say("error: the case's database cannot be read", "bold red")
        say("hint: `sijill verify CASE` says what is wrong; restore it from a backup")
        sys.exit(2)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            say("stopped. What was acknowledged is kept; run the command again to go on.")
        raise
