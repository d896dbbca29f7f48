import math

import pytest
from hypothesis import given

from sijill.core.errors import InvalidRecord
from sijill.core.place import Place
from tests.core.strategies import places

HALF_ROUND = math.pi * 6371.0088


@pytest.mark.parametrize(
    ("lat", "lon"), [(90.01, 0), (-90.01, 0), (0, 180.01), (0, -180.01), (math.nan, 0), (0, math.inf)]
)
def test_a_place_lies_on_earth(lat: float, lon: float) -> None:
    with pytest.raises(InvalidRecord, match="no such place on earth"):
        Place("x", lat=lat, lon=lon)


@pytest.mark.parametrize("given_", [{"lat": 1.0}, {"lon": 1.0}])
def test_a_place_has_both_coordinates_or_neither(given_: dict[str, float]) -> None:
    with pytest.raises(InvalidRecord, match="both coordinates or neither"):
        Place("x", lat=given_.get("lat"), lon=given_.get("lon"))


@pytest.mark.parametrize("precision", [0, 8, -3])
def test_precision_is_one_of_the_codes(precision: int) -> None:
    with pytest.raises(InvalidRecord, match="precision runs from 1 to 7"):
        Place("x", precision=precision)


@given(places(), places())
def test_distance_is_mutual_and_on_earth(a: Place, b: Place) -> None:
    there, back = a.km_to(b), b.km_to(a)
    if a.lat is None or b.lat is None:
        assert there is None
        assert back is None
    else:
        assert there is not None
        assert back is not None
        assert math.isclose(there, back, abs_tol=1e-6)
        assert 0 <= there <= HALF_ROUND + 1


@given(places())
def test_a_place_is_not_far_from_itself(place: Place) -> None:
    assert place.km_to(place) == (None if place.lat is None else 0)


def test_a_degree_along_a_meridian_is_a_360th_of_the_way_round() -> None:
    found = Place("a", lat=-33.0, lon=-18.0).km_to(Place("b", lat=-32.0, lon=-18.0))
    assert found == pytest.approx(2 * HALF_ROUND / 360, rel=1e-4)


def test_antipodes_are_half_the_way_round() -> None:
    found = Place("a", lat=12.5, lon=30.0).km_to(Place("b", lat=-12.5, lon=-150.0))
    assert found == pytest.approx(HALF_ROUND, rel=1e-4)
