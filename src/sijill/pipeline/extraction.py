"""Reading claims in texts and files without a case."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sijill.core.claim import Claim
from sijill.core.document import NOTHING_STATED, Metadata, Reading
from sijill.core.errors import InputError
from sijill.extract.backend import ClaimReader, Rules, ToRead
from sijill.extract.doubts import with_doubts
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import extractor_for
from sijill.extract.run import publication_day
from sijill.pipeline.listing import claim_row
from sijill.pipeline.places import read_places
from sijill.preserve.language import language_of
from sijill.preserve.limits import DEFAULT_LIMITS
from sijill.preserve.run import readings
from sijill.publish.annotated import annotated_page

MOST_BYTES = DEFAULT_LIMITS.max_bytes


@dataclass(slots=True)
class Problems:
    """What could not be read: files that were refused, and (name, language) of those without a language pack."""

    refused: list[InputError] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)


def extract(
    text: str,
    *,
    published: str | None = None,
    language: str | None = None,
    publisher: str | None = None,
    gazetteer: Gazetteer | None = None,
    uncounted: bool = False,
) -> tuple[Claim, ...]:
    """The claims in a text, in the order in which they stand; spans count code points of `text`.

    `published` is an ISO date that weekdays and "yesterday" are counted from; `language` is found where it is not
    given. Raises InputError for a language that has no pack.
    """
    found = language or language_of(text)
    if extractor_for(found) is None:
        raise InputError(f"there is no language pack for {found or 'the language of this text'} yet")
    document = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    reader = Rules(gazetteer or Gazetteer.shipped(), uncounted)
    return reader.read(ToRead(text, document, publication_day(published), found, publisher)).claims


def annotated(
    path: Path, *, stated: Metadata = NOTHING_STATED, uncounted: bool = False, problems: Problems
) -> Iterator[str]:
    """A page that shows the text of each report in a file with its claims marked; see `publish.annotated`.

    What cannot be read goes to `problems`.
    """
    reader: ClaimReader = Rules(Gazetteer.shipped(), uncounted)
    for label, outcome in readings([path], limits=DEFAULT_LIMITS, workers=1):
        if isinstance(outcome, InputError):
            problems.refused.append(outcome)
            continue
        metadata = outcome.metadata.overlaid(stated)
        if reader.extractor_for(metadata.language) is None:
            problems.unread.append((label, metadata.language or "an unknown language"))
            continue
        claims = reader.read(_to_read(outcome, metadata)).claims
        yield annotated_page(outcome.text, claims, title=label, language=metadata.language or "")


def _to_read(reading: Reading, metadata: Metadata) -> ToRead:
    day = publication_day(metadata.published)
    return ToRead(reading.text, reading.document, day, metadata.language, metadata.publisher)


def texts_of(paths: Sequence[Path], *, problems: Problems, workers: int = 1) -> Iterator[Reading]:
    """The readings of files, in the order given; refused ones go to `problems`."""
    for _, outcome in readings(paths, limits=DEFAULT_LIMITS, workers=workers):
        if isinstance(outcome, InputError):
            problems.refused.append(outcome)
        else:
            yield outcome


def claims_in_files(
    paths: Sequence[Path],
    *,
    stated: Metadata = NOTHING_STATED,
    gazetteers: Iterable[Path] = (),
    uncounted: bool = False,
    evidence: bool = False,
    workers: int = 0,
    problems: Problems,
) -> Iterator[dict[str, Any]]:
    """The claims in files as rows of the contract; what cannot be read goes to `problems` and the rest goes on."""
    places = [entry for path in gazetteers for entry in read_places(path)[0]]
    reader: ClaimReader = Rules(Gazetteer.shipped().with_places(places), uncounted)
    for label, outcome in readings(paths, limits=DEFAULT_LIMITS, workers=workers or os.cpu_count() or 1):
        if isinstance(outcome, InputError):
            problems.refused.append(outcome)
            continue
        metadata = outcome.metadata.overlaid(stated)
        if reader.extractor_for(metadata.language) is None:
            problems.unread.append((label, metadata.language or "an unknown language"))
            continue
        found = reader.read(_to_read(outcome, metadata)).claims
        for claim in with_doubts(found, outcome.notes):
            yield claim_row(claim.id, claim, label, evidence=evidence)
