"""Write the reference pages from the code, so that the two cannot part.

python tools/reference.py           write docs/reference/{commands,records,errors}.md and docs/reference/schemas/
python tools/reference.py --check   exit 1, naming each page that is not what the code says
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import sys
import typing
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from typer import Context
from typer.main import get_command

from sijill.cli.app import app
from sijill.core import claim, document, errors, incident, judgement, lists, log, period, place, quantity, state
from sijill.core.schema import json_schema
from sijill.core.wire import fields_of

ROOT = Path(__file__).resolve().parent.parent / "docs" / "reference"
MADE = "<!-- Made by `make docs`; change the code, not this page. -->\n"
MODULES = (quantity, period, place, claim, document, judgement, state, incident, lists, log)
SCHEMAS = (
    claim.Claim,
    document.Document,
    document.Reading,
    document.Sighting,
    judgement.Judgement,
    incident.Incident,
    incident.IncidentRecord,
    incident.FigureVersion,
    lists.ListRelease,
    lists.ListRow,
    state.JudgedClaim,
    state.Origin,
)


def commands() -> str:
    """Every command with its arguments and options."""
    lines = [MADE, "# Commands", ""]
    lines += [
        "Data go to standard output, the rest to standard error. Exit codes: 0 done, 1 the answer is no, 2 misuse"
    ]
    lines += ["or bad input, 130 stopped by Ctrl-C. `sijill --install-completion` sets up your shell.", ""]
    root = get_command(app)
    for path, command in commands_of(root):
        context = Context(command, info_name=" ".join(("sijill", *path)))
        lines += [f"## sijill {' '.join(path)}", "", inspect.cleandoc(command.help or ""), ""]
        usage = list(command.collect_usage_pieces(context))
        lines += ["```", f"sijill {' '.join((*path, *usage))}", "```", ""]
        rows = [r for p in command.get_params(context) if (r := p.get_help_record(context))]
        lines += ["| | |", "| --- | --- |"] if rows else []
        lines += [f"| `{_cell(left)}` | {_cell(right)} |" for left, right in rows]
        lines += [""]
    return "\n".join(lines)


def commands_of(command: typing.Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], typing.Any]]:
    """The words of each command and what they run."""
    for name, child in getattr(command, "commands", {}).items():
        if hasattr(child, "commands"):
            yield from commands_of(child, (*path, name))
        else:
            yield (*path, name), child


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def records() -> str:
    """Every record and enum of core, with its fields or values."""
    lines = [
        MADE,
        "# Records",
        "",
        "What the words of Sijill hold. JSON Schemas of them lie in [schemas](schemas/).",
        "",
    ]
    for module in MODULES:
        for name, item in vars(module).items():
            if inspect.isclass(item) and item.__module__ == module.__name__ and not name.startswith("_"):
                lines += [f"## {name}", "", inspect.getdoc(item) or "", "", *_members(item), ""]
    return "\n".join(lines)


def _members(item: type) -> list[str]:
    if issubclass(item, Enum):
        return ["Values: " + ", ".join(f"`{e.value}`" if e.value else '`""`' for e in item) + "."]
    if not dataclasses.is_dataclass(item):
        return []
    rows = [f"| `{n}` | `{_type(hint)}` |" for n, (hint, _) in fields_of(item).items()]
    return ["| field | type |", "| --- | --- |", *rows]


def _type(hint: object) -> str:
    args = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        return f"{_type(args[0])} …"
    if args:
        return " or ".join("null" if a is type(None) else _type(a) for a in args)
    return getattr(hint, "__name__", str(hint))


def errors_page() -> str:
    """The error tree."""
    tree = (inspect.getdoc(errors) or "").partition("\n\n")[2]
    return "\n".join([MADE, "# Errors", "", "```", tree, "```", ""])


def pages() -> dict[str, str]:
    """Every generated page by its name."""
    made = {"commands.md": commands(), "records.md": records(), "errors.md": errors_page()}
    for record in SCHEMAS:
        schema = json.dumps(json_schema(record), ensure_ascii=False, indent=2)
        made[f"schemas/{record.__name__}.json"] = schema + "\n"
    return made


def main(arguments: list[str]) -> int:
    """Write the pages, or say which differ."""
    stale = []
    for name, text in pages().items():
        path = ROOT / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if stale:
        print(
            "\n".join(f"docs/reference/{name} {'differs' if '--check' in arguments else 'written'}" for name in stale)
        )
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
