"""Synthetic cases: invented reports about the invented Senna valley in Meravia, written as real ones are.

Everything goes through the public writer, so that whatever is tested on such a case is tested on what a build makes.
The same seed and clock give the same rows, but for the case's id and key, which are new each time.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sijill.core.canonical import canonical, digest
from sijill.core.claim import (
    Attribution,
    AttributionKind,
    Claim,
    Count,
    Evidence,
    Group,
    GroupType,
    Harm,
    Perpetrator,
    Span,
    Stance,
)
from sijill.core.clock import Clock, timestamp
from sijill.core.document import Metadata, Note, Reading, Sighting
from sijill.core.incident import (
    Cause,
    CauseKind,
    Figure,
    FigureVersion,
    Grade,
    Incident,
    IncidentRecord,
    Scope,
)
from sijill.core.judgement import AUTO, Change, Decision, Judgement, Matter
from sijill.core.lists import SALT, Field, ListCell, ListColumn, ListRelease, ListRow
from sijill.core.mention import Mentions, PlaceMention, Repetition, Sharing
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.quantity import Quantity
from sijill.core.state import Origin
from sijill.pipeline.stamping import newest_checkpoint
from sijill.store import schema
from sijill.store.case import RECORD, Case
from sijill.store.vault import Custodian
from sijill.store.writer import Transaction, Writer, id_of, text
from sijill.testing.authority import made
from sijill.testing.forging import Forgery, at

BY = "R. Ostrava"
READER = "plain@1"
EXTRACTORS = ("synthetic@1", "synthetic@2")
RULES = "span"
ADDRESS = "http://127.0.0.1:8080/v1"

# Name, Arabic name, latitude, longitude: all invented, and far out in the ocean.
PLACES = (
    ("Tell Nour", "تل نور", -32.71, -18.02),
    ("Kalmon Ford", "مخاضة كلمون", -32.75, -18.11),
    ("Upper Vasht", "فشت العليا", -32.81, -17.94),
    ("Ardeth", "أرديث", -32.66, -18.2),
    ("Port Averin", "بورت أفيرين", -33.352, -17.108),
)
SPEAKERS = (
    ("the Senna Valley Monitor", AttributionKind.MONITOR),
    ("the Interior Ministry", AttributionKind.OFFICIAL),
    ("the hospital of Ardeth", AttributionKind.MEDICAL),
    ("a witness called Hazelnut", AttributionKind.WITNESS),
    ("the Kestrel Wire", AttributionKind.MEDIA),
)
HARMS = (Harm.KILLED, Harm.WOUNDED, Harm.MISSING, Harm.DISPLACED, Harm.DETAINED)
GROUPS = (
    ("people", GroupType.UNSPECIFIED),
    ("civilians", GroupType.CIVILIANS),
    ("fighters", GroupType.COMBATANTS),
)
# Beyond ASCII, beyond the Basic Multilingual Plane, decomposed letters: offsets must count code points in all of them.
HEADS = (
    "Senna valley digest {}.\n",
    "نشرة وادي سنّا {}.\n",
    "Bulletin \N{MUSICAL SYMBOL G CLEF} {}.\n",
    "Re\u0301sume\u0301 {}.\n",
)


@dataclass(frozen=True, slots=True)
class Report:
    """An invented report: its text and the claims that stand in it."""

    text: str
    claims: tuple[Claim, ...]

    @property
    def document(self) -> str:
        """SHA-256 of its bytes."""
        return sha256(self.text.encode()).hexdigest()


def synthetic_report(number: int, *, claims: int, rng: random.Random, extractor: str = EXTRACTORS[0]) -> Report:
    """One report with so many claims, a sentence each; `number` makes it unlike others of the same seed."""
    whole = HEADS[number % len(HEADS)].format(number)
    made = []
    for _ in range(claims):
        claim, sentence = _sentence(rng, len(whole), extractor)
        whole += sentence + " "
        made.append(claim)
    document = sha256(whole.encode()).hexdigest()
    return Report(whole, tuple(c.with_changes(document=document) for c in made))


def synthetic_case(
    folder: Path,
    *,
    documents: int,
    claims_per_document: int,
    judgements: int,
    seed: int,
    clock: Clock,
    custodians: Sequence[Custodian] = (),
    server: str | None = None,
) -> Case:
    """A case with so many documents, claims and judgements, a gazetteer file, a list, a stamp, derived tables, pages.

    Every fourth document has a further sighting, every fifth a second reading and a second extraction. About half of
    the judgements are the program's. Encrypted with custodians, then without pages; with a server's address, its rows
    lie there. The caller closes the case.
    """
    rng = random.Random(seed)  # noqa: S311 - nothing secret hangs on it.
    name = "Senna valley (invented)"
    case = Case.create(folder, name=name, by=BY, clock=clock, custodians=custodians, server=server)
    with case.writer(by=BY, clock=clock) as writer:
        with writer.transaction() as t:
            t.gazetteer(case.objects.stage_bytes(_gazetteer()), "senna.csv")
        claims: list[Claim] = []
        for number in range(documents):
            report = synthetic_report(number, claims=claims_per_document, rng=rng)
            with writer.transaction() as t:
                claims += _add(case, t, report, number, clock)
        _judge(writer, claims, judgements, rng)
        with writer.transaction() as t:
            _list(case, t, clock)
        _derive(writer, claims)
        _stamp(case, writer)
        if case.access.keys is None:
            _publish(case, writer, claims)
    return case


def _sentence(rng: random.Random, at: int, extractor: str) -> tuple[Claim, str]:
    counted, quantity = _count(rng)
    (who, kind), (group, type_), harm = rng.choice(SPEAKERS), rng.choice(GROUPS), rng.choice(HARMS)
    name, _, lat, lon = rng.choice(PLACES)
    day = dt.date(2031, 3, rng.randint(1, 9))
    when = f"on {day.day} March 2031"
    sentence = f"{counted} {group} were {harm.value} in {name} {when}, {who} said.".lstrip()
    count = Count.of(Span(counted, at, at + len(counted)), quantity) if quantity else None
    claim = Claim(
        document="0" * 64,
        harm=harm,
        count=count,
        group=Group(group, type_),
        place=Place(name, name, digest(name)[:8], lat, lon, 2, "gazetteer"),
        period=Period.of(when, day, day, "day and month"),
        attribution=Attribution(f"{who} said", who, kind),
        perpetrator=Perpetrator("the Northern Column", rng.choice(list(Stance))) if rng.random() < 0.3 else None,
        quote=Span(sentence, at, at + len(sentence)),
        extractor=extractor,
        confidence=rng.randint(50, 100) / 100,
        evidence=(Evidence("harm", "verb", harm.value),),
    )
    return claim, sentence


def _count(rng: random.Random) -> tuple[str, Quantity | None]:
    n = rng.randint(2, 60)
    return rng.choice(
        (
            (f"{n}", Quantity.exactly(n)),
            (f"At least {n}", Quantity.at_least(n)),
            (f"Up to {n}", Quantity.at_most(n)),
            (f"About {n}", Quantity.about(n)),
            (f"Between {n} and {n + 4}", Quantity.between(n, n + 4)),
            ("Dozens of", Quantity.vague()),
            ("", None),
        )
    )


def _gazetteer() -> bytes:
    rows = [f"sen-{i:03},{name},{arabic},{lat},{lon}" for i, (name, arabic, lat, lon) in enumerate(PLACES)]
    return "\n".join(["id,name_en,name_ar,lat,lon", *rows, ""]).encode()


def _list(case: Case, t: Transaction, clock: Clock) -> None:
    """A release of a list of three invented people."""
    people = (("1", "هدى سمير نوري", "31"), ("2", "زياد سمير نوري", "9"), ("3", "Lamia Rafi Wardon", ""))
    fields = (Field.RECORD, Field.NAME, Field.AGE)
    staged = case.objects.stage_bytes("\n".join(["number,name,age", *map(",".join, people), ""]).encode())
    columns = tuple(ListColumn(f, h) for f, h in zip(fields, ("number", "name", "age"), strict=True))
    release = ListRelease("Senna list", staged.digest, "senna-list.csv", timestamp(clock), BY, "csv@1", columns)
    rows = [
        ListRow(
            id_of(release),
            line,
            digest(["salt", line])[:SALT],
            tuple(ListCell(f, value) for f, value in zip(fields, person, strict=True) if value),
        )
        for line, person in enumerate(people, start=1)
    ]
    t.list_release(staged, release, rows)


def _add(case: Case, t: Transaction, report: Report, number: int, clock: Clock) -> Sequence[Claim]:
    """Write a report as a build would; returns the claims of its current extraction."""
    document, name = report.document, f"digest-{number:04}"
    metadata = Metadata(title=f"Digest {number}", publisher="Kestrel Wire", language="en", published="2031-03-10")
    reading = Reading(document, READER, "text/plain", report.text, metadata)
    stated = Metadata(publisher="Senna Valley Monitor") if number % 3 == 0 else Metadata()
    sighting = Sighting(document, name, f"week/{name}.txt", timestamp(clock), BY, stated=stated)
    t.document(case.objects.stage_bytes(report.text.encode()), reading, sighting)
    if number % 4 == 0:
        t.sighting(Sighting(document, name, "all.jsonl", timestamp(clock), BY, digest("all.jsonl"), number + 1))
    claims: Sequence[Claim] = report.claims
    t.extraction(document, digest_of(reading), EXTRACTORS[0], {"published": "2031-03-10"}, claims)
    if number % 5 == 0:
        notes = (Note("numbers-differ", "Two readers disagree on a number.", severe=True),)
        reading = Reading(document, "plain@2", "text/plain", report.text, metadata, notes)
        t.reading(reading)
        claims = [c.with_changes(extractor=EXTRACTORS[1]) for c in claims]
        t.extraction(document, digest_of(reading), EXTRACTORS[1], {"published": "2031-03-10"}, claims)
    return claims


def digest_of(reading: Reading) -> str:
    """The id under which the store keeps a reading."""
    return sha256(text(reading).encode()).hexdigest()


def _judge(writer: Writer, claims: Sequence[Claim], judgements: int, rng: random.Random) -> None:
    """Half suggestions in one go, half people's decisions of every kind, each a transaction of its own."""
    suggested = [_membership(rng.choice(claims), timestamp(writer.clock)) for _ in range(judgements // 2)]
    if suggested:
        with writer.transaction() as t:
            t.suggestions(suggested)
    made: list[str] = []
    for number in range(judgements - len(suggested)):
        with writer.transaction() as t:
            made.append(t.judgement(_decision(number, rng.choice(claims), made, timestamp(writer.clock))))


def _membership(claim: Claim, at: str) -> Judgement:
    subjects = (incident_of(claim), claim.id)
    return Judgement(Matter.MEMBERSHIP, subjects, Decision.SAME, AUTO, at, "place and day agree", score=0.75)


def incident_of(claim: Claim) -> str:
    """The id of the synthetic incident that a claim belongs to: one a place."""
    return digest(["incident", claim.place.name if claim.place else ""])


def _decision(number: int, claim: Claim, made: Sequence[str], at: str) -> Judgement:
    match number % 11:
        case 0:
            return Judgement(Matter.CLAIM, (claim.id,), Decision.ACCEPT, BY, at, "read beside its source")
        case 1:
            changes = (Change("group.type", '"civilians"'), Change("place.precision", "4"))
            return Judgement(Matter.CLAIM, (claim.id,), Decision.CORRECT, BY, at, "the list says so", changes)
        case 2:
            return Judgement(Matter.CLAIM, (claim.id,), Decision.REJECT, BY, at, "a headcount of guests – لا قتلى")
        case 3:
            return Judgement(Matter.SOURCE, (claim.document,), Decision.SET_ASIDE, BY, at, "a copy of another")
        case 4:
            pair = (incident_of(claim), digest(["incident", "elsewhere"]))
            return Judgement(Matter.INCIDENT, pair, Decision.DIFFERENT, BY, at, "two days apart")
        case 5:
            return Judgement(Matter.RULES, (RULES,), Decision.CHOOSE, BY, at, "that of the record")
        case 7:
            return Judgement(Matter.SENDING, (ADDRESS,), Decision.ALLOW, BY, at, "our own machine")
        case 8:
            return Judgement(Matter.SENSITIVITY, (claim.document,), Decision.SENSITIVE, BY, at, "names a witness")
        case 9:
            pair = (incident_of(claim), digest(["incident", "elsewhere"]))
            return Judgement(Matter.PART, pair, Decision.PART_OF, BY, at, "one day of several")
        case 10:
            pair = (claim.document, digest(["document", "elsewhere"]))
            return Judgement(Matter.VOICE, pair, Decision.ONE_VOICE, BY, at, "the same bureau wrote both")
        case _:
            return Judgement(Matter.UNDO, (made[-1],), Decision.UNDO, BY, at, "hasty", replaces=made[-1])


def _derive(writer: Writer, claims: Sequence[Claim]) -> None:
    by_incident: dict[str, list[Claim]] = {}
    for claim in claims:
        by_incident.setdefault(incident_of(claim), []).append(claim)
    records = [_record(id_, members) for id_, members in sorted(by_incident.items())]
    voices = [Origin(c.id, c.attribution.source, c.attribution.source) for c in claims if c.attribution]
    documents = sorted({c.document for c in claims})
    with writer.transaction() as t:
        t.derived(schema.mention, [_mention_row(i, d, claims) for i, d in enumerate(documents)])
        t.derived(schema.repetition, [_repetition_row(later, documents[0], claims) for later in documents[1:2]])
        t.derived(
            schema.incident,
            [{"id": r.incident.id, "position": i, "body": text(r.incident)} for i, r in enumerate(records)],
        )
        t.derived(
            schema.incident_record,
            [
                {"rules": RULES, "incident": r.incident.id, "position": i, "body": text(r)}
                for i, r in enumerate(records)
            ],
        )
        t.figures([_version(r) for r in records])
        t.derived(
            schema.origin,
            [{"claim": o.claim, "position": i, "voice": o.voice, "body": text(o)} for i, o in enumerate(voices)],
        )


def _mention_row(position: int, document: str, claims: Sequence[Claim]) -> dict[str, Any]:
    places = [PlaceMention(c.place, c.quote.start) for c in claims if c.document == document and c.place is not None]
    return {
        "document": document,
        "position": position,
        "body": text(Mentions(document, "synthetic@1", tuple(places))),
    }


def _repetition_row(later: str, earlier: str, claims: Sequence[Claim]) -> dict[str, Any]:
    first, second = (next(c.quote for c in claims if c.document == d) for d in (later, earlier))
    made = Repetition(later, earlier, Sharing.REWORDED, 0.9, 0.5, first, second, "invented")
    return {"later": later, "earlier": earlier, "position": 0, "body": text(made)}


def _record(id_: str, claims: Sequence[Claim]) -> IncidentRecord:
    ids = tuple(c.id for c in claims)
    documents = tuple(sorted({c.document for c in claims}))
    incident = Incident(id_, f"Incident {id_[:6]}", ids, documents, claims[0].place, claims[0].period)
    figure = Figure(Scope(claims[0].harm), 1, None, None, 1, ids)
    return IncidentRecord(incident, RULES, Grade.UNGRADED, (), (figure,))


def _version(record: IncidentRecord) -> FigureVersion:
    (figure,) = record.figures
    return FigureVersion(
        record.incident.id, figure.scope, RULES, figure.low, figure.best, figure.high, record.grade, figure.voices,
        figure.claims, (), (Cause(CauseKind.FIRST),),
    )  # fmt: skip


def _stamp(case: Case, writer: Writer) -> None:
    """A stamp over the newest checkpoint, signed by an invented authority, so that no program need be there."""
    point = newest_checkpoint(case)
    root = made("Meravia Time Root (invented)", clock=writer.clock)
    leaf = made("Senna Stamp 1 (invented)", by=root, stamping=True, clock=writer.clock)
    with writer.transaction() as t:
        t.stamp(
            point.size, "http://tsa.meravia.example/tsr", Forgery(point.note, leaf, time=at(writer.clock())).encoded()
        )


def _publish(case: Case, writer: Writer, claims: Sequence[Claim]) -> None:
    pages = {
        "index.html": f"<!doctype html><title>Working copy</title><p>{len(claims)} claims</p>",
        "incident/one.html": "<!doctype html><title>Working copy: an invented incident</title>",
    }
    files = {}
    for name, page in pages.items():
        path = case.folder / RECORD / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
        files[name] = sha256(page.encode()).hexdigest()
    with writer.transaction() as t:
        t.publication("working-record", files)
    (case.folder / RECORD / "manifest.json").write_bytes(canonical(files))
