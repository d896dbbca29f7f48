"""`custodians`, `add-custodian`, `remove-custodian`, `rekey`: who can open an encrypted case."""

from __future__ import annotations

from typing import Annotated

import typer

from sijill.cli.opening import brought_for, new_custodians
from sijill.cli.options import ByOption, CaseArgument, FormatOption, actor
from sijill.cli.output import Format, columns_of, print_rows, say
from sijill.core.errors import InputError
from sijill.core.wire import to_json
from sijill.pipeline import custody
from sijill.store.case import Case

Recipient = Annotated[str, typer.Option(help="An age recipient (age1…); without one, a passphrase is asked for.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(custodians)
    app.command("add-custodian")(add_custodian)
    app.command("remove-custodian")(remove_custodian)
    app.command()(rekey)


def custodians(case: CaseArgument, format_: FormatOption = Format.TABLE) -> None:
    """List who can open an encrypted case; whoever has the folder can see this.

    Example: sijill custodians my-case
    """
    rows = [to_json(slot) for slot in custody.custodians(case)]
    print_rows(rows, columns_of("id", "kind", "holder"), format_)


def add_custodian(
    case: CaseArgument,
    recipient: Recipient = "",
    label: Annotated[str, typer.Option(help="What people call the new passphrase.")] = "second passphrase",
    by: ByOption = "",
) -> None:
    """Let somebody more open an encrypted case.

    Example: sijill add-custodian my-case --recipient age1…
    """
    opened = Case.open(case, brought=brought_for(case))
    recipients = [recipient] if recipient else []
    (custodian,) = new_custodians(recipients, passphrase=not recipient, label=label, joining=True)
    slot = custody.add_custodian(opened, custodian, by=actor(by))
    say(f"{slot.holder} can open the case now")


def remove_custodian(
    case: CaseArgument,
    holder: Annotated[str, typer.Argument(help="As `sijill custodians` lists them, or the beginning of it.")],
    by: ByOption = "",
) -> None:
    """Shut somebody out of an encrypted case: everything is sealed anew, as they may have kept the old key.

    Example: sijill remove-custodian my-case age1qxy…
    """
    brought = brought_for(case)
    custody.remove_custodian(Case.open(case, brought=brought), holder, brought, by=actor(by))
    say("removed, and the whole case sealed under a new key")
    say("what they copied before stays readable to them; old backups do, too")


def rekey(
    case: CaseArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    by: ByOption = "",
) -> None:
    """Seal an encrypted case anew under a fresh key, for the same custodians.

    Example: sijill rekey my-case --yes
    """
    if not yes and not typer.confirm("seal everything anew? it takes room for a second copy while it runs"):
        raise InputError("nothing was changed", hint="say yes, or give --yes")
    brought = brought_for(case)
    custody.rekey(Case.open(case, brought=brought), brought, by=actor(by))
    say("the whole case is sealed under a new key")
