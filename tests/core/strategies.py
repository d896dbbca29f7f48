"""Hypothesis strategies for every record, built from its type hints so that a new field is covered the day it is made.

The invariants that hints cannot say are kept by a strategy of their own for the few records that have them.
"""

import datetime as dt
import types
import typing
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, Union

from hypothesis import strategies as st

from sijill.core.canonical import MAX_SAFE_INTEGER
from sijill.core.claim import Claim, Count, Span
from sijill.core.document import Note, Reading
from sijill.core.incident import Figure
from sijill.core.judgement import ALLOWED, Change, Decision, Judgement, Matter
from sijill.core.lists import SALT, ListRelease, ListRow
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.quantity import Quantity
from sijill.core.wire import fields_of

NATURAL = st.integers(0, MAX_SAFE_INTEGER)
TEXT = st.text(max_size=20)
SHARE = st.floats(0, 1)
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5), max_leaves=20
)


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    n, m = sorted((draw(NATURAL), draw(NATURAL)))
    return draw(
        st.sampled_from(
            (
                Quantity.exactly(n),
                Quantity.at_least(n),
                Quantity.at_most(n),
                Quantity.about(n),
                Quantity.between(n, m),
                Quantity.vague(),
            )
        )
    )


@st.composite
def spans(draw: st.DrawFn) -> Span:
    words, start = draw(TEXT), draw(st.integers(0, 10**6))
    return Span(words, start, start + len(words))


@st.composite
def counts(draw: st.DrawFn) -> Count:
    return Count.of(draw(spans()), draw(quantities()))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start, end = sorted((draw(st.dates()), draw(st.dates())))
    ends = draw(st.sampled_from(((start, end), (start, None), (None, end), (None, None))))
    return Period(draw(TEXT), *ends, draw(st.integers(1, 5)), draw(TEXT))


@st.composite
def places(draw: st.DrawFn) -> Place:
    at = draw(st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)))
    lat, lon = at or (None, None)
    precision = draw(st.none() | st.integers(1, 7))
    optional = st.none() | TEXT
    return Place(draw(TEXT), draw(optional), draw(optional), lat, lon, precision, draw(TEXT))


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    quote = draw(spans())
    low, high = sorted((draw(st.integers(0, len(quote.text))), draw(st.integers(0, len(quote.text)))))
    words = Span(quote.text[low:high], quote.start + low, quote.start + high)
    given = {
        name: draw(of_hint(hint)) for name, (hint, _) in fields_of(Claim).items() if name not in ("quote", "count")
    }
    count = draw(st.none() | quantities().map(lambda quantity: Count.of(words, quantity)))
    return Claim(**{**given, "quote": quote, "count": count, "confidence": draw(SHARE)})


@st.composite
def judgements(draw: st.DrawFn) -> Judgement:
    matter = draw(st.sampled_from(Matter))
    number, decisions = ALLOWED[matter]
    decision = draw(st.sampled_from(sorted(decisions)))
    changes = (Change("count.low", "3"),) if decision is Decision.CORRECT else ()
    subjects = tuple(draw(st.lists(DIGESTS, min_size=number, max_size=number)))
    by, at, reason = draw(st.text(min_size=1)), draw(TEXT), draw(TEXT)
    score, replaces = draw(st.none() | SHARE), draw(st.none() | DIGESTS)
    return Judgement(matter, subjects, decision, by, at, reason, changes, score, replaces)


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    given = {name: draw(of_hint(hint)) for name, (hint, _) in fields_of(Figure).items()}
    ends = dict(zip(("low", "best", "high"), sorted(draw(st.tuples(NATURAL, NATURAL, NATURAL))), strict=True))
    left_out = draw(st.sets(st.sampled_from(sorted(ends))))
    return Figure(**{**given, **ends, **dict.fromkeys(left_out)})


@st.composite
def notes(draw: st.DrawFn) -> Note:
    place = draw(st.none() | st.tuples(NATURAL, NATURAL).map(sorted))
    start, end = place if place is not None else (None, None)
    return Note(draw(TEXT), draw(TEXT), draw(st.booleans()), start, end)


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    given = {name: draw(of_hint(hint)) for name, (hint, _) in fields_of(Reading).items()}
    return Reading(**{**given, "document": draw(DIGESTS)})


@st.composite
def list_releases(draw: st.DrawFn) -> ListRelease:
    given = {name: draw(of_hint(hint)) for name, (hint, _) in fields_of(ListRelease).items()}
    return ListRelease(**{**given, "list": f"list {draw(TEXT)}", "file": draw(DIGESTS)})


@st.composite
def list_rows(draw: st.DrawFn) -> ListRow:
    given = {name: draw(of_hint(hint)) for name, (hint, _) in fields_of(ListRow).items()}
    own = {"release": draw(DIGESTS), "line": draw(st.integers(1, MAX_SAFE_INTEGER)), "salt": draw(DIGESTS)[:SALT]}
    return ListRow(**{**given, **own})


SPECIAL: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: NATURAL,
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    bytes: st.binary(max_size=40),
    dt.date: st.dates(),
    Quantity: quantities(),
    Span: spans(),
    Count: counts(),
    Period: periods(),
    Place: places(),
    Claim: claims(),
    Judgement: judgements(),
    Figure: figures(),
    Note: notes(),
    Reading: readings(),
    ListRelease: list_releases(),
    ListRow: list_rows(),
}


def of_hint(hint: Any) -> st.SearchStrategy[Any]:
    """A strategy for whatever a record's field may hold."""
    if hint in SPECIAL:
        return SPECIAL[hint]
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        return st.one_of(*(st.none() if c is type(None) else of_hint(c) for c in typing.get_args(hint)))
    if origin is tuple:
        return st.lists(of_hint(typing.get_args(hint)[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(TEXT, json_values, max_size=3)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    assert is_dataclass(hint), f"no strategy for {hint}"
    return st.builds(hint, **{name: of_hint(inner) for name, (inner, _) in fields_of(hint).items()})
