"""The workbench's own words: find them in its templates and code, and bring its catalogues up to date.

Usage: python tools/words.py           add what is new to every catalogue, drop what is gone, keep what is translated
       python tools/words.py --check   exit 1, naming each catalogue that is not so, or not wholly translated
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).resolve().parent.parent / "src" / "sijill" / "web"
METHODS = [("**.py", "python"), ("templates/**.j2", "jinja2.ext:babel_extract")]
WORDS = {"_": None, "say": None, "gettext": None, "count": (1, 2), "ngettext": (1, 2)}
LANGUAGES = ("ar", "fr")


def found() -> Catalog:
    """Every message of the workbench, English."""
    catalogue = Catalog(project="Sijill", charset="utf-8")
    options = {"templates/**.j2": {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}}
    for name, _, message, _, _ in extract_from_dir(str(WEB), METHODS, options, WORDS, strip_comment_tags=True):
        catalogue.add(message, locations=[(name, 0)])
    return catalogue


def path_of(language: str) -> Path:
    """Where a catalogue lies."""
    return WEB / "locale" / language / "LC_MESSAGES" / "workbench.po"


def updated(language: str) -> bytes:
    """The catalogue as it should be: what was translated stays, what is new has no translation."""
    path = path_of(language)
    catalogue = Catalog(locale=language, project="Sijill", charset="utf-8")
    if path.is_file():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    fresh = Catalog(locale=language, charset="utf-8", fuzzy=False)
    for message in found():
        if message.id:
            held = catalogue.get(message.id[0] if isinstance(message.id, tuple) else message.id)
            fresh.add(message.id, held.string if held is not None else "", flags=set())
    out = BytesIO()
    write_po(out, fresh, no_location=True, omit_header=False, sort_output=True, width=0)
    return b"".join(_without_dates(out.getvalue()))


def _without_dates(data: bytes) -> Iterator[bytes]:
    """No line that changes with the day or names anybody: the same words give the same bytes."""
    unwanted = (
        b'"POT-Creation-Date',
        b'"PO-Revision-Date',
        b'"Last-Translator',
        b'"Report-Msgid',
        b'"Generated-By',
        b'"Language-Team',
    )
    for line in data.splitlines(keepends=True):
        if not line.startswith((b"#", *unwanted)):
            yield line


def untranslated(language: str) -> list[str]:
    """The messages that a catalogue does not say."""
    with path_of(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    return [str(m.id) for m in catalogue if m.id and not (all(m.string) if isinstance(m.string, tuple) else m.string)]


def main(arguments: list[str]) -> int:
    """Write the catalogues, or say which are not as they should be."""
    stale = []
    for language in LANGUAGES:
        data, path = updated(language), path_of(language)
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        elif not path.is_file() or path.read_bytes() != data or untranslated(language):
            stale.append(path)
    for path in stale:
        print(f"{path}: not up to date or not wholly translated; run tools/words.py, then translate")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
