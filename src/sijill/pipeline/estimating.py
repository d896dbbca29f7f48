"""Estimates from a table of lists: the methods by name, and what each of them takes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sijill.core.errors import InputError
from sijill.core.version import __version__
from sijill.estimate.bootstrap import BOOTSTRAP
from sijill.estimate.classes import Sampling, latent_class
from sijill.estimate.closed import closed
from sijill.estimate.decomposable import decomposable
from sijill.estimate.histories import Histories, of_arrays, of_rows, parse, read
from sijill.estimate.loglinear import log_linear
from sijill.estimate.results import Estimate
from sijill.estimate.sensitivity import (
    MAX_SUBSETS,
    RATIOS,
    Sensitivity,
    lower_bound,
    odds_ratios,
    sensitivity,
    subsets,
)
from sijill.estimate.sparse import THRESHOLD, sparse
from sijill.estimate.stratified import Stratum, of_replicates
from sijill.estimate.totals import with_total

__all__ = [
    "RATIOS",
    "Ends",
    "Method",
    "Options",
    "Sampling",
    "estimate",
    "estimate_file",
    "report_of_file",
    "sensitivity_of_files",
    "strata_of_file",
]

MAX_BYTES = 200_000_000


class Ends(StrEnum):
    """How `loglinear` finds its interval."""

    PROFILE = "profile"
    BOOTSTRAP = "bootstrap"


class Method(StrEnum):
    """How to estimate."""

    CLOSED = "closed"
    LOGLINEAR = "loglinear"
    DECOMPOSABLE = "decomposable"
    SPARSE = "sparse"
    LATENT_CLASS = "latent-class"


@dataclass(frozen=True, slots=True)
class Options:
    """What the methods take; each uses its own, `None` for its default."""

    level: float = 0.95
    max_order: int | None = None
    delta: float | None = None
    max_missing: int | None = None
    sampling: Sampling | None = None
    threshold: float = THRESHOLD
    bootstrap: int = BOOTSTRAP
    seed: int = 1
    interval: Ends = Ends.PROFILE


def estimate(
    lists: Any, counts: Any = None, *, method: Method | str = Method.LOGLINEAR, options: Options | None = None
) -> Estimate:
    """How many people there were, from capture histories.

    `lists` are patterns (rows, lists) of 0 and 1 with `counts` (rows,), or a table with a column for each list and
    `count`: a data frame, or rows as mappings. Raises InputError where the table or an option cannot be used.
    """
    chosen = options or Options()
    if not 0 < chosen.level < 1:
        raise InputError(f"a level of {chosen.level} is none", hint="0.95, say")
    histories = _histories(lists, counts)
    match Method(method):
        case Method.CLOSED:
            return closed(histories, level=chosen.level)
        case Method.LOGLINEAR:
            samples = chosen.bootstrap if chosen.interval is Ends.BOOTSTRAP else 0
            return log_linear(
                histories, max_order=chosen.max_order, level=chosen.level, bootstrap=samples, seed=chosen.seed
            )
        case Method.DECOMPOSABLE:
            return decomposable(histories, delta=chosen.delta, max_missing=chosen.max_missing, level=chosen.level)
        case Method.SPARSE:
            return sparse(
                histories,
                threshold=chosen.threshold,
                bootstrap=chosen.bootstrap,
                level=chosen.level,
                seed=chosen.seed,
            )
        case Method.LATENT_CLASS:
            return latent_class(histories, sampling=chosen.sampling, level=chosen.level)


def estimate_file(path: Path, method: Method, options: Options) -> Estimate:
    """The estimate from a CSV file: a column of 0 and 1 for each list, then `count`."""
    return estimate(parse(_text(path)), method=method, options=options)


def report_of_file(path: Path, found: Estimate, method: Method, options: Options, *, ratios: Sequence[float]) -> str:
    """The page of an estimate made from this file, as HTML.

    Every choice of lists is estimated but by latent classes, which would take as long again for each of them.
    """
    from sijill.estimate.report import page  # part of an extra, and heavy

    text = _text(path)
    histories = parse(text)
    several = method is not Method.LATENT_CLASS and len(histories.lists) <= MAX_SUBSETS
    cases = list(subsets(histories, _estimator(method, options))) if several else []
    cases += [lower_bound(histories, level=options.level)]
    cases += odds_ratios(histories, ratios=ratios, level=options.level)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return page(
        found,
        histories,
        cases,
        made_from=f"a table whose text in UTF-8 has the SHA-256 {digest}",
        made_by=f"sijill {__version__}, method {method}, {_said(options)}",
    )


def _said(options: Options) -> str:
    """Options in words, those left at none omitted."""
    held = {key: value for key, value in asdict(options).items() if value is not None}
    held |= held.pop("sampling", {})
    return ", ".join(f"{key} {value}" for key, value in held.items())


def sensitivity_of_files(
    paths: Sequence[Path], method: Method, options: Options, *, ratios: Sequence[float] = RATIOS
) -> Sensitivity:
    """How the estimate from the first CSV file moves; the others are the same lists linked otherwise."""
    names = [str(path) for path in paths] if len({p.name for p in paths}) < len(paths) else [p.name for p in paths]
    tables = {name: parse(_text(path)) for name, path in zip(names, paths, strict=True)}
    return sensitivity(tables, _estimator(method, options), method=method, ratios=ratios, level=options.level)


def strata_of_file(path: Path, method: Method, options: Options, *, min_people: int) -> tuple[Stratum, ...]:
    """The estimates by stratum from a CSV file of imputed replicates, their total last where there are several."""
    tables = of_replicates(read(_text(path)))
    return with_total(tables, _estimator(method, options), level=options.level, min_people=min_people)


def _estimator(method: Method, options: Options) -> Callable[[Histories], Estimate]:
    return lambda histories: estimate(histories, method=method, options=options)


def _text(path: Path) -> str:
    """What a file of lists holds."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path.name}: larger than {MAX_BYTES:,} bytes", hint="add up equal combinations first")
        return path.read_text(encoding="utf-8-sig")
    except OSError as err:
        raise InputError(f"{path.name}: {err.strerror or 'cannot be read'}", hint="check the path") from err
    except UnicodeDecodeError as err:
        raise InputError(f"{path.name}: not UTF-8", hint="save the table as CSV in UTF-8") from err


def _histories(lists: Any, counts: Any) -> Histories:
    if isinstance(lists, Histories):
        return lists
    if counts is not None:
        return of_arrays(lists, counts)
    if hasattr(lists, "to_dict"):
        return of_rows(lists.to_dict("records"))
    rows = list(lists)
    if not all(isinstance(row, Mapping) for row in rows):
        raise InputError("patterns come without their counts", hint="estimate(patterns, counts) or rows with `count`")
    return of_rows(rows)
