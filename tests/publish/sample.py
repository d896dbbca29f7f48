"""An invented case, for the pages: the Republic of Meravia and its Senna valley do not exist, nor does anyone here."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace

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
    Subset,
)
from sijill.core.document import Document, Metadata, Note, Reading, Sighting
from sijill.core.incident import (
    Cause,
    CauseKind,
    Figure,
    FigureVersion,
    Grade,
    GroupScope,
    Incident,
    IncidentRecord,
    Scope,
    SetAside,
)
from sijill.core.judgement import Change, Decision, Judgement, Matter
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.quantity import Qualifier, Quantity
from sijill.core.state import ClaimState, JudgedClaim, Origin
from sijill.publish.view import CaseView, ClaimView, DocumentView, Problem, VersionView

WIRE = """Blast at the grain market of Tell Oren

TELL OREN, 4 March 2031 – At least eight people were killed, among them three children, and 18 wounded when a
bomb went off in the grain market of Tell Oren on Tuesday, the valley's health directorate said.

A group that calls itself the Banner of the South said it had placed the bomb. Residents told the Kestrel Wire that
shops were looted afterwards.

The interior ministry spoke of "a gas leak" and of six dead.
"""

MINISTRY = """بيان وزارة الداخلية في جمهورية ميرافيا

تل أورين، 5 آذار 2031 – قالت وزارة الداخلية إن ستة أشخاص قتلوا وأصيب نحو 20 آخرين في انفجار وقع في سوق الحبوب
في تل أورين يوم الثلاثاء، ونفت أن يكون الانفجار ناجمًا عن قنبلة.

وأضاف البيان أن الإحداثيات المتداولة (36.2, 37.1) غير صحيحة.
"""

MONITOR = """Senna Valley Monitor: week of 2 to 8 March 2031

Our volunteers counted nine dead in the grain market of Tell Oren on 4 March, five of them men, three children, one
woman. We hold the names.

On the night of 6 March between 30 and 40 houses in Upper Kesh were burnt. About 1,500 people fled to Tell Oren.
Dozens were detained at the bridge; according to Kestrel Wire, citing the health directorate, 2 died in custody.

Somewhere in the valley, seven men have been missing since the winter.
"""

LANTERNE = """Une explosion au marché de Tell Oren

Huit personnes au moins ont été tuées mardi, selon la direction de la santé de la vallée.
"""

BRIEF = "Update: eight dead, not nine, in Tell Oren, the Senna Valley Monitor said on Sunday, correcting itself.\n"

KESH = Place("Upper Kesh", "Upper Kesh", "mv:204", 36.2117, 37.1342, 1)
OREN = Place("Tell Oren", "Tell Oren", "mv:117", 36.1403, 37.0521, 2, "the only Tell Oren in the Senna valley")
FOURTH = Period("on Tuesday", dt.date(2031, 3, 4), dt.date(2031, 3, 4), 1, "weekday before publication on 2031-03-04")
NIGHT = Period("On the night of 6 March", dt.date(2031, 3, 6), dt.date(2031, 3, 7), 2)
HEALTH = Attribution("the valley's health directorate said", "health directorate", AttributionKind.MEDICAL)
INTERIOR = Attribution("The interior ministry spoke", "interior ministry", AttributionKind.OFFICIAL)
INTERIOR_AR = Attribution("قالت وزارة الداخلية", "وزارة الداخلية", AttributionKind.OFFICIAL)
SVM = Attribution("Our volunteers counted", "Senna Valley Monitor", AttributionKind.MONITOR)
BANNER = Perpetrator("the Banner of the South", Stance.SELF_CLAIMED)


def document(label: str, text: str, metadata: Metadata, *, name: str, notes: tuple[Note, ...] = ()) -> Document:
    """A preserved report of which only the text matters here."""
    data = text.encode("utf-8", "surrogatepass")
    id = hashlib.sha256(data).hexdigest()
    reading = Reading(id, "text@1", "text/plain", text, metadata, notes)
    return Document(id, len(data), reading, (Sighting(id, label, name, "2031-03-09T07:12:05Z", "noor"),))


def span(text: str, words: str, occurrence: int = 0) -> Span:
    """Where `words` stand in `text`, the first time or a later one."""
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(words, start + 1)
    return Span(words, start, start + len(words))


@dataclass
class Builder:
    """Collects documents and claims of a view as a test makes them."""

    documents: list[Document] = field(default_factory=list)
    claims: dict[str, ClaimView] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    def report(
        self, label: str, text: str, about: Metadata | None = None, *, name: str = "", notes: tuple[Note, ...] = ()
    ) -> Document:
        """Add a document."""
        made = document(label, text, about or Metadata(), name=name or f"{label}.txt", notes=notes)
        self.documents.append(made)
        return made

    def claim(
        self,
        report: Document,
        harm: Harm,
        quote: str,
        count: tuple[str, Quantity] | None,
        *,
        group: Group | None = None,
        place: Place | None = OREN,
        period: Period | None = FOURTH,
        attribution: Attribution | None = None,
        perpetrator: Perpetrator | None = None,
        origin: str = "",
        incidents: tuple[str, ...] = (),
        part_of: str | None = None,
    ) -> str:
        """Add a claim whose quote and count stand in the report's text; returns its id."""
        text = report.reading.text
        quoted = span(text, quote)
        counted = None
        if count is not None:
            within = span(quoted.text, count[0])
            counted = Count.of(Span(count[0], quoted.start + within.start, quoted.start + within.end), count[1])
        made = Claim(
            document=report.id,
            harm=harm,
            count=counted,
            group=group or Group(),
            place=place,
            period=period,
            attribution=attribution,
            perpetrator=perpetrator,
            quote=quoted,
            extractor="rules-en@0.1.0",
            confidence=0.93,
            part_of=part_of,
            evidence=(
                Evidence("harm", f"trigger.{harm}", quote.split()[-1]),
                Evidence("count", "number.words", count[0] if count else ""),
            ),
        )
        voice = origin or (attribution.source if attribution else report.label)
        view = Origin(made.id, voice.casefold(), voice, attribution.chain if attribution else (), "named in the text")
        self.claims[made.id] = ClaimView(JudgedClaim(made.id, made, made), view, incidents)
        return made.id

    def judge(self, id: str, decision: Decision, *, reason: str = "", corrected: Claim | None = None) -> None:
        """Judge a claim as a person would."""
        old = self.claims[id]
        state = {"accept": ClaimState.ACCEPTED, "correct": ClaimState.CORRECTED, "reject": ClaimState.REJECTED}[
            decision
        ]
        changes = (Change("count.low", "5"),) if corrected else ()
        row = Judgement(Matter.CLAIM, (id,), decision, "noor", "2031-03-09T08:01:00Z", reason, changes)
        judged = JudgedClaim(id, old.judged.source, corrected or old.judged.claim, state, row.id)
        self.claims[id] = ClaimView(judged, old.origin, old.incidents, row)

    def views(self) -> tuple[DocumentView, ...]:
        """The documents, each with its claims."""
        return tuple(
            DocumentView(
                document=d,
                claims=tuple(c for c, v in self.claims.items() if v.judged.source.document == d.id),
                read_by=None if d.label in self.unread else "rules-en@0.1.0",
                unread_because=self.unread.get(d.label, ""),
            )
            for d in self.documents
        )


MARKET, KESH_NIGHT = "5e0c9d3f71aa42d0", "b81f6a2207cc9e14"
BLAST = WIRE.partition("– ")[2].partition("\n\n")[0]
SIX_IN_ARABIC = MINISTRY.partition("– ")[2].partition("،")[0]
PEOPLE = Group("people")
CHILDREN = Group("children", GroupType.CIVILIANS, Subset.CHILDREN)
MONITOR_SAID = "the Senna Valley Monitor said"
RESIDENTS = Attribution("Residents told", "residents", AttributionKind.WITNESS, ("Kestrel Wire",))
CITED = Attribution("citing", "health directorate", AttributionKind.MEDICAL, ("Kestrel Wire",))
SVM_CITED = Attribution(MONITOR_SAID, "Senna Valley Monitor", AttributionKind.MONITOR, ("Harbourline",))
SCAN_NOTES = (
    Note("pdf-numbers-differ", "two readings of page 2 disagree on a number: 1,500 and 1,005", severe=True),
    Note("pdf-pages", "2 pages, 1 without text"),
)


def _reports(b: Builder) -> dict[str, Document]:
    wire = Metadata(
        title=WIRE.partition("\n")[0],
        publisher="Kestrel Wire",
        url="https://kestrel.example/2031/03/04/market?id=7",
        language="en",
        published="2031-03-04T18:40:00+02:00",
    )
    ministry = Metadata(publisher="وزارة الداخلية", language="ar", published="2031-03-05")
    monitor = Metadata(publisher="Senna Valley Monitor", language="en", published="2031-03-09")
    lanterne = Metadata(publisher="La Lanterne", language="fr", published="2031-03-04")
    brief = Metadata(publisher="Harbourline", published="2031-03-09")
    b.unread["0304-lanterne"] = "no language pack for fr"
    return {
        "wire": b.report("0304-kestrel-market", WIRE, wire, name="wires/0304-kestrel-market.txt"),
        "ministry": b.report("0305-interior-ar", MINISTRY, ministry, name="0305-بيان الداخلية.txt"),
        "monitor": b.report("0309-svm-week", MONITOR, monitor, name="0309-svm-week.pdf", notes=SCAN_NOTES),
        "lanterne": b.report("0304-lanterne", LANTERNE, lanterne),
        "brief": b.report("brief-17", BRIEF, brief, name="agency-briefs.jsonl"),
    }


def _market(b: Builder, reports: dict[str, Document]) -> dict[str, str]:
    """The claims on the grain market: overlapping, part of one another, repeated, corrected, denied, uncounted."""
    wire, ministry, brief = reports["wire"], reports["ministry"], reports["brief"]
    here = (MARKET,)
    ids = {
        "killed": b.claim(
            wire, Harm.KILLED, BLAST, ("At least eight", Quantity.at_least(8)),
            group=PEOPLE, attribution=HEALTH, perpetrator=BANNER, incidents=here,
        ),
    }  # fmt: skip
    ids |= {
        "children": b.claim(
            wire, Harm.KILLED, BLAST, ("three children", Quantity.exactly(3)),
            group=CHILDREN, attribution=HEALTH, incidents=here, part_of=ids["killed"],
        ),
        "wounded": b.claim(
            wire, Harm.WOUNDED, BLAST, ("18", Quantity.exactly(18)), group=PEOPLE, attribution=HEALTH, incidents=here,
        ),
        "looted": b.claim(
            wire, Harm.PROPERTY, "shops were looted afterwards", None,
            group=Group("shops", GroupType.OTHER), attribution=RESIDENTS, incidents=here,
        ),
        "six": b.claim(
            wire, Harm.KILLED, 'The interior ministry spoke of "a gas leak" and of six dead.',
            ("six", Quantity.exactly(6)), attribution=INTERIOR, incidents=here,
        ),
        "six_ar": b.claim(
            ministry, Harm.KILLED, SIX_IN_ARABIC, ("ستة أشخاص", Quantity.exactly(6)),
            group=Group("أشخاص"), attribution=INTERIOR_AR, origin="interior ministry", incidents=here,
        ),
        "twenty": b.claim(
            ministry, Harm.WOUNDED, SIX_IN_ARABIC, ("نحو 20", Quantity.about(20)),
            attribution=INTERIOR_AR, origin="interior ministry", incidents=here,
        ),
        "nine": b.claim(
            reports["monitor"], Harm.KILLED,
            "Our volunteers counted nine dead in the grain market of Tell Oren on 4 March",
            ("nine dead", Quantity.exactly(9)), attribution=SVM, incidents=here,
        ),
        "eight": b.claim(
            brief, Harm.KILLED, "eight dead, not nine, in Tell Oren", ("eight dead", Quantity.exactly(8)),
            attribution=SVM_CITED, incidents=here,
        ),
        "not_nine": b.claim(
            brief, Harm.KILLED, "not nine, in Tell Oren", ("nine", Quantity.exactly(9)), incidents=here,
        ),
    }  # fmt: skip
    return ids


def _valley(b: Builder, monitor: Document) -> dict[str, str]:
    """The claims on the night in Upper Kesh, and one that no incident holds."""
    here = (KESH_NIGHT,)
    winter = Period("since the winter", dt.date(2030, 12, 1), None, 5)
    return {
        "burnt": b.claim(
            monitor, Harm.PROPERTY, "On the night of 6 March between 30 and 40 houses in Upper Kesh were burnt.",
            ("between 30 and 40", Quantity.between(30, 40)),
            group=Group("houses", GroupType.HOMES), place=KESH, period=NIGHT, incidents=here,
        ),
        "fled": b.claim(
            monitor, Harm.DISPLACED, "About 1,500 people fled to Tell Oren.", ("About 1,500", Quantity.about(1500)),
            place=KESH, period=NIGHT, incidents=here,
        ),
        "died": b.claim(
            monitor, Harm.KILLED, "according to Kestrel Wire, citing the health directorate, 2 died in custody.",
            ("2", Quantity.exactly(2)), place=KESH, period=NIGHT, attribution=CITED, incidents=here,
        ),
        "missing": b.claim(
            monitor, Harm.MISSING, "Somewhere in the valley, seven men have been missing since the winter.",
            ("seven", Quantity.exactly(7)),
            group=Group("men", GroupType.UNSPECIFIED, Subset.MEN), place=Place("the valley"), period=winter,
        ),
    }  # fmt: skip


def _judge(b: Builder, ids: dict[str, str]) -> None:
    fled = b.claims[ids["fled"]].judged.source
    assert fled.count is not None
    count = Count(fled.count.text, fled.count.start, fled.count.end, 1005, 1005, Qualifier.ABOUT)
    b.judge(ids["killed"], Decision.ACCEPT)
    b.judge(ids["not_nine"], Decision.REJECT, reason="the text takes this number back")
    corrected = fled.with_changes(count=count)
    b.judge(ids["fled"], Decision.CORRECT, reason="page 2 of the scan has 1,005", corrected=corrected)


def _incidents(b: Builder, reports: dict[str, Document], ids: dict[str, str]) -> tuple[IncidentRecord, ...]:
    linked = {i: tuple(c for c, v in b.claims.items() if i in v.incidents) for i in (MARKET, KESH_NIGHT)}
    spoken = tuple(reports[name].id for name in ("wire", "ministry", "monitor", "brief"))
    night = Incident(
        KESH_NIGHT, "Upper Kesh, 6 to 7 March 2031", linked[KESH_NIGHT], (reports["monitor"].id,), KESH, NIGHT
    )
    market = Incident(MARKET, "Tell Oren, 4 March 2031", linked[MARKET], spoken, OREN, FOURTH, ("0aa1b2c3d4e5f607",))
    aside = (
        SetAside(ids["nine"], "the same voice gave a later number"),
        SetAside(ids["not_nine"], "rejected by a person"),
    )
    used = tuple(ids[name] for name in ("six", "six_ar", "eight", "killed"))
    why = "lowest and highest number of any voice; best by most voices"
    children = Scope(Harm.KILLED, GroupScope.CIVILIANS, Subset.CHILDREN)
    at_market = (
        Figure(Scope(Harm.KILLED), 6, 8, None, 3, used, aside, why),
        Figure(children, 3, 3, 3, 1, (ids["children"],)),
        Figure(Scope(Harm.WOUNDED), 18, None, 20, 2, (ids["wounded"], ids["twenty"])),
    )
    at_night = (
        Figure(Scope(Harm.KILLED), 2, None, 2, 1, (ids["died"],)),
        Figure(Scope(Harm.DISPLACED), 1005, None, 1005, 1, (ids["fled"],)),
        Figure(Scope(Harm.PROPERTY, GroupScope.HOMES), 30, None, 40, 1, (ids["burnt"],)),
    )
    return (
        IncidentRecord(night, "range-1", Grade.WEAK, (), at_night),
        IncidentRecord(market, "range-1", Grade.CONTESTED, ("the Banner of the South",), at_market),
    )


def _history(record: IncidentRecord) -> tuple[VersionView, ...]:
    """The first figure of an incident, lower than today's, what changed it, and one that was withdrawn."""
    (now, *_), kept = record.figures, VersionView
    first = FigureVersion(
        record.incident.id,
        now.scope,
        "median",
        1,
        None,
        2,
        Grade.WEAK,
        1,
        now.claims[:1],
        (),
        (Cause(CauseKind.FIRST),),
    )
    causes = (
        Cause(CauseKind.RULES, ("median",)),
        Cause(CauseKind.CLAIMS_ADDED, now.claims[1:]),
        Cause(CauseKind.JUDGEMENTS, ("0" * 64,)),
    )
    changed = replace(first, rules="range-1", low=now.low, high=now.high, causes=causes, replaces="1" * 64)
    gone = replace(
        changed, scope=Scope(Harm.DISPLACED), low=None, high=None, claims=(), stands=False,
        causes=(
            Cause(CauseKind.CLAIMS_GONE, ("2" * 64,)), Cause(CauseKind.MERGED, ("3" * 64,)), Cause(CauseKind.PROGRAM),
        ),
    )  # fmt: skip
    days = ("2031-03-07T08:00:00Z", "2031-03-09T09:30:00Z", "2031-03-09T09:30:00Z")
    return tuple(kept(day, version) for day, version in zip(days, (first, changed, gone), strict=True))


def sample() -> CaseView:
    """A case with something of everything: voices that repeat, a correction, a rejection, a language nobody read."""
    b = Builder()
    reports = _reports(b)
    ids = _market(b, reports) | _valley(b, reports["monitor"])
    _judge(b, ids)
    incidents = _incidents(b, reports, ids)
    return CaseView(
        name="Senna valley, March 2031",
        rules="range-1",
        log_size=1284,
        root="9f" * 32,
        checkpoint_at="2031-03-09T09:30:00Z",
        incidents=incidents,
        claims=b.claims,
        documents=b.views(),
        unlinked=(ids["missing"],),
        problems=(Problem("scans/0302-page.heic", "of a kind that is not read yet"),),
        rules_summary="The lowest and the highest number that any voice gives; nothing is widened.",
        version="0.1.0",
        history={incidents[1].incident.id: _history(incidents[1])},
    )
