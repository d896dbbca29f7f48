"""One text with its claims marked, on a page that stands by itself: to look at what was read, and why.

The page loads nothing and runs nothing: its policy admits its own style by digest alone. Text of sources is inert.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from markupsafe import Markup, escape

from sijill.core.claim import Claim
from sijill.publish.highlight import Marking, highlighted
from sijill.publish.inert import said

# Languages that are written from right to left.
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "he", "ku", "ur"})
STYLE = Markup(
    "body{font:1rem/1.6 Georgia,'Noto Naskh Arabic',serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}"
    ".text{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #ccc;padding:1rem}"
    "mark.quoted{background:#f5f1dc;color:inherit}mark.counted{background:#ffd34d;color:#000;font-weight:bold}"
    "a.note::after{content:attr(data-note);font-size:.75em;vertical-align:super;margin-inline-start:.1em}"
    "table{border-collapse:collapse;margin:.25rem 0 1.5rem;width:100%}"
    "th,td{border:1px solid #ddd;padding:.2rem .5rem;text-align:start;vertical-align:top}"
    "th{width:9rem;font-weight:normal}"
    ".why{color:#555;font-size:.9em}.tick{color:#a00}abbr.ctl{background:#fdd;color:#a00;font-size:.7em}"
)
_PAGE = Markup(
    '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; "
    "base-uri 'none'; form-action 'none'\">\n"
    '<meta name="referrer" content="no-referrer">\n<title>{bar}</title>\n<style>{style}</style>\n</head>\n<body>\n'
    "<h1>{title}</h1>\n<p>{summary}</p>\n"
    '<section class="text" lang="{language}" dir="{direction}">{text}</section>\n'
    "<h2>Claims</h2>\n{claims}</body>\n</html>\n"
)
_CLAIM = Markup(
    '<section id="claim-{n}">\n<h3><a href="#place-{n}">{n}. {harm}: {count}</a></h3>\n'
    "<table>\n{rows}</table>\n</section>\n"
)
_ROW = Markup('<tr><th scope="row">{name}</th><td>{value}<div class="why">{why}</div></td></tr>\n')


def annotated_page(text: str, claims: Sequence[Claim], *, title: str, language: str) -> str:
    """The page for a text and the claims read in it, in their order; `language` gives the direction of the text.

    Raises ValueError where a claim does not lie in the text.
    """
    marks = highlighted(text, [_marking(n, claim) for n, claim in enumerate(claims, start=1)])
    summary = f"{len(claims)} claims, read by {claims[0].extractor}." if claims else "No claims were read."
    return str(
        _PAGE.format(
            digest=base64.b64encode(hashlib.sha256(str(STYLE).encode()).digest()).decode(),
            style=STYLE,
            title=said(title),
            bar=escape(_visible(title)),
            summary=summary,
            language=language,
            direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
            text=marks,
            claims=Markup("").join(_section(n, claim) for n, claim in enumerate(claims, start=1)),
        )
    )


def _visible(title: str) -> str:
    """A title without characters that a window's bar would obey."""
    return "".join(c for c in title if c.isprintable())


def _marking(n: int, claim: Claim) -> Marking:
    count = (claim.count.start, claim.count.end) if claim.count else None
    quote = (claim.quote.start, claim.quote.end)
    return Marking(quote, count, f"place-{n}", str(n), f"#claim-{n}", f"claim {n}")


def _section(n: int, claim: Claim) -> Markup:
    count = said(claim.count.text) if claim.count else Markup("no number")
    rows = Markup("").join(_row(claim, name, value) for name, value in _fields(claim) if value)
    return _CLAIM.format(n=n, harm=str(claim.harm).replace("_", " "), count=count, rows=rows)


def _row(claim: Claim, name: str, value: str) -> Markup:
    why = [Markup("{}: {}").format(e.rule, said(e.words)) for e in claim.evidence if e.field == name]
    return _ROW.format(name=name, value=said(value), why=Markup("; ").join(why))


def _fields(claim: Claim) -> tuple[tuple[str, str], ...]:
    """Each field with its value in words, "" where the claim has none."""
    period, place, by = claim.period, claim.place, claim.perpetrator
    days = f"{period.text}: {period.start} to {period.end} ({period.basis})" if period else ""
    where = (
        f"{place.text}: {place.name or 'in no gazetteer'}, precision {place.precision or 'unknown'}" if place else ""
    )
    said_by = claim.attribution
    chain = f", through {', '.join(said_by.chain)}" if said_by and said_by.chain else ""
    group = " · ".join(filter(None, (claim.group.text, str(claim.group.type), str(claim.group.subset))))
    return (
        ("harm", str(claim.harm)),
        ("count", f"{claim.count.quantity} ({str(claim.count.qualifier).replace('_', ' ')})" if claim.count else ""),
        ("group", group),
        ("period", days),
        ("place", where),
        ("attribution", f"{said_by.source} ({said_by.kind}){chain}" if said_by else ""),
        ("perpetrator", f"{by.text} ({by.stance})" if by else ""),
        ("part of", claim.part_of[:12] if claim.part_of else ""),
        ("confidence", str(claim.confidence)),
    )
