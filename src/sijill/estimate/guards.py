"""What a table of lists cannot carry, whatever the method: refused or said beside the estimate, with what helps."""

from __future__ import annotations

from itertools import combinations as choose

import numpy as np

from sijill.core.errors import InputError
from sijill.estimate.histories import Histories

ENOUGH = 3


def examine(histories: Histories) -> tuple[str, ...]:
    """What to beware of in any estimate from these lists.

    Raises InputError where there can be none: a list holds nobody, or nobody is on two lists.
    """
    if 0 in histories.sizes:
        raise InputError(
            f"the list {histories.lists[histories.sizes.index(0)]} holds nobody",
            hint="leave it out; three lists with people on them are needed",
        )
    if not (histories.patterns.sum(axis=1) > 1).any():
        raise InputError(
            "nobody is on two lists: the lists overlap too little for any estimate",
            hint="check that the same people were linked across the lists, or find a list that overlaps with others",
        )
    return (*_two(histories), *_alone(histories), *_empty(histories))


def _two(histories: Histories) -> tuple[str, ...]:
    if len(histories.lists) >= ENOUGH:
        return ()
    said = "fewer than three lists: that the two do not depend on each other is assumed and cannot be checked"
    return (f"{said}; find a third list, and see `sijill sensitivity` for what dependence would change",)


def _alone(histories: Histories) -> tuple[str, ...]:
    """Lists that share nobody with any other."""
    shared = histories.patterns[histories.patterns.sum(axis=1) > 1].any(axis=0)
    return tuple(
        f"the list {histories.lists[i]} shares nobody with any other: check how it was linked, or leave it out"
        for i in np.flatnonzero(~shared)
    )


def _empty(histories: Histories) -> tuple[str, ...]:
    """Pairs of lists that nobody is on both of."""
    pairs = [
        f"{histories.lists[i]} and {histories.lists[j]}"
        for i, j in choose(range(len(histories.lists)), 2)
        if not (histories.patterns[:, i] & histories.patterns[:, j]).any()
    ]
    if not pairs:
        return ()
    said = "; nor on both ".join(pairs)
    why = "the lists may never meet, or people on both were missed"
    return (f"nobody is on both {said}: {why}; check the linkage, and compare with the method `sparse`",)
