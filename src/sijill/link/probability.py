"""From log-odds to a probability."""

from __future__ import annotations

import math

LARGEST = 30.0


def probability(log_odds: float) -> float:
    """The probability whose odds have this logarithm.

    >>> probability(0.0)
    0.5
    """
    return 1 / (1 + math.exp(-max(-LARGEST, min(LARGEST, log_odds))))
