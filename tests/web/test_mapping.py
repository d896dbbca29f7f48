"""The still map: every place that claims name, in the picture, where it belongs."""

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sijill.core.place import Place
from sijill.pipeline.examining import IncidentSheet, incident_sheet
from sijill.store import reads
from sijill.web.mapping import HEIGHT, WIDTH, Map, lines_of, still_map, world
from tests.web.conftest import Bench

TOPOLOGY = {
    "transform": {"scale": [0.5, 2], "translate": [10, 20]},
    "arcs": [[[0, 0], [2, 1], [-4, 1]], [[5, 5], [0, 1]]],
}


def test_topojson_is_decoded() -> None:
    assert lines_of(TOPOLOGY) == (((10, 20), (11, 22), (9, 24)), ((12.5, 30), (12.5, 32)))


def test_the_outlines_are_of_the_earth() -> None:
    lines = world()
    assert len(lines) > 1000
    for line in lines:
        assert len(line) > 1
        assert all(-180.001 <= lon <= 180.001 and -90.001 <= lat <= 90.001 for lon, lat in line)


def one_incident(bench: Bench) -> IncidentSheet:
    with bench.desk.reading() as connection:
        incident = max(reads.incidents(connection), key=lambda i: len(i.claims))
        return incident_sheet(connection, incident.id)


def at(sheet: IncidentSheet, places: list[Place | None]) -> IncidentSheet:
    """The incident with other places: of its own, and of its claims, as many as there are."""
    own, *rest = places
    claims = {}
    for n, (id_, view) in enumerate(sheet.claims.items()):
        place = rest[n % len(rest)] if rest else None
        claims[id_] = replace(view, judged=replace(view.judged, claim=replace(view.judged.claim, place=place)))
    record = replace(sheet.record, incident=replace(sheet.record.incident, place=own))
    return replace(sheet, record=record, claims=claims)


def test_every_named_place_is_marked_once(reading: Bench) -> None:
    sheet = one_incident(reading)
    drawn = still_map(sheet)
    assert drawn is not None
    named = {
        (v.judged.claim.place.lat, v.judged.claim.place.lon) for v in sheet.claims.values() if v.judged.claim.place
    }
    own = sheet.record.incident.place
    assert own is not None
    marked = [(m.place.lat, m.place.lon) for m in drawn.markers]
    assert set(marked) == {(own.lat, own.lon)} | {n for n in named if n[0] is not None}
    assert len(marked) == len(set(marked))
    assert [m.of_incident for m in drawn.markers] == [True] + [False] * (len(marked) - 1)
    assert sum(m.claims for m in drawn.markers) == sum(
        v.judged.claim.place is not None and v.judged.claim.place.lat is not None for v in sheet.claims.values()
    )


def test_no_coordinates_no_map(reading: Bench) -> None:
    assert still_map(at(one_incident(reading), [None, Place("somewhere")])) is None


SPOTS = st.builds(
    lambda lat, lon: Place("x", "x", "case:x", lat, lon, 1),
    st.floats(-89, 89, allow_nan=False),
    st.floats(-180, 180, allow_nan=False),
)


@settings(max_examples=30)
@given(st.data())
def test_every_marker_and_the_grid_lie_in_the_picture(reading: Bench, data: st.DataObject) -> None:
    """Also across the 180th meridian, near a pole, and at one point."""
    sheet = one_sheet(reading)
    spots: list[Place | None] = list(data.draw(st.lists(SPOTS, min_size=1, max_size=4)))
    drawn = still_map(at(sheet, spots))
    assert isinstance(drawn, Map)
    for marker in drawn.markers:
        assert -0.5 <= marker.x <= WIDTH + 0.5
        assert -0.5 <= marker.y <= HEIGHT + 0.5
    assert all(-0.5 <= g.at <= WIDTH + 0.5 for g in drawn.meridians)
    assert all(-0.5 <= g.at <= HEIGHT + 0.5 for g in drawn.parallels)
    assert 0 < drawn.scale <= WIDTH / 4 + 1
    for path in drawn.outlines:
        assert re.fullmatch(r"M-?[\d.]+ -?[\d.]+(L-?[\d.]+ -?[\d.]+)+", path)


_SHEETS: dict[int, IncidentSheet] = {}


def one_sheet(bench: Bench) -> IncidentSheet:
    return _SHEETS.setdefault(id(bench), one_incident(bench))


def test_a_known_coast_lies_where_it_is(reading: Bench) -> None:
    """Around Cyprus, whose coast runs from 34.5 to 35.7 north, something is drawn; in the open ocean nothing is."""
    sheet = one_incident(reading)
    cyprus = still_map(at(sheet, [Place("x", "x", "case:x", 35.1, 33.4, 1)]))
    ocean = still_map(at(sheet, [Place("x", "x", "case:x", -40.0, -120.0, 1)]))
    assert cyprus is not None
    assert ocean is not None
    points = [tuple(map(float, p.split())) for d in cyprus.outlines for p in d[1:].split("L")]
    assert any(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert ocean.outlines == ()
    assert {g.words for g in cyprus.parallels} >= {"34°N", "35°N", "36°N"}
