"""Asking a language model about the documents of a case: only where people allowed it, never about sensitive ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from sijill.core.backend import BackEnd
from sijill.core.canonical import Json
from sijill.core.clock import Clock, system_clock
from sijill.core.errors import CaseLocked, NotAnswered
from sijill.extract.asking.model import Ask, Model, parts
from sijill.extract.backend import Found, ToRead
from sijill.extract.doubts import with_doubts
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.run import case_places, publication_day, settings_of
from sijill.pipeline import sending
from sijill.pipeline.endpoints import Endpoint
from sijill.store import reads
from sijill.store.case import Case

# A report of more code points is not asked about: it would be a hundred requests and more.
LONGEST_TEXT = 400_000
# After so many documents in a row without an answer the run ends.
MOST_FAILURES = 3
# What the settings of an extraction hold of how it went, beside what it depends on.
OUTCOME = frozenset({"sent_to", "parts", "dropped", "left_open"})


@dataclass(frozen=True, slots=True)
class Question:
    """Which model, where it answers, and about which documents: all where `None`, `limit` of them at most."""

    model: str
    where: Endpoint
    documents: frozenset[str] | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came, or would come, of asking about one document.

    `parts` is in how many requests its text goes out, `characters` its code points. `claims` is `None` where it was not
    asked about, or no answer could be used; `problem` then says why. `dropped` counts claims that did not verify,
    `left_open` fields that did not, by reason.
    """

    document: str
    label: str
    parts: int = 0
    characters: int = 0
    claims: int | None = None
    dropped: Mapping[str, int] = field(default_factory=dict)
    left_open: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Task:
    """One document to ask about."""

    outcome: Outcome
    reading: reads.CurrentReading
    settings: Mapping[str, Json]


def plan(case: Case, question: Question) -> tuple[Outcome, ...]:
    """What a run would send, document by document, and what it would not and why; sends nothing.

    Documents that this model answered about already, under the same prompt, are left out.
    """
    with case.connect() as connection:
        places, version = case_places(case, connection)
        model = Model(question.model, _nobody, Gazetteer.shipped().with_places(places))
        shield = sending.Shield.of(connection)
        tasks = (_planned(connection, id_, model, version, shield) for id_ in _asked_about(connection, question))
        return _limited([task.outcome for task in tasks if task is not None], question.limit)


def ask(
    case: Case,
    question: Question,
    carry: Ask,
    *,
    by: str,
    clock: Clock = system_clock,
    progress: Callable[[int, int | None], None] = lambda done, of: None,
) -> tuple[Outcome, ...]:
    """Ask about every document that `plan` names, and keep the claims that verify, as suggestions.

    Raises InputError where nobody allowed it for this case and this address; that, and which documents are sensitive,
    is looked up anew before each document. What was answered is kept at once, a document at a time. After
    MOST_FAILURES documents in a row without an answer the run ends; the rest is asked about when it is run again.
    """
    with case.connect() as connection:
        sending.require_allowed(connection, question.where)
        places, version = case_places(case, connection)
    model = Model(question.model, carry, Gazetteer.shipped().with_places(places))
    planned, found, failures = plan(case, question), list[Outcome](), 0
    for done, outcome in enumerate(planned):
        progress(done, len(planned))
        if not outcome.problem and failures < MOST_FAILURES:
            outcome = _ask_about(case, question, model, outcome, version, by=by, clock=clock)
            failures = failures + 1 if outcome.problem else 0
        elif not outcome.problem:
            outcome = replace(outcome, problem="not asked about: too many before it got no answer")
        found.append(outcome)
    progress(len(planned), len(planned))
    return tuple(found)


def _ask_about(
    case: Case, question: Question, model: Model, outcome: Outcome, version: str, *, by: str, clock: Clock
) -> Outcome:
    with case.connect() as connection:
        sending.require_allowed(connection, question.where)
        task = _planned(connection, outcome.document, model, version, sending.Shield.of(connection))
    if task is None:
        return replace(outcome, problem="somebody else asked about it meanwhile")
    if task.outcome.problem:
        return task.outcome
    try:
        found = model.read(_to_read(task))
        _keep(case, question, model, task, found, by=by, clock=clock)
    except (NotAnswered, CaseLocked) as err:
        return replace(outcome, problem=err.message)
    return replace(outcome, claims=len(found.claims), dropped=found.dropped, left_open=found.fields)


def _keep(case: Case, question: Question, model: Model, task: _Task, found: Found, *, by: str, clock: Clock) -> None:
    reading = task.reading.reading
    extractor = model.extractor_for(task.reading.metadata.language)
    assert extractor is not None, "a document without a language pack is not asked about"
    settings: dict[str, Json] = {
        **task.settings,
        "sent_to": question.where.address,
        "parts": task.outcome.parts,
        "dropped": dict(found.dropped),
        "left_open": dict(found.fields),
    }
    claims = with_doubts(found.claims, reading.notes)
    with case.writer(by=by, clock=clock) as writer, writer.transaction() as t:
        t.extraction(reading.document, task.reading.id, extractor, settings, claims)


def _asked_about(connection: Connection, question: Question) -> tuple[str, ...]:
    ids = reads.document_ids(connection)
    return tuple(id_ for id_ in ids if question.documents is None or id_ in question.documents)


def _planned(connection: Connection, id_: str, model: Model, gazetteer: str, shield: sending.Shield) -> _Task | None:
    """What is to be asked about a document, `None` where this model has answered already."""
    current = reads.current_readings(connection, [id_])[id_]
    label = reads.sightings(connection, [id_])[id_][0].label
    settings, text, language = settings_of(current, gazetteer), current.reading.text, current.metadata.language
    outcome = Outcome(id_, label, characters=len(text))
    extractor = model.extractor_for(language)
    last = reads.last_extraction(connection, id_, BackEnd.MODEL)
    if last is not None and _way(last) == (current.id, extractor, settings):
        return None
    if shield.covers(connection, id_, text):
        outcome = replace(outcome, problem="marked sensitive, or the same as one that is")
    elif extractor is None:
        outcome = replace(outcome, problem=f"there is no language pack for {language or 'an unknown language'} yet")
    elif not text.strip():
        outcome = replace(outcome, problem="there is no text of it")
    elif len(text) > LONGEST_TEXT:
        outcome = replace(outcome, problem=f"its text has more than {LONGEST_TEXT} characters")
    else:
        outcome = replace(outcome, parts=len(parts(text, language)))
    return _Task(outcome, current, settings)


def _way(done: reads.Extraction) -> tuple[str, str, dict[str, Json]]:
    """What an extraction was read in, by, and with."""
    return done.reading, done.extractor, {k: v for k, v in done.settings.items() if k not in OUTCOME}


def _to_read(task: _Task) -> ToRead:
    about, reading = task.reading.metadata, task.reading.reading
    return ToRead(reading.text, reading.document, publication_day(about.published), about.language, about.publisher)


def _limited(outcomes: list[Outcome], limit: int | None) -> tuple[Outcome, ...]:
    """The outcomes, those that would be sent up to a number."""
    if limit is None:
        return tuple(outcomes)
    kept, sent = [], 0
    for outcome in outcomes:
        sent += not outcome.problem
        if outcome.problem or sent <= limit:
            kept.append(outcome)
    return tuple(kept)


def _nobody(_: bytes) -> bytes:
    raise AssertionError("a plan asks nobody")
