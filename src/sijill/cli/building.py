"""`init`, `add`, `build`, `demo`: making a case and putting reports into it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from sijill.cli.opening import DATABASE_URL, brought_for, new_custodians, open_case
from sijill.cli.options import ByOption, CaseArgument, WorkersOption, actor
from sijill.cli.output import Bars, say
from sijill.core.document import Metadata
from sijill.core.errors import InputError
from sijill.pipeline.build import BuildReport, Plan, build, open_or_create
from sijill.pipeline.dates import stated_date
from sijill.pipeline.preserving import AddReport, add_reports
from sijill.store.case import Case

Reports = Annotated[
    list[Path] | None, typer.Argument(metavar="REPORTS...", help="Files or folders of reports.", show_default=False)
]
Publisher = Annotated[str | None, typer.Option(help="Publisher of these reports, over what they say.")]
Url = Annotated[str | None, typer.Option(help="Address of these reports, over what they say.")]
Language = Annotated[str | None, typer.Option(help="Language of these reports (en, ar, fr), over what was found.")]
Published = Annotated[str | None, typer.Option(help="Day of publication (2031-03-09), over what they say.")]
Places = Annotated[
    list[Path] | None, typer.Option("--gazetteer", help="A CSV of places to add first; see `sijill gazetteer`.")
]
REFUSED_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(init)
    app.command()(add)
    app.command("build")(build_case)
    app.command()(demo)


def init(
    case: CaseArgument,
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    encrypt: Annotated[bool, typer.Option("--encrypt", help="Encrypt it; asks for a passphrase.")] = False,
    recipient: Annotated[
        list[str] | None, typer.Option(help="Encrypt it to an age recipient (age1…); repeatable.")
    ] = None,
    database: Annotated[
        str,
        typer.Option(help="PostgreSQL database of a team (postgresql://…) for its rows.", envvar=DATABASE_URL),
    ] = "",
    by: ByOption = "",
) -> None:
    """Make an empty case with its own signing key, encrypted if you say so.

    Example: sijill init my-case --name "Senna valley 2031" --encrypt
    """
    custodians = new_custodians(recipient or [], passphrase=encrypt)
    made = Case.create(case, name=name, by=actor(by), custodians=custodians, server=database or None)
    say(f"made the case {made.name!r} in {case}" + (", encrypted" if custodians else ""))
    if made.access.address is not None:
        say(f"its rows lie in the schema {made.access.address.schema} of {made.access.address.public}")
    if custodians:
        say("Whoever loses every passphrase and identity loses the case: nobody can reset them.", "bold yellow")
    say(f"public key: {made.config.verifier}")
    made.close()


def add(
    case: CaseArgument,
    reports: Reports,
    publisher: Publisher = None,
    url: Url = None,
    language: Language = None,
    published: Published = None,
    by: ByOption = "",
    workers: WorkersOption = 0,
) -> None:
    """Preserve reports in a case without reading claims yet.

    Example: sijill add my-case reports/ bulletin.pdf --publisher "Senna Valley Monitor"
    """
    opened = open_case(case)
    with Bars() as progress:
        report = add_reports(
            opened,
            reports or [],
            by=actor(by),
            stated=_stated(publisher, url, language, published),
            workers=workers,
            progress=progress,
        )
    _say_added(report)
    raise typer.Exit(2 if report.refused else 0)


def build_case(
    case: CaseArgument,
    reports: Reports = None,
    gazetteer: Places = None,
    publisher: Publisher = None,
    url: Url = None,
    language: Language = None,
    published: Published = None,
    preset: Annotated[
        str | None, typer.Option(help="Make the record under this rule set, a name or a .toml file, from now on.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Where the pages go; that of an encrypted case is written only if you say.")
    ] = None,
    by: ByOption = "",
    workers: WorkersOption = 0,
) -> None:
    """Preserve reports, read claims, link, reconcile, and write a record to read; run again, it does what is new.

    Example: sijill build my-case reports/
    """
    who = actor(by)
    opened = open_or_create(case, by=who, brought=brought_for(case))
    with Bars() as progress:
        report = build(
            opened,
            reports or [],
            Plan(
                stated=_stated(publisher, url, language, published),
                gazetteers=tuple(gazetteer or ()),
                rules=preset,
                record=record,
                workers=workers,
            ),
            by=who,
            progress=progress,
        )
    _say_built(report, case)
    raise typer.Exit(2 if report.add.refused else 0)


def demo(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="Where to make it.")] = Path("demo-case"),
    by: ByOption = "",
) -> None:
    """Build the example case: invented reports about an invented valley, shipped with Sijill.

    Example: sijill demo demo-case
    """
    who = actor(by)
    opened = open_or_create(case, name="Senna valley (invented)", by=who)
    with resources.as_file(resources.files("sijill") / "example") as folder, Bars() as progress:
        report = build(
            opened,
            [folder / "reports"],
            Plan(gazetteers=(folder / "gazetteer.csv",)),
            by=who,
            progress=progress,
        )
    say("Everything in this example is invented: the country, the people, the sources, the numbers.")
    _say_built(report, case)
    say(f"work on it in the browser: sijill serve {case}")
    say(f"look further: sijill claims {case}; sijill incidents {case}; sijill explain {case} ID; sijill verify {case}")


def _stated(publisher: str | None, url: str | None, language: str | None, published: str | None) -> Metadata:
    if language is not None and not (2 <= len(language) <= 3 and language.isascii() and language.islower()):
        raise InputError(f"{language!r} is not a language code", hint="give two letters, such as en, ar or fr")
    return Metadata(
        publisher=publisher, url=url, language=language, published=stated_date(published) if published else None
    )


def _say_added(report: AddReport) -> None:
    say(f"preserved {report.added} new reports; {report.repeated} were here already")
    if report.healed:
        say(f"{report.healed} whose kept bytes were damaged or missing are whole again; the damaged ones lie aside")
    for refused in report.refused[:REFUSED_SHOWN]:
        say(f"refused {refused.message}", "yellow")
        if refused.hint:
            say(f"  {refused.hint}")
    if len(report.refused) > REFUSED_SHOWN:
        say(f"… and {len(report.refused) - REFUSED_SHOWN} more")
    if report.refused:
        say(f"{len(report.refused)} could not be preserved; the others were", "bold yellow")


def _say_built(report: BuildReport, case: Path) -> None:
    _say_added(report.add)
    read = report.extract
    say(f"read {read.read} reports for claims: {read.claims}, and {read.uncounted} allegations without a number")
    for language, count in sorted(read.unread.items()):
        say(f"{count} reports in {language} were not read: there is no language pack for it yet", "yellow")
    linked = report.derived.link
    say(
        f"{linked.incidents} incidents from {linked.linked} claims by {linked.voices} voices; "
        f"{linked.unlinked} claims could not be placed"
    )
    recorded = report.derived.record
    if recorded is None:
        say("no pages were written, as they are readable by anybody: --record FOLDER says where you want them")
        return
    page = (recorded.folder / "index.html").resolve()
    say(f"the record (a working copy, not for publication): {page}")
    say(f"open it in a browser: {page.as_uri()}")
