"""Single people told of without a number: "a woman", "his brother", "journalist X Y"."""

from __future__ import annotations

from sijill.core.claim import Harm
from sijill.core.quantity import Quantity
from sijill.extract.marks import Marked
from sijill.extract.nouns import Phrase, What, group_of, read_phrase, what_of
from sijill.extract.tokens import Kind
from sijill.extract.who import Counted

NAME_MIN, NAME_MAX = 2, 5
HEADLINE_MARKS = frozenset("|:•-–—")


def find_singles(m: Marked, taken: frozenset[int], text: str) -> list[Counted]:
    """Single people told of without a number: "a woman", "his brother", "the child's mother", "journalist X Y"."""
    found: list[Counted] = []
    for i, token in enumerate(m.tokens):
        if i in taken or i in m.dated or token.kind is not Kind.WORD or (found and i < found[-1].end):
            continue
        single = _owned(m, i, text) or _titled(m, i, text) or _person_named(m, i, text) or _bare(m, i, text)
        if single and not set(range(single.start, single.end)) & taken:
            found.append(single)
    return found


def _owned(m: Marked, i: int, text: str) -> Counted | None:
    """ "A woman", "an 18-year-old girl", "his brother", "the child's mother"."""
    owner = m.norm(i).endswith(tuple(m.pack.words["possessive_endings"]))
    if not (m.is_a(i, "one_of") or m.is_a(i, "possessive") or owner):
        return None
    if owner and m.at(i + 1, "person") is None:
        return None
    phrase = read_phrase(m, i + 1, single=True)
    if not phrase.people and not owner and m.is_a(i, "another") and phrase.end == i + 1 and not phrase.thing:
        return _single(m, i, i + 1, phrase, text)
    if not phrase.people or phrase.inherits or _is_plural(m, phrase) or what_of(phrase) is not What.PEOPLE:
        return None
    start = i - 1 if owner and m.is_a(i - 1, "determiners") else i
    return _single(m, start, phrase.people[-1].end, phrase, text)


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
    if not phrase.people or phrase.modifiers > 1 or _is_plural(m, phrase) or phrase.end - i > 4:
        return None
    end = phrase.end
    while _name(m, end) and end - phrase.end < 4:
        end += 1
    if end == phrase.end or phrase.inherits or phrase.harm:
        return None
    return _single(m, i, end, phrase, text)


def _person_named(m: Marked, i: int, text: str) -> Counted | None:
    """ "X Y was killed", "killed X Y": two to four words of a name beside a word that says what befell one person."""
    named = _unknown_name if m.sentence.capitals else _name
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
    hit = m.at(i, "person")
    if hit is None or m.sentence.capitals:
        return None
    opens = i == 0 or m.tokens[i - 1].text in HEADLINE_MARKS
    governed = m.before(i, "trigger", "object") or m.before(i, "including")
    if not governed and not (opens and m.at(hit.end, "trigger", "participle")):
        return None
    phrase = read_phrase(m, i, single=True)
    following = phrase.end >= len(m.tokens) or m.is_mark(phrase.end) or m.is_a(phrase.end, "stop") or bool(opens)
    if not phrase.people or _is_plural(m, phrase) or phrase.thing or phrase.property or not following:
        return None
    return _single(m, i, phrase.people[-1].end, phrase, text)


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
        inherits=not phrase.people and count_end - start == 1,
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
    return m.norm(head.end - 1).endswith(tuple(m.pack.words["plural_endings"]))
