"""`sending`, `ask`, `agreement`: a language model as a second reader of claims, where people allow it."""

from __future__ import annotations

import os
import time
from typing import Annotated, Any

import typer

from sijill.cli.opening import open_case
from sijill.cli.options import ByOption, CaseArgument, FormatOption, ReasonOption, actor
from sijill.cli.output import Bars, Cell, Format, columns_of, joined, print_rows, say
from sijill.core.errors import InputError
from sijill.core.wire import to_json
from sijill.pipeline import agreement as agreeing
from sijill.pipeline import asking, endpoints, listing
from sijill.pipeline import sending as leaves
from sijill.pipeline.posting import Limits

KEY = "SIJILL_MODEL_KEY"
SHORT = 12
ABOUT_PARTS = "the day of publication and the language go with it, and no name, publisher or address of a report"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(sending)
    app.command()(ask)
    app.command()(agreement)


def sending(
    case: CaseArgument,
    allow: Annotated[str, typer.Option(metavar="URL", help="Let text of this case be sent to this endpoint.")] = "",
    forbid: Annotated[str, typer.Option(metavar="URL", help="Let none be sent there from now on.")] = "",
    reason: ReasonOption = "",
    by: ByOption = "",
    format_: FormatOption = Format.TABLE,
) -> None:
    """Decide where text of this case may be sent to be read by a language model, or list what was decided.

    Nothing is sent by this command. Without a decision here nothing of the case is ever sent to a model.

    Example: sijill sending my-case --allow http://127.0.0.1:8080/v1 --reason "our own machine"
    """
    if allow and forbid:
        raise InputError("either --allow or --forbid", hint="run it twice for two addresses")
    opened = open_case(case)
    if not (allow or forbid):
        with opened.connect() as connection:
            columns = columns_of("decision", "about", "by", "at", "reason")
            print_rows(leaves.sending_rows(connection), columns, format_)
        return
    where = endpoints.endpoint(allow or forbid)
    with opened.writer(by=actor(by)) as writer:
        made = (leaves.allow if allow else leaves.forbid)(opened, writer, where, reason=reason)
    if allow:
        say(f"text of this case may be sent to {where.address}: {where.stays}", "" if where.local else "bold yellow")
        say(f"a document that must never be: sijill judge {case} sensitive DOCUMENT")
    else:
        say(f"no text of this case is sent to {where.address} from now on; what was sent cannot be called back")
    if made is None:
        say("this was decided before")
    else:
        say(f"recorded as judgement {made[:SHORT]}; take it back with: sijill undo {case} {made[:SHORT]}")


def ask(
    case: CaseArgument,
    at: Annotated[str, typer.Option("--endpoint", metavar="URL", help="OpenAI-compatible server, up to its version.")],
    model: Annotated[str, typer.Option(help="Name of the model there.")],
    document: Annotated[
        list[str] | None, typer.Option(help="Only this report: its id, beginning or name; repeatable.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask about so many reports at most.")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that one answer may take.")] = 120.0,
    tries: Annotated[int, typer.Option(min=1, max=10, help="How often an answer is asked for.")] = 4,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")] = False,
    by: ByOption = "",
    format_: FormatOption = Format.TABLE,
) -> None:
    """Ask a language model for claims in the reports of a case, beside those of the rules.

    Off unless you name a server and `sijill sending` allows it for this case. What comes back counts nowhere: claims
    whose words stand in the report are kept as suggestions (`sijill claims CASE --suggested`), which enter the record
    once a person accepts them. A key for the server is read from SIJILL_MODEL_KEY.

    Example: sijill ask my-case --endpoint http://127.0.0.1:8080/v1 --model qwen3-8b
    """
    where, opened = endpoints.endpoint(at), open_case(case)
    with opened.connect() as connection:
        named = frozenset(listing.document_of(connection, name) for name in document) if document else None
        question = asking.Question(model, where, named, limit)
        if not dry_run:
            leaves.require_allowed(connection, where)
    if dry_run:
        found = asking.plan(opened, question)
    else:
        say(f"sending text to {where.address}: {where.stays}; {ABOUT_PARTS}", "" if where.local else "bold yellow")
        patience = endpoints.Patience(Limits(timeout, endpoints.ONE_ANSWER.answer), tries)
        carry = endpoints.asking(where, key=os.environ.get(KEY, ""), patience=patience, sleep=time.sleep)
        with Bars() as progress:
            found = asking.ask(
                opened, question, carry, by=actor(by), progress=lambda done, of: progress("ask", done, of)
            )
    columns: dict[str, Cell] = columns_of("label", "parts", "characters", "claims")
    columns |= {"dropped": lambda row: _tally(row["dropped"]), "left open": lambda row: _tally(row["left_open"])}
    print_rows((to_json(outcome) for outcome in found), columns | columns_of("problem"), format_)
    if dry_run:
        _say_plan(found, where)
    raise typer.Exit(1 if not dry_run and any(o.problem and o.parts for o in found) else 0)


def agreement(
    case: CaseArgument,
    claims: Annotated[bool, typer.Option("--claims", help="A row for each count, not for each report.")] = False,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Show how far the rules and the language model that was asked agree: claims of both, of one only, fields alike.

    Example: sijill agreement my-case --format csv
    """
    opened = open_case(case)
    with opened.connect() as connection:
        if claims:
            columns = columns_of("document", "harm", "count", "read_by", differs=lambda row: joined(row["differs"]))
            columns |= {"rules": _short("rules"), "model": _short("model"), "quote": _on_a_line}
            print_rows(agreeing.pair_rows(connection), columns, format_)
            return
        columns = columns_of("document", "both", "rules_only", "model_only", "agreement")
        columns |= {name: _alike(name) for name in agreeing.FIELDS}
        print_rows(agreeing.agreement_rows(connection), columns, format_)


def _say_plan(found: tuple[asking.Outcome, ...], where: endpoints.Endpoint) -> None:
    sent = [o for o in found if not o.problem]
    say(f"nothing was sent. A run would send the text of {len(sent)} reports to {where.address}: {where.stays}")
    say(ABOUT_PARTS)


def _tally(counted: Any) -> str:
    return "; ".join(f"{number} {reason}" for reason, number in sorted(counted.items()))


def _short(name: str) -> Cell:
    return lambda row: (row[name] or "")[:SHORT]


def _alike(name: str) -> Cell:
    return lambda row: f"{row['alike'][name]}/{row['both']}"


def _on_a_line(row: Any) -> str:
    return " ".join(row["quote"].split())
