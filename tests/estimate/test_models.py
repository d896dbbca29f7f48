"""The models against formulas that can be worked out by hand, against simulation, and against published results."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from sijill.core.errors import InputError
from sijill.estimate.closed import closed, closed_population
from sijill.estimate.decomposable import decomposable, decomposable_graphs
from sijill.estimate.histories import Histories, combinations, of_arrays, parse
from sijill.estimate.loglinear import hierarchical, log_linear, name_of
from sijill.estimate.sparse import sparse
from tests.conftest import SHARED

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "concepts" / "estimates.md").read_text(encoding="utf-8").splitlines()
PUBLISHED = list(csv.DictReader((Path(__file__).parent / "published.csv").read_text(encoding="utf-8").splitlines()))
INVENTED = "A,B,C,count\n1,0,0,120\n0,1,0,90\n0,0,1,60\n1,1,0,40\n1,0,1,30\n0,1,1,20\n1,1,1,12\n"


def simulated(people: int, chances: list[float], seed: int) -> Histories:
    """People who are on each list by chance, independently."""
    on = np.random.default_rng(seed).random((people, len(chances))) < np.array(chances)
    return of_arrays(on.astype(int), np.ones(people), merge=True)


def test_two_lists_give_lincoln_and_petersen_s_estimate() -> None:
    """With two independent lists the estimate is the product of their sizes over their overlap."""
    histories = parse("A,B,count\n1,0,60\n0,1,40\n1,1,20\n")
    mt = next(m for m in closed_population(histories) if m.name == "Mt")
    assert mt.abundance == pytest.approx(80 * 60 / 20)


def test_chao_s_bound_is_its_formula() -> None:
    """Chao 1987: observed + (t - 1) / t · f1² / (2 f2), where third captures are more than one chance for all gives."""
    histories = of_arrays(combinations(3), [30, 30, 15, 30, 15, 15, 20])
    bound = next(m for m in closed_population(histories) if m.name == "Mh Chao (LB)")
    assert bound.abundance == pytest.approx(155 + (90**2 / (2 * 45)) * (2 / 3))


def test_the_error_of_mb_is_that_of_removal() -> None:
    """Otis et al. 1978: N q^t (1 - q^t) / ((1 - q^t)² - t² p² q^(t-1))."""
    histories = of_arrays(combinations(3), [300, 200, 20, 120, 30, 10, 10])
    mb = next(m for m in closed_population(histories) if m.name == "Mb")
    first = [360, 210, 120]
    people, t = mb.abundance or 0, 3
    p = sum(first) / (sum(j * n for j, n in enumerate(first, 1)) + t * (people - sum(first)))
    q = 1 - p
    variance = people * q**t * (1 - q**t) / ((1 - q**t) ** 2 - t**2 * p**2 * q ** (t - 1))
    assert mb.stderr == pytest.approx(math.sqrt(variance), rel=1e-3)


def test_there_are_as_many_models_and_graphs_as_the_literature_counts() -> None:
    assert [len(hierarchical(simulated(50, [0.5] * n, 1))) for n in (3, 4)] == [8, 113]
    assert [len(decomposable_graphs(n)) for n in (3, 4, 5)] == [8, 61, 822]


def test_models_are_named_by_their_generators() -> None:
    names = [name_of(m) for m in hierarchical(parse(INVENTED))]
    assert names == ["[1,2,3]", "[12,3]", "[13,2]", "[23,1]", "[12,13]", "[12,23]", "[13,23]", "[12,13,23]"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_independent_lists_give_back_the_population(seed: int) -> None:
    histories = simulated(2000, [0.4, 0.3, 0.5, 0.2], seed)
    for found in (log_linear(histories), decomposable(histories), closed(histories)):
        assert found.interval is not None
        assert found.interval.low is not None
        assert found.interval.high is not None
        assert found.interval.low * 0.9 < 2000 < found.interval.high * 1.1
        assert found.observed < found.interval.low


def test_the_order_of_the_lists_changes_nothing() -> None:
    one = parse(INVENTED)
    other = one.only(["C", "A", "B"])
    assert decomposable(one).mean == pytest.approx(decomposable(other).mean or 0, rel=1e-9)
    assert log_linear(one).estimate == pytest.approx(log_linear(other).estimate or 0, rel=1e-9)
    never = parse("A,B,C,count\n1,0,0,70\n0,1,0,60\n0,0,1,50\n1,1,0,12\n1,0,1,9\n")
    orders = [closed(never.only(order)).estimate for order in (["A", "B", "C"], ["B", "C", "A"], ["C", "A", "B"])]
    assert orders == pytest.approx([orders[0]] * 3, rel=1e-6)


def test_the_profile_interval_holds_the_estimate_and_grows_with_its_level() -> None:
    narrow, wide = (log_linear(parse(INVENTED), level=level) for level in (0.8, 0.99))
    inner, outer = (
        (found.interval.low or 0.0, found.interval.high or 0.0) for found in (narrow, wide) if found.interval
    )
    assert outer[0] < inner[0] < (narrow.estimate or 0) < inner[1] < outer[1]


def test_the_bootstrap_interval_takes_in_the_choice_of_the_model() -> None:
    """It holds the estimate, repeats with its seed, and is not the profile's, which takes the model for granted."""
    histories = parse(INVENTED)
    one, again, other = (log_linear(histories, bootstrap=150, seed=seed) for seed in (3, 3, 4))
    assert one == again
    assert one.interval
    assert one.interval != other.interval
    assert (one.interval.low or 0) < (one.estimate or 0) < (one.interval.high or 0)
    assert one.interval != log_linear(histories).interval
    assert one.estimate == log_linear(histories).estimate
    with pytest.raises(InputError, match="-1 bootstrap samples cannot be"):
        log_linear(histories, bootstrap=-1)


def test_decomposable_weights_are_shares_and_sparse_lists_have_a_warning() -> None:
    found = decomposable(parse(INVENTED))
    assert sum(m.weight or 0 for m in found.models) == pytest.approx(1)
    thin = decomposable(parse("A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n1,1,0,1\n"))
    assert any("has not died away" in w for w in thin.warnings)


def test_what_no_model_can_estimate_is_refused() -> None:
    with pytest.raises(InputError, match="nobody is on two lists"):
        log_linear(parse("A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n"))
    with pytest.raises(InputError, match="2 lists: all graphs are tried for three to five"):
        decomposable(parse("A,B,count\n1,0,60\n0,1,40\n1,1,20\n"))
    with pytest.raises(InputError, match="more than 40,000 hierarchical models"):
        log_linear(simulated(300, [0.3] * 7, 1))


@pytest.mark.parametrize("people", [766, 12_000, 3_000_000])
def test_a_model_that_fits_perfectly_has_an_estimate(people: int) -> None:
    """As many parameters as cells: the deviance is 0 but for rounding, which is no sign of running away."""
    histories = of_arrays(combinations(2), [5, 7, people])
    (only,) = log_linear(histories).models
    assert only.abundance == pytest.approx(people + 12 + 35 / people, rel=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize("row", PUBLISHED, ids=[f"{r['data']}-{r['model']}" for r in PUBLISHED])
def test_published_results_are_met(row: dict[str, str]) -> None:
    """To the digits printed, as far as the other program's own iterations had converged; the page shows them."""
    histories = parse((SHARED / "lists" / "mse" / f"{row['data']}.csv").read_text(encoding="utf-8"))
    found = _found(row, histories)
    for key in ("value", "stderr", "deviance", "aic", "low", "high", "median"):
        if row[key]:
            assert found[key] == pytest.approx(float(row[key]), rel=float(row["rel"])), key
    assert _shown(row, found["value"]) in PAGE, "docs/concepts/estimates.md shows other numbers"


def _shown(row: dict[str, str], ours: float) -> str:
    """A row of the page's table, to as many digits as were published."""
    places = len(row["value"].partition(".")[2])
    model = {"half": "delta 0.5, at most 300 missing", "": "best" if row["method"] == "sparse" else "average"}
    named = model.get(row["model"], row["model"])
    return f"| `{row['method']}` | `{row['data']}` | {named} | {float(row['value']):,.{places}f} | {ours:,.{places}f} |"


def _found(row: dict[str, str], histories: Histories) -> dict[str, float]:
    if row["method"] == "decomposable":
        options = {"delta": 0.5, "max_missing": 300} if row["model"] == "half" else {}
        made = decomposable(histories, **options)  # type: ignore[arg-type]
        assert made.interval
        ends = {"low": made.interval.low or math.nan, "high": made.interval.high or math.nan}
        return {"value": made.mean or 0, "median": made.median or 0, **ends}
    if row["method"] == "sparse":
        (chosen,) = sparse(histories, bootstrap=0).models
        assert chosen.interval
        low, high = chosen.interval.low or 0, chosen.interval.high or 0
        return {"value": chosen.abundance or 0, "low": low, "high": high}
    models = closed_population(histories) if row["method"] == "closed" else log_linear(histories).models
    one = next(m for m in models if m.name == row["model"])
    numbers = (one.abundance, one.stderr, one.deviance, one.aic)
    return dict(zip(("value", "stderr", "deviance", "aic"), (n or 0 for n in numbers), strict=True))
