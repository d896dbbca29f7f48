"""`judge`, `undo`, `judgements`: deciding from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from sijill.cli.opening import open_case
from sijill.cli.options import ByOption, CaseArgument, FormatOption, ReasonOption, actor
from sijill.cli.output import Bars, Format, columns_of, joined, print_rows, say
from sijill.core.errors import InputError
from sijill.core.judgement import Change, Decision
from sijill.pipeline import decisions
from sijill.pipeline.build import derive

judgements = typer.Typer(help="Carry people's judgements from one case to another of the same reports.")
Rebuild = Annotated[bool, typer.Option("--rebuild/--no-rebuild", help="Bring figures and record up to date at once.")]
DECISIONS = [d for d in Decision if d is not Decision.UNDO]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(judge)
    app.command()(undo)
    app.add_typer(judgements, name="judgements")


def judge(
    case: CaseArgument,
    decision: Annotated[
        Decision,
        typer.Argument(
            help="accept, correct, reject; same, different; part_of, not_part_of; one_voice, independent; "
            "set_aside, restore, sensitive, not_sensitive."
        ),
    ],
    subjects: Annotated[list[str], typer.Argument(metavar="ID...", help="What it is about: ids or their beginnings.")],
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="For correct: field=value, such as count.low=9; repeatable.")
    ] = None,
    reason: ReasonOption = "",
    by: ByOption = "",
    rebuild: Rebuild = True,
) -> None:
    """Accept, correct or reject a claim; say what is the same incident and what is not; set a source aside.

    `part_of A B` says that incident A is a part of the larger B. `one_voice` and `independent` say of two claims, or
    of two documents, whether they go back to one source. A document that is marked sensitive is never sent to a
    language model.

    Example: sijill judge my-case correct 3f2a --set count.low=9 --set count.high=9 --reason "misprint"
    """
    if decision is Decision.UNDO:
        raise InputError("undo is a command of its own", hint="sijill undo CASE JUDGEMENT")
    if decision is Decision.CHOOSE:
        raise InputError("a rule set is chosen by a command of its own", hint="sijill rules CASE --choose NAME")
    if decision in (Decision.ALLOW, Decision.FORBID):
        raise InputError("where text may be sent is decided by a command of its own", hint="sijill sending CASE")
    opened = open_case(case)
    with opened.writer(by=actor(by)) as writer:
        made = decisions.judge(
            opened, writer, decision, subjects, reason=reason, changes=[_change(c) for c in changes or []]
        )
        if rebuild:
            with Bars() as progress:
                derive(opened, writer, progress=progress)
    say(f"recorded as judgement {made[:12]}; take it back with: sijill undo {case} {made[:12]}")


def _change(text: str) -> Change:
    """`field=value` with the value as JSON, or as plain words where it is not JSON."""
    field, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"{text!r} does not set anything", hint="write --set field=value, such as --set count.low=9")
    try:
        json.loads(value)
    except ValueError:
        value = json.dumps(value, ensure_ascii=False)
    return Change(field.strip(), value)


def undo(
    case: CaseArgument,
    judgement: Annotated[str, typer.Argument(metavar="JUDGEMENT", help="Its id or the beginning of it.")],
    reason: ReasonOption = "",
    by: ByOption = "",
    rebuild: Rebuild = True,
) -> None:
    """Take back a judgement, by a row: what it replaced stands again.

    Example: sijill undo my-case 91c0
    """
    opened = open_case(case)
    with opened.writer(by=actor(by)) as writer:
        made = decisions.undo(opened, writer, judgement, reason=reason)
        if rebuild:
            with Bars() as progress:
                derive(opened, writer, progress=progress)
    say(f"undone by judgement {made[:12]}")


@judgements.command("export")
def export(case: CaseArgument, format_: FormatOption = Format.JSONL) -> None:
    """Print every judgement by a person, with what it was about.

    Example: sijill judgements export my-case > judgements.jsonl
    """
    opened = open_case(case)
    with opened.connect() as connection:
        columns = columns_of(
            "id", "at", "by", "matter", "decision", "reason", subjects=lambda row: joined(row["subjects"])
        )
        print_rows(decisions.export_judgements(connection), columns, format_)


@judgements.command("import")
def import_(
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `export` printed; - reads standard input.")],
    by: ByOption = "",
    rebuild: Rebuild = True,
) -> None:
    """Take over people's judgements from a file; who made them and when stays theirs.

    Example: sijill judgements import my-case judgements.jsonl
    """
    if str(file) != "-" and not file.is_file():
        raise InputError(f"{file} is not a file", hint="give what `sijill judgements export` printed, or -")
    opened = open_case(case)
    with opened.writer(by=actor(by)) as writer:
        if str(file) == "-":
            report = decisions.import_judgements(opened, writer, sys.stdin)
        else:
            with file.open(encoding="utf-8", errors="replace") as lines:
                report = decisions.import_judgements(opened, writer, lines)
        if rebuild:
            with Bars() as progress:
                derive(opened, writer, progress=progress)
    say(f"took over {report.taken} judgements; {report.known} were here already")
    for line, why in report.refused:
        say(f"refused line {line}: {why}", "yellow")
    raise typer.Exit(2 if report.refused else 0)
