"""Plain text and Markdown: the text is the file, less its front matter."""

from __future__ import annotations

from sijill.core.errors import UnreadableFile
from sijill.preserve import frontmatter
from sijill.preserve.encoding import decode
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.signatures import Kind
from sijill.preserve.view import View, reader_name

MEDIA_TYPES = {Kind.TEXT: "text/plain", Kind.MARKDOWN: "text/markdown"}
HEAD = 4 * frontmatter.MAX_SIZE


def read_text(data: bytes, *, name: str, kind: Kind, limits: Limits) -> View:
    """What follows the front matter without its leading line breaks, else verbatim; the byte order mark is off.

    Raises UnreadableFile for bytes that are no text, and for a front matter that cannot be read.
    """
    # No encoding has fewer code points than a quarter of its bytes: too much is refused before it is unfolded.
    if len(data) > 4 * (limits.max_text + frontmatter.MAX_SIZE):
        raise UnreadableFile(
            shown(name),
            f"it is larger than a text of {limits.max_text:,} characters can be",
            hint="split it into parts and add each",
        )
    decoded = decode(data, name=name)
    matter, text = frontmatter.split(decoded.text, name=name)
    return View(
        text,
        reader_name("text"),
        MEDIA_TYPES[kind],
        matter.metadata,
        (*decoded.notes, *matter.notes),
    )


def report_id(data: bytes, *, name: str) -> str | None:
    """The `id` that a text file's front matter gives it, by which people may know it; `None` where there is none."""
    if not data.removeprefix(b"\xef\xbb\xbf").startswith(b"---"):
        return None
    try:
        matter, _ = frontmatter.split(decode(data[:HEAD], name=name).text, name=name)
    except UnreadableFile:
        return None
    return matter.id
