"""Where the words of a claim stand in another text of the same document: so that a judgement finds its claim again.

Positions say nothing between two texts: a newer reader may leave out a headline, and at the old place of one number
stands another. Words do, with line breaks and spaces taken alike, since readers differ in these most.
"""

from __future__ import annotations

import re

from sijill.core.claim import Claim

# A longer quote is no sentence, and looking for it would take long.
LONGEST = 20_000
SPACE = re.compile(r"\s+")


def moved(claim: Claim, read_in: str, now: str) -> tuple[int, int] | None:
    """Where the claim's count (or its quote, where it has none) stands in the text `now`, `None` where it does not.

    `read_in` is the text that it was read in. Where the quote stands more than once, its place among them decides, if
    there are as many in both texts; else nobody can tell, and it stands nowhere.
    """
    quote = claim.quote
    words = quote.text.split()
    if not words or len(quote.text) > LONGEST:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    before = [m.start() for m in pattern.finditer(read_in)]
    after = [m.span() for m in pattern.finditer(now)]
    lead = len(quote.text) - len(quote.text.lstrip())
    if not after or quote.start + lead not in before:
        return None
    if len(after) > 1 and len(after) != len(before):
        return None
    start, end = after[before.index(quote.start + lead)] if len(after) > 1 else after[0]
    if claim.count is None:
        return start, end
    first = _letters(quote.text[: claim.count.start - quote.start])
    last = _letters(quote.text[: claim.count.end - quote.start])
    return _after(now, start, first), _after(now, start, last - 1) + 1


def _letters(text: str) -> int:
    """How many characters that are no space."""
    return len(SPACE.sub("", text))


def _after(text: str, start: int, letters: int) -> int:
    """Where the character stands that comes after so many that are no space."""
    at = start
    while letters or text[at].isspace():
        letters -= not text[at].isspace()
        at += 1
    return at
