"""`claims`, `incidents`, `show`, `explain`, `history`: what a case holds, and why."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from sijill.cli.opening import open_case
from sijill.cli.options import ByOption, CaseArgument, FormatOption, ReasonOption, actor
from sijill.cli.output import Bars, Cell, Format, columns_of, joined, print_rows, say, visible
from sijill.core.quantity import Qualifier, Quantity
from sijill.pipeline import explain as explaining
from sijill.pipeline import listing, rulesets
from sijill.pipeline.build import derive

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="An id, its beginning, or a report's name.")]
OptionalId = Annotated[
    str, typer.Argument(metavar="[ID]", help="An id, its beginning, or a report's name.", show_default=False)
]
PresetOption = Annotated[
    str | None,
    typer.Option(help="Rule set of the figures: a name, or your own in a .toml file; else that of the record."),
]
SHORT = 12


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(claims)
    app.command()(incidents)
    app.command()(show)
    app.command()(explain)
    app.command()(history)
    app.command()(rules)


def _of(outer: str, inner: str) -> Cell:
    return lambda row: (row[outer] or {}).get(inner)


def _count(row: Any) -> str:
    if row["count"] is None:
        return "uncounted"
    quantity = Quantity(row["count"]["low"], row["count"]["high"], Qualifier(row["count"]["qualifier"]))
    return f"{quantity} (unconfirmed)" if row["unconfirmed"] else str(quantity)


def _days(row: Any) -> str:
    period = row["period"] or {}
    start, end = period.get("start"), period.get("end")
    return str(start or end or "") if start == end else f"{start or ''}…{end or ''}"


def _state(row: Any) -> str:
    if row["set_aside"]:
        return "set aside"
    return "replaced" if row["replaced_by"] else str(row["state"])


def _quote(row: Any) -> str:
    return " ".join(row["quote"]["text"].split())


def why(row: Any) -> str:
    """Which rule and words gave each field."""
    return "; ".join(f"{e['field']}: {e['rule']} ({' '.join(e['words'].split())})" for e in row["evidence"])


CLAIM_COLUMNS: dict[str, Cell] = {
    "id": lambda row: row["id"][:SHORT],
    "document": lambda row: row["document"],
    "harm": lambda row: row["harm"],
    "count": _count,
    "group": lambda row: row["group"]["subset"] or row["group"]["type"],
    "place": _of("place", "text"),
    "days": _days,
    "who says so": _of("attribution", "source"),
    "by whom": _of("perpetrator", "text"),
    "quote": _quote,
}


def claims(
    case: CaseArgument,
    document: Annotated[str, typer.Option(help="Only those of one report: its id, beginning or name.")] = "",
    uncounted: Annotated[bool, typer.Option("--uncounted", help="Also allegations without a number.")] = False,
    suggested: Annotated[
        bool, typer.Option("--suggested", help="Instead, what a language model read: in no figure until confirmed.")
    ] = False,
    format_: FormatOption = Format.TABLE,
) -> None:
    """List the claims of a case as they stand after all judgements.

    Example: sijill claims my-case --format csv
    """
    opened = open_case(case)
    with opened.connect() as connection:
        only = listing.document_of(connection, document) if document else None
        columns = {**CLAIM_COLUMNS, "state": _state}
        rows = listing.claim_rows(connection, document=only, uncounted=uncounted, suggested=suggested)
        print_rows(rows, columns, format_)


def incidents(
    case: CaseArgument,
    preset: PresetOption = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """List the incidents with their figures under a rule set.

    Example: sijill incidents my-case --preset airwars --format jsonl
    """
    opened = open_case(case)
    with opened.connect() as connection:
        columns = columns_of(
            "id",
            "label",
            days=_days,
            killed=_figure("killed"),
            wounded=_figure("wounded"),
            grade=lambda row: row["grade"],
            reports=lambda row: len(row["documents"]),
            claims=lambda row: len(row["claims"]),
        )
        print_rows(listing.incident_rows(opened, connection, rulesets.of(connection, preset)), columns, format_)


def _figure(harm: str) -> Cell:
    def cell(row: Any) -> str:
        figures = [f for f in row["figures"] if f["harm"] == harm and not f["subset"]]
        figures.sort(key=lambda f: f["group"] != "all")
        if not figures:
            return ""
        low, high = figures[0]["low"], figures[0]["high"]
        return str(low) if low == high else f"{low}–{'' if high is None else high}"

    return cell


def show(case: CaseArgument, id_: OptionalId = "", format_: FormatOption = Format.TABLE) -> None:
    """Show one document, claim, incident or judgement whole; without an id, list the documents.

    Example: sijill show my-case 3f2a
    """
    opened = open_case(case)
    with opened.connect() as connection:
        if not id_:
            columns: dict[str, Cell] = {
                "id": lambda row: row["id"][:SHORT],
                **columns_of("label", "publisher", "language", "published", "media_type", "claims"),
                "notes": lambda row: joined([n["code"] for n in row["notes"]]),
            }
            print_rows(listing.document_rows(connection), columns, format_)
            return
        row = explaining.whole(opened, connection, id_, rulesets.of(connection, None))
    if format_ in (Format.JSON, Format.JSONL):
        typer.echo(json.dumps(row, ensure_ascii=False, indent=2 if format_ is Format.JSON else None))
        return
    print_rows([{"field": k, "value": v} for k, v in explaining.flattened(row)], columns_of("field", "value"), format_)


def explain(case: CaseArgument, id_: IdArgument, preset: PresetOption = None) -> None:
    """Say why a claim, an incident's figures, a document or a judgement is what it is.

    Example: sijill explain my-case i3f2a
    """
    opened = open_case(case)
    with opened.connect() as connection:
        for line in explaining.explain(opened, connection, id_, rulesets.of(connection, preset)):
            typer.echo(visible(line))


def history(
    case: CaseArgument,
    id_: OptionalId = "",
    format_: FormatOption = Format.TABLE,
) -> None:
    """List what people decided, oldest first, with what was undone.

    Example: sijill history my-case
    """
    opened = open_case(case)
    with opened.connect() as connection:
        columns: dict[str, Cell] = {
            "id": lambda row: row["id"][:SHORT],
            "at": lambda row: row["at"][:19].replace("T", " "),
            **columns_of("by", "decision"),
            "about": lambda row: joined([s[:SHORT] for s in row["subjects"]]),
            "changes": lambda row: joined([f"{c['field']}={c['value']}" for c in row["changes"]]),
            **columns_of("reason"),
            "undone": lambda row: "undone" if row["undone"] else "",
        }
        if not print_rows(explaining.history(connection, id_), columns, format_) and format_ is Format.TABLE:
            say("nobody has decided anything yet")


def rules(
    case: CaseArgument,
    choose: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="Make the record under this one from now on: a row, so undoable.")
    ] = "",
    reason: ReasonOption = "",
    by: ByOption = "",
    format_: FormatOption = Format.TABLE,
) -> None:
    """List the rule sets and say under which the record is made; choose another.

    Example: sijill rules my-case --choose airwars --reason "as we publish"
    """
    opened = open_case(case)
    if choose:
        ruled = rulesets.ruling(choose)
        with opened.writer(by=actor(by)) as writer, Bars() as progress:
            made = rulesets.choose(opened, writer, ruled, reason=reason)
            derive(opened, writer, progress=progress)
        undo = f"; take it back with: sijill undo {case} {made[:SHORT]}" if made else " already"
        say(f"the record is made under {ruled.rules.name}{undo}")
    with opened.connect() as connection:
        print_rows(rulesets.rule_rows(connection), columns_of("name", "record", "about"), format_)
