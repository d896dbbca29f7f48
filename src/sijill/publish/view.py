"""What the pages of a case need, and nothing more; `run.py` fills these from the store."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from sijill.core.document import Document
from sijill.core.errors import InvalidRecord
from sijill.core.incident import FigureVersion, IncidentRecord
from sijill.core.judgement import Judgement
from sijill.core.state import JudgedClaim, Origin


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim as it stands, the voice that it goes back to, the incidents it is linked to, and who judged it.

    `judgement` is the row that `judged.judgement` names, `None` while the claim is only proposed; `origin` is `None`
    where no voice was looked for, as in an uncounted claim.
    """

    judged: JudgedClaim
    origin: Origin | None = None
    incidents: tuple[str, ...] = ()
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document and the ids of the claims in it.

    `read_by` is the extractor that looked for claims, `None` where none did; then `unread_because` says why
    ("no language pack for ar"). A document that was passed over in silence would look like one without claims.
    """

    document: Document
    claims: tuple[str, ...] = ()
    read_by: str | None = None
    unread_because: str = ""

    def __post_init__(self) -> None:
        if (self.read_by is None) != bool(self.unread_because):
            raise InvalidRecord(
                f"document {self.document.id[:16]}: say either which extractor read it, or why none did"
            )


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of the case that its pages cannot show in place: a refused file, a judgement without its claim."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """How a figure stood from a moment on, UTC in ISO 8601, and what changed it."""

    at: str
    version: FigureVersion


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case at one checkpoint of its log, as its pages show it.

    `root` is the Merkle root in hexadecimal, `checkpoint_at` UTC in ISO 8601. `rules` names the rule set of every
    figure, `rules_summary` says in words what it does, `version` which Sijill made the pages. `history` is how the
    figures of each incident stood, the earliest first. Raises InvalidRecord where one part names a record that another
    does not hold: a page must never drop a claim unseen.
    """

    name: str
    rules: str
    log_size: int
    root: str
    checkpoint_at: str
    incidents: tuple[IncidentRecord, ...]
    claims: Mapping[str, ClaimView]
    documents: tuple[DocumentView, ...]
    unlinked: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    rules_summary: str = ""
    version: str = ""
    history: Mapping[str, tuple[VersionView, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        documents = frozenset(d.document.id for d in self.documents)
        incidents = frozenset(i.incident.id for i in self.incidents)
        _held("claim", self.claims, self.unlinked)
        for key, view in self.claims.items():
            if key != view.judged.id:
                raise InvalidRecord(f"a view of claim {view.judged.id[:16]!r} is kept under {key[:16]!r}")
            _held("document", documents, (view.judged.source.document,))
            _held("incident", incidents, view.incidents)
        listed = {c: d.document.id for d in self.documents for c in d.claims}
        _held("claim", self.claims, listed)
        for key, view in self.claims.items():
            if listed.get(key) != view.judged.source.document:
                raise InvalidRecord(f"claim {key[:16]!r} is not listed under the document that it was read in")
        for record in self.incidents:
            _held("document", documents, record.incident.documents)
            _held("claim", self.claims, record.incident.claims)
            for figure in record.figures:
                _held("claim", self.claims, figure.claims)
                _held("claim", self.claims, (s.claim for s in figure.set_aside))


@dataclass(frozen=True, slots=True)
class IncidentFile:
    """What `incidents/<id>.json` holds: the record, every claim and origin that it rests on, and earlier figures."""

    record: IncidentRecord
    claims: tuple[ClaimView, ...]
    history: tuple[VersionView, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """What `documents/<id>.json` holds: the document with its text, and every claim in it."""

    view: DocumentView
    claims: tuple[ClaimView, ...]


def _held(kind: str, known: Container[str], wanted: Iterable[str]) -> None:
    for name in wanted:
        if name not in known:
            raise InvalidRecord(f"the view of a case speaks of {kind} {name[:16]!r}, which it does not hold")
