"""`reread`, `metadata`: more out of the bytes that a case keeps."""

from __future__ import annotations

from typing import Annotated

import typer

from sijill.cli.opening import open_case
from sijill.cli.options import ByOption, CaseArgument, FormatOption, WorkersOption, actor
from sijill.cli.output import Bars, Format, columns_of, print_rows, say
from sijill.pipeline.rereading import outdated_documents, picture_fields, reread_documents


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(reread)
    app.command()(metadata)


def reread(
    case: CaseArgument,
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="DOCUMENTS...", help="Only these: ids, beginnings or names.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that no newer reader is here for.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many a newer reader is here for.")] = False,
    by: ByOption = "",
    workers: WorkersOption = 0,
) -> None:
    """Read kept documents again where a newer reader is here, as OCR that was missing; nothing is overwritten.

    Each gets a further text version. Judgements follow their words into it, or wait for a person.

    Example: sijill reread my-case --dry-run
    """
    opened = open_case(case)
    if dry_run:
        say(f"{len(outdated_documents(opened, documents or []))} documents have a text of an older reader")
        return
    with Bars() as progress:
        report = reread_documents(
            opened, documents or [], every=every, by=actor(by), workers=workers, progress=progress
        )
    done = report.reread
    say(f"read {done.outdated} documents again: {done.reread} have a new text, the earlier ones are kept")
    for refused in done.refused:
        say(f"keeps its text: {refused.message}", "yellow")
        if refused.hint:
            say(f"  {refused.hint}")
    if report.extract is not None:
        say(f"{report.extract.claims} claims in what was read again")
    raise typer.Exit(2 if done.refused else 0)


def metadata(
    case: CaseArgument,
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="A picture: its id, beginning or name.")],
    format_: FormatOption = Format.TABLE,
) -> None:
    """Print what a kept picture says of itself: camera, owner, place, time. It can find a witness; it is kept nowhere.

    Example: sijill metadata my-case IMG_0412
    """
    found = picture_fields(open_case(case), document)
    rows = [{"sort": sort, "field": field, "value": value} for sort, field, value in found]
    count = print_rows(rows, columns_of("sort", "field", "value"), format_)
    if count == 0 and format_ is Format.TABLE:
        say("it says nothing of itself")
