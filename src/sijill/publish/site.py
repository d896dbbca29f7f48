"""Where each record's page stands, and how pages link to one another."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sijill.publish.view import CaseView, DocumentView

OVERVIEW = "index.html"
METHOD = "method.html"
STYLE = "style.css"
DOCUMENT_NAME = 16
CLAIM_NAME = 12

_SAFE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)


def short_names(ids: Iterable[str], length: int | None = None) -> dict[str, str]:
    """A name for each id, fit for a path and an anchor: its first `length` characters, all of it where those collide.

    Whoever writes the reports can search for two whose digests begin alike: 16 hexadecimal digits take minutes. Cut
    blindly, one page would then overwrite the other. An id that is no plain word is replaced by its own digest.
    """
    safe = {i: i if _SAFE.fullmatch(i) else _digest_name(i) for i in ids}
    taken = Counter(name[:length] for name in safe.values())
    return {i: name[:length] if taken[name[:length]] == 1 else name for i, name in safe.items()}


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one language; `name` is its path in the English record, below `ar/` in the Arabic one."""

    name: str
    language: str

    @property
    def path(self) -> str:
        """Its path in the record."""
        return self.name if self.language == "en" else f"{self.language}/{self.name}"

    @property
    def other(self) -> Page:
        """The same page in the other language."""
        return Page(self.name, "ar" if self.language == "en" else "en")

    def to(self, name: str, fragment: str = "") -> str:
        """A relative link to a page of the same language; to a place on this page where `name` is its own."""
        anchor = f"#{fragment}" if fragment else ""
        if name == self.name and anchor:
            return anchor
        return self.shared(Page(name, self.language).path) + anchor

    def shared(self, path: str) -> str:
        """A relative link to a file that has no language of its own, such as the style sheet."""
        return posixpath.relpath(path, posixpath.dirname(self.path) or ".")


@dataclass(frozen=True, slots=True)
class Site:
    """The case, and the name of every page, anchor and number in it.

    `number` is a claim's place among those of its document, from 1; `stands` says whether its words are in the
    reading that is shown, which is not so where it was read in an older one.
    """

    view: CaseView
    documents: Mapping[str, DocumentView]
    document_name: Mapping[str, str]
    incident_name: Mapping[str, str]
    anchor: Mapping[str, str]
    number: Mapping[str, int]
    stands: Mapping[str, bool]

    @classmethod
    def of(cls, view: CaseView) -> Site:
        """The site of a case."""
        number: dict[str, int] = {}
        stands: dict[str, bool] = {}
        for shown in view.documents:
            text = shown.document.reading.text
            sources = {c: view.claims[c].judged.source for c in shown.claims}
            for i, c in enumerate(sorted(sources, key=lambda c: (_where(view, c), c)), start=1):
                number[c] = i
                count = sources[c].count
                stands[c] = sources[c].quote.stands_in(text) and (count is None or count.span.stands_in(text))
        incidents = [r.incident for r in view.incidents]
        return cls(
            view=view,
            documents={d.document.id: d for d in view.documents},
            document_name=short_names((d.document.id for d in view.documents), DOCUMENT_NAME),
            incident_name=short_names([i.id for i in incidents] + [m for i in incidents for m in i.merged]),
            anchor=short_names(view.claims, CLAIM_NAME),
            number=number,
            stands=stands,
        )

    def document_page(self, id: str) -> str:
        """The name of a document's page."""
        return f"documents/{self.document_name[id]}.html"

    def incident_page(self, id: str) -> str:
        """The name of an incident's page."""
        return f"incidents/{self.incident_name[id]}.html"

    def in_text(self, claim: str) -> str:
        """The anchor of a claim's words in its document's text, or of its entry where the words are not there."""
        return f"c-{self.anchor[claim]}" if self.stands[claim] else self.in_list(claim)

    def in_list(self, claim: str) -> str:
        """The anchor of a claim's entry on its document's page."""
        return f"k-{self.anchor[claim]}"


def _where(view: CaseView, claim: str) -> int:
    source = view.claims[claim].judged.source
    return source.count.start if source.count else source.quote.start


def _digest_name(id: str) -> str:
    return f"x{hashlib.sha256(id.encode('utf-8', 'surrogatepass')).hexdigest()[:63]}"
