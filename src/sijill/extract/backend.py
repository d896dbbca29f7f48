"""What a back end is: something that reads claims in a report. The rules are the default one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sijill.core.claim import Claim
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import extractor_for, read_claims


@dataclass(frozen=True, slots=True)
class ToRead:
    """A report to read: its text, the id that its claims carry, and what is known of it, `None` where nothing is."""

    text: str
    document: str
    published: dt.date | None = None
    language: str | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The claims of a report, by position, and how many others were left out, by reason; the rules leave out none.

    `fields` counts, by name, single fields that were left open in claims that were kept.
    """

    claims: tuple[Claim, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, int] = field(default_factory=dict)


class ClaimReader(Protocol):
    """Reads claims; whatever it reads stands verbatim in the text, at the offsets that it gives."""

    def extractor_for(self, language: str | None) -> str | None:
        """The name and version that its claims carry, `None` where it cannot read the language."""

    def read(self, report: ToRead) -> Found:
        """Every claim in a report; none where it cannot read the language."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The default: rules alone, with no model and no network, the same words always giving the same claims.

    `uncounted` adds allegations without a number.
    """

    gazetteer: Gazetteer
    uncounted: bool = False

    def extractor_for(self, language: str | None) -> str | None:
        """The language pack's name and version."""
        return extractor_for(language)

    def read(self, report: ToRead) -> Found:
        """Every claim in a report."""
        claims = read_claims(
            report.text,
            document=report.document,
            published=report.published,
            language=report.language,
            publisher=report.publisher,
            gazetteer=self.gazetteer,
            uncounted=self.uncounted,
        )
        return Found(claims)
