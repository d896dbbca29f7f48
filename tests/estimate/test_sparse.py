"""Lists that overlap little: which estimates exist, what comes in, intervals, and what is refused."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from sijill.core.errors import InputError
from sijill.estimate.bootstrap import bias_corrected
from sijill.estimate.histories import Histories, of_arrays, parse
from sijill.estimate.sparse import Layout, exists, sparse, stepwise

NO_MEETING = "A,B,C,count\n1,0,0,70\n0,1,0,60\n0,0,1,50\n1,1,0,12\n1,0,1,9\n"


def apart(seed: int) -> Histories:
    """4,000 people on four lists, of which the first two never meet."""
    rng = np.random.default_rng(seed)
    on = rng.random((4000, 4)) < [0.2, 0.2, 0.25, 0.15]
    on[:, 1] &= ~on[:, 0]
    return of_arrays(on.astype(int), np.ones(len(on)), merge=True)


def chosen(layout: Layout, *pairs: tuple[int, int]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Pairs as bits."""
    return np.array([tuple(p) in pairs for p in layout.pairs.tolist()])


def test_whether_an_estimate_exists_is_decided_by_what_overlaps() -> None:
    """With the pair that never meets taken in, five cells are left: enough for one pair more, not for two."""
    layout, table = Layout.of(3), parse(NO_MEETING).table.astype(float)
    assert exists(table, layout, chosen(layout))
    assert exists(table, layout, chosen(layout, (1, 2), (0, 1)))
    assert not exists(table, layout, chosen(layout, (1, 2), (0, 1), (0, 2)))
    lonely = parse("A,B,C,count\n1,0,0,70\n0,1,0,60\n0,0,1,50\n").table.astype(float)
    assert not exists(lonely, layout, chosen(layout))


def test_lists_that_never_meet_come_in_as_a_pair() -> None:
    found = sparse(apart(1), bootstrap=0)
    assert "12" in found.models[0].name
    assert found.estimate == pytest.approx(4000, rel=0.15)
    assert found.interval is None
    assert any("nobody is on both L1 and L2" in w for w in found.warnings)


def test_no_threshold_lets_nothing_in_and_lists_by_chance_need_nothing() -> None:
    assert sparse(apart(1), bootstrap=0, threshold=0.0).models[0].name == "[1,2,3,4]"
    rng = np.random.default_rng(5)
    on = (rng.random((3000, 4)) < 0.3).astype(int)
    assert sparse(of_arrays(on, np.ones(3000), merge=True), bootstrap=0, threshold=1e-3).models[0].name == "[1,2,3,4]"


def test_the_interval_holds_the_planted_number_and_repeats_with_its_seed() -> None:
    one, again = (sparse(apart(2), bootstrap=200, seed=3) for _ in range(2))
    assert one == again
    assert one.interval
    assert (one.interval.low or 0) < 4000 < (one.interval.high or 0)
    assert one.models[0].interval
    assert (one.models[0].interval.low or 0) < (one.estimate or 0) < (one.models[0].interval.high or 0)


def test_the_order_of_the_lists_changes_nothing() -> None:
    histories = apart(3)
    other = histories.only([histories.lists[i] for i in (2, 0, 3, 1)])
    assert sparse(other, bootstrap=0).estimate == pytest.approx(sparse(histories, bootstrap=0).estimate, rel=1e-8)


def test_without_bias_or_skewness_the_interval_is_that_of_percentiles() -> None:
    replicates = norm.ppf((np.arange(4000) + 0.5) / 4000)
    plain = bias_corrected(0.0, replicates, np.array([-1.0, 1.0]), np.ones(2), 0.95)
    assert (plain.low, plain.high) == pytest.approx((-1.96, 1.96), abs=0.01)
    shifted = bias_corrected(0.5, replicates, np.array([-1.0, 1.0]), np.ones(2), 0.95)
    assert (shifted.low, shifted.high) == pytest.approx((-0.96, 2.96), abs=0.06)


def test_where_nothing_overlaps_there_is_no_estimate() -> None:
    table = parse("A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n")
    assert math.isinf(stepwise(table.table.astype(float), Layout.of(3), 0.02).missing)
    with pytest.raises(InputError, match="the lists overlap too little"):
        sparse(table)


@pytest.mark.parametrize(("threshold", "bootstrap"), [(-0.1, 10), (1.5, 10), (math.nan, 10), (0.02, -1), (0.02, 10**9)])
def test_options_that_cannot_be_are_refused(threshold: float, bootstrap: int) -> None:
    with pytest.raises(InputError, match="cannot be"):
        sparse(parse(NO_MEETING), threshold=threshold, bootstrap=bootstrap)


def test_two_lists_are_refused() -> None:
    with pytest.raises(InputError, match="2 lists: this method takes 3 to 10"):
        sparse(parse("A,B,count\n1,0,60\n0,1,40\n1,1,20\n"))
