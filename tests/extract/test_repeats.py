"""Tolls told again: one mention lends another what it leaves out, also a kind of people that has no words."""

from __future__ import annotations

from dataclasses import replace

from sijill.core.claim import GroupType
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims
from sijill.extract.repeats import AGAIN, agreed

TEXT = "Twelve people were killed in Ostra. The clinic counted twelve people killed."


def test_a_kind_without_words_is_lent_all_the_same() -> None:
    claims = read_claims(
        TEXT, document="x", published=None, language="en", publisher=None, gazetteer=Gazetteer.shipped()
    )
    assert len(claims) == 2
    typed = replace(claims[0], group=replace(claims[0].group, type=GroupType.CIVILIANS, text=""))
    _, second = agreed([typed, claims[1]])
    assert second.group.type is GroupType.CIVILIANS
    assert [e.words for e in second.evidence if e.rule == AGAIN and e.field == "group"] == ["twelve"]
