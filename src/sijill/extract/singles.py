"""Single people told of without a number: "a woman", "his brother", "journalist X Y"."""

from __future__ import annotations

from sijill.core.claim import Harm
from sijill.core.quantity import Quantity
from sijill.extract.formed import formed
from sijill.extract.marks import Marked
from sijill.extract.nouns import Phrase, What, group_of, read_phrase, what_of
from sijill.extract.pack import Hit
from sijill.extract.tokens import Kind
from sijill.extract.who import Counted

NAME_MIN, NAME_MAX = 2, 5
OFFICE_REACH = 8
HEADLINE_MARKS = frozenset("|:•-–—")
SENTENCE_ENDS = frozenset('.!?…"”’')
LIST_REACH = 10
DESCRIBED = 2
TITLE_MAX = 4


def find_singles(m: Marked, taken: frozenset[int], text: str) -> list[Counted]:
    """Single people told of without a number: "a woman", "his brother", "the child's mother", "journalist X Y"."""
    found: list[Counted] = []
    forms = m.pack.grammar.counting_forms
    read = formed if forms else _in_capitals if m.sentence.capitals else _single_at
    for i in range(len(m.tokens)) if forms else _openings(m):
        word = m.tokens[i].kind is Kind.WORD
        if i in taken or i in m.dated or not word or (found and i < found[-1].end):
            continue
        single = read(m, i, text)
        if single and not set(range(single.start, single.end)) & taken:
            found.append(single)
    return found


def _openings(m: Marked) -> list[int]:
    """The tokens at which a single person can be told of: articles and owners, nouns of people, names by their verb."""
    known, owning = m.pack.words, m.pack.endings["possessive"]
    small = known["one_of"] | known["possessive"] | known["definite"]
    found = {i for i, norm in enumerate(m.norms) if norm in small or norm.endswith(owning)}
    found.update(k - n for k in m.listed("passive_one") for n in range(NAME_MIN, NAME_MAX))
    if not m.sentence.capitals or m.pack.grammar.no_articles:
        people = {*m.spots.get("person", ()), *(i for i, norm in enumerate(m.norms) if norm in m.pack.demonyms)}
        found.update(k - n for k in people for n in range(TITLE_MAX))
        found.update(i for i, hits in enumerate(m.ending) if hits and i < len(m.tokens) and _kills(m, i))
    return sorted(i for i in found if i >= 0)


def _single_at(m: Marked, i: int, text: str) -> Counted | None:
    return (
        _owned(m, i, text)
        or _definite(m, i, text)
        or _titled(m, i, text)
        or _person_named(m, i, text)
        or _bare(m, i, text)
        or _without_article(m, i, text)
    )


def _in_capitals(m: Marked, i: int, text: str) -> Counted | None:
    """The same in capitals throughout, which show no names: only what words beside it say is a person."""
    return _owned(m, i, text) or _definite(m, i, text) or _person_named(m, i, text) or _without_article(m, i, text)


def _owned(m: Marked, i: int, text: str) -> Counted | None:
    """ "A woman", "an 18-year-old girl", "his brother", "the child's mother"."""
    owner = m.norms[i].endswith(m.pack.endings["possessive"])
    if not (owner or m.is_a(i, "one_of") or m.is_a(i, "possessive")):
        return None
    if owner and m.at(i + 1, "person") is None:
        return None
    phrase = read_phrase(m, i + 1, single=True)
    if not owner and (one_more := _one_more(m, i)) is not None:
        return _single(m, i, one_more, read_phrase(m, one_more, single=True), text)
    if not phrase.people and _does_something(m, i, phrase):
        return _single(m, i, phrase.end, phrase, text)
    if not phrase.people or phrase.inherits or _is_plural(m, phrase) or what_of(phrase) is not What.PEOPLE:
        return None
    if m.is_a(phrase.people[-1].end - 1, "collective"):
        # "Our staff", "a whole family of seven": more than one, and nobody says how many.
        return None
    start = i - 1 if owner and m.is_a(i - 1, "determiners") else i
    return _single(m, start, phrase.people[-1].end, phrase, text)


def _does_something(m: Marked, i: int, phrase: Phrase) -> bool:
    """Whether an unknown noun names somebody by what he does, right beside the word of harm: "killed a welder"."""
    if not 0 < phrase.end - i - 1 <= 2 or phrase.thing or phrase.property or phrase.harm or not m.is_a(i, "one_of"):
        return False
    if not m.norm(phrase.end - 1).endswith(m.pack.endings["person"]) or m.is_a(phrase.end - 1, "things"):
        return False
    return _kills(m, i) or (m.is_a(phrase.end, "passive_one") and _told_at(m, phrase.end + 1))


def _definite(m: Marked, i: int, text: str) -> Counted | None:
    """ "Killed the mayor", "the driver was wounded": somebody known, right beside the word of harm."""
    if not m.is_a(i, "definite"):
        return None
    phrase = read_phrase(m, i + 1, single=True)
    if not phrase.people or phrase.inherits or _is_plural(m, phrase) or what_of(phrase) is not What.PEOPLE:
        return None
    verb = _past_age(m, phrase.end)
    if m.is_a(verb, "partitive"):
        # "The chief of the district police was killed".
        reach = range(verb, min(verb + OFFICE_REACH, len(m.tokens)))
        verb = next((k for k in reach if m.is_mark(k) or m.is_a(k, "passive_one")), verb)
    told = m.at(verb, "trigger", "subject") or (m.is_a(verb, "passive_one") and _told_at(m, verb + 1))
    if phrase.harm or not (_kills(m, i) or told or _joined_subject(m, verb)):
        return None
    return _single(m, i, phrase.people[-1].end, phrase, text)


def _past_age(m: Marked, k: int) -> int:
    """The token after an age between commas: "the girl, 9, died"."""
    return k + 3 if m.norm(k) == "," and m.norm(k + 1).isdecimal() and m.norm(k + 2) == "," else k


def _joined_subject(m: Marked, k: int) -> bool:
    """Whether others are joined to somebody and a passive verb of harm follows: "the mayor and four guards were …"."""
    if not m.is_a(k, "numbers.joiners"):
        return False
    reach = range(k + 1, min(k + LIST_REACH, len(m.tokens)))
    verb = next((j for j in reach if m.is_a(j, "passive") or m.is_mark(j) or m.at(j, "attribution", "verbs")), None)
    return verb is not None and m.is_a(verb, "passive") and _told_at(m, verb + 1)


def _told_at(m: Marked, k: int) -> bool:
    """Whether a participle of harm follows an auxiliary, an adverb or two between."""
    while m.is_a(k, "adverbs") and m.at(k, "trigger") is None:
        k += 1
    return m.at(k, "trigger", "participle") is not None or m.at(k, "trigger", "subject") is not None


def _one_more(m: Marked, i: int) -> int | None:
    """The token after "another" or "a third" where it stands for one more of those named before."""
    end = i + 1 if m.is_a(i, "another") else i + 2 if m.is_a(i + 1, "nth") else None
    if end is None:
        return None
    phrase = read_phrase(m, end, single=True)
    alone = (phrase.end == end and not (m.norm(end) == "," and end + 1 < len(m.tokens))) or phrase.harm is not None
    return end if alone and not (phrase.people or phrase.property or phrase.thing) else None


def _adjectives(m: Marked, start: int) -> int:
    """Where the adjectives before a noun without an article begin: "former X commander Y"."""
    lead = start
    while lead > 0 and start - lead < 3 and not m.is_a(start, "one_of") and not m.is_mark(lead - 1):
        if m.is_a(lead - 1, "stop") or (m.starting[lead - 1] and m.at(lead - 1, "trigger")) or lead - 1 in m.dated:
            break
        if any(h.end == lead for h in m.ending[lead] if h.entry.cls in ("trigger", "including")):
            break
        lead -= 1
    return lead


def _titled(m: Marked, i: int, text: str) -> Counted | None:
    """ "Journalist X Y": a noun of people with a name behind it, which capitals throughout do not show."""
    if m.sentence.capitals or m.is_a(i, "stop") or (i > 1 and _name(m, i - 1)):
        return None
    phrase = read_phrase(m, i, single=True)
    if not phrase.people or phrase.modifiers > 1 or _is_plural(m, phrase) or phrase.end - i > TITLE_MAX:
        return None
    end = phrase.end
    while _name(m, end) and end - phrase.end < 4:
        end += 1
    if end == phrase.end or phrase.inherits or phrase.harm:
        return None
    if any(m.at(k, "armed") or m.is_a(k, "perpetrators.actors") for k in range(phrase.end, end)):
        # "The X-ian Democratic Forces".
        return None
    return _single(m, i, end, phrase, text)


def _person_named(m: Marked, i: int, text: str) -> Counted | None:
    """ "X Y was killed", "killed X Y": two to four words of a name beside a word that says what befell one person."""
    named = _unknown_name if m.sentence.capitals else _name
    if m.sentence.capitals and not m.any_is(i + NAME_MIN, i + NAME_MAX, "passive_one"):
        return None
    if not named(m, i) or named(m, i - 1):
        return None
    end = i
    while named(m, end) and end - i < NAME_MAX:
        end += 1
    if not NAME_MIN <= end - i < NAME_MAX or any(_no_person(m, k) for k in range(i, end)):
        return None
    if not m.is_a(end, "passive_one") and not (_kills(m, i) and not m.sentence.capitals):
        return None
    return _single(m, i, end, Phrase(end, [], []), text)


def _kills(m: Marked, i: int) -> bool:
    """Whether a word of killing whose victims follow ends right before `i`."""
    return any(
        h.end == i
        and h.entry.cls == "trigger"
        and h.entry.harm is Harm.KILLED
        and h.entry.name in ("object", "nominal")
        for h in m.ending[i]
    ) or (m.before(i, "trigger", "participle") is not None and not m.is_a(i - 2, "passive"))


def _unknown_name(m: Marked, k: int) -> bool:
    """In capitals throughout, a word that the pack does not know may be a name."""
    if not 0 <= k < len(m.tokens) or k in m.dated or m.starting[k] or m.is_a(k, "stop"):
        return False
    token = m.tokens[k]
    return token.kind is Kind.WORD and token.text.isalpha() and not any(h.end > k for h in m.ending[k + 1])


def _no_person(m: Marked, k: int) -> bool:
    known = m.at(k, "armed") or m.at(k, "source_kind") or m.at(k, "property") or m.at(k, "attack")
    return known is not None or m.is_a(k, "places.kinds_settlement") or m.is_a(k, "things")


def _bare(m: Marked, i: int, text: str) -> Counted | None:
    """ "Child injured in …", "… kills civilian": the article that headlines leave out."""
    if m.sentence.capitals:
        return None
    opens = i == 0 or m.tokens[i - 1].text in HEADLINE_MARKS
    hit = m.at(i, "person")
    if hit is None and opens and _heading(m):
        return _headed(m, i, m.at(i + 1, "person"), text)
    if hit is None:
        return None
    if opens and _heading(m) and (single := _headed(m, i, hit, text)):
        return single
    governed = m.before(i, "trigger", "object") or m.before(i, "including") or _follows_single(m, i)
    governed = governed or (_heading(m) and _listed_object(m, i))
    if not governed and not (opens and m.at(hit.end, "trigger", "participle")):
        return None
    phrase = read_phrase(m, i, single=True)
    following = phrase.end >= len(m.tokens) or m.is_mark(phrase.end) or m.is_a(phrase.end, "stop") or bool(opens)
    following = following or bool(_follows_single(m, i) and m.at(phrase.end, "trigger"))
    if not phrase.people or _is_plural(m, phrase) or phrase.thing or phrase.property or not following:
        return None
    return _single(m, i, phrase.people[-1].end, phrase, text)


def _without_article(m: Marked, i: int, text: str) -> Counted | None:
    """One person named by a bare noun beside a word of harm, where the language has no articles."""
    hit = m.at(i, "person") if m.pack.grammar.no_articles else None
    if hit is None:
        return None
    phrase = read_phrase(m, i, single=True)
    if not phrase.people or _is_plural(m, phrase) or phrase.thing or phrase.property or phrase.harm:
        return None
    back = i
    while back > 0 and i - back < DESCRIBED and _describes(m, back - 1):
        back -= 1
    told = any(h.entry.cls == "trigger" and h.entry.name != "counted" for h in m.ending[back])
    if not (told or m.before(back, "including") or _told_behind(m, phrase.end)):
        return None
    return _single(m, i, phrase.people[-1].end, phrase, text)


def _describes(m: Marked, k: int) -> bool:
    """Whether a word before a noun only describes it: nothing that the pack knows."""
    return m.tokens[k].kind is Kind.WORD and not m.starting[k] and not m.is_a(k, "stop") and not m.ending[k + 1]


def _told_behind(m: Marked, k: int) -> bool:
    """Whether a word of harm follows, light words and others joined to the noun between."""
    if m.is_a(k, "numbers.joiners"):
        return any(m.at(j, "trigger", "subject") for j in range(k + 1, min(k + LIST_REACH, len(m.tokens))))
    while m.is_a(k, "adverbs") or m.is_a(k, "passive"):
        k += 1
    return any(m.at(k, "trigger", role) for role in ("subject", "participle"))


def _heading(m: Marked) -> bool:
    """Whether a sentence is a heading: no full stop ends it."""
    return bool(m.tokens) and m.tokens[-1].text not in SENTENCE_ENDS


def _headed(m: Marked, i: int, hit: Hit | None, text: str) -> Counted | None:
    """ "Woman, two children killed", "Boy, 9, killed", "Army officer shot dead": one person who opens a heading."""
    if hit is None or m.is_a(i, "stop") or m.tokens[i].kind is not Kind.WORD or m.at(i, "trigger"):
        return None
    phrase = read_phrase(m, i, single=True)
    if not phrase.people or phrase.thing or phrase.property or phrase.harm or _is_plural(m, phrase):
        return None
    at = phrase.people[-1].end
    at = _past_age(m, at)
    told = m.at(at, "trigger", "participle") or m.at(at, "trigger", "subject")
    if told is None and m.is_a(at, "and_connectors"):
        listed = (
            m.tokens[at + 1].kind is Kind.NUMBER or m.norm(at + 1) in m.pack.numbers
            if at + 1 < len(m.tokens)
            else False
        )
        told = m.at(at + 1, "person")
        listed_on = any(m.at(k, "trigger", "participle") for k in range(at, min(at + LIST_REACH, len(m.tokens))))
        if not listed_on or (not listed and told is None):
            return None
    elif told is None:
        return None
    return _single(m, i, phrase.people[-1].end, phrase, text)


def _listed_object(m: Marked, i: int) -> bool:
    """Whether a bare noun goes on a list of objects: "kills baby, grandmother"."""
    if i < 3 or m.tokens[i - 1].text != "," or m.before(i - 1, "person") is None:
        return False
    person = m.before(i - 1, "person")
    return person is not None and m.before(person.start, "trigger", "object") is not None


def _follows_single(m: Marked, i: int) -> bool:
    """Whether a heading joins a bare noun to one person before: "Mother and baby killed"."""
    return (
        i > 1
        and m.is_a(i - 1, "numbers.joiners")
        and i <= LIST_REACH
        and m.at(i - 2, "person") is not None
        and _heading(m)
    )


def _name(m: Marked, k: int) -> bool:
    """Whether a capitalised word that is nothing else stands at `k`."""
    if not 0 <= k < len(m.tokens) or k in m.dated:
        return False
    token = m.tokens[k]
    plain = token.kind is Kind.WORD and token.is_name and not m.is_a(k, "stop")
    return plain and not m.is_a(k, "places.not_places") and m.norm(k) not in m.pack.demonyms


def _single(m: Marked, start: int, count_end: int, phrase: Phrase, text: str) -> Counted:
    return Counted(
        start=start,
        count_end=count_end,
        end=max(phrase.end, count_end),
        quantity=Quantity.exactly(1),
        what=What.PEOPLE,
        group=group_of(m, start if phrase.people else count_end, max(phrase.end, count_end), text, phrase),
        inherits=not phrase.people and (count_end - start == 1 or m.is_a(count_end - 1, "nth")),
        harm=phrase.harm.entry.harm if phrase.harm else None,
        said=m.words(phrase.harm.start, phrase.harm.end, text) if phrase.harm else "",
        firmly=phrase.firmly,
        single=True,
        lead=_adjectives(m, start),
        number_start=start,
    )


def _is_plural(m: Marked, phrase: Phrase) -> bool:
    """Whether the head is a plural, "his brothers" gives no number."""
    head = phrase.people[-1]
    return m.norm(head.end - 1).endswith(m.pack.endings["plural"])
