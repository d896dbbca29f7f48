from itertools import product

import pytest

from sijill.core.claim import Claim
from sijill.core.state import ClaimState, JudgedClaim
from sijill.core.wire import from_json
from tests.core.test_wire import CLAIM


@pytest.mark.parametrize(("state", "aside"), list(product(ClaimState, ("", "a copy"))))
def test_a_figure_rests_on_what_is_neither_rejected_nor_set_aside(state: ClaimState, aside: str) -> None:
    claim = from_json(Claim, CLAIM)
    judged = JudgedClaim(claim.id, claim, claim, state, set_aside=aside)
    assert judged.counts == (state is not ClaimState.REJECTED and not aside)
