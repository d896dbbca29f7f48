from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.claim import GroupType, Harm
from sijill.core.errors import InvalidRecord
from sijill.core.incident import Figure, GroupScope, Scope
from tests.core.strategies import figures

ENDS = st.none() | st.integers(0, 50)


@given(ENDS, ENDS, ENDS)
def test_low_best_and_high_never_fall(low: int | None, best: int | None, high: int | None) -> None:
    known = [n for n in (low, best, high) if n is not None]
    falls = any(a > b for a, b in pairwise(known))
    if falls:
        with pytest.raises(InvalidRecord, match="must not fall"):
            Figure(Scope(Harm.KILLED), low, best, high, 1, ())
    else:
        assert Figure(Scope(Harm.KILLED), low, best, high, 1, ()).low == low


@given(figures())
def test_a_range_without_a_best_is_a_figure(figure: Figure) -> None:
    assert Figure(figure.scope, figure.low, None, figure.high, 1, ()).best is None


def test_a_scope_counts_every_group_type_or_all() -> None:
    assert {g.value for g in GroupScope} == {g.value for g in GroupType} | {"all"}
