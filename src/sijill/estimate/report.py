"""A page of one estimate for people who have to judge it: self-contained HTML, words first, pictures beside them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape

from sijill.estimate import pictures
from sijill.estimate.histories import Histories
from sijill.estimate.results import Estimate
from sijill.estimate.sensitivity import Case

STYLE = (
    "body{font:17px/1.5 Georgia,serif;color:#1a1a1a;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "h1,h2{line-height:1.2}img{max-width:100%;height:auto}.beware{border-left:4px solid #b3541e;padding-left:.8rem}"
    "table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}"
    "td.n{text-align:right}figure{margin:1rem 0}figcaption,footer{font-size:.9em;color:#444}"
)
ASSUMED = (
    "Nobody came or went: all lists speak of the same harm, the same place and the same days.",
    "The same person is recognised on every list. A missed match makes the estimate too high, a false one too low.",
    "Everybody on the lists was harmed, and nobody stands on one list twice.",
    "Where lists depend on one another, say because one copied another, it shows among those on the other lists.",
    "Nobody was beyond the reach of all lists. People whom no list could have recorded are in no estimate.",
)
MODELS_SHOWN = (
    "What each model says. The dashed line is the documented count. Models are named by the lists that depend on one "
    "another, numbered in the order above: [12,3] lets the first two lists depend and the third stand alone."
)
HUMPS_SHOWN = (
    "Where the posterior lies: a line for each of its humps, with its share. The dashed line is the documented count. "
    "More than one hump means that the lists allow more than one explanation."
)


def page(found: Estimate, histories: Histories, cases: Sequence[Case], *, made_from: str, made_by: str) -> str:
    """The page as HTML that needs no other file and runs nothing; every text from a table is escaped.

    `cases` are answers of `sensitivity`; `made_from` names the table and its digest, `made_by` the program and the
    options, so that it can be made again.
    """
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'"
    parts = [
        "<h1>An estimate of how many people there were</h1>",
        _numbers(found),
        _beware(found),
        "<h2>What it assumes</h2>",
        f"<p>{escape(found.about)}</p><ol>{''.join(f'<li>{escape(said)}</li>' for said in ASSUMED)}</ol>",
        "<p>The last of these cannot be tested, and the one before it only in part: the lists do not hold it.</p>",
        "<h2>What it rests on</h2>",
        _picture(pictures.overlap(histories), "How many people are on just these lists, and on no other."),
        _picture(pictures.models(found), MODELS_SHOWN if found.models else HUMPS_SHOWN),
        _moves(cases, found.observed),
        f"<footer><p>Made from {escape(made_from)} by {escape(made_by)}. The same again gives the same.</p></footer>",
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>An estimate</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(filter(None, parts))
        + "\n</body></html>\n"
    )


def _numbers(found: Estimate) -> str:
    ends = found.interval
    said = [f"<p><strong>{found.observed:,}</strong> people are documented, on {len(found.lists)} lists: "]
    said.append(f"{escape(', '.join(found.lists))}.</p>")
    said.append(f"<p>The estimate of all people, documented or not, is <strong>{_whole(found.estimate)}</strong>")
    said.append(f" by the method {escape(found.method)}")
    if ends is not None:
        high = "no upper end" if ends.high is None else _whole(ends.high)
        said.append(f"; its {ends.level:.0%} interval goes from {_whole(ends.low)} to {high}")
    said.append(
        ". An estimate is no count: nobody has seen the people whom it adds, and it names none of them. "
        "Quote it with its interval, its method and its lists, never alone.</p>"
    )
    return "".join(said)


def _beware(found: Estimate) -> str:
    if not found.warnings:
        return ""
    return (
        f'<div class="beware"><h2>Beware</h2><ul>{"".join(f"<li>{escape(w)}</li>" for w in found.warnings)}</ul></div>'
    )


def _moves(cases: Sequence[Case], observed: int) -> str:
    """How far the estimate moves: rows for lists, tables and the bound; a fan for odds ratios."""
    rows = [
        f'<tr><td>{escape(_named(case))}</td><td class="n">{_whole(case.estimate)}</td><td class="n">{_ends(case)}</td>'
        f"<td>{escape('; '.join([*filter(None, [case.reason]), *case.warnings]))}</td></tr>"
        for case in cases
        if case.kind != "odds ratio"
    ]
    head = "<tr><th>lists used</th><th>estimate</th><th>interval</th><th></th></tr>"
    caption = (
        "How the estimate moves if people on one list of a pair are likelier (odds ratio above 1) or less likely "
        "(below 1) to be on the other, by the log-linear model that fits best. The dashed line is the documented count."
    )
    fan = _picture(pictures.fan(cases, observed), caption)
    table = f"<table>{head}{''.join(rows)}</table>" if rows else ""
    return f"<h2>How far it moves</h2><p>The same question, with other lists and other assumptions.</p>{table}{fan}"


def _named(case: Case) -> str:
    return "all: Chao's lower bound" if case.kind == "bound" else case.name


def _ends(case: Case) -> str:
    if case.interval is None:
        return ""
    if case.interval.high is None:
        return f"at least {_whole(case.interval.low)}"
    return f"{_whole(case.interval.low)}–{_whole(case.interval.high)}"


def _picture(svg: str | None, caption: str) -> str:
    """An image in the page itself, in which nothing can run."""
    if svg is None:
        return ""
    held = base64.b64encode(svg.encode()).decode()
    said = escape(caption)
    return f'<figure><img alt="{said}" src="data:image/svg+xml;base64,{held}"><figcaption>{said}</figcaption></figure>'


def _whole(number: float | None) -> str:
    return "none" if number is None else f"{number:,.0f}"
