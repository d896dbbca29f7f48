"""Pictures of an estimate as static SVG: how the lists overlap, what each model says, how far the answer moves.

Drawn by Vega-Lite through vl-convert, which needs no browser and asks no other host. Names of lists are text in the
picture, escaped by its writer; whoever shows a picture in a page shows it as an image, in which nothing runs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import vl_convert

from sijill.estimate.histories import Histories
from sijill.estimate.results import Estimate, Model
from sijill.estimate.sensitivity import Case

VERSION = "6.1"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDTH, ROW = 460, 20
MOST_BARS, MOST_MODELS = 24, 12
INK, PALE, DOCUMENTED = "#1f4e79", "#9dbcd4", "#b3541e"
LABEL = 60

Spec = dict[str, Any]


def overlap(histories: Histories) -> str:
    """How many people are on just these lists: a bar for each combination, the largest first."""
    cells = sorted(
        zip(histories.patterns.tolist(), histories.counts.tolist(), strict=True), key=lambda c: (-c[1], c[0])
    )
    rows = [
        {"lists": _label(" + ".join(n for n, on in zip(histories.lists, pattern, strict=True) if on), i), "people": n}
        for i, (pattern, n) in enumerate(cells[:MOST_BARS], 1)
    ]
    y = {"field": "lists", "type": "nominal", "sort": None, "title": None}
    x = {"field": "people", "type": "quantitative", "title": "people on just these lists"}
    bars = {"mark": {"type": "bar", "color": PALE}, "encoding": {"y": y, "x": x}}
    text: Spec = {"type": "quantitative", "field": "people", "format": ",d"}
    numbers = {
        "mark": {"type": "text", "align": "left", "dx": 4, "color": INK},
        "encoding": {"y": y, "x": x, "text": text},
    }
    return _svg({"layer": [bars, numbers]}, rows)


def models(found: Estimate) -> str | None:
    """What each model says there were, the likeliest first, or each hump of a posterior; `None` if there is neither.

    Models that have a weight and no estimate of their own are drawn by their weights.
    """
    humps = found.diagnostics.get("humps") or ()
    if not found.models and humps:
        parts = [(f"{h['weight']:.0%} of the posterior", h["median"], h["low"], h["high"]) for h in humps]
        return _ranges(parts, found.observed, "people in all; the line is the interval of each hump")
    said = [m for m in found.models if m.abundance is not None and math.isfinite(m.abundance) and not m.warnings]
    if not said:
        return _weights([m for m in found.models if m.weight])
    said.sort(key=lambda m: -(m.weight or 0))
    rows = []
    for model in said[:MOST_MODELS]:
        weight = "" if model.weight is None else f" (weight {model.weight:.2f})"
        middle, error = model.abundance or 0.0, model.stderr or 0.0
        rows.append((model.name + weight, middle, max(float(found.observed), middle - error), middle + error))
    return _ranges(rows, found.observed, "people in all; the line is one standard error each way")


def _ranges(rows: Sequence[tuple[str, float, float, float]], observed: int, title: str) -> str:
    """Points with a line through each, beside the documented count; rows are name, point, low and high."""
    held = [
        {"name": _label(name, i), "people": middle, "low": low, "high": high}
        for i, (name, middle, low, high) in enumerate(rows, 1)
    ]
    y: Spec = {"field": "name", "type": "nominal", "sort": None, "title": None}
    line = {"y": y, "x": _people("low", title), "x2": {"field": "high"}}
    layers: list[Spec] = [
        {"mark": {"type": "rule", "color": PALE, "strokeWidth": 4}, "encoding": line},
        {
            "mark": {"type": "point", "filled": True, "size": 60, "color": INK},
            "encoding": {"y": y, "x": _people("people", title)},
        },
        _documented(observed, "x"),
    ]
    return _svg({"layer": layers}, held)


def _weights(said: Sequence[Model]) -> str | None:
    if not said:
        return None
    rows = [{"name": _label(m.name, i), "weight": m.weight} for i, m in enumerate(said[:MOST_MODELS], 1)]
    y: Spec = {"field": "name", "type": "nominal", "sort": None, "title": None}
    x: Spec = {"field": "weight", "type": "quantitative", "title": "weight in the average"}
    return _svg({"mark": {"type": "bar", "color": PALE}, "encoding": {"y": y, "x": x}}, rows)


def fan(cases: Sequence[Case], observed: int) -> str | None:
    """The estimate as it moves with the odds ratio of dependence, a panel for each two lists, with its intervals;
    `None` where there is nothing to draw. The dashed line is the documented count."""
    drawn = [c for c in cases if c.kind == "odds ratio" and c.estimate is not None and c.interval is not None]
    pairs = {name: _label(name, i) for i, name in enumerate(dict.fromkeys(c.name for c in drawn), 1)}
    rows = [
        {"pair": pairs[c.name], "ratio": c.ratio, "people": c.estimate, "low": c.interval.low, "high": c.interval.high}
        for c in drawn
        if c.interval is not None
    ]
    if not rows:
        return None
    ratio: Spec = {
        "field": "ratio",
        "type": "quantitative",
        "scale": {"type": "log", "base": 2},
        "title": "odds ratio",
        "axis": {"values": [0.25, 0.5, 1, 2, 4], "grid": False},
    }
    title = "people in all"
    band = {
        "mark": {"type": "area", "color": PALE, "opacity": 0.6},
        "encoding": {"x": ratio, "y": _people("low", title), "y2": {"field": "high"}},
    }
    line = {
        "mark": {"type": "line", "color": INK, "point": True},
        "encoding": {"x": ratio, "y": _people("people", title)},
    }
    inner = {"layer": [band, line, _documented(observed, "y")], "width": 180, "height": 130}
    facet = {"field": "pair", "type": "nominal", "title": None, "sort": list(pairs.values())}
    return _svg({"facet": facet, "columns": 3, "spec": inner}, rows)


def _people(field: str, title: str) -> Spec:
    return {"field": field, "type": "quantitative", "title": title, "axis": {"format": ",d"}, "scale": {"zero": True}}


def _documented(observed: int, axis: str) -> Spec:
    """A dashed line at the documented count."""
    mark = {"type": "rule", "color": DOCUMENTED, "strokeDash": [4, 3], "strokeWidth": 1.5}
    return {"mark": mark, "encoding": {axis: {"datum": observed, "type": "quantitative"}}}


def _label(text: str, number: int) -> str:
    """Of a bar or panel; its number keeps two apart that are cut to the same words."""
    return text if len(text) <= LABEL else f"({number}) {text[: LABEL - 8]}…"


def _svg(spec: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """The picture of rows under a Vega-Lite specification."""
    size = {} if "facet" in spec else {"width": WIDTH, "height": {"step": ROW}}
    config = {"view": {"stroke": None}, "axis": {"labelLimit": 320, "labelFontSize": 12, "titleFontSize": 12}}
    whole = {"$schema": SCHEMA, "data": {"values": list(rows)}, "background": "white", "config": config, **size, **spec}
    return str(vl_convert.vegalite_to_svg(whole, vl_version=VERSION, allowed_base_urls=[]))
