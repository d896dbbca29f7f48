"""Who says so: the source named for a count, judged for each mention, with those who pass it on.

Three cues, in this order: a phrase before its source ("according to X"), a verb of speech after it ("X said"), and
speech that goes on from the sentence before (a quotation still open, "he added", "the source said").
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sijill.core.claim import Attribution, AttributionKind
from sijill.extract.marks import Marked
from sijill.extract.report import Report
from sijill.extract.tokens import Kind, tokens

SOURCE_MAX = 14
BACK_MAX = 12
OPEN, CLOSE = "“«", "”»"


@dataclass(frozen=True, slots=True)
class Speech:
    """A source found in a sentence: tokens [start, end) of its name, and the cue [cue, cue_end) that shows it.

    `follows` where the name stands after what was said ("…, officials said"), `both` where it may stand amid it;
    `again` where it only points back to somebody named elsewhere.
    """

    start: int
    end: int
    cue: int
    cue_end: int
    rule: str
    follows: bool = False
    both: bool = False
    again: bool = False


def attribution_of(report: Report, i: int, position: int) -> tuple[Attribution, str] | None:
    """The source of what is said at token `position` of sentence `i`, and the rule that found it."""
    speech = _governing(report, i, position)
    if speech is None:
        return _carried(report, i)
    if speech.again:
        return _earlier(report, i, speech)
    made = _made(report, i, speech)
    if made and made.kind is AttributionKind.MONITOR and (named := _only_alias(report, speech, i)):
        made = replace(made, source=named)
    return (made, speech.rule) if made else None


def _only_alias(report: Report, s: Speech, i: int) -> str:
    """The monitor that a text names elsewhere, where here it says only "a war monitor"."""
    m = report.marked(i)
    if any(m.tokens[k].text.isupper() or _alias(m, k, k + 1) for k in range(s.start, s.end)):
        return ""
    if any(m.tokens[k].is_name and "-" not in m.tokens[k].text for k in range(s.start, s.end)):
        return ""
    named = {name for name in report.pack.aliases.values() if name in report.text and _is_monitor(report, name)}
    return named.pop() if len(named) == 1 else ""


def _is_monitor(report: Report, name: str) -> bool:
    norms = tuple(t.norm for t in tokens(name))
    hits = [h for i in range(len(norms)) for h in report.pack.at(norms, i)]
    return any(h.entry.cls == "source_kind" and h.entry.name == AttributionKind.MONITOR.value for h in hits)


def _governing(report: Report, i: int, position: int) -> Speech | None:
    """The cue of sentence `i` that governs a position: the nearest before it, else one that follows what was said."""
    found = speeches(report.marked(i))
    before = [s for s in found if not s.follows and s.cue < position]
    after = [s for s in found if (s.follows or s.both) and s.cue > position]
    if before and before[-1].rule == "according to":
        return before[-1]
    if after and (not before or after[0].rule == "according to"):
        return after[0]
    return before[-1] if before else None


def speeches(m: Marked) -> list[Speech]:
    """Every source named in a sentence, left to right."""
    found = []
    for k in range(len(m.tokens)):
        if speech := _speech_at(m, k):
            found.append(speech)
    return found


def _speech_at(m: Marked, k: int) -> Speech | None:
    if hit := m.at(k, "attribution", "before"):
        return _after_cue(m, hit.start, hit.end)
    hit = m.at(k, "attribution", "verbs")
    return _before_verb(m, hit.start, hit.end) if hit and _is_verb(m, k) else None


def _is_verb(m: Marked, k: int) -> bool:
    """Whether a word of speech is a verb here: "the report" and "claimed the lives of" are none."""
    if m.is_a(k - 1, "infinitive") or m.is_a(k - 1, "places.articles") or m.is_a(k - 1, "prepositions"):
        return False
    if m.is_a(k, "attribution.nouns") and (m.is_a(k - 1, "stop") or m.is_a(k + 1, "attribution.noun_tails")):
        return False
    return m.at(k, "trigger") is None and not (m.is_a(k, "attribution.reports") and m.is_a(k - 1, "partitive"))


def _after_cue(m: Marked, cue: int, at: int) -> Speech | None:
    """ "According to X": the name runs to a comma, a verb or a preposition."""
    start = at
    while start < len(m.tokens) and m.tokens[start].text in "\"“'":
        start += 1
    end = start
    while end < len(m.tokens) and end - start < SOURCE_MAX and not _closes(m, end, start):
        end += 1
    if end == start:
        return None
    start, end = _behind_report(m, start, end)
    again = _points_back(m, start, end)
    last = end >= len(m.tokens) or m.tokens[end].text == "."
    return Speech(start, end, cue, at, "according to", follows=cue > 0 and last, both=cue > 0, again=again)


def _behind_report(m: Marked, start: int, end: int) -> tuple[int, int]:
    """Whose report it is: "an inquiry by X", "information given in the foreign press"."""
    noun = next((k for k in range(start, min(start + 5, len(m.tokens))) if m.is_a(k, "attribution.reports")), None)
    if noun is None:
        return start, end
    for k in range(noun + 1, min(noun + 3, len(m.tokens))):
        if not m.is_a(k, "attribution.through"):
            continue
        first = k + 1
        while m.is_a(first, "places.articles"):
            first += 1
        last = first
        while last < len(m.tokens) and last - first < SOURCE_MAX and not _closes(m, last, first):
            last += 1
        speaks = any(m.at(j, "source_kind") for j in range(first, last))
        if last > first and (speaks or (m.tokens[first].is_name and not m.sentence.capitals)):
            return first, last
    return start, end


def _closes(m: Marked, end: int, start: int) -> bool:
    token = m.tokens[end]
    if token.kind is Kind.PUNCTUATION:
        return token.text not in "'’.&/-" or (token.text == "." and end + 1 >= len(m.tokens))
    if end in m.dated:
        return True
    if m.is_a(end, "attribution.nouns"):
        return False
    return end > start and (m.is_a(end, "attribution.closers") or m.at(end, "attribution", "verbs") is not None)


def _before_verb(m: Marked, verb: int, end: int) -> Speech | None:
    """ "X said that …", "…, X said", "…, said X"."""
    if m.is_a(verb, "attribution.participles") and m.is_mark(verb - 1):
        return Speech(verb, end, verb, end, "verb of speech", again=True)
    found = _subject(m, verb)
    if found is None:
        return None
    left, right = found
    if left == right:
        return _inverted(m, verb, end)
    back = _points_back(m, left, right)
    follows = left > 0 and m.tokens[left - 1].text in ',”"’–—' and _at_end(m, end)
    while left < right and (m.is_a(left, "prepositions") or m.is_a(left, "places.articles")):
        left += 1
    if m.is_a(left, "attribution.no_source") or any(m.is_a(k, "infinitive") for k in range(left, right)):
        return None
    if left >= right or not (back or _can_speak(m, left, right)):
        return None
    again = m.is_a(left, "attribution.pronouns") or back
    return Speech(left, right, verb, end, "verb of speech", follows=follows, again=again)


def _subject(m: Marked, verb: int) -> tuple[int, int] | None:
    """The noun phrase that speaks before a verb, empty where there is none; `None` where the verb has no speaker."""
    right = _past_auxiliaries(m, verb)
    left = right
    while left > 0 and right - left < BACK_MAX and not _opens(m, left - 1):
        left -= 1
    if m.is_a(left - 1, "relative") and left > 1 and not m.before(left - 1, "attribution", "verbs"):
        return _before_relative(m, left - 1) if left < right else None
    if left == right and right > 1 and m.tokens[right - 1].text == ",":
        return _before_apposition(m, right - 1)
    return left, right


def _past_auxiliaries(m: Marked, verb: int) -> int:
    """Where a speaker must end: before auxiliaries, adverbs and the day on which it was said."""
    right = verb
    while right > 0 and m.is_a(right - 1, "attribution.between"):
        right -= 1
    dated = right
    while dated > 0 and dated - 1 in m.dated:
        dated -= 1
    if dated < right:
        right = dated - 1 if m.is_a(dated - 1, "dates.prepositions") else dated
    return right


def _before_relative(m: Marked, relative: int) -> tuple[int, int]:
    """ "A group that runs the camp reported": what stands before the relative clause."""
    left = relative
    while left > 0 and relative - left < BACK_MAX and not _opens(m, left - 1):
        left -= 1
    return left, relative


def _points_back(m: Marked, left: int, right: int) -> bool:
    """Whether a source is only "the source", "the monitor": somebody named elsewhere."""
    if _alias(m, left, right):
        return False
    return any(m.at(k, "attribution", "again") for k in range(left, right)) and not m.is_a(left, "one_of")


def _alias(m: Marked, start: int, end: int) -> str:
    """The usual name behind an abbreviation in the phrase."""
    for k in range(start, end):
        if (alias := m.pack.aliases.get(m.norm(k))) and any(c.isupper() for c in m.tokens[k].text):
            return alias
    return ""


def _opens(m: Marked, k: int) -> bool:
    token = m.tokens[k]
    if m.is_a(k, "numbers.joiners") and m.before(k, "source_kind"):
        return False
    if token.kind is Kind.PUNCTUATION:
        return token.text not in "'’.&/-()"
    return m.is_a(k, "attribution.openers") or m.at(k, "trigger", "participle") is not None


def _at_end(m: Marked, k: int) -> bool:
    """Whether little follows a verb of speech, so that what was said stands before it."""
    if any(m.at(j, "trigger") for j in range(k, len(m.tokens))):
        return False
    rest = [j for j in range(k, len(m.tokens)) if m.tokens[j].kind is not Kind.PUNCTUATION and j not in m.dated]
    return len(rest) <= 8 or (k < len(m.tokens) and m.tokens[k].text in ".,")


def _before_apposition(m: Marked, comma: int) -> tuple[int, int] | None:
    """ "Mr X, the mayor of Y, said": the name inside the commas if it is one, else what stands before them."""
    inner = comma
    while inner > 0 and comma - inner < BACK_MAX + 6 and m.tokens[inner - 1].text not in ',;:“"':
        inner -= 1
    if inner == 0 or m.tokens[inner - 1].text != ",":
        return comma, comma
    if m.at(inner, "attribution", "before"):
        # "X, citing Y, said": Y says it, and has its own cue.
        return None
    outer_end = inner - 1
    outer = outer_end
    while outer > 0 and outer_end - outer < BACK_MAX and not _opens(m, outer - 1):
        outer -= 1
    if all(m.tokens[k].is_name for k in range(inner, comma)) and not m.sentence.capitals:
        return inner, comma
    return (outer, outer_end) if outer < outer_end else (inner, comma)


def _inverted(m: Marked, verb: int, end: int) -> Speech | None:
    """ "…”, said X": only where a quotation or a comma closes right before the verb."""
    if verb == 0 or m.tokens[verb - 1].text not in ",”\"’'":
        return None
    stop = end
    while stop < len(m.tokens) and stop - end < SOURCE_MAX and not _closes(m, stop, end):
        stop += 1
    if stop == end or m.is_a(end, "attribution.openers") or not _can_speak(m, end, stop):
        return None
    return Speech(end, stop, verb, end, "verb of speech", follows=True, again=m.is_a(end, "attribution.pronouns"))


def _can_speak(m: Marked, left: int, right: int) -> bool:
    """Whether a noun phrase can be a source: a name, a pronoun, or a noun of sources."""
    if m.at(left, "attribution", "passive_reports") or m.before(right, "attribution", "passive_reports"):
        return False
    for k in range(left, right):
        if m.at(k, "source_kind") or m.at(k, "attribution", "again") or m.is_a(k, "attribution.pronouns"):
            return True
        if m.at(k, "attribution", "titles") or (m.tokens[k].is_name and not m.sentence.capitals and k not in m.dated):
            return True
    return m.sentence.capitals and not any(
        m.is_a(k, "stop") and not m.is_a(k, "determiners") for k in range(left, left + 1)
    )


def _made(report: Report, i: int, s: Speech) -> Attribution | None:
    """The attribution that a source makes: its usual name, its kind, and those who pass it on."""
    m = report.marked(i)
    source = source_name(m, s.start, s.end, report.text)
    if not source:
        return None
    words = m.words(min(s.start, s.cue), max(s.end, s.cue_end), report.text)
    chain = _chain(m, s, report.text)
    return Attribution(" ".join(words.split()), source, kind_of(m, s.start, s.end), chain)


def _chain(m: Marked, s: Speech, text: str) -> tuple[str, ...]:
    """ "One outlet, citing another": whoever stands before the cue passes it on."""
    if s.rule != "according to" or s.cue < 2 or m.tokens[s.cue - 1].text != ",":
        return ()
    left = s.cue - 1
    while left > 0 and s.cue - left < BACK_MAX and not _opens(m, left - 1):
        left -= 1
    passer = source_name(m, left, s.cue - 1, text) if _can_speak(m, left, s.cue - 1) else ""
    return (passer,) if passer else ()


def source_name(m: Marked, start: int, end: int, text: str) -> str:
    """The short usual name of a source: an alias, a person's own name after titles, or the phrase without articles."""
    person = _person(m, start, end)
    if person is None and (alias := _alias(m, start, end)):
        return alias
    while start < end and (m.is_a(start, "attribution.descriptions") or m.is_mark(start)):
        if m.is_a(start, "attribution.weak"):
            break
        start += 1
    cut = next(
        (k for k in range(start + 1, end) if m.is_a(k, "attribution.closers") and not m.is_a(k, "attribution.that")),
        end,
    )
    end = cut
    while end > start and (m.is_mark(end - 1) or m.is_a(end - 1, "attribution.between")):
        end -= 1
    person = _person(m, start, end)
    if person is not None:
        start, end = person
    words = m.words(start, end, text)
    return " ".join(words.split())


def _person(m: Marked, start: int, end: int) -> tuple[int, int] | None:
    """A person's own name after titles and offices: "Harun Mayor Ilja Torm" gives the last two words."""
    title = max((k for k in range(start, end) if m.is_a(k, "attribution.titles")), default=None)
    if title is None or title + 1 >= end:
        return None
    after = range(title + 1, end)
    if m.tokens[title + 1].text == ".":
        after = range(title + 2, end)
    if not after or any(m.is_a(k, "stop") or m.is_mark(k) for k in after):
        return None
    if m.sentence.capitals:
        return (after[0], end) if not any(m.at(k, "source_kind") for k in after) else None
    if not all(m.tokens[k].is_name for k in after) or m.at(after[-1], "source_kind"):
        return None
    return after[0], end


def kind_of(m: Marked, start: int, end: int) -> AttributionKind:
    """What kind of source: by the most telling word of its phrase; a person with an office is official."""
    found = {h.entry.name for k in range(start, end) if (h := m.at(k, "source_kind"))}
    for kind in KIND_ORDER:
        if kind.value in found:
            return kind
    return (
        AttributionKind.OFFICIAL
        if any(m.is_a(k, "attribution.titles") for k in range(start, end))
        else AttributionKind.UNATTRIBUTED
    )


KIND_ORDER = (
    AttributionKind.UN,
    AttributionKind.MONITOR,
    AttributionKind.MEDICAL,
    AttributionKind.MEDIA,
    AttributionKind.WITNESS,
    AttributionKind.ARMED_PARTY,
    AttributionKind.OFFICIAL,
)


def _earlier(report: Report, i: int, pointing: Speech) -> tuple[Attribution, str] | None:
    """Whom "he", "the source" or "the report" means: the last source named before."""
    m = report.marked(i)
    earlier = [s for s in speeches(m) if not s.again and s.cue < pointing.cue]
    if earlier and (made := _made(report, i, earlier[-1])):
        return made, "source named before"
    for k in range(i - 1, max(-1, i - 6), -1):
        named = [s for s in speeches(report.marked(k)) if not s.again]
        for s in reversed(named):
            if made := _made(report, k, s):
                return made, "source named before"
    made = None if m.is_a(pointing.start, "attribution.pronouns") else _made(report, i, pointing)
    return (made, pointing.rule) if made else None


def _carried(report: Report, i: int) -> tuple[Attribution, str] | None:
    """The source of a quotation that the sentence before left open, or that goes on in a paragraph of its own."""
    if report.text[report.bounds[i][0]] in '"“«':
        for k in range(i - 1, max(-1, i - 5), -1):
            named = [s for s in speeches(report.marked(k)) if not s.again]
            if named and (made := _made(report, k, named[-1])):
                return made, "quotation that goes on"
    start = report.bounds[i][0]
    for k in range(i - 1, max(-1, i - 5), -1):
        a = report.bounds[k][0]
        opened = max(report.text.rfind(c, a, start) for c in OPEN)
        closed = max(report.text.rfind(c, a, start) for c in CLOSE)
        straight = report.text.count('"', a, start) % 2 == 1
        if closed > opened or (opened < 0 and not straight):
            if closed >= 0:
                return None
            continue
        named = [s for s in speeches(report.marked(k)) if not s.again]
        if named and (made := _made(report, k, named[-1])):
            return made, "quotation that goes on"
    return None
