"""Pictures and the page: they show the numbers, cut nothing together, and run nothing that a table says."""

import base64
import re
from xml.etree import ElementTree

import pytest

from sijill.estimate import pictures
from sijill.estimate.decomposable import decomposable
from sijill.estimate.histories import parse
from sijill.estimate.loglinear import log_linear
from sijill.estimate.report import page
from sijill.estimate.results import Estimate, Interval, Model
from sijill.estimate.sensitivity import Case, lower_bound, odds_ratios, subsets

THREE = "A,B,C,count\n1,0,0,120\n0,1,0,90\n0,0,1,60\n1,1,0,40\n1,0,1,30\n0,1,1,20\n1,1,1,12\n"
HOSTILE = THREE.replace("A,B", '"<script>alert(1)</script>","B""onload=x&amp;"')


def words(svg: str) -> list[str]:
    """The text of a picture, which must be well-formed."""
    return ["".join(e.itertext()) for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("}text")]


def test_the_overlap_shows_every_count_with_its_lists() -> None:
    said = words(pictures.overlap(parse(THREE)))
    for expected in ("A + B + C", "B + C", "A", "120", "12"):
        assert expected in said


def test_names_cut_to_the_same_words_stay_two_bars() -> None:
    long = THREE.replace("A,B,C", f"{'x' * 80}1,{'x' * 80}2,C")
    said = words(pictures.overlap(parse(long)))
    assert {w[:6] for w in said if "xxx" in w} == {f"({i}) xx" for i in (1, 2, 4, 5, 6, 7)}


def test_models_humps_and_weights_are_drawn_and_nothing_where_there_is_nothing() -> None:
    drawn = pictures.models(log_linear(parse(THREE)))
    assert drawn is not None
    assert any(w.startswith("[1,2,3] (weight") for w in words(drawn))
    averaged = pictures.models(decomposable(parse(THREE)))
    assert averaged is not None
    assert "weight in the average" in words(averaged)
    humps = [{"median": 1400.0, "low": 1300.0, "high": 1500.0, "weight": 0.6}]
    two = pictures.models(Estimate("latent-class", ("A",), 900, diagnostics={"humps": humps}))
    assert two is not None
    assert "60% of the posterior" in words(two)
    assert pictures.models(Estimate("closed", ("A",), 9, models=(Model("M0", warnings=("none",)),))) is None


def test_the_fan_has_a_panel_for_each_two_lists() -> None:
    histories = parse(THREE)
    drawn = pictures.fan(odds_ratios(histories), histories.observed)
    assert drawn is not None
    assert {"A and B", "A and C", "B and C"} <= set(words(drawn))
    assert pictures.fan([Case("bound", "x", 5)], 5) is None


@pytest.mark.parametrize("text", [THREE, HOSTILE], ids=["plain", "hostile"])
def test_the_page_says_the_numbers_and_runs_nothing(text: str) -> None:
    histories = parse(text)
    found = log_linear(histories)
    cases = [*subsets(histories, log_linear), *odds_ratios(histories, ratios=[0.5, 2]), lower_bound(histories)]
    made = page(found, histories, cases, made_from="<b>table</b>", made_by="a test")
    assert "<strong>372</strong> people are documented" in made
    assert f"{found.estimate:,.0f}" in made
    assert "at least" in made
    assert "default-src 'none'; img-src data:" in made
    for forbidden in ("<script", "<b>", "http:", "https:", 'onload=x&amp;"'):
        assert forbidden not in made
    for held in re.findall(r"base64,([^\"]+)\"", made):
        svg = base64.b64decode(held).decode()
        assert "<script" not in svg
        assert words(svg)


def test_an_estimate_without_an_upper_end_says_so() -> None:
    histories = parse(THREE)
    found = Estimate(
        "loglinear", histories.lists, 372, 900.0, interval=Interval(0.9, 500.0, None), warnings=("mind <it>",)
    )
    made = page(found, histories, [], made_from="a table", made_by="a test")
    assert "no upper end" in made
    assert "mind &lt;it&gt;" in made


def test_a_posterior_is_explained_by_its_humps_and_models_by_their_names() -> None:
    histories = parse(THREE)
    humps = [{"median": m, "low": m - 50.0, "high": m + 50.0, "weight": 0.5} for m in (600.0, 900.0)]
    posterior = Estimate("latent-class", histories.lists, 372, 650.0, diagnostics={"humps": humps})
    for found, said, not_said in (
        (posterior, "a line for each of its humps", "Models are named"),
        (log_linear(histories), "Models are named", "a line for each of its humps"),
    ):
        made = page(found, histories, [], made_from="a table", made_by="a test")
        assert said in made
        assert not_said not in made
