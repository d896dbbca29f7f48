"""Strata over imputed replicates: Rubin's rules against numbers worked out by hand, planted strata, what is refused."""

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm, t

from sijill.core.errors import InputError
from sijill.estimate.histories import parse, read
from sijill.estimate.loglinear import log_linear
from sijill.estimate.results import Estimate, Interval
from sijill.estimate.stratified import combine, of_replicates, stratified, usable

ROWS = list(csv.DictReader((Path(__file__).parent / "strata.csv").read_text(encoding="utf-8").splitlines()))
Z = float(norm.ppf(0.975))


def said(theta: float, spread: float, observed: int = 100, warnings: tuple[str, ...] = ()) -> Estimate:
    """An estimate whose logarithm of the missing is normal about `theta`."""
    low, middle, high = (observed + math.exp(theta + k * spread) for k in (-Z, 0, Z))
    return Estimate("closed", ("A", "B", "C"), observed, middle, interval=Interval(0.95, low, high), warnings=warnings)


def imputed(seed: int, replicates: int) -> str:
    """3,000 people in one stratum and 2,000 in another, on three lists; a fifth of the strata are missing."""
    rng = np.random.default_rng(seed)
    stratum = (np.arange(5000) >= 3000).astype(int)
    on = rng.random((5000, 3)) < np.where(stratum[:, None] == 0, [0.3, 0.25, 0.4], [0.35, 0.3, 0.3])
    lost = rng.random(5000) < 0.2
    lines = ["replicate,stratum,A,B,C,count"]
    for j in range(replicates):
        now = np.where(lost, rng.random(5000) < 0.4, stratum)
        for s in (0, 1):
            patterns, counts = np.unique(on[(now == s) & on.any(axis=1)].astype(int), axis=0, return_counts=True)
            lines += [
                f"R{j + 1},{'one' if s == 0 else 'two'},{','.join(map(str, p))},{n}"
                for p, n in zip(patterns, counts, strict=True)
            ]
    return "\n".join(lines) + "\n"


def test_rubin_s_rules_by_hand() -> None:
    """Ten replicates, theta 5.0 and 5.2 in turn, U = 0.04: W = 0.04, B = 0.1 / 9, T = W + 1.1 B."""
    made = combine("s", [said(5.0 + 0.2 * (j % 2), 0.2) for j in range(10)])
    between = 0.1 / 9
    total = 0.04 + 1.1 * between
    assert (made.within, made.between, made.total) == pytest.approx((0.04, between, total))
    assert made.missing_information == pytest.approx(1.1 * between / total)
    assert made.estimate == pytest.approx(100 + math.exp(5.1))
    reach = t.ppf(0.975, 9 * (1 + 0.04 / (1.1 * between)) ** 2) * math.sqrt(total)
    assert made.interval
    assert made.interval.low == pytest.approx(100 + math.exp(5.1 - reach))
    assert made.interval.high == pytest.approx(100 + math.exp(5.1 + reach))


def test_replicates_that_agree_leave_the_interval_as_it_is() -> None:
    one = said(4.0, 0.3)
    made = combine("s", [one] * 10)
    assert made.interval
    assert one.interval
    assert (made.estimate, made.between) == pytest.approx((one.estimate, 0))
    assert (made.interval.low, made.interval.high) == pytest.approx((one.interval.low, one.interval.high))


def test_an_interval_down_to_the_documented_count_has_the_spread_of_its_upper_half() -> None:
    whole = said(4.0, 0.3)
    assert whole.interval
    cut = Estimate("closed", whole.lists, 100, whole.estimate, interval=Interval(0.95, 100.0, whole.interval.high))
    assert combine("s", [cut] * 10).within == pytest.approx(0.09)


def test_fewer_than_ten_usable_replicates_give_no_estimate() -> None:
    nobody_missing = Estimate("closed", ("A", "B", "C"), 100, 100.0, interval=Interval(0.95, 100.0, 101.0))
    made = combine("s", [said(4.0, 0.3)] * 9 + [nobody_missing])
    assert (made.estimate, made.used, made.replicates) == (None, 9, 10)
    assert "10 are needed" in made.reason


def test_what_replicates_warn_of_is_said_once_with_how_many_say_it() -> None:
    warned = [said(4.0, 0.3, warnings=(f"the posterior has 2 humps: {w}% about 900",)) for w in (60, 70)]
    made = combine("s", [*warned, *[said(4.0, 0.3)] * 10])
    assert [w for w in made.warnings if w.startswith("in 2 of 12 replicates: the posterior has 2 humps: 60%")]
    assert len(made.warnings) == 1
    apart = combine("s", [said(2.0 + j, 0.1) for j in range(10)])
    assert any("what was imputed decides the answer" in w for w in apart.warnings)


def test_planted_strata_are_found() -> None:
    made = stratified(of_replicates(read(imputed(1, 10))), log_linear)
    assert [s.name for s in made] == ["one", "two"]
    for stratum, people in zip(made, (3000, 2000), strict=True):
        assert stratum.interval
        assert (stratum.interval.low or 0) < people < (stratum.interval.high or 0)
        assert stratum.used == stratum.replicates == 10
        assert (stratum.between or 0) > 0
        assert (stratum.observed or 0) < (stratum.interval.low or 0)


def test_too_few_replicates_are_refused() -> None:
    with pytest.raises(InputError, match="9 replicates are fewer than 10"):
        stratified(of_replicates(read(imputed(1, 9))), log_linear)


def test_a_list_with_too_few_people_is_left_out_and_three_must_remain() -> None:
    table = parse("A,B,C,D,count\n1,0,0,0,50\n0,1,0,0,40\n0,0,1,0,30\n1,1,0,0,9\n0,1,1,0,8\n1,0,1,1,2\n")
    assert usable(table, 3).lists == ("A", "B", "C")
    assert usable(table, 1) is table
    with pytest.raises(InputError, match=re.escape("fewer than three usable lists (2 hold 45 or more people)")):
        usable(table, 45)


def test_a_stratum_without_people_in_some_replicates_says_so() -> None:
    rows = read(imputed(2, 11))
    fewer = [r for r in rows if (r["replicate"], r["stratum"]) != ("R4", "two")]
    _, two = stratified(of_replicates(fewer), log_linear)
    assert (two.used, two.replicates) == (10, 11)
    assert any("1 of 11 replicates have no estimate: nobody is in this stratum" in w for w in two.warnings)
    least = [r for r in fewer if (r["replicate"], r["stratum"]) != ("R5", "two")]
    one, none = stratified(of_replicates(least), log_linear)
    assert one.estimate is not None
    assert none.estimate is None
    assert "nobody is in this stratum" in none.reason


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_malformed_table_is_refused_with_what_is_wrong(row: dict[str, str]) -> None:
    with pytest.raises(InputError, match=re.escape(row["says"])) as refused:
        of_replicates(read(row["text"].replace("|", "\n")))
    assert refused.value.hint
