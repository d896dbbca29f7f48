"""How far estimates move: every choice of lists, odds ratios against formulas and planted populations, the bound."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sijill.core.errors import InputError
from sijill.estimate.histories import Histories, of_arrays, parse
from sijill.estimate.loglinear import log_linear
from sijill.estimate.sensitivity import lower_bound, odds_ratios, sensitivity, subsets

FOUR = "A,B,C,D,count\n" + "".join(
    f"{i & 1},{i >> 1 & 1},{i >> 2 & 1},{i >> 3},{n}\n"
    for i, n in enumerate([300, 240, 90, 200, 80, 60, 25, 150, 55, 40, 20, 35, 15, 12, 6], 1)
)
NEVER_MEET = "A,B,C,count\n1,0,0,70\n0,1,0,60\n0,0,1,50\n1,1,0,12\n1,0,1,9\n"


def dependent(ratio: float, seed: int, people: int = 40_000) -> Histories:
    """People on three lists, the first two depending by an odds ratio, the third on its own."""
    rng = np.random.default_rng(seed)
    weights = np.array([1.0, 0.4, 0.5, 0.4 * 0.5 * ratio])
    cell = rng.choice(4, size=people, p=weights / weights.sum())
    on = np.stack([cell & 1, cell >> 1, rng.random(people) < 0.3], axis=1).astype(int)
    return of_arrays(on, np.ones(people), merge=True)


@settings(max_examples=30, deadline=None)
@given(st.tuples(*[st.integers(5, 2_000)] * 3), st.floats(0.1, 10))
def test_two_lists_give_the_formula_of_gerritse_and_others(cells: tuple[int, int, int], ratio: float) -> None:
    a, b, both = cells
    (case,) = odds_ratios(parse(f"A,B,count\n1,0,{a}\n0,1,{b}\n1,1,{both}\n"), ratios=[ratio])
    assert case.estimate == pytest.approx(a + b + both + a * b * ratio / both, rel=1e-6)
    assert case.interval
    assert (case.interval.low or 0) < case.estimate < (case.interval.high or 0)


@pytest.mark.parametrize("ratio", [0.5, 2.0, 4.0])
def test_the_odds_ratio_that_was_planted_gives_back_the_population(ratio: float) -> None:
    histories = dependent(ratio, 3)
    right, ignored = (
        next(c for c in odds_ratios(histories, ratios=[r]) if c.name == "L1 and L2") for r in (ratio, 1.0)
    )
    assert right.estimate == pytest.approx(40_000, rel=0.02)
    assert ignored.estimate is not None
    assert (ignored.estimate < 39_000) == (ratio > 1)
    assert right.warnings == ()
    assert any("the lists speak against this ratio" in w for w in ignored.warnings)


def test_a_ratio_of_one_is_the_model_without_that_pair_and_more_dependence_means_more_people() -> None:
    histories = parse(FOUR)
    models = {m.name: m.abundance for m in log_linear(histories).models}
    best = log_linear(histories).models[0].name
    for pair, name in ((("A", "B"), "12"), (("C", "D"), "34")):
        said = [c.estimate or 0 for c in odds_ratios(histories) if c.name == " and ".join(pair)]
        assert said == sorted(said)
        assert len(set(said)) == 9
        if name not in best:
            assert said[4] == pytest.approx(models[best])


def test_a_pair_that_never_meets_still_has_an_answer_for_each_ratio() -> None:
    cases = odds_ratios(parse(NEVER_MEET), ratios=[0.5, 1])
    assert len(cases) == 6
    assert all((c.estimate is None) == bool(c.reason) for c in cases)
    assert any(c.name == "B and C" and c.estimate is not None for c in cases)


@pytest.mark.parametrize("ratio", [0.0, -1.0, math.nan, math.inf])
def test_ratios_that_cannot_be_are_refused(ratio: float) -> None:
    with pytest.raises(InputError, match="an odds ratio of"):
        odds_ratios(parse(FOUR), ratios=[ratio])


def test_every_choice_of_three_lists_or_more_has_an_estimate_or_a_reason() -> None:
    cases = subsets(parse(FOUR), log_linear)
    names = ["A + B + C + D", "A + B + C", "A + B + D", "A + C + D", "B + C + D"]
    assert [c.name for c in cases] == names
    assert cases[0].estimate == log_linear(parse(FOUR)).estimate
    assert all(c.interval and c.observed and c.observed <= parse(FOUR).observed for c in cases)
    lonely = parse("A,B,C,D,count\n1,0,0,0,70\n0,1,0,0,60\n0,0,1,0,50\n0,0,0,1,5\n1,1,0,1,12\n0,1,0,1,9\n1,0,0,1,3\n")
    by_name = {c.name: c for c in subsets(lonely, log_linear)}
    assert by_name["A + C + D"].estimate is not None
    few = subsets(parse("A,B,count\n1,0,60\n0,1,40\n1,1,20\n"), log_linear)
    assert few[0].reason == "fewer than three lists"


def test_an_estimate_below_the_documented_count_is_marked() -> None:
    rows = "1,1,1,0,80\n1,1,0,0,3\n0,1,1,0,4\n1,0,1,0,2\n1,0,0,0,1\n0,1,0,0,1\n0,0,1,0,1\n0,0,0,1,900\n1,1,1,1,10\n"
    first = next(c for c in subsets(parse("A,B,C,D,count\n" + rows), log_linear) if c.name == "A + B + C")
    assert any("it cannot be right" in w for w in first.warnings)


def test_the_bound_has_one_end_and_lies_below_a_population_of_two_kinds() -> None:
    rng = np.random.default_rng(4)
    rates = np.where(rng.random(20_000)[:, None] < 0.3, [0.6, 0.5, 0.4], [0.15, 0.2, 0.1])
    case = lower_bound(of_arrays((rng.random((20_000, 3)) < rates).astype(int), np.ones(20_000), merge=True))
    assert case.estimate is not None
    assert case.interval is not None
    assert case.interval.high is None
    assert (case.observed or 0) < (case.interval.low or 0) < case.estimate < 20_000
    nobody = lower_bound(parse("A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n"))
    assert (nobody.estimate, "nobody is on two lists" in nobody.reason) == (None, True)


def test_tables_linked_at_other_thresholds_have_a_row_each() -> None:
    strict = FOUR.replace(",1,6\n", ",1,3\n")
    found = sensitivity({"loose": parse(FOUR), "strict": parse(strict)}, log_linear, method="loglinear", ratios=[1, 20])
    assert [c.name for c in found.cases if c.kind == "table"] == ["loose", "strict"]
    assert list(dict.fromkeys(c.kind for c in found.cases)) == ["lists", "table", "odds ratio", "bound"]
    assert any("do not quote one number" in w for w in found.warnings)
    with pytest.raises(InputError, match="other has other lists"):
        sensitivity({"one": parse(FOUR), "other": parse(NEVER_MEET)}, log_linear, method="loglinear")
    with pytest.raises(InputError, match="no table"):
        sensitivity({}, log_linear, method="loglinear")
