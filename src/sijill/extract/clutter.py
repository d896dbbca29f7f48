"""The furniture of a page that was copied with a report: menus, headlines of other stories, copies of a post.

Nothing is taken out of the text, so no offset shifts; sentences that are furniture only make no claims. A text counts
as a copied page where at least two of its lines are words of a menu ("Log in"), which no report says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sijill.extract.pack import Pack
from sijill.extract.tokens import fold

# A line of a menu is short, a headline neither very short nor long; a copy is worth the name from some length on.
MENU_LONGEST, HEADLINE_LONGEST, COPY_SHORTEST = 60, 160, 16
MENUS_LEAST, HEADLINES_LEAST = 2, 4
SENTENCE_ENDS = frozenset(".!?…؟。۔\"”»’')")
LETTERS = re.compile(r"[^\W_]+")


def page_furniture(text: str, bounds: Sequence[tuple[int, int]], pack: Pack) -> frozenset[int]:
    """The sentences that are furniture: none unless the text shows that it is a copied page."""
    menus = pack.words["clutter.menus"]
    found = {i for i, (a, b) in enumerate(bounds) if b - a <= MENU_LONGEST and _words(text, a, b) in menus}
    if len(found) + _inline(text, pack) < MENUS_LEAST:
        return frozenset()
    words = [_words(text, a, b) if b - a <= HEADLINE_LONGEST * 4 else "" for a, b in bounds]
    return frozenset(found | _copies(words) | _teasers(text, bounds, words, pack))


def _words(text: str, start: int, end: int) -> str:
    """The words of a sentence alone, folded."""
    return " ".join(LETTERS.findall(fold(text[start:end])))


def _inline(text: str, pack: Pack) -> int:
    """How many phrases of a post's own page stand anywhere, for these run into the words around them."""
    return sum(mark in text for mark in pack.page_marks)


def _copies(words: Sequence[str]) -> set[int]:
    """Sentences that repeat one before word for word."""
    seen: set[str] = set()
    found = set()
    for i, w in enumerate(words):
        if len(w) >= COPY_SHORTEST and w in seen:
            found.add(i)
        seen.add(w)
    return found


def _teasers(text: str, bounds: Sequence[tuple[int, int]], words: Sequence[str], pack: Pack) -> set[int]:
    """Headlines of other stories: behind "read next", or several lines on end that no full stop closes."""
    found: set[int] = set()
    run: list[int] = []
    behind = False
    for i, (a, b) in enumerate(bounds):
        headline = b - a <= HEADLINE_LONGEST and text[b - 1] not in SENTENCE_ENDS
        behind = (behind and headline) or words[i] in pack.words["clutter.teasers"]
        if behind:
            found.add(i)
        run = [*run, i] if headline else []
        if len(run) == HEADLINES_LEAST:
            found |= set(run)
        elif len(run) > HEADLINES_LEAST:
            found.add(i)
            run = run[-HEADLINES_LEAST:]
    return found - {0}
