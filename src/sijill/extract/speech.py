"""Who speaks in a sentence: sources before and behind verbs of speech, and behind phrases such as "according to"."""

from __future__ import annotations

from dataclasses import dataclass

from sijill.extract.clitics import OWN
from sijill.extract.marks import Marked
from sijill.extract.setoff import alias_in as alias_in
from sijill.extract.setoff import set_off_at
from sijill.extract.speechfirst import relayed, speaker_before, speaker_behind, speaker_end
from sijill.extract.tokens import Kind

SOURCE_MAX, GIVEN_MAX = 14, 10
# Marks that set a source off from the rest of a headline or of a sentence.
SETS_OFF = frozenset(":|–—(")
BACK_MAX, JOINED_MAX = 12, 6
ADDRESSEE_MAX = 5
NAME_MAX, SAYING_MAX = 5, 8
BEFORE_A_SPEAKER = ("prepositions", "places.articles", "dates.prepositions", "dates.day_parts")
BY_ESTIMATE = "by whose estimate"
QUOTED = "quoted by another"


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


def speeches(m: Marked) -> list[Speech]:
    """Every source named in a sentence, left to right."""
    cues = {*m.where("attribution"), *m.listed("attribution.by")}
    cues.update(k for k, token in enumerate(m.tokens) if token.text in SETS_OFF)
    return [speech for k in sorted(cues) if (speech := _speech_at(m, k))]


def _speech_at(m: Marked, k: int) -> Speech | None:
    if set_off := set_off_at(m, k):
        return Speech(set_off.start, set_off.end, k, k + 1, set_off.rule, follows=set_off.start > k)
    if quoted := _quoted_by(m, k):
        return quoted
    if hit := m.at(k, "attribution", "before"):
        return _after_cue(m, hit.start, hit.end)
    hit = m.at(k, "attribution", "sourced")
    if hit and (k == 0 or m.is_mark(k - 1) or k - 1 in m.dated or m.before(k, "attribution", "verbs")):
        # "De source médicale": the noun of the cue belongs to the name.
        return _after_cue(m, hit.start, hit.end - 1)
    if m.is_a(k, "attribution.by") and (estimate := _by_estimate(m, k)):
        return estimate
    hit = m.at(k, "attribution", "verbs")
    if hit and m.pack.grammar.verb_first:
        return _verb_first(m, hit.start, hit.end)
    return _before_verb(m, hit.start, hit.end) if hit and _is_verb(m, k) else None


def _verb_first(m: Marked, verb: int, end: int) -> Speech | None:
    """ "Said X that", "X, said that", "quoted agency X from source Y that", "and added that"."""
    if m.at(verb, "trigger") or m.is_a(verb - 1, "places.articles"):
        return None
    if m.is_a(verb, "attribution.nouns") and not (
        m.is_a(end, "attribution.that") or m.is_a(verb - 1, "numbers.joiners")
    ):
        return None
    subject = speaker_behind(m, end)
    if m.is_a(verb, "attribution.relaying") and (source := relayed(m, subject[1] if subject else end)):
        return Speech(*source, verb, source[0], "relayed", again=_points_back(m, *source))
    if subject is None:
        subject = speaker_before(m, verb)
    if subject is None:
        says = m.any_is(end, end + 3, "attribution.that")
        return Speech(verb, end, verb, end, "verb of speech", again=True) if says else None
    known = _points_back(m, *subject) or can_speak(m, *subject)
    if not known and not (m.is_a(verb, "attribution.plain") and _says_that(m, *subject)):
        return None
    behind = verb > 0 and m.is_mark(verb - 1) and _at_end(m, subject[1])
    return Speech(*subject, verb, end, "verb of speech", follows=behind, again=_points_back(m, *subject))


def _says_that(m: Marked, start: int, end: int) -> bool:
    """Whether what was said stands behind a noun phrase: "said medics at a clinic that", "told X the death of"."""
    if end - start > SAYING_MAX or any(_tells_harm(m, k) or k in m.dated for k in range(start, end)):
        return False
    that = next((k for k in range(end, end + SAYING_MAX) if m.is_a(k, "attribution.that")), None)
    if that is not None and not any(_tells_harm(m, k) for k in range(end, that)):
        return True
    return any(_tells_harm(m, k) for k in (end, end + 1))


def _tells_harm(m: Marked, k: int) -> bool:
    """Whether a word of harm or of number stands at `k`; an article that may stand in a number is none."""
    quantity = (
        any(h.entry.cls == "quantity" and h.entry.name != "fillers" for h in m.starting[k])
        if k < len(m.tokens)
        else False
    )
    return quantity or m.at(k, "trigger") is not None


def _quoted_by(m: Marked, k: int) -> Speech | None:
    """ "X was quoted by Y as saying": X says it, and Y passes it on."""
    hit = m.at(k, "attribution", "before")
    if hit is None or not m.is_a(k, "attribution.quoted") or not m.is_a(k - 1, "passive"):
        return None
    found = _subject(m, k)
    if found is None or found[0] == found[1] or not can_speak(m, *found):
        return None
    left, right = found
    return Speech(
        left, right, k, hit.end, QUOTED, again=m.is_a(left, "attribution.pronouns") or _points_back(m, left, right)
    )


def _is_verb(m: Marked, k: int) -> bool:
    """Whether a word of speech is a verb here: "the report" and "claimed the lives of" are none."""
    if m.is_a(k - 1, "infinitive") or m.is_a(k - 1, "places.articles") or m.is_a(k - 1, "prepositions"):
        return False
    spoken = m.is_a(k - 1, "active") or m.is_a(k - 1, "attribution.pronouns")
    noun = m.is_a(k - 1, "stop") and not spoken
    if m.is_a(k, "attribution.nouns") and (noun or m.is_a(k + 1, "attribution.noun_tails")):
        return False
    return m.at(k, "trigger") is None and not (m.is_a(k, "attribution.reports") and m.is_a(k - 1, "partitive"))


def _after_cue(m: Marked, cue: int, at: int) -> Speech | None:
    """ "According to X": the name runs to a comma, a verb or a preposition."""
    start = at
    if m.norm(at).startswith(OWN):
        # "Our reckoning is God".
        return None
    while start < len(m.tokens) and m.tokens[start].text in "\"“'":
        start += 1
    end = start
    while end < len(m.tokens) and end - start < SOURCE_MAX and not _closes(m, end, start):
        end += 1
    if end == start and not m.pack.grammar.caseless:
        return None
    if m.pack.grammar.caseless:
        start, end = _whose_report(m, start, end)
        if m.is_a(start, "attribution.no_source"):
            return None
    start, end = _behind_report(m, start, end)
    if end <= start or (m.is_a(start, "places.prepositions") and not m.pack.grammar.caseless):
        # "Sources quoted in other media".
        return None
    if not m.pack.grammar.caseless and not _tells(m, start, end):
        return None
    again = _points_back(m, start, end)
    last = end >= len(m.tokens) or m.tokens[end].text == "."
    return Speech(start, end, cue, at, "according to", follows=cue > 0 and last, both=cue > 0, again=again)


def _tells(m: Marked, start: int, end: int) -> bool:
    """Whether a phrase behind "according to" can be a source: no timetable, no "information that we received"."""
    if m.any_is(start, end + 1, "attribution.we"):
        return False
    single = m.is_a(start - 1, "one_of") or m.is_a(start, "one_of")
    return not single or can_speak(m, start, end) or m.any_is(start, end, "attribution.weak")


def _whose_report(m: Marked, start: int, end: int) -> tuple[int, int]:
    """Whose figures are cited where describing words stand between: "a first toll of the ministry"."""
    if not m.is_a(start, "attribution.reports"):
        return start, end
    for k in range(start + 1, min(start + 5, len(m.tokens))):
        if m.is_a(k, "attribution.through"):
            first = k + 1
            while m.is_a(first, "places.articles"):
                first += 1
            last = speaker_end(m, first)
            return (first, last) if last > first else (start, end)
    return start, end


def _by_estimate(m: Marked, by: int) -> Speech | None:
    """ "By the mission's estimate": whose estimate it is."""
    start = by + 1
    while m.is_a(start, "places.articles"):
        start += 1
    for k in range(start, min(start + 5, len(m.tokens) - 1)):
        if m.bare(k) != m.norm(k):
            whose = m.is_a(k + 1, "attribution.reports")
            return Speech(start, k + 1, by, k + 2, BY_ESTIMATE, follows=by > 0, both=by > 0) if whose else None
    return None


def _gives(m: Marked, k: int) -> bool:
    """Whether a word may stand between a report and who gave it: "given", "only a few minutes ago", "by"."""
    light = any(m.is_a(k, words) for words in ("attribution.through", "one_of", "dates.ago", "dates.hour_units"))
    return light or m.is_a(k, "dates.day_units") or m.norm(k).endswith(m.pack.endings["perpetrators.participle"])


def _behind_report(m: Marked, start: int, end: int) -> tuple[int, int]:
    """Whose report it is: "an inquiry by X", "information given in the foreign press"."""
    noun = next((k for k in range(start, min(start + 5, len(m.tokens))) if m.is_a(k, "attribution.reports")), None)
    if noun is None:
        return start, end
    for k in range(noun + 1, min(noun + GIVEN_MAX, len(m.tokens))):
        if m.is_mark(k) or (k > noun + 2 and k not in m.dated and not m.is_a(k, "adverbs") and not _gives(m, k)):
            break
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
    if m.pack.grammar.verb_first:
        return end >= speaker_end(m, start)
    token = m.tokens[end]
    if token.kind is Kind.PUNCTUATION:
        return token.text not in "'’.&/-" or (token.text == "." and end + 1 >= len(m.tokens))
    if end in m.dated or (end > start and (_new_sentence(m, end) or _counts(m, end))):
        return True
    if m.is_a(end, "attribution.nouns"):
        return False
    return end > start and (m.is_a(end, "attribution.closers") or m.at(end, "attribution", "verbs") is not None)


def _counts(m: Marked, k: int) -> bool:
    """Whether a number of people stands there: "according to radio reports 12 soldiers …"."""
    number = m.tokens[k].kind is Kind.NUMBER or m.norm(k) in m.pack.numbers
    return number and (m.at(k + 1, "person") is not None or m.at(k + 1, "trigger") is not None)


def _new_sentence(m: Marked, k: int) -> bool:
    """Whether a capitalised article behind a name begins a sentence that a scraper ran on: "the UN The …"."""
    return m.is_a(k, "places.articles") and m.tokens[k].text[0].isupper() and m.tokens[k - 1].is_name


def _before_verb(m: Marked, verb: int, end: int) -> Speech | None:
    """ "X said that …", "…, X said", "…, said X"."""
    if m.is_a(verb, "attribution.participles") and m.is_mark(verb - 1):
        return Speech(verb, end, verb, end, "verb of speech", again=True)
    if m.pack.grammar.speakers_follow and (inverted := _inverted(m, verb, end)):
        return inverted
    if _names_behind(m, verb, end):
        return _behind(m, verb, end)
    found = _subject(m, verb)
    if found is None:
        return None
    left, right = found
    if left == right:
        return _inverted(m, verb, end)
    back = _points_back(m, left, right)
    left_at = left
    plain = m.is_a(left, "one_of") and m.at(right - 1, "person") is not None
    plain = plain or (m.is_a(verb, "attribution.plain") and _plain_speaker(m, left, right))
    follows = left > 0 and m.tokens[left - 1].text in ',”"’–—' and _at_end(m, end)
    while left < right and any(m.is_a(left, words) for words in BEFORE_A_SPEAKER):
        if any(h.end > left + 1 for h in m.starting[left] if h.entry.cls in ("source_kind", "armed")):
            # "The Armed Forces press committee".
            break
        left += 1
    if m.is_a(left, "attribution.no_source") or any(_no_part(m, k) for k in range(left, right)):
        return None
    if left >= right or not (back or plain or can_speak(m, left, right)):
        # "… a été tué précise le communiqué": the mark before it is left out.
        behind = m.pack.grammar.speakers_follow and verb > right - 1 and m.is_a(end, "places.articles")
        return _behind(m, verb, end) if behind else None
    again = m.is_a(left, "attribution.pronouns") or back
    # "31 were killed, medics said, while 14 were found": between two commas it serves both sides.
    amid = left_at > 0 and m.norm(left_at - 1) == "," and m.norm(end) == ","
    return Speech(left, right, verb, end, "verb of speech", follows=follows, both=amid, again=again)


def _no_part(m: Marked, k: int) -> bool:
    """Whether a word is in no source's name: "to", or another verb of speech ("says a report published")."""
    spoken = m.at(k, "attribution", "verbs") is not None and not m.is_a(k, "attribution.nouns")
    return m.is_a(k, "attribution.never_within") or (spoken and m.pack.grammar.speakers_follow)


def _names_behind(m: Marked, verb: int, end: int) -> bool:
    """Whether a verb of speech behind a comma has a name, and only that, behind it: "…, said X Y, the mayor"."""
    if m.norm(verb - 1) not in {",", '"', "”", "’"} or m.sentence.capitals or m.is_a(end, "places.articles"):
        return False
    stop = end
    while (
        stop < len(m.tokens)
        and m.tokens[stop].is_name
        and stop - end < NAME_MAX
        and m.bare(stop) not in m.pack.demonyms
    ):
        stop += 1
    closes = stop >= len(m.tokens) or m.norm(stop) in {",", "."}
    return stop - end >= 2 and closes


def _plain_speaker(m: Marked, left: int, right: int) -> bool:
    """Whether any noun phrase stands before "said": "the clinic said"; whatever says so in plain words is a source."""
    if m.sentence.capitals or not (
        m.is_a(left, "places.articles") or m.is_a(left, "one_of") or m.is_a(left, "possessive")
    ):
        return False
    inner = range(left + 1, right)
    return bool(inner) and all(
        m.tokens[k].kind is Kind.WORD and not m.is_a(k, "stop") and not m.at(k, "trigger") and k not in m.dated
        for k in inner
    )


def _subject(m: Marked, verb: int) -> tuple[int, int] | None:
    """The noun phrase that speaks before a verb, empty where there is none; `None` where the verb has no speaker."""
    right = _past_auxiliaries(m, verb)
    left = right
    while left > 0 and right - left < BACK_MAX and not opens_speaker(m, left - 1):
        left -= 1
    if m.is_a(left - 1, "relative") and left > 1 and not m.before(left - 1, "attribution", "verbs"):
        if left == right and m.is_mark(left - 2) and m.is_a(left - 1, "attribution.pronouns"):
            # "A councillor, who spoke of 12 dead".
            return left - 1, left
        return _before_relative(m, left - 1) if left < right else None
    if left == right and right > 1 and m.tokens[right - 1].text == ",":
        return _before_apposition(m, right - 1)
    if left < right:
        left = _joined_from(m, _whole_name(m, left))
    if left == right and m.is_a(right - 1, "numbers.joiners"):
        # "She walked there and counted four bodies".
        back = range(right - 2, max(-1, right - BACK_MAX), -1)
        who = next((k for k in back if m.is_a(k, "attribution.personal")), None)
        return (who, who + 1) if who is not None else (left, right)
    return left, right


def _joined_from(m: Marked, left: int) -> int:
    """Where two speakers begin that "and" joins behind a comma: "…, labour and party leaders said"."""
    if not m.is_a(left - 1, "numbers.joiners"):
        return left
    start = left - 1
    while start > 0 and left - start < JOINED_MAX and not opens_speaker(m, start - 1):
        start -= 1
    plain = not any(
        m.at(k, "trigger") or m.at(k, "quantity") or m.at(k, "attribution", "verbs") for k in range(start, left)
    )
    return start if start < left - 1 and m.norm(start - 1) in {",", '"', "”"} and plain else left


def _whole_name(m: Marked, left: int) -> int:
    """Where a name begins that goes on over "and": "the Board of Northern and Eastern X"."""
    if not (m.is_a(left - 1, "numbers.joiners") and m.tokens[left].is_name) or m.sentence.capitals:
        return left
    start = left - 1
    while start > 0 and left - start < BACK_MAX and not opens_speaker(m, start - 1):
        start -= 1
    inner = range(start, left - 1)
    small = ("partitive", "determiners", "places.articles")
    named = all(m.tokens[k].is_name or any(m.is_a(k, words) for words in small) for k in inner)
    return start if named and any(m.is_a(k, "partitive") for k in inner) else left


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
    while left > 0 and relative - left < BACK_MAX and not opens_speaker(m, left - 1):
        left -= 1
    return left, relative


def _points_back(m: Marked, left: int, right: int) -> bool:
    """Whether a source is only "the source", "the monitor": somebody named elsewhere."""
    if alias_in(m, left, right):
        return False
    if m.pack.grammar.caseless:
        # "The source", with nothing behind it that says which.
        hit = m.at(left, "attribution", "again")
        return hit is not None and hit.end >= right
    pointing = (
        hit for k in range(left, right) if (hit := m.at(k, "attribution", "again")) and not _new_one(m, left, k)
    )
    # "The minister" points back, "the minister of X" does not.
    return not m.is_a(left, "one_of") and any(not m.is_a(hit.end, "partitive") for hit in pointing)


def _new_one(m: Marked, left: int, k: int) -> bool:
    """Whether "a" stands before a noun in its own phrase: "X media and an opposition war monitor"."""
    for j in range(k - 1, left - 1, -1):
        if m.is_a(j, "one_of"):
            return True
        if m.is_mark(j) or m.is_a(j, "numbers.joiners"):
            return False
    return False


def opens_speaker(m: Marked, k: int) -> bool:
    """Whether a speaker's noun phrase must begin right behind token `k`."""
    token = m.tokens[k]
    if m.is_a(k, "numbers.joiners") and (m.before(k, "source_kind") or m.bare(k - 1) in m.pack.demonyms):
        return False
    if token.kind is Kind.PUNCTUATION:
        return token.text not in "'’.&/-()"
    # "The occupied X district": behind an article a participle describes.
    described = m.is_a(k - 1, "places.articles") and k + 1 < len(m.tokens) and m.tokens[k + 1].is_name
    return m.is_a(k, "attribution.openers") or (m.at(k, "trigger", "participle") is not None and not described)


def _at_end(m: Marked, k: int) -> bool:
    """Whether little follows a verb of speech, so that what was said stands before it."""
    if any(m.at(j, "trigger") for j in range(k, len(m.tokens))):
        return False
    at = k
    while at in m.dated or m.is_a(at, "dates.prepositions"):
        at += 1
    if k < at < len(m.tokens) and m.tokens[at].text == ",":
        # "…, the government said on Monday, the worst such attack".
        return True
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
    while outer > 0 and outer_end - outer < BACK_MAX and not opens_speaker(m, outer - 1):
        outer -= 1
    if all(m.tokens[k].is_name for k in range(inner, comma)) and not m.sentence.capitals:
        return inner, comma
    return (outer, outer_end) if outer < outer_end else (inner, comma)


def _inverted(m: Marked, verb: int, end: int) -> Speech | None:
    """ "…”, said X": only where a quotation or a comma closes right before the verb and its auxiliaries."""
    opens = _past_auxiliaries(m, verb)
    if opens == 0 or m.tokens[opens - 1].text not in ",”\"’'»—–":
        return None
    return _behind(m, verb, end)


def _behind(m: Marked, verb: int, end: int) -> Speech | None:
    """The speaker behind a verb of speech, those spoken to and the day of it between."""
    end = _past_addressee(m, end)
    stop = end
    while stop < len(m.tokens) and stop - end < SOURCE_MAX and not _closes(m, stop, end):
        stop += 1
    if stop == end or m.is_a(end, "attribution.openers") or not can_speak(m, end, stop):
        return None
    again = m.is_a(end, "attribution.pronouns") or _points_back(m, end, stop)
    return Speech(end, stop, verb, end, "verb of speech", follows=True, again=again)


def _past_addressee(m: Marked, end: int) -> int:
    """Where the speaker begins behind those spoken to and the day of it: "a déclaré vendredi à l'AFP X"."""
    at = end
    while at < len(m.tokens) and _of_the_day(m, at):
        at += 1
    if not m.is_a(at, "attribution.addressing"):
        return at if at < len(m.tokens) and at > end else end
    at += 1
    while m.is_a(at, "places.articles"):
        at += 1
    told = at
    outlet = m.at(at, "source_kind")
    named = outlet.end if outlet else at + 1
    if named < len(m.tokens) and m.tokens[named].is_name and m.tokens[named - 1].is_name:
        # "À l'AFP Ilja Torm": a name right behind the agency's is the speaker's.
        return named
    while at < len(m.tokens) and at - told < ADDRESSEE_MAX and not m.is_a(at, "places.articles"):
        if m.is_mark(at) or m.is_a(at, "one_of") or m.at(at, "attribution", "titles"):
            return at + 1 if m.norm(at) == "," else at
        at += 1
    if m.is_a(at, "places.articles"):
        return at
    return min(told + 1, len(m.tokens))


def _of_the_day(m: Marked, k: int) -> bool:
    """Whether a token between a verb of speech and its speaker only says when: "informó el viernes X"."""
    if k in m.dated or m.is_a(k, "attribution.between") or m.is_a(k, "dates.day_parts"):
        return True
    return m.is_a(k, "places.articles") and k + 1 in m.dated


def can_speak(m: Marked, left: int, right: int) -> bool:
    """Whether a noun phrase can be a source: a name, a pronoun, or a noun of sources."""
    if m.at(left, "attribution", "passive_reports") or m.before(right, "attribution", "passive_reports"):
        return False
    for k in range(left, right):
        if m.pack.grammar.caseless and m.at(k, "attribution", "titles"):
            return True
        if m.at(k, "source_kind") or m.at(k, "attribution", "again") or m.is_a(k, "attribution.pronouns"):
            return True
        if k == right - 1 and m.at(k, "person") and (m.is_a(left, "possessive") or m.is_a(left, "one_of")):
            return True
        if m.at(k, "attribution", "titles") or (m.tokens[k].is_name and not m.sentence.capitals and k not in m.dated):
            return True
    return m.sentence.capitals and not any(
        m.is_a(k, "stop") and not m.is_a(k, "determiners") for k in range(left, left + 1)
    )
