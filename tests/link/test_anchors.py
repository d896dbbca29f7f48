"""How far two places and two periods can be of one incident."""

import datetime as dt

import pytest

from sijill.core.period import Period
from sijill.core.place import Place
from sijill.link.anchors import Anchor, Kind, anchor, days_agree, places_agree
from sijill.link.blocking import Blocks
from tests.link.notation import PLACES, day, days_of, place_of


def at(place: str, days: str = "5", *, published: str | None = None) -> Anchor:
    where = place_of(place)
    assert where is not None
    return anchor(where, days_of(days), day(published) if published else None)


@pytest.mark.parametrize(
    ("place", "days", "published", "kind", "stated"),
    [
        ("Orsa", "5", None, Kind.EVENT, True),
        ("Orsa", "4-6", None, Kind.EVENT, True),
        ("Orsa", "3-6", None, Kind.TOLL, True),
        ("Tarn", "3-4", None, Kind.TOLL, True),
        ("Nowhere", "3-4", None, Kind.EVENT, True),
        ("Orsa", "0101-6", None, Kind.LONG, True),
        ("Orsa", "-", "6", Kind.EVENT, False),
        ("Orsa", "-", None, Kind.UNDATED, False),
    ],
)
def test_what_kind_of_period_it_is(place: str, days: str, published: str | None, kind: Kind, stated: bool) -> None:
    found = at(place, days, published=published)
    assert (found.kind, found.stated) == (kind, stated)


def test_without_a_day_it_is_of_the_days_before_publication() -> None:
    found = at("Orsa", "-", published="6")
    assert (found.start, found.end) == (dt.date(2031, 3, 3), dt.date(2031, 3, 6))


def test_an_open_end_runs_to_publication() -> None:
    where = place_of("Tarn")
    assert where is not None
    found = anchor(where, Period("since 3 March", dt.date(2031, 3, 3), None, 5), dt.date(2031, 3, 9))
    assert (found.kind, found.end, found.running) == (Kind.TOLL, dt.date(2031, 3, 9), True)
    beginning_unknown = anchor(where, Period("by 9 March", None, dt.date(2031, 3, 9), 5), None)
    assert beginning_unknown.kind is Kind.UNDATED


@pytest.mark.parametrize(
    ("a", "b", "score", "weak", "words"),
    [
        ("Orsa", "Orsa", 1.0, False, "same village or town"),
        ("Orsa", "OrsaMill", 0.73, False, "1 km apart"),
        ("Orsa", "NearOrsa", 0.72, False, "3 km apart"),
        ("Orsa", "OrsaDistrict", 0.8, False, "same name, of a town and of the area around it"),
        ("Orsa", "Tarn", 0.6, True, "one place lies in the other"),
        ("Marn", "Marn", 1.0, True, "same province"),
        ("Tarn", "Tarn", 1.0, False, "same district"),
        ("Nowhere", "Nowhere", 0.9, False, "same name of place"),
        ("Nowhere", "Nowhere-Ford", 0.6, True, "the name of one place is part of the other's"),
        ("Meravia", "Meravia", 1.0, True, "same country"),
    ],
)
def test_places_that_can_be_one(a: str, b: str, score: float, weak: bool, words: str) -> None:
    for x, y in ((a, b), (b, a)):
        found = places_agree(at(x), at(y))
        assert found is not None
        assert (round(found.score, 2), found.weak, found.words) == (score, weak, words)


@pytest.mark.parametrize(
    ("a", "b"),
    [("Orsa", "Velt"), ("Brenn", "BrennNorth"), ("Tarn", "Lower"), ("Orsa", "Meravia"), ("Orsa", "Nowhere")],
)
def test_places_that_cannot(a: str, b: str) -> None:
    assert places_agree(at(a), at(b)) is None
    assert places_agree(at(b), at(a)) is None


@pytest.mark.parametrize(
    ("a", "b", "score", "weak"),
    [
        ("5", "5", 1.0, False),
        ("5", "5-6", 0.85, False),
        ("5", "6", 0.6, True),
        ("3-9", "3-6", 1.0, False),
        ("0101-6", "0104-9", 0.8, False),
    ],
)
def test_days_that_can_be_one(a: str, b: str, score: float, weak: bool) -> None:
    for x, y in ((a, b), (b, a)):
        found = days_agree(at("Orsa", x, published="9"), at("Orsa", y, published="9"))
        assert found is not None
        assert (found.score, found.weak) == (score, weak)


@pytest.mark.parametrize(("a", "b"), [("5", "7"), ("5", "3-9"), ("5", "0101-6"), ("3-9", "4-9"), ("0101-6", "0201-6")])
def test_days_that_cannot(a: str, b: str) -> None:
    assert days_agree(at("Orsa", a), at("Orsa", b)) is None
    assert days_agree(at("Orsa", b), at("Orsa", a)) is None


def test_two_closed_years_of_one_beginning_are_two_tolls() -> None:
    one_year = at("Orsa", "0101-0228", published="1231")
    longer = at("Orsa", "0101-1130", published="1231")
    assert days_agree(one_year, longer) is None


def test_an_undated_report_agrees_less_than_a_dated_one() -> None:
    half = days_agree(at("Orsa", "5"), at("Orsa", "-", published="6"))
    neither = days_agree(at("Orsa", "-", published="6"), at("Orsa", "-", published="6"))
    assert half is not None
    assert neither is not None
    assert (half.score, neither.score) == (0.5, 0.4)
    assert days_agree(at("Orsa", "5"), at("Orsa", "-", published="20")) is None


DAYS = ["4", "5", "6", "5-6", "3-9", "0101-6", "-"]


@pytest.mark.parametrize("place", [*PLACES, "Nowhere", "Nowhere-Ford"])
def test_blocks_lose_no_pair_that_could_match(place: str) -> None:
    """Blocking is only allowed to leave out what the rules would refuse."""
    everything = [at(p, d, published="6") for p in [*PLACES, "Nowhere", "Nowhere-Ford"] for d in DAYS]
    for days in DAYS:
        mine = at(place, days, published="6")
        for other in everything:
            blocks = Blocks()
            blocks.enter("i0", other)
            if places_agree(mine, other) and days_agree(mine, other):
                assert blocks.near(mine) == ("i0",)


@pytest.mark.parametrize(("lat", "lon"), [(0.0, 179.9999), (64.0, 20.0), (-64.0, -179.9999), (0.05, 0.05)])
def test_blocks_reach_across_cells_meridians_and_the_date_line(lat: float, lon: float) -> None:
    def near(precision: int, dlat: float, dlon: float) -> Anchor:
        moved = (lon + dlon + 180) % 360 - 180
        place = Place("here", f"p{dlat}{dlon}", f"{dlat}{dlon}", lat + dlat, moved, precision)
        return anchor(place, days_of("5"), None)

    blocks = Blocks()
    blocks.enter("i0", near(2, 0, 0))
    assert blocks.near(near(2, 0.05, 0.05)) == ("i0",)
    assert blocks.near(near(3, 0.2, -0.2)) == ("i0",)
    assert blocks.near(near(2, 5.0, 5.0)) == ()
