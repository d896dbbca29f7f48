"""People told of by a noun whose form alone says how many they are: "a martyr", "two martyrs" in one word, "his wife".

Arabic needs no number for one and two. Only an indefinite noun counts, or one that an owner, a name or "one of" makes
a single person; "the civilian" beside another noun is as often a describing word ("civil defence").
"""

from __future__ import annotations

from sijill.core.claim import Group, GroupType
from sijill.core.quantity import Quantity
from sijill.extract.clitics import OWN
from sijill.extract.marks import Marked
from sijill.extract.nouns import QUOTES, Phrase, What, group_of, read_phrase, what_of
from sijill.extract.pack import Hit
from sijill.extract.tokens import Kind
from sijill.extract.who import Counted


def formed(m: Marked, i: int, text: str) -> Counted | None:
    """The one or two people, or two homes, that the noun at `i` tells of by its form; `None` where it does not."""
    if m.is_a(i, "one_among"):
        return _one_among(m, i, text)
    if other := _another(m, i):
        return other
    hit = _noun(m, i)
    if hit is None:
        return None
    number = hit.entry.number
    if number == 1 and hit.entry.cls == "person" and _describes(m, i):
        return None
    definite = m.is_a(i - 1, "determiners")
    owned = m.norm(hit.end).startswith(OWN)
    if number == 1 and owned and not m.is_a(hit.end - 1, "owned_kin"):
        return None
    named = definite and number == 1 and hit.entry.cls == "person" and _named(m, i, hit.end)
    if number == 1 and definite and not named:
        return None
    if number == 1 and _is_counted(hit) and not _closed(m, hit.end):
        return None
    phrase = read_phrase(m, i, single=True)
    if phrase.thing and hit.entry.cls != "property":
        return None
    start = i - 1 if named else i
    end = hit.end + 1 if owned else hit.end
    return _counted(m, start, end, phrase, number, text)


def _noun(m: Marked, i: int) -> Hit | None:
    """The noun with a counting form at `i`, unless a longer phrase begins there that has none."""
    hits = [h for h in m.starting[i] if h.entry.cls in ("person", "property") or _is_counted(h)]
    hits += [h for h in m.starting[i] if h.entry.cls == "person"]
    if not hits:
        return None
    longest = max(h.end for h in hits)
    found = [h for h in hits if h.end == longest and h.entry.number]
    if not found and m.pack.spelling.attached is not None:
        # The accusative of the same form: "they killed a young man".
        found = [h for h in m.pack.at((m.pack.spelling.attached.unended(m.norm(i)),), 0) if h.entry.number == 1]
        found = [h._replace(start=i, end=i + 1) for h in found if h.entry.cls == "person"] if longest == i + 1 else []
    if not found and m.is_a(i, "owned_kin") and m.norm(i + 1).startswith(OWN):
        return next((h for h in hits if h.end == i + 1), None)
    return found[0] if found else None


def _describes(m: Marked, i: int) -> bool:
    """Whether the word only describes a thing before it: "a civilian car"."""
    return m.is_a(i - 1, "things") or m.before(i, "property") is not None


def _closed(m: Marked, end: int) -> bool:
    """Whether nothing unknown follows a noun of harm: "martyr X" is a title, "a martyr in the shelling" a count."""
    if end >= len(m.tokens) or m.is_mark(end) or end in m.dated or m.is_a(end, "stop") or m.is_a(end, "prepositions"):
        return True
    return bool(m.starting[end]) and not m.norm(end).startswith(OWN) and not m.is_a(end, "places.articles")


def _is_counted(h: Hit) -> bool:
    return h.entry.cls == "trigger" and h.entry.name == "counted"


def _one_among(m: Marked, i: int, text: str) -> Counted | None:
    """ "One of the civilians"."""
    at = i + 1
    while m.is_a(at, "determiners") or m.is_a(at, "partitive"):
        at += 1
    if at == i + 1 or not (m.at(at, "person") or m.at(at, "trigger", "counted")):
        return None
    return _counted(m, i, i + 1, read_phrase(m, at, single=True), 1, text)


def _another(m: Marked, i: int) -> Counted | None:
    """ "Another", "two others", right behind a word of harm."""
    number = 1 if m.is_a(i, "another") else 2 if m.is_a(i, "another_two") else 0
    if not number or not (m.before(i, "trigger", "object") or m.before(i, "trigger", "nominal")):
        return None
    return Counted(
        start=i,
        count_end=i + 1,
        end=i + 1,
        quantity=Quantity.exactly(number),
        what=What.ELIDED,
        group=Group("", GroupType.UNSPECIFIED),
        inherits=True,
        others=True,
        single=number == 1,
        lead=i,
        number_start=i,
    )


def _named(m: Marked, i: int, end: int) -> bool:
    """Whether "the young man" stands right behind a word of harm, or a name follows it in a list of the harmed."""
    before = i - 1
    governed = m.before(before, "trigger", "object") or m.before(before, "trigger", "nominal")
    if governed is not None:
        return True
    if not m.is_a(before - 1, "and_connectors"):
        return False
    end += end < len(m.tokens) and m.tokens[end].text in QUOTES
    if end >= len(m.tokens) or m.tokens[end].kind is not Kind.WORD:
        return False
    return not m.starting[end] and not m.is_a(end, "stop") and not m.is_a(end, "determiners")


def _counted(m: Marked, start: int, end: int, phrase: Phrase, number: int, text: str) -> Counted:
    what = what_of(phrase)
    elided = what in (What.ELIDED, What.UNKNOWN)
    return Counted(
        start=start,
        count_end=end,
        end=max(phrase.end, end),
        quantity=Quantity.exactly(number or 1),
        what=What.ELIDED if elided else what,
        group=group_of(m, start, max(phrase.end, end), text, phrase),
        inherits=elided,
        harm=phrase.harm.entry.harm if phrase.harm else None,
        said=m.words(phrase.harm.start, phrase.harm.end, text) if phrase.harm else "",
        firmly=phrase.firmly,
        single=number != 2,
        lead=start,
        number_start=start,
    )
