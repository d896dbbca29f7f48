"""Names that their wording shows to be places: "the town of X", "X district", "in X"; also those in no gazetteer."""

from __future__ import annotations

from dataclasses import dataclass

from sijill.extract.gazetteer import GazetteerEntry
from sijill.extract.marks import Marked
from sijill.extract.placenames import COUNTRY, NAMED, REGION, begins, capitals_run, is_name, kind_rank, name_run, titled
from sijill.extract.tokens import Kind

CAPITALS_LEAST = 4
INITIALS_MAX = 4
DESCRIBING_MAX, TITLED_MAX = 2, 3
TOLD_REACH = 6


@dataclass(frozen=True, slots=True)
class Named:
    """A place named in a sentence: tokens [start, end), how narrow, and what the gazetteer's scan took it for.

    `placed` where a preposition or a noun of place says that it is one; `skip` are characters of the first token that
    are no part of the name (what a script writes onto it).
    """

    start: int
    end: int
    rank: int
    placed: bool
    entry: GazetteerEntry | None = None
    skip: int = 0


def may_name(m: Marked, k: int) -> bool:
    """Whether any wording of these can begin at `k`: a noun of place, a direction, what may begin a name."""
    norm = m.norms[k]
    if norm in m.pack.kinds or norm in m.pack.words["places.directions"]:
        return True
    if m.sentence.capitals:
        return m.is_a(k - 1, "places.prepositions") or m.is_a(k - 1, "places.articles")
    return begins(m, k)


def of_kind(m: Marked, k: int, scanned: dict[int, Named]) -> Named | None:
    """ "The town of X", "the towns of X, Y and Z"."""
    rank = kind_rank(m, k)
    if rank is None:
        return None
    at = k
    if m.pack.grammar.adjectives_follow and m.is_a(k + 2, "partitive") and _only_describes(m, k + 1):
        # "Le village peul de X".
        at = k + 1
    start = at + 2 if m.is_a(at + 1, "partitive") else k + 1
    if start == k + 1 and not (m.pack.grammar.adjectives_follow and is_name(m, start)):
        return None
    while m.is_a(start, "places.articles") and not is_name(m, start):
        start += 1
    if m.sentence.capitals:
        if start not in scanned and (kind_rank(m, start) is not None or m.is_a(start, "places.not_places")):
            # "THE AREA OF THE CITY".
            return None
        end = scanned[start].end if start in scanned else capitals_run(m, start)
    else:
        end = name_run(m, start)
    if end == start:
        return None
    if m.is_a(end - 1, "places.realms"):
        # "A town on the border of the Democratic Republic of X": no town of that name.
        return None
    if (last := kind_rank(m, end - 1)) is not None and end - start > 1:
        # "The government area of X State" is the state.
        rank = max(rank, last)
    start = k if m.is_a(k, "places.kept") else start
    end = _listed(m, end) if m.norm(k).endswith("s") else end
    if m.is_a(k, "places.offices") and start not in scanned:
        # "The department of X" is more often an office than a region.
        return None
    return Named(start, end, rank, True)


def part_of_country(m: Marked, k: int) -> Named | None:
    """ "Le nord du pays": a part of the country that the text is about."""
    if not m.is_a(k, "places.directions") or not m.is_a(k + 1, "partitive"):
        return None
    at = k + 2 + m.is_a(k + 2, "places.articles")
    return Named(k, at + 1, REGION, True) if m.is_a(at, "places.countries") else None


def of_event(m: Marked, k: int) -> Named | None:
    """ "Attentat de X": a name that says where, unless it is that of those who act."""
    if not (m.is_a(k - 2, "places.events") and m.is_a(k - 1, "partitive")) or not begins(m, k) or m.sentence.capitals:
        return None
    end = name_run(m, k)
    acts = any(m.at(j, "armed") or m.at(j, "source_kind") for j in range(k, end))
    return None if end == k or acts else Named(k, end, NAMED, True)


def hosting(m: Marked) -> Named | None:
    """ "X is home to 20,000 refugees from Y": the place that a sentence opens with, where it is said to hold people."""
    start = 0
    while m.is_a(start, "places.articles"):
        start += 1
    end = name_run(m, start) if not m.sentence.capitals else start
    end += end > start and kind_rank(m, end) is not None
    return Named(start, end, NAMED, True) if end > start and m.at(end, "places", "hosting") else None


def _listed(m: Marked, end: int) -> int:
    """Where a list of names after a plural ends: "X, Y, and Z"."""
    while end < len(m.tokens) and m.is_a(end, "and_connectors"):
        at = end
        while m.is_a(at, "and_connectors"):
            at += 1
        stop = capitals_run(m, at) if m.sentence.capitals else name_run(m, at)
        if stop == at:
            break
        end = stop
    return end


def before_kind(m: Marked, k: int) -> Named | None:
    """ "X city", "X neighbourhood", "the X sector"."""
    if m.sentence.capitals:
        if not m.is_a(k - 1, "places.prepositions") and not m.is_a(k - 1, "places.articles"):
            return None
        end = capitals_run(m, k)
        kind = next((j for j in range(k + 1, end) if kind_rank(m, j) is not None), None)
        if kind is None or m.is_a(kind + 1, "partitive"):
            return None
        if any(m.is_a(j, "places.directions") or m.norm(j) in m.pack.demonyms or m.starting[j] for j in range(k, kind)):
            return None
        return Named(k, kind + 1, kind_rank(m, kind) or 0, True)
    owned = m.norm(k - 1) != m.bare(k - 1)
    if not begins(m, k) or (is_name(m, k - 1) and not owned) or m.at(k, "armed") or m.pack.grammar.adjectives_follow:
        return None
    end = name_run(m, k)
    if only_describes_one(m, k) or (end > k and m.norm(end - 1) != m.bare(end - 1)):
        # "X's southern city" is not X.
        return None
    # A noun of place written with a capital belongs to the run itself: "Senna State", "Ostra Refugee Camp".
    inner = next((j for j in range(k + 1, end) if kind_rank(m, j) is not None), None)
    if inner is not None:
        return Named(k, inner + 1, kind_rank(m, inner) or 0, True)
    at = end
    for _ in range(2):
        if m.is_a(at, "places.kinds_named") and m.is_a(at + 1, "partitive") and is_name(m, at + 2):
            # "The X suburb of Y": Y.
            return None
        if (rank := kind_rank(m, at)) is not None:
            # "Two X-ite villages" names none of them.
            named = at > k and not (m.norm(at).endswith("s") and _counted(m, k - 1))
            return Named(k, at + 1, rank, True) if named else None
        if not m.is_a(at, "places.directions") and m.norm(at) not in m.pack.words["places.inner"]:
            return None
        at += 1
    return None


def _counted(m: Marked, k: int) -> bool:
    """Whether a number stands at `k`, in figures, in words or as "several"."""
    number = 0 <= k < len(m.tokens) and m.tokens[k].kind is Kind.NUMBER
    return number or m.norm(k) in m.pack.numbers or m.before(k + 1, "quantity", "vague") is not None


def only_describes_one(m: Marked, k: int) -> bool:
    """Whether a name before a noun of place only describes it: "a X village", "Y, the southern X city"."""
    at = k
    while m.is_a(at - 1, "places.directions") or (k - at < DESCRIBING_MAX and _is_plain(m, at - 1)):
        at -= 1
    if m.is_a(at - 1, "one_of"):
        return True
    return m.is_a(at - 1, "places.articles") and m.norm(at - 2) == "," and is_name(m, at - 3)


def _is_plain(m: Marked, k: int) -> bool:
    """Whether a small word that may describe stands at `k`: "the largest X village"."""
    if not 0 <= k < len(m.tokens) or m.tokens[k].kind is not Kind.WORD or m.tokens[k].is_name or m.sentence.capitals:
        return False
    if m.is_a(k, "stop") or m.is_a(k, "places.prepositions"):
        return False
    return not any(h.entry.cls in ("trigger", "attack", "person", "quantity") for h in m.starting[k])


def in_heading(m: Marked, k: int, dateline: int, label: int) -> Named | None:
    """An unknown name that opens a dateline, or a label that also gives a day or a wider place."""
    if m.sentence.capitals or not begins(m, k) or m.starting[k] or not all(m.is_mark(j) for j in range(k)):
        return None
    told = dateline or any(j in m.dated or kind_rank(m, j) is not None for j in range(k, label))
    return Named(k, name_run(m, k), NAMED, True) if told else None


def prepared(m: Marked, k: int, *, weak: bool = False) -> bool:
    """Whether a preposition of place stands before, articles and directions between; `weak` admits "of" and "to"."""
    at = k
    for _ in range(4):
        if m.norm(at - 1) == "#":
            at -= 1
            continue
        if m.before(at, "places", "prepositions") or (weak and m.before(at, "places", "weak_prepositions")):
            return True
        if not (
            m.is_a(at - 1, "places.articles") or m.is_a(at - 1, "places.directions") or kind_rank(m, at - 1) is not None
        ):
            return False
        at -= 1
    return False


def after_preposition(m: Marked, k: int) -> Named | None:
    """ "In X", "near X": a run of capitalised words after a preposition of place."""
    if m.sentence.capitals:
        return _in_capitals(m, k)
    if not begins(m, k) or not prepared(m, k) or m.is_a(k - 1, "one_of"):
        return None
    if (m.is_a(k - 1, "partitive") and not m.before(k, "places", "prepositions")) or m.bare(k) in m.pack.demonyms:
        return None
    end = name_run(m, k)
    if end == k or m.is_a(end, "places.waters") or _initials(m, k, end):
        return None
    if titled(m) and not (end - k < TITLED_MAX and (end >= len(m.tokens) or m.is_mark(end))):
        # "Five Killed in X": of a heading in capitals only what ends it.
        return None
    if m.is_a(k, "places.directions"):
        return Named(k, end, REGION, True)
    if end == k + 1 and m.at(k, "person"):
        # "Fired at X-ians".
        return None
    if m.is_a(end - 1, "places.realms") and m.is_a(end, "partitive") and is_name(m, end + 1):
        # "The Republic of X".
        return Named(k, name_run(m, end + 1), COUNTRY, True)
    if m.is_a(k - 1, "places.articles") and _described(m, end):
        # "In the X insurgency": a word that describes, unless the gazetteer knows it.
        return None
    if end < len(m.tokens) and (m.at(end, "person") or m.at(end, "perpetrators", "means") or m.at(end, "armed")):
        return None
    if any(m.at(j, "source_kind") or m.at(j, "armed") or m.at(j, "attribution", "titles") for j in range(k, end)):
        return None
    return Named(k, end, NAMED, True)


def _described(m: Marked, k: int) -> bool:
    """Whether what stands at `k` is a war or an attack, which the capitalised word before it describes."""
    return bool(m.at(k, "attack") or m.at(k, "places", "broad") or m.is_a(k, "perpetrators.impersonal"))


def _initials(m: Marked, k: int, end: int) -> bool:
    """Whether a name is a few capitals alone: those of a person or a body, unless the gazetteer knows them."""
    text = m.tokens[k].text
    return end == k + 1 and text.isupper() and len(text) <= INITIALS_MAX


def _in_capitals(m: Marked, k: int) -> Named | None:
    """In text in capitals throughout, one unknown word behind a preposition that a mark or a small word closes."""
    token = m.tokens[k]
    plain = token.kind is Kind.WORD and len(token.text) >= CAPITALS_LEAST and token.text.isalpha() and k not in m.dated
    if not plain or m.starting[k] or m.is_a(k, "stop") or not m.is_a(k - 1, "places.prepositions"):
        return None
    closes = k + 1 >= len(m.tokens) or m.is_mark(k + 1) or m.is_a(k + 1, "stop") or k + 1 in m.dated
    known = (
        kind_rank(m, k) is not None
        or any(h.end > k for h in m.ending[k + 1])
        or m.is_a(k, "places.not_places")
        or m.norm(k) in m.pack.demonyms
    )
    return Named(k, k + 1, NAMED, True) if closes and not known else None


def told_elsewhere(m: Marked, n: Named) -> bool:
    """Whether the words before say that the harm was not there: "flown to X", "told reporters in X"."""
    at = n.start
    if _told_there(m, at):
        return True
    for _ in range(3):
        if hit := m.before(at, "places", "elsewhere"):
            # "Five km north of X" is not X, "in the north of X province" is.
            if m.at(hit.start, "property") and _definite(m, hit.start):
                # "Killed at the main hospital in X", as against "flown to a hospital in X".
                return False
            sided = m.is_a(hit.start, "places.directions") and not m.is_a(hit.start - 1, "units")
            return not (sided and kind_rank(m, n.end - 1) == REGION)
        if not (
            m.is_a(at - 1, "places.articles") or m.is_a(at - 1, "places.directions") or kind_rank(m, at - 1) is not None
        ):
            return False
        at -= 1
    return False


def _told_there(m: Marked, at: int) -> bool:
    """Whether somebody was told something at a name: "told a briefing in X", "addressing a rally in X"."""
    if not m.before(at, "places", "prepositions"):
        return False
    for k in range(at - 2, max(-1, at - 2 - TOLD_REACH), -1):
        if m.is_a(k, "places.telling"):
            return True
        if m.is_mark(k) or m.is_a(k, "attribution.that") or m.at(k, "trigger") or m.at(k, "attribution", "verbs"):
            return False
    return False


def _definite(m: Marked, k: int) -> bool:
    """Whether a noun is one that is known, described or not, and nobody was taken to it."""
    at = k - 1
    while k - at <= DESCRIBING_MAX and not m.is_a(at, "definite") and _is_plain(m, at):
        at -= 1
    if not m.is_a(at, "definite") or m.before(at, "places", "elsewhere"):
        # "Flown to the hospital in X".
        return False
    if m.is_a(at - 1, "partitive"):
        # "In the ward of the hospital in X".
        return any(m.is_a(j, "places.prepositions") for j in range(at - 1 - TITLED_MAX, at - 1))
    return m.is_a(at - 1, "places.prepositions")


def _only_describes(m: Marked, k: int) -> bool:
    """Whether a small word that is nothing else stands between a noun of place and its "of"."""
    known = m.is_a(k, "stop") or m.is_a(k, "partitive") or m.is_mark(k) or is_name(m, k) or k in m.dated
    return not known and kind_rank(m, k) is None and not m.is_a(k, "places.countries")
