"""Where names of places begin and end in a sentence, and which names are none: pieces of longer ones, datelines."""

from __future__ import annotations

from sijill.extract.marks import Marked
from sijill.extract.tokens import Kind

NAME_WORDS = 5
DATELINE_REACH = 18
LABEL_REACH = 14
BEFORE_DATELINE = 4
# "OSTRA / SENNA CITY:", and the shortest name of a city: shorter ones in capitals are those of bodies.
COLON_REACH, CITY_LEAST = 6, 5
YEAR_FIGURES = 4
# How narrow a name is, for choosing among several.
SETTLEMENT, NAMED, AREA, REGION, COUNTRY = 0, 1, 2, 3, 4
RANKS = {"settlement": SETTLEMENT, "area": AREA, "region": REGION}


def kind_rank(m: Marked, k: int) -> int | None:
    """How narrow the noun of place at `k` is, `None` where none stands there."""
    kind = m.pack.kinds.get(m.norms[k]) if 0 <= k < len(m.norms) else None
    return RANKS[kind] if kind else None


def name_run(m: Marked, start: int) -> int:
    """Where a name that begins at `start` ends: capitalised words, with particles and hyphens inside."""
    end = start
    while end < len(m.tokens) and end - start < NAME_WORDS:
        if is_name(m, end):
            end += 1
            if m.norm(end - 1) != m.bare(end - 1):
                # "Meravia's Senna Hills": an owner is a name of its own.
                break
        elif m.norm(end) == "-" and hyphenated(m, end):
            end += 2
        elif (
            m.is_a(end, "places.name_particles")
            and ((is_name(m, end + 1) and not m.is_a(end, "stop")) or hyphenated(m, end + 1))
            and not m.is_a(end, "one_of")
        ):
            end += 2 if is_name(m, end + 1) else 3
        else:
            break
    return end


def capitals_run(m: Marked, start: int) -> int:
    """The same in text that is written in capitals throughout: up to a word that no name holds."""
    end = start
    while end < len(m.tokens) and end - start < NAME_WORDS:
        token = m.tokens[end]
        if token.kind is not Kind.WORD or end in m.dated or m.at(end, "trigger") or m.at(end, "attack"):
            break
        if m.is_a(end, "stop") and not m.is_a(end, "places.name_particles"):
            break
        end += 1
    return end


def hyphenated(m: Marked, k: int) -> bool:
    """Whether a hyphen at `k` joins a name, also in text that a data set has tokenised: "al - Nahr"."""
    if m.norm(k) != "-" or not is_name(m, k + 1):
        return False
    close = k > 0 and m.tokens[k].start == m.tokens[k - 1].end and m.tokens[k + 1].start == m.tokens[k].end
    return close or m.is_a(k - 1, "places.name_particles")


def begins(m: Marked, k: int) -> bool:
    """Whether a name can begin at `k`: with a capitalised word, or a particle before one."""
    if is_name(m, k):
        return True
    return m.is_a(k, "places.name_particles") and not m.is_a(k, "one_of") and hyphenated(m, k + 1)


def is_name(m: Marked, k: int) -> bool:
    """Whether the word at `k` can belong to the name of a place."""
    if not 0 <= k < len(m.tokens) or k in m.dated:
        return False
    token = m.tokens[k]
    if token.kind is not Kind.WORD or token.text.islower() or not any(c.isupper() for c in token.text):
        return False
    if "-" in token.text and m.norm(k).rpartition("-")[2] in m.pack.words["places.adjectives"]:
        return False
    if m.bare(k) in m.pack.demonyms or m.at(k, "property") or m.at(k, "attack"):
        return False
    if "-" in token.text and all(piece in m.pack.demonyms for piece in m.norm(k).split("-")):
        # "The X-ian-Y-ian border".
        return False
    if len(token.text) == 1 or m.is_a(k, "stop") or m.norm(k) in m.pack.numbers:
        return False
    return not m.is_a(k, "places.not_places") and not (m.sentence.capitals and _common(m, k))


def _common(m: Marked, k: int) -> bool:
    return bool(m.starting[k]) or m.is_a(k, "stop")


def titled(m: Marked) -> bool:
    """Whether a heading is written with capitals on most words, which then show no names."""
    words = [t for t in m.tokens if t.kind is Kind.WORD and len(t.text) > 3]
    return len(words) >= 4 and sum(t.is_name for t in words) > 0.7 * len(words)


def in_longer_name(m: Marked, start: int, end: int) -> bool:
    """Whether a name is a piece of a longer one, of a body or a person: "X Monitor", "Sons of X".

    Capitalised words that go on without a mark between them show it, unless they are nouns of place, directions or
    titles; headings that capitalise everything show nothing.
    """
    if m.sentence.capitals or titled(m):
        return False
    after = end
    while kind_rank(m, after) is not None or m.is_a(after, "places.inner"):
        after += 1
    if m.norm(after) in {"'", "’"} and _goes_on(m, after + 1):
        return True
    owned = m.norm(end - 1) != m.bare(end - 1)
    if not owned and _goes_on(m, after) and not m.is_a(after, "attribution.titles"):
        return True
    before = start - 1
    if m.is_a(before, "partitive") and before > 1:
        return _goes_on(m, before - 1) and kind_rank(m, before - 1) is None and m.at(before - 1, "attack") is None
    return before > 0 and _goes_on(m, before) and not m.is_a(before, "places.name_particles")


def _goes_on(m: Marked, k: int) -> bool:
    """Whether a capitalised word that belongs to a name stands at `k`."""
    if not 0 <= k < len(m.tokens) or k in m.dated:
        return False
    token = m.tokens[k]
    if token.kind is not Kind.WORD or not token.is_name or m.norm(k) != m.bare(k):
        return False
    if kind_rank(m, k) is not None or m.is_a(k, "stop") or m.bare(k) in m.pack.demonyms:
        return False
    if "-" in token.text and m.norm(k).rpartition("-")[2] in m.pack.words["places.adjectives"]:
        return False
    return not (m.is_a(k, "places.directions") or m.is_a(k, "places.prepositions") or m.is_a(k, "places.articles"))


def dateline_end(m: Marked) -> int:
    """Where the dateline that opens a report ends, 0 where none does: "X, Y, 5 March (Agency) -"."""
    if m.sentence.index >= BEFORE_DATELINE or not m.tokens or not m.tokens[0].is_name:
        return 0
    if (labelled := _labelled(m)) > 0:
        return labelled
    for k in range(1, min(DATELINE_REACH, len(m.tokens))):
        if _dash(m, k):
            inside = m.tokens[1].text in ",(—–-" or m.tokens[0].text.isupper()
            plain = all(_of_dateline(m, j) for j in range(k))
            return k if inside and (plain or m.is_mark(k - 1)) else 0
    return len(m.tokens) if _signed(m) else 0


def _signed(m: Marked) -> bool:
    """Whether a sentence is nothing but a place and a day, as statements begin: "Ostra, 6 March 2031."."""
    told = all(_of_dateline(m, j) or m.is_a(j, "places.articles") for j in range(len(m.tokens)))
    last = [m.norm(k) for k in m.dated if k >= len(m.tokens) - 2]
    year = any(norm.isdecimal() and len(norm) == YEAR_FIGURES for norm in last)
    return told and year and m.norm(1) == "," and len(m.tokens) <= DATELINE_REACH


def _labelled(m: Marked) -> int:
    """Where a dateline of a name in capitals and a colon ends: "OSTRA: ", which ordinary labels do not write so."""
    if m.sentence.capitals:
        return 0
    for k in range(min(COLON_REACH, len(m.tokens) - 1)):
        token = m.tokens[k]
        if token.text == ":":
            return k if m.tokens[k].end < m.tokens[k + 1].start else 0
        if token.text not in ",/-" and not (token.text.isupper() and len(token.text) >= CITY_LEAST):
            return 0
    return 0


def _of_dateline(m: Marked, j: int) -> bool:
    return m.tokens[j].is_name or j in m.dated or m.tokens[j].kind is not Kind.WORD or kind_rank(m, j) is not None


def _dash(m: Marked, k: int) -> bool:
    text = m.tokens[k].text
    if text in "—–":
        return True
    if text != "-":
        return False
    spaced = m.tokens[k].start > m.tokens[k - 1].end
    return spaced or m.norm(k + 1) == "-" or m.tokens[k - 1].text.isupper()


def label_end(m: Marked) -> int:
    """Where a label of places and days that opens a sentence ends, 0 where none does: "X (Y), 6 March.", "X."."""
    k, named = 0, False
    while k < min(LABEL_REACH, len(m.tokens)):
        token = m.tokens[k]
        if token.text in ".:" and named:
            return k + 1
        known = is_name(m, k) or k in m.dated or kind_rank(m, k) is not None or m.is_a(k, "places.directions")
        if not known and not m.is_mark(k) and not m.is_a(k, "places.ways"):
            return 0
        named = named or is_name(m, k)
        k += 1
    return k if named and k == len(m.tokens) else 0
