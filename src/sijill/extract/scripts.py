"""Passages of a text in another script than its language is written in: a post with its translation, a page around one.

Each such passage is read with the pack of the language that this project reads in that script. Nothing is cut out: what
is left aside becomes line ends, so that every offset stays what it was.
"""

from __future__ import annotations

import re

from sijill.extract.tokens import letter_runs

ARABIC = re.compile("[\u0621-\u064a\u0671-\u06d3\ufb50-\ufdff\ufe70-\ufefc]")
LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
# The language that is read in a script that is not the text's own.
ARABIC_CODE, LATIN_CODE = "ar", "en"
# A passage is a line with so many words, most of its letters in the other script.
LEAST_WORDS, MOSTLY = 6, 3


def other_script(text: str, language: str) -> tuple[str, str] | None:
    """The language of the passages in the other script, and the text with all else turned to line ends, if any.

    >>> other_script("Oh X.\\nقتل تسعة مدنيين في قصف اليوم", "en")
    ('ar', '\\n\\n\\n\\n\\n\\nقتل تسعة مدنيين في قصف اليوم')
    """
    code, own, other = (LATIN_CODE, ARABIC, LATIN) if language == ARABIC_CODE else (ARABIC_CODE, LATIN, ARABIC)
    if other.search(text) is None:
        return None
    lines = text.split("\n")
    kept = [_is_passage(line, own, other) for line in lines]
    if not any(kept):
        return None
    return code, "\n".join(line if keep else "\n" * len(line) for line, keep in zip(lines, kept, strict=True))


def _is_passage(line: str, own: re.Pattern[str], other: re.Pattern[str]) -> bool:
    letters = len(other.findall(line))
    if letters <= MOSTLY * len(own.findall(line)):
        return False
    return sum(1 for _ in letter_runs(line)) >= LEAST_WORDS
