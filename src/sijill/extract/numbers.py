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
GROUPED = re.compile(r"\d{1,3}(?:[,٬]\d{3})+")
MAX_DIGITS = 11
QUALIFIER_REACH = 3


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
    low = _cardinal(m, i + 1 if between else i)
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


def _cardinal(m: Marked, i: int) -> tuple[tuple[int, ...], int] | None:
    """A cardinal that begins at `i`, and the token after it."""
    if not 0 <= i < len(m.tokens) or i in m.dated:
        return None
    if fixed := m.at(i, "fixed"):
        return (fixed.entry.number,), fixed.end
    if m.tokens[i].kind is Kind.NUMBER:
        return _digits(m, i)
    return _spelled(m, i)


def _digits(m: Marked, i: int) -> tuple[tuple[int, ...], int] | None:
    """Digits, with separators inside or (in tokenised text) around them, and a multiplier: "1.5 million"."""
    value, end = number_value(m.tokens[i].text), i + 1
    if value is None:
        return None
    # Text tokenised by a data set: "36 , 000", "1 . 5 million".
    if m.norm(end) == "." and m.norm(end + 2) in m.pack.multipliers and m.norm(end + 1).isdecimal():
        value, end = number_value(f"{value}.{m.norm(end + 1)}") or value, end + 2
    while _thousands_group(m.tokens, i, end) and isinstance(value, int):
        value, end = value * 1000 + int(m.tokens[end + 1].text), end + 2
    while m.norm(end) in m.pack.multipliers:
        value, end = value * m.pack.multipliers[m.norm(end)], end + 1
    if value != int(value):
        return None
    return (int(value),), end


def _thousands_group(tokens: tuple[Token, ...], i: int, end: int) -> bool:
    if end + 1 >= len(tokens) or tokens[end].text != "," or len(tokens[i].text) > 3:
        return False
    group, comma = tokens[end + 1], tokens[end]
    spaced = comma.start > tokens[end - 1].end and group.start > comma.end
    return spaced and group.kind is Kind.NUMBER and len(group.text) == 3 and group.text.isdecimal()


def number_value(text: str) -> int | float | None:
    """What digits assert; `None` for codes such as 0735.

    >>> number_value("1,260"), number_value("1.5"), number_value("0735")
    (1260, 1.5, None)
    """
    if len(text) > MAX_DIGITS + 4:
        return None
    if GROUPED.fullmatch(text):
        return int(re.sub(r"\D", "", text))
    if text.isdecimal():
        return None if (len(text) > 1 and int(text[0]) == 0) or len(text) > MAX_DIGITS else int(text)
    whole, mark, fraction = text.replace("٫", ".").partition(".")
    if mark and whole.isdecimal() and fraction.isdecimal():
        return float(f"{int(whole)}.{fraction}")
    return None


def _spelled(m: Marked, i: int) -> tuple[tuple[int, ...], int] | None:
    """Number words that add up and multiply: "two hundred and five", "twenty-five", "a dozen"."""
    total = current = 0
    end, seen = i, False
    while end < len(m.tokens) and end not in m.dated:
        norm = m.norm(end)
        values = _word_values(m, norm)
        if values is not None and (current == 0 or _adds(current, values)):
            current, end, seen = current + values, end + 1, True
            if m.norm(end) == "-" and _adds(current, _word_values(m, m.norm(end + 1)) or current):
                end += 1
        elif norm in m.pack.multipliers and (seen or _article(m, end)):
            current = max(1, current) * m.pack.multipliers[norm]
            if m.pack.multipliers[norm] >= 1000:
                total, current = total + current, 0
            end, seen = end + 1, True
        elif _goes_on(m, end, current, total, seen):
            end += 1
        else:
            break
    return ((total + current,), end) if seen else None


def _goes_on(m: Marked, end: int, current: int, total: int, seen: bool) -> bool:
    """Whether an article opens a number ("a dozen") or "and" stands inside one."""
    norm = m.norm(end)
    if not seen:
        return norm in m.pack.articles and m.norm(end + 1) in m.pack.multipliers
    return norm in m.pack.words["numbers.joiners"] and _continues(m, end, current, total)


def _article(m: Marked, end: int) -> bool:
    return m.norm(end - 1) in m.pack.articles


def _adds(current: int, value: int) -> bool:
    """Whether a smaller number word goes on a larger: "twenty five", "hundred twelve", but not "five twelve"."""
    return (current % 100 == 0 and value < 100) or (current % 10 == 0 and current % 100 >= 20 and value < 10)


def _continues(m: Marked, end: int, current: int, total: int) -> bool:
    """Whether "and" goes on inside a number ("two hundred and five") rather than between two."""
    value = _word_values(m, m.norm(end + 1))
    if value is None or not (total or current >= 100):
        return False
    return (current % 100 == 0 and value < 100) and m.norm(end + 2) not in m.pack.multipliers


def _word_values(m: Marked, norm: str) -> int | None:
    """The value of a number word, also of two joined by a hyphen."""
    if norm in m.pack.numbers:
        return m.pack.numbers[norm]
    head, hyphen, tail = norm.partition("-")
    if hyphen and head in m.pack.numbers and tail in m.pack.numbers and m.pack.numbers[head] >= 20:
        return m.pack.numbers[head] + m.pack.numbers[tail]
    return None


def _qualified(m: Marked, core: int, end: int, values: tuple[int, ...]) -> Number:
    """The number with the qualifier that stands before or after it."""
    plain = len(values) == 1 and m.tokens[core].kind is Kind.NUMBER and end == core + 1
    year = plain and 1900 <= values[0] <= 2099 and len(m.tokens[core].text) == 4
    start, name = _qualifier_before(m, core)
    if not name:
        end, name = _qualifier_after(m, end)
    return Number(start, core, end, _quantity(values, name), year_like=year and not name)


def _qualifier_before(m: Marked, core: int) -> tuple[int, str]:
    at = core
    for _ in range(QUALIFIER_REACH):
        for name in ("at_least", "more_than", "at_most", "fewer_than", "about"):
            if hit := m.before(at, "quantity", name):
                return hit.start, name
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
