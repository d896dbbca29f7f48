"""Under which rule set a case's record is made: a decision of people, and so a row that can be undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from sijill.core.clock import timestamp
from sijill.core.errors import InputError, InvalidRecord
from sijill.core.judgement import Change, Decision, Judgement, Matter
from sijill.reconcile.own import MAX_BYTES
from sijill.reconcile.rules import DEFAULT, RuleSet, own_rule_set, rule_set, rule_sets
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.state import live
from sijill.store.writer import Writer

SUFFIX = ".toml"
TEXT = "toml"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule set, and the TOML text of one that people wrote themselves, else ""."""

    rules: RuleSet
    text: str = ""


def ruling(name: str) -> Ruling:
    """The rule set of that name, or the one in a file whose name ends in `.toml`; raises UnknownId or InputError."""
    if not name.endswith(SUFFIX):
        return Ruling(rule_set(name))
    path = Path(name)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode()
    except OSError as err:
        raise InputError(f"{path}: {err.strerror or 'cannot be read'}", hint="name a rule set or its file") from err
    except UnicodeDecodeError as err:
        raise InputError(f"{path}: not UTF-8", hint="save the rule set as UTF-8") from err
    return Ruling(own_rule_set(text, where=path.name), text)


def chosen(connection: Connection) -> Ruling:
    """The rule set that people chose last for this case's record, `span` where nobody did."""
    rows = [r.judgement for r in live(reads.judgements(connection)) if r.judgement.matter is Matter.RULES]
    if not rows:
        return Ruling(rule_set(DEFAULT))
    text = next((json.loads(c.value) for c in rows[-1].changes if c.field == TEXT), "")
    name = rows[-1].subjects[0]
    if not isinstance(text, str):
        raise InvalidRecord(f"the rule set {name[:40]!r} of this case is no text", hint="choose it again")
    return Ruling(own_rule_set(text, where=f"the case's rule set {name}"), text) if text else Ruling(rule_set(name))


def of(connection: Connection, name: str | None) -> RuleSet:
    """The rule set of that name or file; that of the record where none is named, or where the record's has the name."""
    record = chosen(connection)
    if name is None or name == record.rules.name:
        return record.rules
    return ruling(name).rules


def choose(case: Case, writer: Writer, made: Ruling, *, reason: str = "") -> str | None:
    """Make the record under this rule set from now on; returns the judgement's id, `None` where it is so already."""
    with case.connect() as connection:
        if chosen(connection) == made:
            return None
    changes = (Change(TEXT, json.dumps(made.text, ensure_ascii=False)),) if made.text else ()
    at = timestamp(writer.clock)
    row = Judgement(Matter.RULES, (made.rules.name,), Decision.CHOOSE, writer.by, at, reason, changes)
    with writer.transaction() as t:
        return t.judgement(row)


def rule_rows(connection: Connection) -> Iterator[dict[str, str]]:
    """Every rule set with what it does, that of the record marked; people's own only where the record uses it."""
    record = chosen(connection).rules
    known = {rules.name: rules for rules in (*rule_sets(), record)}
    for name in sorted(known):
        yield {"name": name, "record": "record" if name == record.name else "", "about": known[name].about}
