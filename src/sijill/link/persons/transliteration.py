"""How likely a Latin word is as a rendering of an Arabic one, letter by letter: costs are tabled, then learned.

There are many romanisations, and one list often mixes several, so none is chosen: each Arabic letter comes out as
nothing, one or two Latin letters, each with a probability, and Latin letters (the short vowels) may stand for nothing
that is written. The likeliest alignment is found by dynamic programming over all pairs of words at once. After
E. S. Ristad and P. N. Yianilos, "Learning string-edit distance" (1998), here with the likeliest alignment in place of
all; recalled.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
LATIN = "abcdefghijklmnopqrstuvwxyz"
OTHER_A, OTHER_L = len(ARABIC), len(LATIN)
LETTERS_A, LETTERS_L = len(ARABIC) + 1, len(LATIN) + 1
MAX_A, MAX_L = 16, 20
VOWELS = "aeiou"
# A letter that the table does not give, as a share of what it does; vowels put in, and consonants.
UNTABLED, VOWEL_IN, CONSONANT_IN = 0.02, 0.12, 0.004
TABLED_WEIGHT = 30.0
DROP, ONE, TWO, INSERT = range(4)


@dataclass(frozen=True, eq=False)
class Costs:
    """Costs in nats. `drop` (A,), `one` (A, L), `two` (A, L, L), `insert` (L,)."""

    drop: Floats
    one: Floats
    two: Floats
    insert: Floats


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each step was taken, in the shapes of Costs."""

    drop: Floats
    one: Floats
    two: Floats
    insert: Floats


@cache
def tabled() -> Counts:
    """The table as counts: each rendering counts less than the one before it."""
    table = tomllib.loads((resources.files("sijill.link.persons") / "letters.toml").read_text(encoding="utf-8"))
    drop, one, two = np.zeros(LETTERS_A), np.zeros((LETTERS_A, LETTERS_L)), np.zeros((LETTERS_A, LETTERS_L, LETTERS_L))
    one += UNTABLED / LETTERS_L
    two += UNTABLED / LETTERS_L**2
    drop += UNTABLED
    for letter, renderings in table["renderings"].items():
        a = ARABIC.index(letter)
        for place, text in enumerate(renderings):
            codes = [LATIN.index(c) for c in text]
            target, at = [(drop, (a,)), (one, (a, *codes)), (two, (a, *codes))][len(codes)]
            target[at] += 0.5**place
    insert = np.array([VOWEL_IN if c in VOWELS else CONSONANT_IN for c in LATIN] + [CONSONANT_IN])
    return Counts(drop, one, two, insert)


def costs_of(counts: Counts) -> Costs:
    """Costs by counts: a letter's renderings share one, insertions are rated by themselves."""
    whole = counts.drop + counts.one.sum(axis=1) + counts.two.sum(axis=(1, 2))
    return Costs(
        -np.log(counts.drop / whole),
        -np.log(counts.one / whole[:, None]),
        -np.log(counts.two / whole[:, None, None]),
        -np.log(counts.insert),
    )


def coded(words: Sequence[str], alphabet: str, most: int) -> tuple[Codes, Codes]:
    """Letters as numbers, shape (words, most), and how many each word has; what the alphabet lacks is one more."""
    places = {c: i for i, c in enumerate(alphabet)}
    table = np.zeros((len(words), most), dtype=np.int64)
    for i, word in enumerate(words):
        table[i, : min(len(word), most)] = [places.get(c, len(alphabet)) for c in word[:most]]
    return table, np.array([min(len(w), most) for w in words], dtype=np.int64)


def align(arabic: tuple[Codes, Codes], latin: tuple[Codes, Codes], costs: Costs) -> tuple[Floats, NDArray[np.int8]]:
    """The least cost of each pair, shape (pairs,), and the last step into every cell, (A + 1, L + 1, pairs)."""
    (x, x_size), (y, y_size) = arabic, latin
    n, rows, columns = len(x), int(x_size.max(initial=0)), int(y_size.max(initial=0))
    cost = np.full((rows + 1, columns + 1, n), np.inf)
    step = np.zeros((rows + 1, columns + 1, n), dtype=np.int8)
    cost[0, 0] = 0.0
    for j in range(1, columns + 1):
        cost[0, j] = cost[0, j - 1] + costs.insert[y[:, j - 1]]
        step[0, j] = INSERT
    for i in range(1, rows + 1):
        letter = x[:, i - 1]
        cost[i, 0] = cost[i - 1, 0] + costs.drop[letter]
        dropped = costs.drop[letter]
        for j in range(1, columns + 1):
            last = y[:, j - 1]
            options = [
                cost[i - 1, j] + dropped,
                cost[i - 1, j - 1] + costs.one[letter, last],
                cost[i - 1, j - 2] + costs.two[letter, y[:, j - 2], last] if j > 1 else np.full(n, np.inf),
                cost[i, j - 1] + costs.insert[last],
            ]
            best = options[0]
            for kind, option in enumerate(options[1:], 1):
                less = option < best
                best = np.where(less, option, best)
                step[i, j, less] = kind
            cost[i, j] = best
    return cost[x_size, y_size, np.arange(n)], step


def counted(arabic: tuple[Codes, Codes], latin: tuple[Codes, Codes], weight: Floats, costs: Costs) -> Counts:
    """The steps of the likeliest alignments, each pair with its weight, over the table's own as a prior."""
    (x, x_size), (y, y_size) = arabic, latin
    _, steps = align(arabic, latin, costs)
    prior = tabled()
    drop, one, two = prior.drop * TABLED_WEIGHT, prior.one * TABLED_WEIGHT, prior.two * TABLED_WEIGHT
    inserted = np.zeros(LETTERS_L)
    i, j, going = x_size.copy(), y_size.copy(), np.arange(len(x))
    while len(going):
        kind = steps[i[going], j[going], going]
        for of_kind in (DROP, ONE, TWO, INSERT):
            at = going[kind == of_kind]
            a, last, before = x[at, i[at] - 1], y[at, j[at] - 1], y[at, j[at] - 2]
            match of_kind:
                case 0:
                    np.add.at(drop, a, weight[at])
                case 1:
                    np.add.at(one, (a, last), weight[at])
                case 2:
                    np.add.at(two, (a, before, last), weight[at])
                case _:
                    np.add.at(inserted, last, weight[at])
            i[at] -= of_kind != INSERT
            j[at] -= (0, 1, 2, 1)[of_kind]
        going = going[(i[going] > 0) | (j[going] > 0)]
    letters = max(1.0, float((x_size * weight).sum()))
    insert = (inserted + prior.insert * TABLED_WEIGHT) / (letters + TABLED_WEIGHT)
    return Counts(drop, one, two, insert)
