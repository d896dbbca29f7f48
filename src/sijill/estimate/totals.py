"""The total over strata whose values were imputed: added up within each replicate, then combined over replicates.

Whoever is imputed into one stratum is missing in another, so strata go up and down together: only within a replicate,
where everybody has one place, do estimates of strata add up. There they rest on different people, so that their errors
are independent. Each is log-normal in the number on no list, exp(theta) its median and U the variance of its logarithm;
the sum of them is taken as log-normal with the same mean and variance (Fenton, "The sum of log-normal probability
distributions in scatter transmission systems", IRE Transactions on Communications Systems 8, 1960). Then Rubin's rules,
as in `stratified`, so that the variance between replicates holds what imputation leaves open about the total.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sijill.estimate.results import Estimate
from sijill.estimate.stratified import (
    MIN_PEOPLE,
    NOBODY,
    REPLICATES,
    Attempts,
    Estimator,
    Moments,
    Replicates,
    Stratum,
    attempted,
    by_stratum,
    log_missing,
    pooled,
)

TOTAL = "(all strata)"


def with_total(
    strata: Mapping[str, Replicates], estimator: Estimator, *, level: float = 0.95, min_people: int = MIN_PEOPLE
) -> tuple[Stratum, ...]:
    """The estimate of each stratum and, where there are several, the total as the last; raises as `stratified`."""
    found = attempted(strata, estimator, level=level, min_people=min_people)
    made = by_stratum(found, level=level)
    return made if len(made) < 2 else (*made, total(found, level=level))


def total(attempts: Attempts, *, level: float = 0.95) -> Stratum:
    """The total over all strata; without ten replicates in which every stratum has an estimate, the reason why not.

    A stratum that nobody was imputed into in a replicate adds nothing there.
    """
    labels = list(next(iter(attempts.values())))
    sums, lacking = [], ""
    for label in labels:
        parts = {name: _part(replicates[label]) for name, replicates in attempts.items() if replicates[label] != NOBODY}
        without = [name for name, part in parts.items() if part is None]
        if without or not parts:
            lacking = lacking or f"stratum {without[0] if without else ''} in replicate {label}"
            continue
        sums.append(added([part for part in parts.values() if part is not None]))
    if len(sums) < REPLICATES:
        said = f"no total: it would leave out strata that have no estimate ({lacking}); merge strata"
        return Stratum(TOTAL, len(labels), len(sums), reason=said)
    made = pooled(TOTAL, sums, level=level, replicates=len(labels))
    if not lacking:
        return made
    said = (
        f"{len(labels) - len(sums)} of {len(labels)} replicates are left out: some strata have no estimate ({lacking})"
    )
    return replace(made, warnings=(said,))


def _part(found: Estimate | str) -> Moments | None:
    return None if isinstance(found, str) else log_missing(found)


def added(parts: Sequence[Moments]) -> Moments:
    """The sum of independent log-normal numbers, as the log-normal one with its mean and variance."""
    means = [math.exp(part.theta + part.variance / 2) for part in parts]
    squares = [mean**2 * math.expm1(part.variance) for mean, part in zip(means, parts, strict=True)]
    mean = sum(means)
    variance = math.log1p(sum(squares) / mean**2)
    return Moments(sum(part.observed for part in parts), math.log(mean) - variance / 2, variance)
