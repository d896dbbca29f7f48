"""What a reader may have to say about a reading: a closed list, so that people and programs know every one."""

from __future__ import annotations

from enum import StrEnum

from sijill.core.document import OCR_NUMBERS_DISAGREE, OCR_UNCONFIRMED, Note


class NoteCode(StrEnum):
    """Codes of notes; `MEANINGS` says each in words, and `SEVERE` lists those that ask for a person's look."""

    ARTICLE_NOT_FOUND = "article_not_found"
    ATTACHMENTS_NOT_READ = "attachments_not_read"
    BIDI_OVERRIDES = "bidi_overrides"
    BYTES_REPLACED = "bytes_replaced"
    CAPTURED = "captured"
    CONTROL_CHARACTERS = "control_characters"
    DATE_CONTRADICTED = "date_contradicted"
    DATE_FROM_FILE = "date_from_file"
    DATE_FROM_TEXT = "date_from_text"
    DATE_UNCLEAR = "date_unclear"
    DIGEST_DISAGREES = "digest_disagrees"
    DIGEST_MISSING = "digest_missing"
    ENCODING_CONTRADICTED = "encoding_contradicted"
    ENCODING_DETECTED = "encoding_detected"
    ENCODING_GUESSED = "encoding_guessed"
    FIELD_DROPPED = "field_dropped"
    FORMULAS_WITHOUT_VALUES = "formulas_without_values"
    HIDDEN_TEXT = "hidden_text"
    IMAGE_METADATA = "image_metadata"
    LANGUAGE_CONTRADICTED = "language_contradicted"
    MOJIBAKE_REPAIRED = "mojibake_repaired"
    NUL_REPLACED = "nul_replaced"
    OCR_FAILED = "ocr_failed"
    OCR_FOUND_NOTHING = "ocr_found_nothing"
    OCR_MISSING = "ocr_missing"
    OCR_NUMBERS_DISAGREE = OCR_NUMBERS_DISAGREE
    OCR_UNCONFIRMED = OCR_UNCONFIRMED
    PDF_NUMBERS_DISAGREE = "pdf_numbers_disagree"
    PDF_PAGES_WITHOUT_TEXT = "pdf_pages_without_text"
    PDF_UNCHECKED = "pdf_unchecked"
    PDF_UNMAPPED = "pdf_unmapped"
    RECORD_TRUNCATED = "record_truncated"
    TRACKED_CHANGES = "tracked_changes"


MEANINGS: dict[NoteCode, str] = {
    NoteCode.ARTICLE_NOT_FOUND: "A page with no article in it: the text is everything that it shows.",
    NoteCode.ATTACHMENTS_NOT_READ: "Files within the file, which were not read: add each on its own.",
    NoteCode.BIDI_OVERRIDES: "Characters that force the direction of text: what is seen may differ from what is there.",
    NoteCode.BYTES_REPLACED: "Damaged bytes that no character could be read from; U+FFFD stands for them.",
    NoteCode.CAPTURED: "When the page was fetched, by the web archive's word; not when it was published.",
    NoteCode.CONTROL_CHARACTERS: "Control characters in the text, kept as they are.",
    NoteCode.DATE_CONTRADICTED: "The date stated and the post's stamp differ in the year alone; the stamp's is taken.",
    NoteCode.DATE_FROM_FILE: "The date is that of the file, which may not be when the report was published.",
    NoteCode.DATE_FROM_TEXT: "No date is stated; this one was found in the words or the address and may be another.",
    NoteCode.DATE_UNCLEAR: "A date that is partial, ambiguous or not understood; none is recorded.",
    NoteCode.DIGEST_DISAGREES: "Bytes in a web archive other than those whose digest it gives: changed, or badly made.",
    NoteCode.DIGEST_MISSING: "A web archive that gives no digest by which the bytes in it could be checked.",
    NoteCode.ENCODING_CONTRADICTED: "The bytes are not in the encoding that the file declares; another was used.",
    NoteCode.ENCODING_DETECTED: "The file does not say its encoding; the words show it clearly.",
    NoteCode.ENCODING_GUESSED: "The encoding is a guess of low confidence: letters may be wrong.",
    NoteCode.FIELD_DROPPED: "An address, language or other field that cannot be what it says; none is recorded.",
    NoteCode.FORMULAS_WITHOUT_VALUES: "Cells of a table that hold a formula and no result: nothing was read of them.",
    NoteCode.HIDDEN_TEXT: "Text that the file hides from its readers, left out unless it is most of a page.",
    NoteCode.IMAGE_METADATA: "A picture that says when, where or by whom it was made: kept with its bytes alone.",
    NoteCode.LANGUAGE_CONTRADICTED: "The file declares a language of another script than its text is in.",
    NoteCode.MOJIBAKE_REPAIRED: "UTF-8 that had been read as another encoding and saved so; it was turned back.",
    NoteCode.NUL_REPLACED: "NUL characters, which no database holds; U+FFFD stands for each.",
    NoteCode.OCR_FAILED: "A page that OCR could not read, or that there was no time for: nothing was read of it.",
    NoteCode.OCR_FOUND_NOTHING: "A picture in which OCR found no words: there may be none, or none that it can read.",
    NoteCode.OCR_MISSING: "A picture that was kept and not read, as this machine lacks the program for it.",
    NoteCode.OCR_NUMBERS_DISAGREE: "A number in a picture that was read in two ways: look at the picture.",
    NoteCode.OCR_UNCONFIRMED: "Text that a machine read from a picture: no number counts before a person confirms it.",
    NoteCode.PDF_NUMBERS_DISAGREE: "Two extractors read different numbers on a page: look at the page itself.",
    NoteCode.PDF_PAGES_WITHOUT_TEXT: "Pages without a text layer, of which nothing was read: scans, or pictures.",
    NoteCode.PDF_UNCHECKED: "Pages whose numbers the second extractor could not check.",
    NoteCode.PDF_UNMAPPED: "Glyphs for which the file does not say which letters they are.",
    NoteCode.RECORD_TRUNCATED: "A record of a web archive that is cut off: the page is not whole.",
    NoteCode.TRACKED_CHANGES: "Tracked changes: insertions were read, deletions were not; the file holds both.",
}
SEVERE = frozenset(
    {
        NoteCode.BIDI_OVERRIDES,
        NoteCode.BYTES_REPLACED,
        NoteCode.DIGEST_DISAGREES,
        NoteCode.ENCODING_GUESSED,
        NoteCode.FORMULAS_WITHOUT_VALUES,
        NoteCode.OCR_FAILED,
        NoteCode.OCR_MISSING,
        NoteCode.OCR_NUMBERS_DISAGREE,
        NoteCode.OCR_UNCONFIRMED,
        NoteCode.PDF_NUMBERS_DISAGREE,
        NoteCode.PDF_PAGES_WITHOUT_TEXT,
        NoteCode.PDF_UNCHECKED,
        NoteCode.PDF_UNMAPPED,
        NoteCode.RECORD_TRUNCATED,
        NoteCode.TRACKED_CHANGES,
    }
)


def note(code: NoteCode, text: str, *, start: int | None = None, end: int | None = None) -> Note:
    """A note of the closed list, as severe as the list says; on part of the text where it says which."""
    return Note(code.value, text, code in SEVERE, start, end)
