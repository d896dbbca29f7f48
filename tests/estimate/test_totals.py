"""The total over imputed strata: added up within each replicate, with what imputation leaves open."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import InputError
from sijill.estimate.histories import read
from sijill.estimate.loglinear import log_linear
from sijill.estimate.results import Estimate, Interval
from sijill.estimate.stratified import Moments, of_replicates
from sijill.estimate.totals import TOTAL, added, total, with_total
from tests.estimate.test_stratified import imputed, said


@given(st.floats(-2, 12), st.floats(0, 4))
def test_the_total_of_one_stratum_is_that_stratum(theta: float, variance: float) -> None:
    made = added([Moments(10, theta, variance)])
    assert (made.observed, made.theta, made.variance) == pytest.approx((10, theta, variance), abs=1e-9)


@given(st.lists(st.tuples(st.floats(0, 8), st.floats(0, 1)), min_size=2, max_size=5))
def test_the_total_has_the_mean_and_the_variance_of_the_sum(parts: list[tuple[float, float]]) -> None:
    made = added([Moments(1, theta, variance) for theta, variance in parts])
    means = [math.exp(theta + variance / 2) for theta, variance in parts]
    assert math.exp(made.theta + made.variance / 2) == pytest.approx(sum(means))
    squares = sum(m**2 * math.expm1(v) for m, (_, v) in zip(means, parts, strict=True))
    assert sum(means) ** 2 * math.expm1(made.variance) == pytest.approx(squares, rel=1e-9, abs=1e-9)


def test_the_planted_total_is_found_and_imputation_between_strata_does_not_widen_it() -> None:
    """Who moves from one stratum to the other stays in the total: strata differ between replicates, it hardly does."""
    one, two, whole = with_total(of_replicates(read(imputed(1, 10))), log_linear)
    assert whole.name == TOTAL
    assert whole.interval
    assert (whole.interval.low or 0) < 5000 < (whole.interval.high or 0)
    assert whole.observed == pytest.approx((one.observed or 0) + (two.observed or 0))
    assert (whole.missing_information or 0) < min(one.missing_information or 0, two.missing_information or 0)


def test_one_stratum_has_no_total() -> None:
    rows = [row for row in read(imputed(1, 10)) if row["stratum"] == "one"]
    assert [stratum.name for stratum in with_total(of_replicates(rows), log_linear)] == ["one"]


def test_a_stratum_without_people_adds_nothing_and_one_without_an_estimate_stops_the_total() -> None:
    estimates: dict[str, Estimate | str] = {f"R{j}": said(4.0, 0.3) for j in range(11)}
    empty: dict[str, Estimate | str] = dict.fromkeys(estimates, "nobody is in this stratum")
    alone = total({"a": estimates, "b": empty})
    assert alone.estimate == pytest.approx(100 + math.exp(4.0))
    refused: dict[str, Estimate | str] = {**estimates, "R3": "fewer than three usable lists"}
    partly = total({"a": estimates, "b": refused})
    assert (partly.used, partly.replicates) == (10, 11)
    assert (
        "1 of 11 replicates are left out: some strata have no estimate (stratum b in replicate R3)" in partly.warnings
    )
    endless = Estimate("closed", ("A",), 100, 200.0, interval=Interval(0.95, 150.0, None))
    none = total({"a": estimates, "b": dict.fromkeys(estimates, endless)})
    assert none.estimate is None
    assert "it would leave out strata that have no estimate (stratum b in replicate R0)" in none.reason


def test_too_few_replicates_are_refused() -> None:
    with pytest.raises(InputError, match="9 replicates are fewer than 10"):
        with_total(of_replicates(read(imputed(1, 9))), log_linear)
