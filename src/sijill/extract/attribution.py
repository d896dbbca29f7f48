"""Who says so: the source named for a count, judged for each mention, with those who pass it on.

Three cues, in this order: a phrase before its source ("according to X"), a verb of speech after it ("X said"), and
speech that goes on from the sentence before (a quotation still open, "he added", "the source said").
"""

from __future__ import annotations

import re
from dataclasses import replace

from sijill.core.claim import Attribution, AttributionKind
from sijill.extract.marks import Marked
from sijill.extract.placenames import dateline_end
from sijill.extract.report import Report
from sijill.extract.sources import in_full, kind_of, source_name, unowned
from sijill.extract.speech import BACK_MAX, BY_ESTIMATE, QUOTED, Speech, alias_in, can_speak, opens_speaker
from sijill.extract.tokens import Kind, fold, tokens

LOOK_BACK, NAMED_LEAST, NAME_REACH = 14, 2, 8000
CITED_GAP, POST_MAX, ADDRESSEE_MAX = 3, 6, 6
# "— Name (@handle)": how a page signs the post that it shows.
SIGNED = re.compile(r"\s*[—–]\s?([^()@\n]{2,60}?)\s?\(@\w{1,30}\)")
OPENING = 5
OPEN, CLOSE = "“«", "”»"


def attribution_of(report: Report, i: int, position: int) -> tuple[Attribution, str] | None:
    """The source of what is said at token `position` of sentence `i`, and the rule that found it."""
    speech = _governing(report, i, position)
    if speech is None:
        if i not in report.voices_around:
            around = _carried(report, i) or _of_speaker(report, i) or _going_on(report, i) or _between(report, i)
            around = around or _posted(report, i)
            report.voices_around[i] = around or _own_voice(report)
        return report.voices_around[i]
    if speech.again:
        return _earlier(report, i, speech)
    made = _made(report, i, speech)
    if made and made.kind is AttributionKind.MONITOR and (named := _only_alias(report, speech, i)):
        made = replace(made, source=named)
    return (made, speech.rule) if made else None


def _only_alias(report: Report, s: Speech, i: int) -> str:
    """The monitor that a text names elsewhere, where here it says only "a war monitor"."""
    m = report.marked(i)
    hits = (m.at(k, "source_kind") for k in range(s.start, s.end))
    if not any(hit and hit.entry.name == AttributionKind.MONITOR.value for hit in hits):
        return ""
    if any(m.tokens[k].text.isupper() or alias_in(m, k, k + 1) for k in range(s.start, s.end)):
        return ""
    if any(m.tokens[k].is_name and "-" not in m.tokens[k].text for k in range(s.start, s.end)):
        return ""
    named = {name for name in report.aliases_named() if _is_monitor(report, name)}
    return named.pop() if len(named) == 1 else ""


def _is_monitor(report: Report, name: str) -> bool:
    norms = tuple(t.norm for t in tokens(name, spelling=report.pack.spelling))
    hits = [h for i in range(len(norms)) for h in report.pack.at(norms, i)]
    return any(h.entry.cls == "source_kind" and h.entry.name == AttributionKind.MONITOR.value for h in hits)


def _governing(report: Report, i: int, position: int) -> Speech | None:
    """The cue of sentence `i` that governs a position: the nearest before it, else one that follows what was said."""
    found = report.speeches(i)
    m = report.marked(i)
    before = [s for s in found if not s.follows and s.cue < position]
    after = [s for s in found if (s.follows or s.both) and s.cue > position]
    if len(before) > 1 and _cited(m, before[-2]) and before[-1].start - before[-2].end <= CITED_GAP:
        # "Citing X, Y said".
        return before[-2]
    if before and _taken_for_granted(m, before[-1].cue_end, position):
        before = []
    if before and before[-1].rule == "according to":
        return before[-1]
    if after and (not before or after[0].rule == "according to"):
        cited = [s for s in after[1:2] if _cited(m, s)]
        return cited[0] if cited else after[0]
    return before[-1] if before else None


def _cited(m: Marked, s: Speech) -> bool:
    return s.rule == "according to" and m.is_a(s.cue, "attribution.citing")


def _taken_for_granted(m: Marked, said: int, position: int) -> bool:
    """Whether a count only says which attack somebody speaks of: "said that the gunmen who killed nine had fled".

    It stands right behind a relative word and its verb, no comma before; that clause is the writer's.
    """
    verb = False
    for k in range(position - 1, said, -1):
        if m.is_a(k, "relative"):
            subject = m.at(k + 1, "person") or m.at(k + 1, "perpetrators", "actors")
            return verb and subject is None and not m.is_mark(k - 1) and not _said_before(m, k)
        counts = (
            m.tokens[k].kind is Kind.NUMBER or m.norm(k) in m.pack.numbers or m.before(k + 1, "quantity") is not None
        )
        counts = counts or any(m.is_a(k, words) for words in ("determiners", "one_of", "numbers.joiners"))
        harms = m.at(k, "trigger") or m.before(k + 1, "trigger") or m.is_a(k, "active") or m.is_a(k, "adverbs")
        if not (counts or harms or m.at(k, "person")):
            return False
        verb = verb or not counts
    return False


def _said_before(m: Marked, that: int) -> bool:
    """Whether a verb of speech stands before a "that", the day on which it was said between."""
    while that - 1 in m.dated or m.is_a(that - 1, "dates.prepositions"):
        that -= 1
    return m.before(that, "attribution", "verbs") is not None


def _made(report: Report, i: int, s: Speech) -> Attribution | None:
    """The attribution that a source makes: its usual name, its kind, and those who pass it on."""
    m = report.marked(i)
    source = source_name(m, s.start, s.end, report.text)
    if not source:
        return None
    if s.cue_end - s.cue == 1 and m.is_a(s.cue, "attribution.before_to"):
        to = tuple(m.pack.words["attribution.to_written_on"])
        source = next((source.removeprefix(t) for t in to if source.startswith(t)), source)
    source = in_full(report, i, unowned(report, source) if s.rule == BY_ESTIMATE else source)
    words = m.words(min(s.start, s.cue), max(s.end, s.cue_end), report.text)
    chain = _chain(m, s, report.text)
    return Attribution(" ".join(words.split()), source, kind_of(m, s.start, s.end), chain)


def _chain(m: Marked, s: Speech, text: str) -> tuple[str, ...]:
    """Who passes it on: "one outlet, citing another", "told X", "was quoted by X"."""
    if s.rule == QUOTED or m.is_a(s.cue_end - 1, "attribution.telling"):
        return _told_to(m, s.cue_end + (s.rule == QUOTED), text)
    if s.rule == "verb of speech" and s.follows and m.pack.grammar.speakers_follow:
        return _addressed(m, s, text)
    if s.rule != "according to" or s.cue < 2 or m.tokens[s.cue - 1].text != ",":
        return ()
    if not m.is_a(s.cue, "attribution.citing"):
        # "…, according to X": what stands before is what X says.
        return ()
    left = s.cue - 1
    while left > 0 and s.cue - left < BACK_MAX and not opens_speaker(m, left - 1):
        left -= 1
    left = _behind_verb(m, left, s.cue - 1)
    passer = source_name(m, left, s.cue - 1, text) if can_speak(m, left, s.cue - 1) else ""
    return (passer,) if passer else ()


def _told_to(m: Marked, start: int, text: str) -> tuple[str, ...]:
    """The outlet that was told: a noun of the media or a name behind "told", none for mere "reporters"."""
    end = start
    while end < len(m.tokens) and end - start < ADDRESSEE_MAX and not _closes_addressee(m, end):
        end += 1
    media = any(
        (hit := m.at(k, "source_kind")) is not None and hit.entry.name == AttributionKind.MEDIA.value
        for k in range(start, end)
    )
    named = not m.sentence.capitals and any(m.tokens[k].is_name for k in range(start, end))
    passer = source_name(m, start, end, text) if end > start and (named or (media and end - start > 1)) else ""
    return (passer,) if passer else ()


def _closes_addressee(m: Marked, k: int) -> bool:
    if m.is_mark(k):
        return m.tokens[k].text not in "'’.&-"
    return (
        k in m.dated or m.is_a(k, "attribution.closers") or m.is_a(k, "attribution.openers") or bool(m.at(k, "trigger"))
    )


def _addressed(m: Marked, s: Speech, text: str) -> tuple[str, ...]:
    """ "A déclaré à l'AFP X": the outlet between the verb and its speaker."""
    at = next((k for k in range(s.cue, s.start) if m.is_a(k, "attribution.addressing")), None)
    if at is None:
        return ()
    while at + 1 < s.start and (m.is_a(at, "attribution.addressing") or m.is_a(at, "places.articles")):
        at += 1
    passer = source_name(m, at, s.start, text)
    return (passer,) if passer and m.tokens[at].is_name else ()


def _behind_verb(m: Marked, start: int, end: int) -> int:
    """Where the speaker begins whose verb comes first: "a rapporté vendredi l'agence Kestrel Wire, citant …"."""
    said = [k for k in range(start, end) if m.is_a(k, "attribution.verbs")]
    if not said:
        return start
    at = said[-1] + 1
    while at < end and not (m.tokens[at].is_name or m.is_a(at, "determiners") or m.at(at, "source_kind")):
        at += 1
    return at if at < end else start


def _earlier(report: Report, i: int, pointing: Speech) -> tuple[Attribution, str] | None:
    """Whom "he", "the source" or "the report" means: the last source named before."""
    m = report.marked(i)
    earlier = [s for s in report.speeches(i) if not s.again and s.cue < pointing.cue]
    if earlier and (made := _made(report, i, earlier[-1])):
        return made, "source named before"
    for k in range(i - 1, max(-1, i - 6), -1):
        named = [s for s in report.speeches(k) if not s.again]
        for s in reversed(named):
            if made := _made(report, k, s):
                return made, "source named before"
    if m.is_a(pointing.start, "attribution.personal"):
        return _protagonist(report, i, pointing)
    nameless = m.is_a(pointing.start, "attribution.pronouns") or (
        m.pack.grammar.verb_first and pointing.start == pointing.cue
    )
    made = None if nameless else _made(report, i, pointing)
    return (made, pointing.rule) if made else None


def _protagonist(report: Report, i: int, pointing: Speech) -> tuple[Attribution, str] | None:
    """Whom "she" means where nobody has spoken yet: the one person by whose name sentences before begin."""
    for k in range(i, max(-1, i - LOOK_BACK), -1):
        m = report.marked(k)
        first = dateline_end(m)
        first += first > 0
        if not 0 <= first < len(m.tokens) - 1 or m.starting[first] or m.is_a(first, "stop"):
            continue
        name = m.tokens[first].text
        goes_on = m.tokens[first + 1].kind is Kind.WORD and not m.tokens[first + 1].is_name
        often = len(re.findall(rf"\b{re.escape(name)}\b", report.text[:NAME_REACH])) >= NAMED_LEAST
        if m.tokens[first].is_name and goes_on and often:
            here = report.marked(i)
            words = here.words(min(pointing.start, pointing.cue), max(pointing.end, pointing.cue_end), report.text)
            return Attribution(" ".join(words.split()), name, AttributionKind.WITNESS, ()), "person named before"
    return None


def _of_speaker(report: Report, i: int) -> tuple[Attribution, str] | None:
    """ "Her husband was detained", right behind what she said: she says so."""
    m = report.marked(i)
    if i == 0 or not m.is_a(0, "attribution.theirs") or not m.at(1, "person"):
        return None
    spoken = report.speeches(i - 1)
    if not spoken:
        return None
    last = spoken[-1]
    if last.again:
        return _earlier(report, i - 1, last)
    made = _made(report, i - 1, last)
    return (made, "source named before") if made else None


def _going_on(report: Report, i: int) -> tuple[Attribution, str] | None:
    """ "In addition, 30 others were hurt", in one paragraph with what somebody said: the same source says so."""
    if i == 0 or not report.joined(i - 1) or not report.marked(i).at(0, "attribution", "continuing"):
        return None
    spoken = report.speeches(i - 1)
    if not spoken:
        return None
    found = _earlier(report, i - 1, spoken[-1]) if spoken[-1].again else _plain(report, i - 1, spoken[-1])
    return (found[0], "goes on with what was said") if found else None


def _posted(report: Report, i: int) -> tuple[Attribution, str] | None:
    """Whoever wrote the post that a page shows: its words stand above a line with a dash, a name and a handle."""
    for k in range(i + 1, min(i + 1 + POST_MAX, len(report))):
        # The dash before a sentence is no part of it.
        line = report.text[report.bounds[k - 1][1] : report.bounds[k][1]]
        if signed := SIGNED.match(line):
            name = signed[1].strip()
            return Attribution(name, name, AttributionKind.MEDIA, ()), "signature of a post"
        if "\n" in report.text[report.bounds[k - 1][1] : report.bounds[k][0]]:
            # The words of a post stand on the line before its signature.
            return None
    return None


def _between(report: Report, i: int) -> tuple[Attribution, str] | None:
    """Whoever speaks in the sentence before and goes on in the one after: "X said … . Twelve died. X added …"."""
    if i == 0 or i + 1 >= len(report):
        return None
    together = report.joined(i - 1) and report.joined(i)
    before, after = report.speeches(i - 1), report.speeches(i + 1)
    if not before or not after:
        return None
    last = before[-1]
    found = _earlier(report, i - 1, last) if last.again else _plain(report, i - 1, last)
    if found is None:
        return None
    if not together and found[0].kind is AttributionKind.MONITOR:
        # A monitor's own bulletin tells what it counted in some paragraphs, and what happened in others.
        return None
    again = together and after[0].again
    goes_on = again or ((made := _made(report, i + 1, after[0])) is not None and _same(made, found[0]))
    return (found[0], "speech that goes on around") if goes_on else None


def _plain(report: Report, k: int, s: Speech) -> tuple[Attribution, str] | None:
    made = _made(report, k, s)
    return (made, s.rule) if made else None


def _same(one: Attribution, other: Attribution) -> bool:
    """Whether two sources are one: a name that holds the other's words."""
    a, b = set(fold(one.source).split()), set(fold(other.source).split())
    return bool(a and b) and (a <= b or b <= a)


def _own_voice(report: Report) -> tuple[Attribution, str] | None:
    """The publisher, where it speaks of itself by name and as "we": a monitor's own bulletin is the monitor's count."""
    name = report.publisher
    if not name or not report.speaks_as_we():
        return None
    for k in range(min(OPENING, len(report))):
        for s in report.speeches(k):
            made = None if s.again else _made(report, k, s)
            if made and made.source.casefold() == name.casefold():
                return made, "the publisher's own count"
    return None


def _carried(report: Report, i: int) -> tuple[Attribution, str] | None:
    """The source of a quotation that the sentence before left open, or that goes on in a paragraph of its own."""
    if report.text[report.bounds[i][0]] in '"“«':
        for k in range(i - 1, max(-1, i - 5), -1):
            named = [s for s in report.speeches(k) if not s.again]
            if named and (made := _made(report, k, named[-1])):
                return made, "quotation that goes on"
    start = report.bounds[i][0]
    for k in range(i - 1, max(-1, i - 5), -1):
        a = report.bounds[k][0]
        opened, closed = report.last(OPEN, a, start), report.last(CLOSE, a, start)
        straight = report.count('"', a, start) % 2 == 1
        if closed > opened or (opened < 0 and not straight):
            if closed >= 0:
                return None
            continue
        named = [s for s in report.speeches(k) if not s.again]
        if named and (made := _made(report, k, named[-1])):
            return made, "quotation that goes on"
    return None
