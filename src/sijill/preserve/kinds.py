"""The kind of a file: what its name says, checked against what its bytes are."""

from __future__ import annotations

from pathlib import PurePath

from sijill.core.errors import UnreadableFile
from sijill.preserve import containers
from sijill.preserve.names import shown
from sijill.preserve.signatures import Kind, Look, has_markup, is_mail, look_of

SUFFIXES: dict[str, Kind] = {
    ".txt": Kind.TEXT,
    ".text": Kind.TEXT,
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".xhtml": Kind.HTML,
    ".pdf": Kind.PDF,
    ".docx": Kind.DOCX,
    ".xlsx": Kind.XLSX,
    ".csv": Kind.TABLE,
    ".tsv": Kind.TABLE,
    ".eml": Kind.EML,
    ".msg": Kind.MSG,
    ".png": Kind.PNG,
    ".jpg": Kind.JPEG,
    ".jpeg": Kind.JPEG,
    ".tif": Kind.TIFF,
    ".tiff": Kind.TIFF,
    ".webp": Kind.WEBP,
    ".jsonl": Kind.REPORTS,
    **containers.SUFFIXES,
}
TO_PDF = "open it in the program that made it and save it as PDF or DOCX"
TO_TABLE = "open it in the program that made it and save it as XLSX or CSV"
UNPACK = "unpack it and add the files in it"
TO_PICTURE = "save a copy as PNG or JPEG, and add both"
TRANSCRIBE = "write down what it says in a text file beside it"
# Kinds that are known, and not read by this version: what each is, and what to do.
UNSUPPORTED: dict[str, tuple[str, str]] = {
    **dict.fromkeys((".doc", ".docm", ".dot", ".odt", ".rtf", ".pages"), ("a document", TO_PDF)),
    **dict.fromkeys((".xls", ".xlsm", ".xlsb", ".ods"), ("a table", TO_TABLE)),
    **dict.fromkeys((".ppt", ".pptx", ".odp", ".ps", ".epub"), ("a document", TO_PDF)),
    **dict.fromkeys((".pst", ".mbox"), ("mail of another format", "save each message as .eml")),
    **dict.fromkeys((".mht", ".mhtml", ".har"), ("a web archive", "save the page as HTML or PDF")),
    **dict.fromkeys((".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar"), ("an archive", UNPACK)),
    **dict.fromkeys((".gif", ".bmp", ".heic", ".heif", ".avif", ".svg"), ("a picture", TO_PICTURE)),
    **dict.fromkeys((".mp3", ".m4a", ".ogg", ".opus", ".wav", ".flac"), ("a recording", TRANSCRIBE)),
    **dict.fromkeys((".mp4", ".mov", ".avi", ".mkv", ".webm", ".3gp"), ("a recording", TRANSCRIBE)),
    **dict.fromkeys((".json", ".xml", ".yaml", ".yml"), ("data", "make it a .jsonl of reports, one a line")),
    **dict.fromkeys((".exe", ".dll", ".so", ".bat", ".cmd", ".com", ".scr", ".js", ".vbs", ".ps1"), ("a program", "")),
}
KNOWN = (
    "text (.txt, .md), HTML, PDF, DOCX, XLSX, CSV, mail (.eml, .msg), pictures (PNG, JPEG, TIFF, WebP), "
    "reports (.jsonl), ZIP, WARC and WACZ are read"
)


def kind_of(data: bytes, *, name: str) -> Kind:
    """The kind that both name and bytes say; a name without an ending is decided by the bytes alone.

    Raises UnreadableFile for a kind that is not read, and for a file that is not what its name says.
    """
    suffix = containers.ending(name) or PurePath(name).suffix.lower()
    look = look_of(data)
    kind = SUFFIXES.get(suffix)
    if kind is None and suffix:
        raise _not_read(name, suffix, look)
    if kind is None:
        return _by_bytes(data, name, look)
    if not _agrees(kind, look, data):
        raise _lie(name, suffix, kind, look)
    return kind


def _agrees(kind: Kind, look: Look | None, data: bytes) -> bool:
    match kind:
        case Kind.TEXT | Kind.MARKDOWN | Kind.REPORTS | Kind.TABLE:
            return look is None
        case Kind.PDF | Kind.DOCX | Kind.XLSX | Kind.MSG | Kind.PNG | Kind.JPEG | Kind.TIFF | Kind.WEBP:
            return look is not None and look.kind is kind
        case Kind.HTML:
            return (look is None or look.kind is kind) and has_markup(data) and not is_mail(data)
        case Kind.EML:
            return look is None and is_mail(data)
        case Kind.ARCHIVE | Kind.WEB_ARCHIVE:
            return True  # It is not read as one document, whatever it is.


def _by_bytes(data: bytes, name: str, look: Look | None) -> Kind:
    if look is None:
        return Kind.EML if is_mail(data) else Kind.TEXT
    if look.kind is None:
        raise UnreadableFile(shown(name), f"it is {look.words}, which is not read", hint=look.remedy or KNOWN)
    return look.kind


def _not_read(name: str, suffix: str, look: Look | None) -> UnreadableFile:
    what, remedy = UNSUPPORTED.get(suffix, ("", ""))
    if what:
        return UnreadableFile(shown(name), f"{what} ({suffix}), which this version does not read", hint=remedy or KNOWN)
    ending = shown(suffix)
    if look is not None and look.kind is not None:
        return UnreadableFile(
            shown(name),
            f"nothing is known about names that end in {ending}; its bytes look like {look.words}",
            hint=f"if that is what it is, rename it to end in {_suffix(look.kind)}",
        )
    return UnreadableFile(
        shown(name),
        f"nothing is known about names that end in {ending}",
        hint=f"{KNOWN}; rename it if it is one of these",
    )


def _lie(name: str, suffix: str, kind: Kind, look: Look | None) -> UnreadableFile:
    if look is not None and look.kind is not None:
        return UnreadableFile(
            shown(name),
            f"its name ends in {suffix}, but it is {look.words}",
            hint=f"if that is what it should be, rename it to end in {_suffix(look.kind)}",
        )
    if look is not None:
        return UnreadableFile(
            shown(name),
            f"its name ends in {suffix}, but it is {look.words}",
            hint=look.remedy or f"check where it came from; {KNOWN}",
        )
    missing = {
        **dict.fromkeys((Kind.PNG, Kind.JPEG, Kind.TIFF, Kind.WEBP), "there is no such picture in it"),
        Kind.PDF: "there is no PDF in it",
        Kind.DOCX: "there is no Word document in it",
        Kind.XLSX: "there is no spreadsheet in it",
        Kind.HTML: "there is no page of HTML in it",
        Kind.EML: "it does not begin as a mail does",
        Kind.MSG: "there is no mail of Outlook in it",
    }[kind]
    return UnreadableFile(
        shown(name),
        f"its name ends in {suffix}, but {missing}",
        hint="if it is plain text, rename it to end in .txt; if it was cut off or damaged, fetch it again",
    )


def _suffix(kind: Kind) -> str:
    return next(suffix for suffix, known in SUFFIXES.items() if known is kind)
