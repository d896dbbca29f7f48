"""`estimate`, `sensitivity`, `strata`: how many people are on no list, from the overlap of those there are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from sijill.cli.output import Cell, Format, columns_of, print_rows, say
from sijill.core.errors import InputError

NEEDED = ("scipy", "numba", "arviz")
DRAWN = ("vl_convert",)
PLACES = {"abundance": 0, "stderr": 0, "deviance": 2, "df": 0, "aic": 2, "bic": 2, "weight": 3}


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(estimate)
    app.command()(sensitivity)
    app.command()(strata)


def estimate(
    file: Annotated[Path, typer.Argument(metavar="LISTS.csv", help="A column of 0 and 1 for each list, then `count`.")],
    method: Annotated[str, typer.Option(help="closed, loglinear, decomposable, sparse, latent-class.")] = "loglinear",
    level: Annotated[float, typer.Option(help="Of the interval.")] = 0.95,
    max_order: Annotated[int | None, typer.Option(help="loglinear: how many lists an interaction may join.")] = None,
    delta: Annotated[float | None, typer.Option(help="decomposable: the prior's weight on each cell.")] = None,
    max_missing: Annotated[int | None, typer.Option(help="decomposable: the most unseen people looked at.")] = None,
    threshold: Annotated[float, typer.Option(help="sparse: the p-value below which a pair comes in.")] = 0.02,
    interval: Annotated[str, typer.Option(help="loglinear: profile or bootstrap.")] = "profile",
    bootstrap: Annotated[int, typer.Option(help="sparse, loglinear: samples drawn anew for the interval.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of what is drawn by chance.")] = 1,
    draws: Annotated[int, typer.Option(help="latent-class: draws of each chain.")] = 10240,
    burn: Annotated[int, typer.Option(help="latent-class: rounds of moves before the first draw.")] = 2,
    thin: Annotated[int, typer.Option(help="latent-class: rounds of moves between two draws.")] = 1,
    chains: Annotated[int, typer.Option(help="latent-class: islands of particles that run apart.")] = 4,
    classes: Annotated[int, typer.Option(help="latent-class: the most kinds of people, K.")] = 10,
    prior_a: Annotated[float, typer.Option(help="latent-class: shape of the prior of alpha.")] = 0.25,
    prior_b: Annotated[float, typer.Option(help="latent-class: rate of the prior of alpha.")] = 0.25,
    report: Annotated[Path | None, typer.Option(help="Write a page with words and pictures here, as HTML.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="table, json, jsonl or csv.")] = Format.TABLE,
) -> None:
    """Estimate how many people there were, those on no list included. An estimate is no count.

    Example: sijill estimate lists.csv --method decomposable --format json
    """
    estimating = _estimating(method)
    sampling = estimating.Sampling(seed, draws, burn, thin, chains, classes, prior_a, prior_b)
    if interval not in set(estimating.Ends):
        raise InputError(f"no interval is called {interval[:40]!r}", hint=f"there are: {', '.join(estimating.Ends)}")
    ends = estimating.Ends(interval)
    options = estimating.Options(level, max_order, delta, max_missing, sampling, threshold, bootstrap, seed, ends)
    if report is not None and (missing := [name for name in DRAWN if find_spec(name) is None]):
        raise InputError(f"pictures need {' and '.join(missing)}", hint="pip install sijill[estimate]")
    made = estimating.estimate_file(file, estimating.Method(method), options)
    if report is not None:
        page = estimating.report_of_file(file, made, estimating.Method(method), options, ratios=estimating.RATIOS)
        try:
            report.write_text(page, encoding="utf-8")
        except OSError as err:
            raise InputError(f"{report.name}: {err.strerror or 'cannot be written'}", hint="check the path") from err
        say(f"written: {report}")
    found = made.to_json()
    if format_ is Format.TABLE:
        _say(found)
    elif format_ is Format.CSV:
        print_rows(found["models"], columns_of(*found["models"][0]), format_)
    else:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2 if format_ is Format.JSON else None))


def sensitivity(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="LISTS.csv...", help="A table of lists, or the same lists linked at several thresholds."
        ),
    ],
    method: Annotated[str, typer.Option(help="closed, loglinear, decomposable, sparse, latent-class.")] = "loglinear",
    odds: Annotated[str, typer.Option(help="Odds ratios of dependence, between commas; without, from 1/4 to 4.")] = "",
    level: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    max_order: Annotated[int | None, typer.Option(help="loglinear: how many lists an interaction may join.")] = None,
    bootstrap: Annotated[int, typer.Option(help="sparse: samples drawn anew for each interval.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of what is drawn by chance.")] = 1,
    format_: Annotated[Format, typer.Option("--format", help="table, json, jsonl or csv.")] = Format.TABLE,
) -> None:
    """Show how far an estimate moves: other lists, other thresholds of linkage, lists that depend; and a lower bound.

    Example: sijill sensitivity lists.csv --method sparse --odds 0.5,1,2
    """
    estimating = _estimating(method)
    options = estimating.Options(
        level=level,
        max_order=max_order,
        sampling=estimating.Sampling(seed=seed),
        bootstrap=bootstrap,
        seed=seed,
    )
    ratios = _ratios(odds) or estimating.RATIOS
    found = estimating.sensitivity_of_files(files, estimating.Method(method), options, ratios=ratios).to_json()
    if format_ is Format.JSON:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    if format_ is Format.TABLE:
        typer.echo(f"documented: {_whole(found['observed'])} people on {len(found['lists'])} lists")
        typer.echo(f"read this:  {found['about']}")
    for warning in found["warnings"]:
        say(f"beware: {warning}", "yellow")
    columns = columns_of(*found["cases"][0]) if format_ is Format.CSV else CASES
    print_rows(found["cases"], columns, format_)


def strata(
    file: Annotated[
        Path,
        typer.Argument(metavar="LISTS.csv", help="Columns `replicate`, `stratum`, 0 and 1 for each list, `count`."),
    ],
    method: Annotated[str, typer.Option(help="closed, loglinear, decomposable, sparse, latent-class.")] = "loglinear",
    level: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    min_people: Annotated[int, typer.Option(help="A list with fewer people of a stratum does not count there.")] = 1,
    max_order: Annotated[int | None, typer.Option(help="loglinear: how many lists an interaction may join.")] = None,
    bootstrap: Annotated[int, typer.Option(help="sparse: samples drawn anew for each interval.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of what is drawn by chance.")] = 1,
    draws: Annotated[int, typer.Option(help="latent-class: draws of each chain.")] = 10240,
    classes: Annotated[int, typer.Option(help="latent-class: the most kinds of people, K.")] = 10,
    format_: Annotated[Format, typer.Option("--format", help="table, json, jsonl or csv.")] = Format.TABLE,
) -> None:
    """Estimate each stratum over ten or more replicates in which missing values were imputed.

    Example: sijill strata lists.csv --method latent-class --classes 15
    """
    estimating = _estimating(method)
    options = estimating.Options(
        level=level,
        max_order=max_order,
        sampling=estimating.Sampling(seed=seed, draws=draws, classes=classes),
        bootstrap=bootstrap,
        seed=seed,
    )
    made = estimating.strata_of_file(file, estimating.Method(method), options, min_people=min_people)
    rows = [stratum.to_json() for stratum in made]
    if format_ is Format.TABLE:
        say("Do not add up strata: the row (all strata) does it within each replicate, errors and all.", "yellow")
    print_rows(rows, columns_of(*rows[0]) if format_ is Format.CSV else STRATA, format_)


def _estimating(method: str) -> ModuleType:
    """The methods, which are heavy and part of an extra; refuses a method that there is none of."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise InputError(f"estimates need {' and '.join(missing)}", hint="pip install sijill[estimate]")
    from sijill.pipeline import estimating

    if method not in set(estimating.Method):
        raise InputError(f"no method is called {method[:40]!r}", hint=f"there are: {', '.join(estimating.Method)}")
    return estimating


def _ratios(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError as err:
        raise InputError(f"--odds {text[:40]!r}: no numbers", hint="for example --odds 0.5,1,2") from err


def _say(found: dict[str, Any]) -> None:
    """The estimate in words beside the documented count, then the models."""
    interval = found["interval"]
    ends = f"{_whole(interval['low'])} to {_whole(interval['high'])}"
    typer.echo(f"documented: {_whole(found['observed'])} people on {len(found['lists'])} lists")
    typer.echo(f"estimate:   {_whole(found['estimate'])}, {interval['level']:.0%} interval {ends} ({found['method']})")
    typer.echo(f"assumes:    {found['about']}")
    for warning in found["warnings"]:
        say(f"beware: {warning}", "yellow")
    shown = [m for m in found["models"] if m["abundance"] is not None or m["weight"]][:12]
    columns = columns_of("name") | {key: _rounded(key, places) for key, places in PLACES.items()}
    print_rows(shown, columns, Format.TABLE)


def _rounded(key: str, places: int) -> Cell:
    return lambda row: "" if row[key] is None else f"{row[key]:,.{places}f}"


def _ratio(row: Mapping[str, Any]) -> str:
    """Below 1 as a fraction, which shows that 1/3 mirrors 3."""
    ratio = row["odds_ratio"]
    if ratio is None:
        return ""
    return f"{ratio:g}" if ratio >= 1 else f"1/{1 / ratio:.3g}"


def _note(row: Mapping[str, Any]) -> str:
    return "; ".join([row["reason"]] * bool(row["reason"]) + row["warnings"])


CASES = columns_of("kind", "name") | {
    "odds ratio": _ratio,
    **{key: _rounded(key, 0) for key in ("observed", "estimate", "low", "high")},
    "note": _note,
}


STRATA = (
    columns_of("stratum")
    | {key: _rounded(key, 0) for key in ("observed", "estimate", "low", "high")}
    | columns_of("used")
    | {"imputed": lambda row: "" if row["missing_information"] is None else f"{row['missing_information']:.0%}"}
    | {"note": _note}
)


def _whole(number: float | None) -> str:
    return "?" if number is None else f"{number:,.0f}"
