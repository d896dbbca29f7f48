"""Posts in two scripts: each passage is read in its own language, and no offset moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims
from sijill.extract.scripts import other_script

ENGLISH = "Shells hit the town of Ostra on Monday and killed nine people near the old mill."
ARABIC = "قتل تسعة مدنيين وأصيب 12 آخرون في قصف على بلدة أوسترا صباح الاثنين."


@pytest.mark.parametrize("language", ["en", "ar"])
def test_both_passages_of_a_post_are_read(language: str) -> None:
    text = f"{ENGLISH}\n\n{ARABIC}\n"
    claims = read_claims(
        text, document="x", published=None, language=language, publisher=None, gazetteer=Gazetteer.shipped()
    )
    assert [(str(c.harm), c.count.text, c.extractor[:8]) for c in claims if c.count] == [
        ("killed", "nine", "rules-en"),
        ("killed", "تسعة", "rules-ar"),
        ("wounded", "12", "rules-ar"),
    ]
    assert all(c.quote.stands_in(text) for c in claims)


def test_a_name_in_another_script_is_no_passage() -> None:
    assert other_script(f"{ENGLISH} (أوسترا)", "en") is None
    assert other_script(f"{ARABIC} (Ostra)", "ar") is None


@given(st.text(max_size=80), st.sampled_from(["en", "ar"]))
def test_no_character_moves(text: str, language: str) -> None:
    found = other_script(f"{text}\n{ARABIC if language == 'en' else ENGLISH}", language)
    assert found is not None
    masked = found[1]
    assert masked.endswith(ARABIC if language == "en" else ENGLISH)
    whole = f"{text}\n{ARABIC if language == 'en' else ENGLISH}"
    assert len(masked) == len(whole)
    assert all(m == w or m == "\n" for m, w in zip(masked, whole, strict=True))
