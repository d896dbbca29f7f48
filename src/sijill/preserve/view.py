"""What a reader hands back, and the checks that every text passes before it becomes a reading."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version

from sijill.core.document import Metadata, Note, Reading
from sijill.core.errors import UnreadableFile
from sijill.preserve.language import contradicts, language_of, language_tag
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.postdates import post_date, same_day_of_another_year, stamp_date

LONGEST_FIELD = 500
LONGEST_ADDRESS = 2_000
MAX_CONTROL_SHARE = 0.005
SURROGATE = re.compile("[\ud800-\udfff]")
CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f]")
# Neither a space, nor a control, nor what only says how others are to be shown.
VISIBLE = re.compile("[^\\s\x00-\x1f\x7f-\xa0\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffd]")
OVERRIDE = re.compile("[\u202d\u202e]")
NOT_IN_A_FIELD = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+")
ADDRESS = re.compile(r"https?://[^\s<>\"\x00-\x1f\x7f]+", re.IGNORECASE)

NOTHING_STATED = Metadata()
# Readers of our own that have changed what they give since their first version; `reread` finds texts of an older one.
VERSIONS = {"pdf": 2}


@dataclass(frozen=True, slots=True)
class View:
    """The text that one reader saw, before the checks of `finish`.

    A picture without words, or one that could not be read here, is kept all the same: `may_be_empty`.
    """

    text: str
    reader: str
    media_type: str
    metadata: Metadata = NOTHING_STATED
    notes: tuple[Note, ...] = ()
    may_be_empty: bool = False


@cache
def reader_name(name: str, *packages: str) -> str:
    """A reader's name with the versions that its text depends on, such as `html@1+trafilatura-2.3.1`."""
    return "+".join([f"{name}@{VERSIONS.get(name, 1)}", *(f"{package}-{version(package)}" for package in packages)])


def finish(view: View, *, document: str, name: str, limits: Limits) -> Reading:
    """The reading of a view: text checked and made storable, fields cleaned, the language found where none is stated.

    Raises UnreadableFile where there is no text, too much of it, or what cannot be text.
    """
    if len(view.text) > limits.max_text:
        raise UnreadableFile(
            shown(name),
            f"its text has more than {limits.max_text:,} characters",
            hint="split it into parts and add each",
        )
    text, notes = _storable(view.text, name)
    if not view.may_be_empty and not VISIBLE.search(text):
        raise UnreadableFile(shown(name), "there is no text in it", hint="check that this is the file that was meant")
    metadata, more = _clean(view.metadata, text)
    metadata, dated = _dated(metadata, text)
    return Reading(document, view.reader, view.media_type, text, metadata, (*view.notes, *notes, *more, *dated))


def _dated(stated: Metadata, text: str) -> tuple[Metadata, list[Note]]:
    """With the day that a post's stamp or address shows, where none is stated or the one stated is a year off."""
    if stated.published is None:
        found = post_date(text, stated.url)
        if found is None:
            return stated, []
        said = f"No date of publication is stated; {found.day} is from {found.basis}."
        return replace(stated, published=found.day), [note(NoteCode.DATE_FROM_TEXT, said)]
    stamp = stamp_date(text)
    if stamp is None or not same_day_of_another_year(stated.published, stamp.day):
        return stated, []
    said = f"The file says {stated.published[:10]}; {stamp.basis} says {stamp.day}, which is recorded."
    return replace(stated, published=stamp.day), [note(NoteCode.DATE_CONTRADICTED, said)]


def _storable(text: str, name: str) -> tuple[str, list[Note]]:
    """The text with NUL and lone surrogates replaced one for one, so that offsets stand, and what is odd in it."""
    notes: list[Note] = []
    if nuls := text.count("\0"):
        text = text.replace("\0", "\ufffd")
        notes.append(note(NoteCode.NUL_REPLACED, f"{nuls:,} NUL characters were replaced by U+FFFD."))
    if not text.isascii() and SURROGATE.search(text):
        text, count = SURROGATE.subn("\ufffd", text)
        notes.append(note(NoteCode.BYTES_REPLACED, f"{count:,} halves of characters were replaced by U+FFFD."))
    controls = 0 if text.isprintable() else sum(1 for _ in CONTROL.finditer(text))
    if nuls + controls > 8 and nuls + controls > MAX_CONTROL_SHARE * len(text):
        raise UnreadableFile(
            shown(name),
            f"it is not text: {nuls + controls:,} of its {len(text):,} characters are control characters",
            hint="check what it is; a name that ends otherwise may tell",
        )
    if controls:
        notes.append(note(NoteCode.CONTROL_CHARACTERS, f"{controls:,} control characters stand in the text."))
    if not text.isascii() and (overrides := len(OVERRIDE.findall(text))):
        notes.append(
            note(
                NoteCode.BIDI_OVERRIDES,
                f"{overrides:,} characters force the direction of text; numbers may be shown reversed.",
            )
        )
    return text, notes


def _clean(stated: Metadata, text: str) -> tuple[Metadata, list[Note]]:
    notes: list[Note] = []
    found = replace(
        stated, title=_field(stated.title), publisher=_field(stated.publisher), url=_field(stated.url, LONGEST_ADDRESS)
    )
    if found.url and not ADDRESS.fullmatch(found.url):
        found = replace(found, url=None)
        notes.append(note(NoteCode.FIELD_DROPPED, "The address stated is not one of http or https."))
    language = language_tag(stated.language)
    if stated.language and not language:
        notes.append(note(NoteCode.FIELD_DROPPED, "The language stated is not a language tag such as `ar`."))
    if language and contradicts(language, text):
        notes.append(
            note(NoteCode.LANGUAGE_CONTRADICTED, f"The file says `{language}`; its text is in another script.")
        )
        language = None
    return replace(found, language=language or language_of(text)), notes


def _field(value: str | None, longest: int = LONGEST_FIELD) -> str | None:
    """One line without control characters, or `None` for an empty one."""
    if value is None:
        return None
    line = " ".join(NOT_IN_A_FIELD.sub(" ", value[: 4 * longest]).split())
    return line[:longest] or None
