"""Estimates by stratum, where what stratum some people belong to had to be imputed.

Where records lack, say, the year or the sex, missing values are imputed several times, and each replicate is a whole
table. Each replicate's estimate is taken on the scale of theta = log(N - n), the number on no list, whose posterior
or sampling distribution is closer to normal than that of N; within a replicate its variance is U. Over m replicates:
theta = mean of theta_j, W = mean of U_j, B = variance of theta_j (m - 1 below), T = W + (1 + 1/m) · B. Ends are
n + exp(theta ± t · sqrt(T)), t that of Student with (m - 1) · (1 + W / ((1 + 1/m) · B))² degrees of freedom.

Sources: Rubin, Multiple Imputation for Nonresponse in Surveys (1987), sections 3.1 to 3.3; the guardrails (a list
counts only if it holds people of the stratum, without three such lists there is no estimate, ten replicates or more)
are those of HRDAG's package verdata for the data of Colombia's truth commission. Written from these, not ported.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from sijill.core.errors import InputError
from sijill.estimate.histories import COUNT, Histories, of_rows
from sijill.estimate.results import Estimate, Interval, finite

REPLICATES, LISTS, MIN_PEOPLE = 10, 3, 1
STRATUM, REPLICATE = "stratum", "replicate"
MAX_STRATA, MAX_REPLICATES = 10_000, 1_000
MOSTLY_IMPUTED = 0.5
ABOUT = (
    "Estimates by stratum over replicates in which missing values were imputed. The interval takes in how far the "
    "replicates differ. Strata are estimated apart: their estimates are not to be added up as if they were counts, and "
    "their intervals not at all."
)
NOBODY = "nobody is in this stratum"

Estimator = Callable[[Histories], Estimate]
Replicates = Mapping[str, Histories | str]
# By stratum and replicate: the estimate, or the reason why there is none.
Attempts = Mapping[str, Mapping[str, Estimate | str]]


@dataclass(frozen=True, slots=True)
class Stratum:
    """The combined estimate of one stratum, or the `reason` why there is none.

    `observed` is the mean number documented; `used` of `replicates` replicates had an estimate. `within`, `between` and
    `total` are variances of the logarithm of the number on no list, `missing_information` the share of the total
    that is due to imputation.
    """

    name: str
    replicates: int
    used: int
    observed: float | None = None
    estimate: float | None = None
    interval: Interval | None = None
    within: float | None = None
    between: float | None = None
    total: float | None = None
    missing_information: float | None = None
    reason: str = ""
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """One flat row; what is missing is null."""
        ends = (self.interval.level, self.interval.low, self.interval.high) if self.interval else (None, None, None)
        return {
            "stratum": self.name,
            "replicates": self.replicates,
            "used": self.used,
            "observed": finite(self.observed),
            "estimate": finite(self.estimate),
            "level": ends[0],
            "low": finite(ends[1]),
            "high": finite(ends[2]),
            "within": finite(self.within),
            "between": finite(self.between),
            "total": finite(self.total),
            "missing_information": finite(self.missing_information),
            "reason": self.reason,
            "warnings": list(self.warnings),
        }


def of_replicates(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Histories | str]]:
    """Tables by stratum and replicate, from rows with the columns `replicate`, `count`, one for each list and, unless
    all is one stratum, `stratum`; where a table cannot be used, the reason.

    Every replicate holds every stratum: one without rows is a stratum that nobody was imputed into. Raises InputError
    for rows that are malformed.
    """
    held = list(rows)
    if not held or REPLICATE not in held[0] or COUNT not in held[0]:
        raise InputError(
            f"the table needs the columns `{REPLICATE}` and `{COUNT}`",
            hint="a row for each combination of lists in each replicate; `stratum` if there are several",
        )
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in held:
        key = (str(row.get(STRATUM, "all")).strip(), str(row[REPLICATE]).strip())
        groups.setdefault(key, []).append({k: v for k, v in row.items() if k not in (STRATUM, REPLICATE)})
    strata, replicates = (sorted({key[i] for key in groups}, key=_natural) for i in (0, 1))
    if len(strata) > MAX_STRATA or len(replicates) > MAX_REPLICATES:
        raise InputError(f"{len(strata):,} strata of {len(replicates):,} replicates", hint="are these the columns?")
    return {s: {r: _table(s, r, groups.get((s, r), [])) for r in replicates} for s in strata}


def _table(stratum: str, replicate: str, rows: list[dict[str, Any]]) -> Histories | str:
    """The table of one stratum in one replicate."""
    if not rows or all(str(row[COUNT]).strip() in ("0", "0.0") for row in rows):
        return NOBODY
    try:
        return of_rows(rows)
    except InputError as error:
        raise InputError(f"stratum {stratum}, replicate {replicate}: {error.message}", hint=error.hint) from error


def _natural(text: str) -> tuple[int, str]:
    """R2 before R10."""
    return len(text), text


def usable(histories: Histories, min_people: int = MIN_PEOPLE) -> Histories:
    """The lists that hold at least so many people; raises InputError where fewer than three do."""
    kept = [name for name, size in zip(histories.lists, histories.sizes, strict=True) if size >= min_people]
    if len(kept) < LISTS:
        raise InputError(
            f"fewer than three usable lists ({len(kept)} hold {min_people} or more people)",
            hint="merge strata, or find another list",
        )
    return histories if len(kept) == len(histories.lists) else histories.only(kept)


def stratified(
    strata: Mapping[str, Replicates], estimator: Estimator, *, level: float = 0.95, min_people: int = MIN_PEOPLE
) -> tuple[Stratum, ...]:
    """The estimate of each stratum, combined over its replicates.

    Raises InputError for fewer than ten replicates, or an option that cannot be.
    """
    return by_stratum(attempted(strata, estimator, level=level, min_people=min_people), level=level)


def attempted(
    strata: Mapping[str, Replicates], estimator: Estimator, *, level: float = 0.95, min_people: int = MIN_PEOPLE
) -> Attempts:
    """What can be estimated is, the reasons for the rest are kept; raises as `stratified`."""
    if not 0 < level < 1 or min_people < 1:
        raise InputError(f"level {level}, at least {min_people} people: cannot be", hint="0.95, and 1 or more")
    for name, replicates in strata.items():
        if len(replicates) < REPLICATES:
            raise InputError(
                f"stratum {name}: {len(replicates)} replicates are fewer than {REPLICATES}",
                hint="impute more often: how far replicates differ cannot be judged from so few",
            )
    return {
        name: {label: _attempt(table, estimator, min_people) for label, table in replicates.items()}
        for name, replicates in strata.items()
    }


def _attempt(table: Histories | str, estimator: Estimator, min_people: int) -> Estimate | str:
    if isinstance(table, str):
        return table
    try:
        return estimator(usable(table, min_people))
    except InputError as error:
        return error.message


def by_stratum(attempts: Attempts, *, level: float) -> tuple[Stratum, ...]:
    """Each stratum's estimates combined."""
    return tuple(_stratum(name, replicates, level) for name, replicates in attempts.items())


def _stratum(name: str, replicates: Mapping[str, Estimate | str], level: float) -> Stratum:
    reasons = [found for found in replicates.values() if isinstance(found, str)]
    estimates = [found for found in replicates.values() if isinstance(found, Estimate)]
    made = combine(name, estimates, level=level, replicates=len(replicates))
    if not reasons:
        return made
    return _changed(made, f"{len(reasons)} of {len(replicates)} replicates have no estimate: {reasons[0]}")


def _changed(made: Stratum, said: str) -> Stratum:
    """With why replicates are missing: the reason itself where no estimate could be combined."""
    if made.reason:
        return replace(made, reason=f"{made.reason}; {said}")
    return replace(made, warnings=(f"{said}; the rest may not stand for them", *made.warnings))


@dataclass(frozen=True, slots=True)
class Moments:
    """What one replicate says: people documented, theta = log(number on no list) and its variance U."""

    observed: float
    theta: float
    variance: float


def combine(name: str, estimates: Sequence[Estimate], *, level: float = 0.95, replicates: int | None = None) -> Stratum:
    """The estimates of replicates as one, by Rubin's rules on the logarithm of the number on no list.

    Fewer than ten that can be combined give none. The variance within a replicate is that of a normal distribution
    with as wide an interval, which any method has; where the lower end is the documented count, with its upper half.
    """
    asked = len(estimates) if replicates is None else replicates
    parts = [part for e in estimates if (part := log_missing(e)) is not None]
    if len(parts) < REPLICATES:
        reason = f"only {len(parts)} replicates have an estimate with an interval; {REPLICATES} are needed"
        return Stratum(name, asked, len(parts), reason=reason)
    made = pooled(name, parts, level=level, replicates=asked)
    return replace(made, warnings=_warnings(estimates, made.missing_information or 0.0))


def pooled(name: str, parts: Sequence[Moments], *, level: float, replicates: int) -> Stratum:
    """Rubin's rules for two or more replicates."""
    theta, m = np.array([part.theta for part in parts]), len(parts)
    within, spread = float(np.mean([part.variance for part in parts])), float(theta.var(ddof=1))
    between = (1 + 1 / m) * spread
    total = within + between
    freedom = math.inf if between <= 0 else (m - 1) * (1 + within / between) ** 2
    reach = float(norm.ppf((1 + level) / 2) if math.isinf(freedom) else student.ppf((1 + level) / 2, freedom))
    observed = float(np.mean([part.observed for part in parts]))
    centre, step = float(theta.mean()), reach * math.sqrt(total)
    return Stratum(
        name=name,
        replicates=replicates,
        used=m,
        observed=observed,
        estimate=observed + math.exp(centre),
        interval=Interval(level, observed + math.exp(centre - step), observed + math.exp(centre + step)),
        within=within,
        between=spread,
        total=total,
        missing_information=between / total if total > 0 else 0.0,
    )


def log_missing(found: Estimate) -> Moments | None:
    """Of one replicate; `None` where nobody is missing or there is no interval."""
    ends = found.interval
    if found.estimate is None or ends is None or ends.high is None or not found.observed < found.estimate < math.inf:
        return None
    centre = math.log(found.estimate - found.observed)
    if not found.estimate <= ends.high < math.inf:
        return None
    above = math.log(ends.high - found.observed)
    reach = float(norm.ppf((1 + ends.level) / 2))
    if ends.low is not None and ends.low > found.observed:
        below = math.log(ends.low - found.observed)
        return Moments(found.observed, centre, ((above - below) / (2 * reach)) ** 2)
    return Moments(found.observed, centre, ((above - centre) / reach) ** 2)


def _warnings(estimates: Sequence[Estimate], share: float) -> tuple[str, ...]:
    """What the replicates' own estimates say, once each with how many say it; and where imputation decides."""
    said: dict[str, list[str]] = {}
    for found in estimates:
        for warning in found.warnings:
            # Numbers differ from replicate to replicate: the words around them tell the kind of warning.
            said.setdefault(re.sub(r"[\d.,%]+", "", warning), []).append(warning)
    lists = {found.lists for found in estimates}
    made = [f"in {len(alike)} of {len(estimates)} replicates: {alike[0]}" for alike in said.values()]
    if len(lists) > 1:
        made.append("replicates use different lists: some hold too few people of this stratum in some of them")
    if share > MOSTLY_IMPUTED:
        made.append(f"{share:.0%} of the variance comes from imputation: what was imputed decides the answer")
    return tuple(made)
