"""What must hold of every language pack: it has the lists that the rules ask for, and reads any text at all."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sijill.core.errors import InvalidRecord
from sijill.extract import compiling as packs
from sijill.extract.attribution import attribution_of
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.pack import Grammar, Opening
from sijill.extract.reader import read_claims
from sijill.extract.report import Report
from sijill.extract.wordforms import forms, spelled_out

CODES = packs.languages()
ASKED = re.compile(r'is_a\([^"()]*(?:\([^()]*\)[^"()]*)*"([a-z_.]+)"|words\["([a-z_.]+)"\]')
GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "languages.md"


def raw(code: str) -> dict[str, object]:
    return tomllib.loads((files("sijill.extract") / "packs" / f"{code}.toml").read_text(encoding="utf-8"))


def asked_for() -> set[str]:
    """The names of the word lists that the rules look words up in."""
    sources = (f.read_text(encoding="utf-8") for f in files("sijill.extract").iterdir() if f.name.endswith(".py"))
    return {a or b for text in sources for a, b in ASKED.findall(text)}


def test_there_are_lists_that_the_rules_ask_for() -> None:
    assert {"stop", "partitive", "places.articles", "attribution.verbs"} <= asked_for()


@pytest.mark.parametrize("code", CODES)
def test_a_pack_has_every_list_that_the_rules_ask_for(code: str) -> None:
    assert asked_for() - set(packs.load(code).words) == set()


@pytest.mark.parametrize("code", CODES)
def test_a_pack_says_each_section_of_the_english_one(code: str) -> None:
    assert set(raw("en")) - set(raw(code)) <= {"clutter", "setting"}


def test_a_grammar_that_does_not_exist_is_told() -> None:
    with pytest.raises(InvalidRecord, match="verbs_dance"):
        packs.compiled({**raw("es"), "grammar": {"verbs_dance": True}})


def test_the_guide_names_every_switch_of_the_grammar() -> None:
    section = GUIDE.read_text(encoding="utf-8").split("## `[grammar]`")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    named = {name for row in rows for name in re.findall("`([^`]+)`", row)}
    assert named == {f.name for f in fields(Grammar)}


def test_the_guide_names_every_language() -> None:
    listed = re.search(r"There are packs for (.*?)\.", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert listed is not None
    names = set(re.split(r",\s+|\s+and\s+", listed[1]))
    assert names == {packs.load(code).name for code in CODES}


def test_accents_count_only_where_they_tell_words_apart() -> None:
    french = packs.load("fr").spelling
    assert (french.norm("Tué"), french.norm("tue"), french.norm("décès")) == ("tué", "tue", "deces")


@given(
    st.lists(st.sampled_from(["a", "é", "b "]), min_size=1, max_size=4),
    st.lists(st.text("xyz", max_size=3), max_size=3),
)
def test_a_pattern_stands_for_each_of_its_choices(head: list[str], choices: list[str]) -> None:
    stem = "".join(head)
    pattern = stem + ("{" + "|".join(choices) + "}" if choices else "")
    assert set(forms(pattern)) == {stem + choice for choice in choices or [""]}


def test_what_is_written_onto_a_source_is_the_pack_s_word() -> None:
    text = "وفقاً لكسترل أوسترا، قتل 12 مدنياً."
    pack = packs.load("ar")
    sources = []
    for to in ({"ل"}, set(), {"لكس"}):
        changed = replace(pack, words={**pack.words, "attribution.to_written_on": frozenset(to)})
        report = Report.of(text, changed, None, None)
        found = attribution_of(report, 0, [t.text for t in report.marked(0).tokens].index("12"))
        sources.append(found[0].source if found else "")
    assert sources == ["كسترل أوسترا", "لكسترل أوسترا", "ترل أوسترا"]
    assert pack.words["attribution.to_written_on"] == {"ل"}


def test_a_pattern_of_too_many_forms_is_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        forms("{a|b|c|d|e|f|g|h}" * 4)


def test_variants_stand_in_phrases_and_not_alone() -> None:
    spelled = spelled_out({"variants": {"de": ["de", "du"]}, "words": {"stop": ["de", "mort de"]}})
    assert spelled["words"]["stop"] == ["de", "mort de", "mort du"]


def vocabulary(code: str) -> list[str]:
    """Words of a pack that set its rules off, with what may stand between them."""
    pack = packs.load(code)
    words = sorted({*pack.alarms, *pack.numbers, *pack.multipliers, *pack.months, *pack.weekdays})
    words += sorted({" ".join(hit) for opening in list(pack.phrases.values())[:400] for hit in _phrases(opening)})[:400]
    return [*words, ",", ".", "«", "»", "-", "(", ")", "12", "15 000", "1,5", "l'", "d'", "Ostra", "3", "\n"]


def _phrases(opening: Opening) -> list[tuple[str, ...]]:
    return [phrase for longer in opening.longer.values() for phrase, _ in longer]


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_words_of_a_pack_are_read_and_every_span_stands(code: str, data: st.DataObject) -> None:
    text = " ".join(data.draw(st.lists(st.sampled_from(vocabulary(code)), max_size=60)))
    for claim in read_claims(
        text,
        document="report",
        published=dt.date(2031, 3, 9),
        language=code,
        publisher=None,
        gazetteer=Gazetteer.shipped(),
    ):
        assert claim.quote.stands_in(text)
        assert claim.count is None or claim.count.span.stands_in(text)
