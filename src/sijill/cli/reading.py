"""`extract`, `annotate` and `text`: reading files without a case."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from sijill.cli.looking import CLAIM_COLUMNS, why
from sijill.cli.options import FormatOption, WorkersOption
from sijill.cli.output import Format, print_rows, say
from sijill.core.document import Metadata
from sijill.pipeline.dates import stated_date
from sijill.pipeline.extraction import MOST_BYTES, Problems, annotated, claims_in_files, texts_of

Files = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders; - reads standard input.")]
STANDARD_INPUT = "standard-input"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(extract)
    app.command()(text)
    app.command()(annotate)


def extract(
    paths: Files,
    format_: FormatOption = Format.TABLE,
    uncounted: Annotated[bool, typer.Option("--uncounted", help="Also allegations without a number.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Also which rule and words gave each field.")] = False,
    published: Annotated[str | None, typer.Option(help="Day of publication, over what the files say.")] = None,
    language: Annotated[str | None, typer.Option(help="Language, over what was found.")] = None,
    gazetteer: Annotated[list[Path] | None, typer.Option(help="A CSV of places to know beside the shipped.")] = None,
    workers: WorkersOption = 0,
) -> None:
    """Read claims in files, without a case: who says how many were harmed, where, when and by whom.

    Example: sijill extract reports/*.txt --format jsonl
    """
    stated = Metadata(language=language, published=stated_date(published) if published else None)
    problems = Problems()
    with files_of(paths) as files:
        rows = claims_in_files(
            files,
            stated=stated,
            gazetteers=gazetteer or (),
            uncounted=uncounted,
            evidence=explain,
            workers=workers,
            problems=problems,
        )
        columns = {**CLAIM_COLUMNS, "why": why} if explain else CLAIM_COLUMNS
        count = print_rows(rows, columns, format_)
    if count == 0 and format_ is Format.TABLE:
        say("no claims were found")
    raise typer.Exit(_say_problems(problems))


def annotate(
    file: Annotated[Path, typer.Argument(help="One report; - reads standard input.")],
    to: Annotated[Path | None, typer.Option(help="Where to write the page, instead of to standard output.")] = None,
    uncounted: Annotated[bool, typer.Option("--uncounted", help="Also allegations without a number.")] = False,
    published: Annotated[str | None, typer.Option(help="Day of publication, over what the file says.")] = None,
    language: Annotated[str | None, typer.Option(help="Language, over what was found.")] = None,
) -> None:
    """Write a page that shows a report with its claims marked, and why each field is what it is.

    The page stands by itself: it loads nothing and runs nothing. Of several reports in one file, the first is shown.

    Example: sijill annotate bulletin.txt --to bulletin.html
    """
    stated = Metadata(language=language, published=stated_date(published) if published else None)
    problems = Problems()
    with files_of([file]) as files:
        page = next(annotated(files[0], stated=stated, uncounted=uncounted, problems=problems), None)
    if page is not None and to is not None:
        to.write_text(page, encoding="utf-8")
    elif page is not None:
        sys.stdout.buffer.write(page.encode("utf-8", "backslashreplace"))
    code = _say_problems(problems)
    raise typer.Exit(code or (1 if page is None else 0))


def text(paths: Files) -> None:
    """Print the text of files, as the offsets of claims refer to it.

    Example: sijill text bulletin.pdf
    """
    problems = Problems()
    with files_of(paths) as files:
        for reading in texts_of(files, problems=problems):
            # Bytes, so that line ends stay what they are.
            sys.stdout.buffer.write(reading.text.encode("utf-8"))
            sys.stdout.buffer.flush()
            for note in reading.notes:
                say(f"{note.code}: {note.text}", "yellow" if note.severe else "")
    raise typer.Exit(_say_problems(problems))


@contextmanager
def files_of(paths: list[Path]) -> Iterator[list[Path]]:
    """The paths, standard input in the place of each `-`, kept in a private file while it is read.

    Its kind is told by its bytes alone, as it has no name.
    """
    if Path("-") not in paths:
        yield paths
        return
    with TemporaryDirectory(prefix="sijill-") as folder:
        spooled = Path(folder) / STANDARD_INPUT
        # One byte more than is read of any file, so that what is too large is refused, and does not fill the disk.
        spooled.write_bytes(sys.stdin.buffer.read(MOST_BYTES + 1))
        yield [spooled if path == Path("-") else path for path in paths]


def _say_problems(problems: Problems) -> int:
    for problem in problems.refused:
        say(f"refused {problem.message}", "yellow")
        if problem.hint:
            say(f"  {problem.hint}")
    for name, found in problems.unread:
        say(f"not read {name}: there is no language pack for {found} yet", "yellow")
    return 2 if problems.refused else 0
