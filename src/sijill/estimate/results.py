"""What an estimate is: numbers, the models behind them, diagnostics, and what to be wary of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval at a level such as 0.95; an end is `None` where there is none, or where it is endless."""

    level: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Model:
    """One model that was fitted, with its own estimate of all people; what a method does not have is `None`.

    `deviance`, `df`, `aic` and `bic` are those of the Poisson likelihood over the cells of the table; `weight` is the
    model's share of an average.
    """

    name: str
    abundance: float | None = None
    stderr: float | None = None
    deviance: float | None = None
    df: int | None = None
    aic: float | None = None
    bic: float | None = None
    weight: float | None = None
    interval: Interval | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many people there were, those on no list included, and how far to trust that.

    `observed` people are documented; `estimate` is the method's own point. Never a figure: shown beside the documented
    count, with its assumptions (`about`) and its warnings.
    """

    method: str
    lists: tuple[str, ...]
    observed: int
    estimate: float | None = None
    mean: float | None = None
    median: float | None = None
    interval: Interval | None = None
    models: tuple[Model, ...] = ()
    diagnostics: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    about: str = ""

    def to_json(self) -> dict[str, Any]:
        """The contract's shape; a number that is none is null."""
        return {
            "method": self.method,
            "lists": list(self.lists),
            "observed": self.observed,
            "mean": finite(self.mean),
            "median": finite(self.median),
            "estimate": finite(self.estimate),
            "interval": _interval(self.interval),
            "models": [_model(m) for m in self.models],
            "diagnostics": {key: finite(value) for key, value in self.diagnostics.items()},
            "warnings": list(self.warnings),
            "about": self.about,
        }


def _interval(found: Interval | None) -> dict[str, Any]:
    level, low, high = (found.level, found.low, found.high) if found is not None else (None, None, None)
    return {"level": level, "low": finite(low), "high": finite(high)}


def _model(model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "abundance": finite(model.abundance),
        "stderr": finite(model.stderr),
        "deviance": finite(model.deviance),
        "df": model.df,
        "aic": finite(model.aic),
        "bic": finite(model.bic),
        "weight": finite(model.weight),
        "interval": _interval(model.interval),
        "warnings": list(model.warnings),
    }


def finite(value: Any) -> Any:
    """A number as JSON has it: what is endless or no number is null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.item() if hasattr(value, "item") else value
