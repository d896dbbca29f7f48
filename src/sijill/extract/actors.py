"""Who can have done harm: a noun phrase with a word for those who act as its head, or a proper name of nobody else.

To name the wrong one is a false accusation, so whatever is not plainly an actor is nobody: a weapon, a place, a
hospital, a monitor, a newspaper, a witness, a length of time.
"""

from __future__ import annotations

from collections.abc import Collection

from sijill.core.claim import AttributionKind, GroupType
from sijill.extract.marks import Marked
from sijill.extract.tokens import Kind

NAME_MAX = 9
GUISE_REACH = 3
BRACKET_MAX, INITIALS_MAX = 4, 4
QUOTED_MAX = 5
CLOSING = {"”": "“", "»": "«", '"': '"'}
OPENING = frozenset(CLOSING.values())
APOSTROPHES = frozenset("'’")
NONE: frozenset[int] = frozenset()
# Those who tell and those who help: no word of theirs is an accusation of them.
BYSTANDERS = frozenset(
    kind.value
    for kind in (
        AttributionKind.UN,
        AttributionKind.MONITOR,
        AttributionKind.MEDICAL,
        AttributionKind.MEDIA,
        AttributionKind.WITNESS,
    )
)
Span = tuple[int, int]


def actor_right(
    m: Marked, start: int, barred: Collection[int] = NONE, *, proper: bool = True, whole: bool = True
) -> Span | None:
    """The actor whose noun phrase begins at `start`, articles left out.

    `barred` are tokens of places and victims; `proper` admits a mere name, as that of a person or group;
    `whole` lets the phrase run on over "of", which behind "accused X" opens what X is accused of.
    """
    start = _past_openers(m, start)
    bare = _phrase_end(m, start)
    # "People wearing uniforms": what they wear is told behind.
    bare = next((k for k in range(start + 1, bare) if m.is_a(k, "perpetrators.wearing")), bare)
    of = next((k for k in range(start + 1, bare) if m.is_a(k, "partitive")), bare)
    if _is_country(m, start, of):
        return start, of
    bare = bare if whole else of
    if not is_actor(m, start, bare, barred, proper=proper):
        # "By X in cars", "X fell": the capitals end where the name does.
        named = max((k + 1 for k in range(start, bare) if m.tokens[k].is_name), default=bare)
        bare = named if is_actor(m, start, named, barred, proper=proper) else bare
    end = _guised(m, bare)
    if not is_actor(m, start, bare, barred, proper=proper) and not (
        end > bare and m.is_a(bare - 1, "perpetrators.vague")
    ):
        return None
    calls = m.at(end, "perpetrators", "named")
    if calls and (own := actor_right(m, calls.end, barred)):
        # "An armed group that calls itself X": X.
        return own
    if m.is_a(end, "numbers.joiners"):
        second = _past_openers(m, end + 1)
        stop = _phrase_end(m, second)
        if is_actor(m, second, stop, barred) and not _goes_on(m, stop):
            return start, stop
    return start, end


def actor_left(m: Marked, end: int, barred: Collection[int] = NONE) -> Span | None:
    """The actor whose noun phrase ends right before `end`, the subject of a verb that begins there."""
    end = past_auxiliaries(m, end)
    if m.is_a(end - 1, "relative") and not m.is_mark(end - 2):
        # "The gunmen who attacked".
        end -= 1
    end = _before_bracket(m, end)
    start = phrase_start(m, end)
    # "Fighters of X in Y attacked": the noun before the preposition acts.
    for _ in range(2):
        if start == end or not (m.is_a(start - 1, "prepositions") or m.is_a(start - 1, "places.prepositions")):
            break
        end = start - 1
        start = phrase_start(m, end)
    first = start
    while start < end and (m.is_a(start, "determiners") or (m.is_mark(start) and not _opens_quote(m, start, end))):
        start += 1
    theirs = m.is_a(start - 1, "perpetrators.theirs") and m.is_a(end - 1, "perpetrators.vague")
    if start >= end or not (theirs or is_actor(m, start, end, barred)):
        return None
    return (_joined_from(m, first, barred) or start, end)


def past_auxiliaries(m: Marked, end: int) -> int:
    """Where a subject must end: before the auxiliaries and adverbs of its verb."""
    while end > 0 and any(m.is_a(end - 1, words) for words in ("active", "adverbs", "attribution.between", "achieved")):
        end -= 1
    return end


def _joined_from(m: Marked, start: int, barred: Collection[int]) -> int | None:
    """Where a first actor begins to whom the one at `start` is joined: "the X (Y) and allied militias"."""
    while m.is_a(start - 1, "belonging") and not m.is_a(start - 1, "prepositions"):
        # "And allied militias".
        start -= 1
    if not m.is_a(start - 1, "numbers.joiners"):
        return None
    end = _before_bracket(m, start - 1)
    left = phrase_start(m, end)
    while left < end and (m.is_a(left, "determiners") or m.is_mark(left)):
        left += 1
    behind = m.is_a(left - 1, "prepositions") or m.is_a(left - 1, "places.prepositions")
    return left if left < end and not behind and is_actor(m, left, end, barred) else None


def _before_bracket(m: Marked, end: int) -> int:
    """Where a phrase ends in front of its abbreviation in brackets: "the X Liberation Front (XLF)"."""
    if m.norm(end - 1) not in {")", "]"}:
        return end
    opens = (k for k in range(end - 2, max(-1, end - 2 - BRACKET_MAX), -1) if m.norm(k) in {"(", "["})
    return next(opens, end)


def is_actor(m: Marked, start: int, end: int, barred: Collection[int] = NONE, *, proper: bool = True) -> bool:
    """Whether a phrase names somebody who can have done harm."""
    if start >= end or start in m.dated or m.is_a(start, "perpetrators.nobody"):
        return False
    if not _is_no_bystander(m, start, end):
        return False
    head = _head(m, start, end)
    if _is_weapon(m, head, end) or _negated(m, start):
        return False
    if m.is_a(head, "perpetrators.vague"):
        return end - start >= 2 and not (end - start == 2 and m.is_a(start, "possessive"))
    if _acts(m, start, head):
        return True
    return _is_country(m, start, end) or (proper and _is_proper(m, start, end, barred))


def phrase_start(m: Marked, end: int) -> int:
    """Where the noun phrase that ends before `end` begins."""
    start = end
    while start > 0 and end - start < NAME_MAX:
        quoted = _quote_before(m, start)
        if quoted is None and _opens(m, start - 1):
            break
        start = start - 1 if quoted is None else quoted
    return start


def _quote_before(m: Marked, end: int) -> int | None:
    """Where a name in quotation marks begins that closes right before `end`: “Northern Alliance” forces."""
    if end < 2 or m.tokens[end - 1].text not in CLOSING:
        return None
    opens = CLOSING[m.tokens[end - 1].text]
    return next((k for k in range(end - 2, max(-1, end - 2 - QUOTED_MAX), -1) if m.tokens[k].text == opens), None)


def _opens_quote(m: Marked, k: int, end: int) -> bool:
    """Whether the mark at `k` opens a quoted name that closes within the phrase and is not all of it."""
    return any(CLOSING.get(m.tokens[j].text) == m.tokens[k].text for j in range(k + 1, end - 1))


def owner_left(m: Marked, end: int, barred: Collection[int] = NONE) -> Span | None:
    """Whose weapons are the subject that ends before `end`: "the X forces’ launchers", "the army's guns"."""
    start = phrase_start(m, end)
    if end < 1 or m.at(end - 1, "person") or m.at(end - 1, "source_kind") or m.is_a(end - 1, "units"):
        return None
    for k in range(end - 2, start - 1, -1):
        mark = m.tokens[k].text in APOSTROPHES
        if mark or m.bare(k) != m.norm(k):
            return _owner(m, start, k + (not mark), barred)
    return None


def _owner(m: Marked, start: int, end: int, barred: Collection[int]) -> Span | None:
    """The actor who owns what follows, its last word with or without the ending of owners."""
    while start < end and (m.is_a(start, "determiners") or m.is_mark(start)):
        start += 1
    if start >= end or m.at(start, "property"):
        return None
    acts = m.bare(end - 1) in m.pack.words["perpetrators.actors"] and not m.is_a(end - 1, "perpetrators.vague")
    country = end - start == 1 and (m.bare(start) in m.pack.countries or m.bare(start) in m.pack.demonyms)
    named = end - start > 1 and all(m.tokens[k].is_name and k not in barred for k in range(start, end))
    known = acts or country or (named and not m.sentence.capitals) or is_actor(m, start, end, barred)
    return (start, end) if known and _is_no_bystander(m, start, end) else None


def is_doing(m: Marked, k: int) -> bool:
    """Whether a noun of what somebody does to others stands at `k`: "a raid", "missile strikes"."""
    return m.at(k, "perpetrators", "doings") is not None


def owner_of_doing(m: Marked, k: int) -> bool:
    """Whether the word at `k` says whose a raid or a strike is: "X-ian missile strikes", "a police raid"."""
    if m.tokens[k].is_name and not m.sentence.capitals and m.bare(k) in m.pack.demonyms:
        return True
    if m.sentence.capitals and m.norm(k) in m.pack.demonyms:
        return True
    armed = m.at(k, "armed")
    # In capitals only initials show a name: "terrorist attacks" are nobody's.
    initials = len(m.tokens[k].text) <= INITIALS_MAX and not m.at(k, "person")
    named = initials if m.sentence.capitals else m.tokens[k].is_name
    return (named and armed is not None) or m.is_a(k, "perpetrators.striking") or _is_initials(m, k)


def _is_initials(m: Marked, k: int) -> bool:
    """Whether a word is the initials of a group that the pack does not know: "a XLF attack"."""
    text = m.tokens[k].text
    if m.sentence.capitals or not (2 < len(text) <= INITIALS_MAX and text.isupper() and text.isalpha()):
        return False
    return not (m.at(k, "source_kind") or m.is_a(k, "perpetrators.weapons") or m.bare(k) in m.pack.demonyms)


def _past_openers(m: Marked, start: int) -> int:
    if start < len(m.tokens) and m.tokens[start].text in OPENING and _is_quoted_name(m, start):
        start += 1
    while m.is_a(start, "determiners") or m.is_a(start, "quantities.about") or m.is_a(start, "one_of"):
        if m.is_a(start, "perpetrators.hedges"):
            break
        start += 1
    while start < len(m.tokens) and (m.tokens[start].kind is Kind.NUMBER or m.norm(start) in m.pack.numbers):
        start += 1
    return start


def _is_quoted_name(m: Marked, start: int) -> bool:
    """Whether the quotation mark at `start` closes again behind a few words, all of them names."""
    for k in range(start + 1, min(start + 2 + QUOTED_MAX, len(m.tokens))):
        if CLOSING.get(m.tokens[k].text) == m.tokens[start].text:
            return k > start + 1
        if not m.tokens[k].is_name and not m.is_a(k, "places.name_particles"):
            return False
    return False


def _phrase_end(m: Marked, start: int) -> int:
    end = start
    while end < len(m.tokens) and end - start < NAME_MAX and not _ends(m, end, start):
        end += 1
    while end > start and m.is_a(end - 1, "partitive"):
        end -= 1
    return end


def _ends(m: Marked, k: int, start: int) -> bool:
    token = m.tokens[k]
    if token.kind is Kind.PUNCTUATION:
        return token.text not in "-'’&"
    if k in m.dated:
        return True
    if m.is_a(k, "partitive") or m.is_a(k, "determiners"):
        return k == start
    if m.is_a(k, "stop") or m.is_a(k, "relative") or m.is_a(k, "perpetrators.responsible"):
        return True
    if m.at(k, "attribution", "verbs") is not None:
        return True
    return m.at(k, "trigger", "participle") is not None


def _opens(m: Marked, k: int) -> bool:
    token = m.tokens[k]
    if token.kind is Kind.PUNCTUATION:
        return token.text not in "-'’&"
    if token.kind is Kind.NUMBER or token.norm in m.pack.numbers or k in m.dated or m.at(k, "quantity"):
        return True
    return m.is_a(k, "stop") and not m.is_a(k, "partitive") and not m.is_a(k, "determiners")


def _guised(m: Marked, end: int) -> int:
    """ "Men in police uniform": the clothes by which those are known whom nobody could name."""
    if m.is_a(end, "perpetrators.wearing"):
        for k in range(end + 1, min(end + 1 + GUISE_REACH, len(m.tokens))):
            if m.is_a(k, "perpetrators.guises"):
                return k + 1
    return end


def _goes_on(m: Marked, k: int) -> bool:
    """Whether a verb follows, so that what stands before it is a subject of its own: "and soldiers were wounded"."""
    return any(m.is_a(k, words) for words in ("passive", "active")) or m.at(k, "trigger") is not None


def _head(m: Marked, start: int, end: int) -> int:
    """The noun that carries the phrase: the last word before "of", or the first where adjectives follow."""
    if m.pack.grammar.adjectives_follow:
        return next((k for k in range(start, end) if not m.is_a(k, "perpetrators.hedges")), start)
    of = next((k for k in range(start + 1, end) if m.is_a(k, "partitive") or m.is_a(k, "stop")), end)
    return of - 1


def _is_no_bystander(m: Marked, start: int, end: int) -> bool:
    """Whether no word of the phrase is one of those who tell, treat or help."""
    for k in range(start, end):
        hit = m.at(k, "source_kind")
        if hit and hit.entry.name in BYSTANDERS and hit.end <= end:
            return False
        # "Members of the civilian militia": there the word only describes.
        describes = k + 1 < end and not m.is_a(k + 1, "partitive") and not m.is_a(k + 1, "stop")
        if (m.is_a(k, "perpetrators.bystanders") and not (describes and m.at(k, "person"))) or m.at(k, "property"):
            return False
    return True


def _is_weapon(m: Marked, head: int, end: int) -> bool:
    last = end - 1
    return any(
        m.is_a(k, "perpetrators.weapons") or m.is_a(k, "units") or m.is_a(k, "perpetrators.impersonal")
        for k in (head, last)
    )


def _negated(m: Marked, start: int) -> bool:
    return m.is_a(start, "negation") or m.is_a(start - 1, "negation")


def _acts(m: Marked, start: int, head: int) -> bool:
    """Whether the head is a word for those who act; a noun of fighters may have several words."""
    if m.is_a(head, "perpetrators.actors"):
        return True
    for k in range(start, head + 1):
        armed, person = m.at(k, "armed"), m.at(k, "person")
        first = m.pack.grammar.adjectives_follow
        if armed and (first or armed.end == head + 1):
            return True
        if person and (first or person.end == head + 1) and person.entry.type is GroupType.COMBATANTS:
            return True
    return False


def _is_country(m: Marked, start: int, end: int) -> bool:
    words = " ".join(m.bare(k) for k in range(start, end))
    if start >= end or any(m.norm(k) != m.bare(k) for k in range(start, end)):
        return False
    named = m.tokens[start].is_name and not m.sentence.capitals
    return named and (words in m.pack.countries or words in m.pack.demonyms)


def _is_proper(m: Marked, start: int, end: int, barred: Collection[int]) -> bool:
    """Whether capitals show a proper name that is no place and nobody else's."""
    if m.sentence.capitals or all(k in barred for k in range(start, end)):
        return False
    if not m.tokens[start].is_name or not m.tokens[end - 1].is_name:
        return False
    if all(m.norm(k) in m.pack.demonyms for k in range(start, end)):
        return False
    for k in range(start, end):
        token = m.tokens[k]
        small = m.is_a(k, "partitive") or m.is_a(k, "determiners") or m.is_a(k, "places.name_particles")
        if not token.is_name and not small and token.text not in "-'’&":
            return False
        if (
            m.norm(k) != m.bare(k)
            or m.at(k, "attack")
            or m.is_a(k, "perpetrators.impersonal")
            or m.is_a(k, "places.not_places")
        ):
            return False
    titled = m.at(start, "person") is not None and not m.is_a(start + 1, "partitive")
    return not titled and not any(m.is_a(k, "stop") for k in (start, end - 1))
