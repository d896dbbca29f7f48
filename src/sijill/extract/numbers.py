"""The number grammar: digits, words, mixtures, ranges, vague words and the qualifiers around them.

What it finds is only a number; whether it counts harmed people is for the rules of scope to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sijill.core.quantity import Quantity
from sijill.extract.marks import Marked
from sijill.extract.tokens import Kind, Token

MAX_COUNT = 10**10
MAX_DIGITS = 11
QUALIFIER_REACH = 3
MAX_PARTS, MAX_COMPOUND = 16, 4
CHANGE_REACH = 4
QUALIFIERS = ("at_least", "more_than", "at_most", "fewer_than", "about")
TEN, TENS = 10, range(20, 100, 10)


@dataclass(frozen=True, slots=True)
class Number:
    """A number found: tokens [start, end) with its qualifier, [core, end) without, and what it asserts.

    `vague` marks words such as "dozens"; `year_like` four bare digits that may be a year.
    """

    start: int
    core: int
    end: int
    quantity: Quantity
    vague: bool = False
    year_like: bool = False


def find_numbers(m: Marked) -> list[Number]:
    """The numbers of a sentence, left to right, none within another; those in dates are left out."""
    found: list[Number] = []
    openers = m.pack.number_words
    i = 0
    while i < len(m.tokens):
        opens = m.tokens[i].kind is Kind.NUMBER or m.norms[i].partition("-")[0] in openers
        number = _number_at(m, i) if opens and i not in m.dated else None
        if number is None:
            i += 1
            continue
        found.append(number)
        i = max(number.end, i + 1)
    return found


def _number_at(m: Marked, i: int) -> Number | None:
    vague = m.at(i, "quantity", "vague")
    cardinal = _range(m, i) or _cardinal(m, i)
    if vague and (cardinal is None or cardinal[1] <= vague.end):
        return Number(i, i, vague.end, Quantity.vague(), vague=True)
    if cardinal is None:
        return None
    values, end = cardinal
    if any(v > MAX_COUNT for v in values):
        return None
    return _qualified(m, i, end, values)


def _range(m: Marked, i: int) -> tuple[tuple[int, ...], int] | None:
    """Two cardinals with a joiner between: "30 to 40", "between 30 and 40"."""
    between = m.is_a(i, "numbers.between")
    opener = i if between else i - 1
    opens = m.is_a(opener, "numbers.between") or m.is_a(opener, "numbers.from") or m.is_a(i, "numbers.from")
    if opens and _changed(m, i if m.is_a(i, "numbers.from") else opener):
        return None
    low = _cardinal(m, i + 1 if between or m.is_a(i, "numbers.from") else i)
    if low is None or not m.is_a(low[1], "numbers.range_joiners"):
        return None
    joiner = m.norm(low[1])
    if joiner in m.pack.words["numbers.joiners"] and not between:
        return None
    high = _cardinal(m, low[1] + 1)
    if high is None or low[0][0] >= high[0][0] or low[1] + 1 in m.dated:
        return None
    if not between and high[0][0] > 20 * max(1, low[0][0]):
        return None
    return (low[0][0], high[0][0]), high[1]


def _changed(m: Marked, i: int) -> bool:
    """Whether "from" opens a change rather than a range: "rose from 14 to 21"."""
    back = range(i - 1, max(-1, i - 1 - CHANGE_REACH), -1)
    return not m.pack.words["numbers.joiners"] & {m.norm(i + 2)} and any(m.is_a(k, "changes") for k in back)


def _cardinal(m: Marked, i: int) -> tuple[tuple[int, ...], int] | None:
    """A cardinal that begins at `i`, and the token after it."""
    if not 0 <= i < len(m.tokens) or i in m.dated:
        return None
    if fixed := m.at(i, "fixed"):
        value, end = fixed.entry.number, fixed.end
        while m.norm(end) in m.pack.multipliers:
            value, end = value * m.pack.multipliers[m.norm(end)], end + 1
        return (value,), end
    if m.is_a(i, "numbers.one") and m.at(i + 1, "trigger", "counted") and not m.at(i + 1, "person"):
        # "Un mort": an article before a noun of harm is the number.
        return (1,), i + 1
    if m.tokens[i].kind is Kind.NUMBER:
        return _digits(m, i)
    return _spelled(m, i)


def _digits(m: Marked, i: int) -> tuple[tuple[int, ...], int] | None:
    """Digits, with separators inside or (in tokenised text) around them, and a multiplier: "1.5 million"."""
    grammar = m.pack.grammar
    value, end = number_value(m.tokens[i].text, grammar.thousands, grammar.decimals), i + 1
    if value is None:
        return None
    # Text tokenised by a data set: "36 , 000", "1 . 5 million".
    if m.norm(end) == "." and m.norm(end + 2) in m.pack.multipliers and m.norm(end + 1).isdecimal():
        value, end = number_value(f"{value}.{m.norm(end + 1)}") or value, end + 2
    while _thousands_group(m, i, end) and isinstance(value, int):
        group = end if m.tokens[end].kind is Kind.NUMBER else end + 1
        value, end = value * 1000 + int(m.tokens[group].text), group + 1
    if value != int(value) and m.norm(end) not in m.pack.multipliers:
        # Nobody counts parts of people: in "2.500 killed" the mark is the other one.
        value = number_value(m.tokens[i].text, grammar.thousands + grammar.decimals, "") or value
    while m.norm(end) in m.pack.multipliers:
        value, end = value * m.pack.multipliers[m.norm(end)], end + 1
    if value != int(value):
        return None
    return (int(value),), end


def _thousands_group(m: Marked, i: int, end: int) -> bool:
    """Whether three digits go on a number, behind a separate comma or, where the language does so, a space."""
    tokens = m.tokens
    if end >= len(tokens) or len(tokens[i].text) > 3:
        return False
    if tokens[end].kind is Kind.NUMBER:
        close = tokens[end].start - tokens[end - 1].end == 1
        return " " in m.pack.grammar.thousands and close and _three_digits(tokens[end])
    if end + 1 >= len(tokens) or tokens[end].text != ",":
        return False
    group, comma = tokens[end + 1], tokens[end]
    spaced = comma.start > tokens[end - 1].end and group.start > comma.end
    return spaced and group.kind is Kind.NUMBER and _three_digits(group)


def _three_digits(token: Token) -> bool:
    return len(token.text) == 3 and token.text.isdecimal()


def number_value(text: str, thousands: str = ",٬", decimals: str = ".٫") -> int | float | None:
    """What digits assert, by a language's signs inside figures; `None` for codes such as 0735.

    >>> number_value("1,260"), number_value("1.5"), number_value("0735"), number_value("1.260", ". ", ",")
    (1260, 1.5, None, 1260)
    """
    if len(text) > MAX_DIGITS + 4:
        return None
    if text.isdecimal():
        return None if (len(text) > 1 and int(text[0]) == 0) or len(text) > MAX_DIGITS else int(text)
    head, *groups = re.split(r"\D", text)
    signs = set(re.findall(r"\D", text))
    if signs <= set(thousands) and len(head) <= 3 and all(len(group) == 3 for group in groups):
        return int(head + "".join(groups))
    if len(groups) == 1 and signs <= set(decimals + thousands if "." in thousands else decimals):
        return float(f"{int(head)}.{groups[0]}")
    return None


def _spelled(m: Marked, i: int) -> tuple[tuple[int, ...], int] | None:
    """Number words that add up and multiply: "two hundred and five", "twenty-five", "a dozen"."""
    parts = _parts(m, i)
    total = current = 0
    k, done, seen = 0, 0, False
    while k < len(parts):
        value, length = _word_value(m, parts, k)
        part = parts[k]
        if value is not None and (current == 0 or _adds(current, value) or _tens_after(m, parts, k, current, value)):
            current, k, seen = current + value, k + length, True
        elif part in m.pack.multipliers and (seen or _stands_alone(m, parts, k)):
            current = max(1, current) * m.pack.multipliers[part]
            if m.pack.multipliers[part] >= 1000:
                total, current = total + current, 0
            k, seen = k + 1, True
        elif _goes_on(m, parts, k, current, total, seen):
            k += 1
            continue
        else:
            break
        done = k
    return ((total + current,), parts.token_after(done)) if seen and parts.whole(done) else None


@dataclass(frozen=True, slots=True)
class _Parts:
    """The number words from a token on, compounds taken apart, and the token that each stands in."""

    words: tuple[str, ...]
    tokens: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, k: int) -> str:
        return self.words[k] if 0 <= k < len(self.words) else ""

    def whole(self, done: int) -> bool:
        """Whether no token was left half read after `done` parts."""
        return done >= len(self) or self.tokens[done] != self.tokens[done - 1]

    def token_after(self, done: int) -> int:
        """The token after the last of `done` parts."""
        return self.tokens[done - 1] + 1 if done else self.tokens[0]


def _parts(m: Marked, i: int) -> _Parts:
    """The words from token `i` on that can belong to a number, those with hyphens taken apart."""
    pack, words, tokens = m.pack, list[str](), list[int]()
    joiners = pack.words["numbers.joiners"]
    end = i
    while end < len(m.tokens) and end not in m.dated and len(words) < MAX_PARTS:
        norm = m.norms[end]
        pieces = norm.split("-") if "-" in norm and len(norm) > 1 else [norm]
        if norm == "-" and words:
            # Text tokenised by a data set: "twenty - five".
            end += 1
            continue
        known = (pack.number_pieces, pack.multipliers, pack.articles, joiners)
        if not all(any(piece in some for some in known) for piece in pieces):
            break
        words += pieces
        tokens += [end] * len(pieces)
        end += 1
    return _Parts(tuple(words), tuple(tokens))


def _word_value(m: Marked, parts: _Parts, k: int) -> tuple[int | None, int]:
    """The value of the number word at part `k`, the longest first, and how many parts it has."""
    for length in range(min(MAX_COMPOUND, len(parts) - k), 1, -1):
        value = m.pack.compounds.get(parts.words[k : k + length])
        if value is not None:
            return value, length
    return m.pack.numbers.get(parts[k]), 1


def _goes_on(m: Marked, parts: _Parts, k: int, current: int, total: int, seen: bool) -> bool:
    """Whether an article opens a number ("a dozen") or "and" stands inside one."""
    if not seen:
        return parts[k] in m.pack.articles and parts[k + 1] in m.pack.multipliers
    return parts[k] in m.pack.words["numbers.joiners"] and _continues(m, parts, k, current, total)


def _stands_alone(m: Marked, parts: _Parts, k: int) -> bool:
    """Whether a word that multiplies is a number by itself: behind an article, or as "cent" and "mille" are."""
    return parts[k - 1] in m.pack.articles or parts[k] in m.pack.words["numbers.bare"]


def _adds(current: int, value: int) -> bool:
    """Whether a smaller number word goes on a larger: "twenty five", "hundred twelve", but not "five twelve"."""
    return (current % 100 == 0 and value < 100) or (current % 10 == 0 and current % 100 >= 20 and value < 10)


def _tens_after(m: Marked, parts: _Parts, k: int, current: int, value: int) -> bool:
    """Whether a ten stands behind a one, from twenty on with an "and" between: "five and twenty"."""
    if not m.pack.grammar.ones_first or not 0 < current % 100 < 10:
        return False
    joined = parts[k - 1] in m.pack.words["numbers.joiners"]
    return value in TENS if joined else value == TEN


def _continues(m: Marked, parts: _Parts, k: int, current: int, total: int) -> bool:
    """Whether "and" goes on inside a number ("two hundred and five", "treinta y dos") rather than between two."""
    value, length = _word_value(m, parts, k + 1)
    if total and not current and parts[k + 1] in m.pack.words["numbers.bare"]:
        return m.pack.multipliers[parts[k + 1]] < 1000
    if m.pack.grammar.ones_first and 0 < current % 100 < 10:
        return value in TENS
    if value is None or parts[k + 1 + length] in m.pack.multipliers:
        return False
    if m.pack.grammar.joins_tens and current % 100 >= 20:
        return current % 10 == 0 and value < 10
    if m.pack.grammar.ones_first and total and not current:
        return value < 1000
    return bool(total or current >= 100) and current % 100 == 0 and value < 100


def _qualified(m: Marked, core: int, end: int, values: tuple[int, ...]) -> Number:
    """The number with the qualifier that stands before or after it."""
    plain = len(values) == 1 and m.tokens[core].kind is Kind.NUMBER and end == core + 1
    year = plain and 1900 <= values[0] <= 2099 and len(m.tokens[core].text) == 4
    start, name = _qualifier_before(m, core)
    if not name:
        end, name = _qualifier_after(m, end)
    if not name and m.is_a(end - 1, "numbers.rounded"):
        # "Une dizaine": a word for about so many.
        name = "about"
    return Number(start, core, end, _quantity(values, name), year_like=year and not name)


def _qualifier_before(m: Marked, core: int) -> tuple[int, str]:
    at = core
    for _ in range(QUALIFIER_REACH):
        reach = m.before(at, "reach")
        found = [(hit.start, name) for name in QUALIFIERS if (hit := m.before(at, "quantity", name))]
        if reach and found and reach.start < min(found)[0]:
            # "Зросла до 45": the word belongs to the verb that reaches.
            return core, ""
        if found:
            return min(found)
        filler = m.before(at, "quantity", "fillers")
        if filler is None:
            break
        at = filler.start
    return core, ""


def _qualifier_after(m: Marked, end: int) -> tuple[int, str]:
    if hit := m.at(end, "quantity", "after_at_least"):
        return hit.end, "at_least"
    if hit := m.at(end, "quantity", "after_about"):
        return hit.end, "about"
    return end, ""


def _quantity(values: tuple[int, ...], name: str) -> Quantity:
    if len(values) == 2:
        return Quantity.between(*values)
    (n,) = values
    match name:
        case "at_least":
            return Quantity.at_least(n)
        case "more_than":
            return Quantity.at_least(n + 1)
        case "at_most":
            return Quantity.at_most(n)
        case "fewer_than":
            return Quantity.at_most(max(0, n - 1))
        case "about":
            return Quantity.about(n)
    return Quantity.exactly(n)
