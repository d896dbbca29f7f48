"""Places by their names: folding, looking up, resolving, finding in text, and a case's own tables.

The hard cases of `gazetteer.csv` name real places: they are facts of the shipped table. Everything else that is told
here happens in an invented country, the Republic of Meravia, in its Senna valley.
"""

import csv
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import InvalidRecord
from sijill.extract.gazetteer import (
    ATTRIBUTION,
    GAZETTEER_VERSION,
    Gazetteer,
    GazetteerEntry,
    normalise_name,
    read_places_csv,
)
from sijill.extract.placetable import PlaceTable
from sijill.extract.placewords import parse_phrase
from tools.make_gazetteer import PLACES, Place, table, version

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHIPPED = Gazetteer.shipped()
with (HERE / "gazetteer.csv").open(encoding="utf-8", newline="") as handle:
    HARD_CASES = list(csv.DictReader(handle))


def own(name: str, lat: float, lon: float, **fields: object) -> GazetteerEntry:
    """A place of an invented case."""
    made = GazetteerEntry(f"case:{name}", name, None, "settlement", "Meravia", None, lat, lon, None, "test")
    return replace(made, **fields)  # type: ignore[arg-type]


# --- looking up -------------------------------------------------------------------------------------------------------


def test_lookup_gives_all_places_of_a_name_the_likeliest_first() -> None:
    found = SHIPPED.lookup("Tripoli")
    assert [entry.country for entry in found[:2]] == ["LY", "LB"]
    assert found[0].name_ar == "طرابلس"
    assert found[0].kind == "settlement"
    assert found[0].source.startswith("GeoNames")
    assert SHIPPED.lookup("Nowhere-upon-Senna") == ()
    assert SHIPPED.lookup("") == ()


@pytest.mark.parametrize("name", ["Syria", "Syrie", "سوريا", "سورية", "Syrian Arab Republic"])
def test_countries_are_known_in_three_languages(name: str) -> None:
    assert SHIPPED.lookup(name)[0].kind == "country"
    assert SHIPPED.lookup(name)[0].country == "SY"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ريف دمشق", "SY.08"),
        ("Gouvernorat d'Alep", "SY.09"),
        ("الأنبار", "IQ.01"),
        ("Helmand", "AF.10"),
        ("Punjab", "PK.04"),
    ],
)
def test_first_order_units_are_known(name: str, code: str) -> None:
    phrase = parse_phrase(name)
    found = [entry.id for reading in phrase.readings for entry in SHIPPED.lookup(reading.name)]
    assert f"geonames:{code}" in found


def test_positions_lie_on_earth_and_names_are_clean() -> None:
    for name in ("san jose", "homs", "springfield", "القدس", "kyiv"):
        for entry in SHIPPED.lookup(name):
            assert abs(entry.lat) <= 90
            assert abs(entry.lon) <= 180
            assert entry.name == entry.name.strip() != ""
            assert entry.population is None or entry.population > 0


def test_importing_reads_no_table() -> None:
    script = """
from sijill.extract.gazetteer import Gazetteer
from sijill.extract import placetable
assert placetable.shipped_table.cache_info().currsize == 0
assert Gazetteer.shipped().lookup("Homs")
assert placetable.shipped_table.cache_info().currsize == 1
"""
    subprocess.run([sys.executable, "-c", script], check=True)


# --- the table --------------------------------------------------------------------------------------------------------


def tiny(*names: str) -> PlaceTable:
    """A table of places with these names, written by the tool and read back."""
    rows = []
    for number, name in enumerate(names):
        place = Place("S", str(number), name, "", "XX", float(number), -1.5, number)
        place.add(name, main=True)
        rows.append(place)
    return PlaceTable(table(rows, words=set()))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\t\n"), max_size=30), max_size=30))
def test_what_the_tool_writes_is_read_back(names: list[str]) -> None:
    made = tiny(*names)
    for number, name in enumerate(names):
        key = normalise_name(name)
        found = {candidate.entry.id: candidate for candidate in made.candidates(key)}
        if key and not key.replace(" ", "").isdigit():
            assert found[f"geonames:{number}"].main
            assert found[f"geonames:{number}"].entry.lat == float(number)
        else:
            assert found == {}


@pytest.mark.parametrize("damage", [b"", b"PK", b"sijill places 1\n{}", b"sijill places 1\nnothing\n"])
def test_a_damaged_table_is_refused(damage: bytes) -> None:
    with pytest.raises(ValueError, match=r"table of places"):
        PlaceTable(damage)


def test_a_table_that_was_cut_short_is_refused() -> None:
    whole = (PLACES / "places.dat").read_bytes()
    with pytest.raises(ValueError, match=r"cut short"):
        PlaceTable(whole[:-1])


def test_the_version_is_that_of_the_data() -> None:
    assert version() == GAZETTEER_VERSION, "run `python tools/make_gazetteer.py --version-only`"


def test_the_data_stay_small_and_say_whose_they_are() -> None:
    assert sum(path.stat().st_size for path in PLACES.iterdir()) < 12_000_000
    for told in (ATTRIBUTION, (PLACES / "README.md").read_text(), (ROOT / "docs/reference/gazetteer.md").read_text()):
        assert "GeoNames" in told
        assert "CC BY 4.0" in told


# --- resolving --------------------------------------------------------------------------------------------------------


def case_id(row: dict[str, str]) -> str:
    return row["phrase"] or "nothing"


@pytest.mark.parametrize("row", HARD_CASES, ids=case_id)
def test_hard_cases(row: dict[str, str]) -> None:
    near = tuple(SHIPPED.lookup(name)[0] for name in row["near"].split("|") if name)
    admin = row["admin"].replace("|", ", ") or None
    found = SHIPPED.resolve(row["phrase"], admin=admin, near=near, country_hint=row["country"] or None)
    if not row["expected"]:
        assert found is None, row["why it is hard"]
        return
    assert found is not None, row["why it is hard"]
    assert found.entry.id == row["expected"], found.reason
    assert found.precision == int(row["precision"]), found.reason
    assert row["reason"] in found.reason


def test_the_reason_says_how_near() -> None:
    found = SHIPPED.resolve("Tripoli", near=SHIPPED.lookup("Beirut")[:1])
    assert found is not None
    assert re.fullmatch(r"nearest of \d+ places of that name to Beirut, \d+ km", found.reason)


def test_a_country_hint_is_a_code_or_a_name() -> None:
    by_code = SHIPPED.resolve("Tripoli", country_hint="lb")
    assert (
        by_code
        == SHIPPED.resolve("Tripoli", country_hint="Lebanon")
        == SHIPPED.resolve("Tripoli", country_hint="لبنان")
    )
    assert by_code is not None
    assert by_code.entry.country == "LB"


@given(
    st.permutations(["Homs", "Hama", "Beirut", "Damascus", "Syria"]), st.sampled_from(["Tripoli", "Qusayr", "Baniyas"])
)
def test_the_order_of_other_places_makes_no_difference(names: list[str], name: str) -> None:
    places = [SHIPPED.lookup(other)[0] for other in names]
    assert SHIPPED.resolve(name, near=tuple(places)) == SHIPPED.resolve(name, near=tuple(sorted(places, key=repr)))


@given(st.text(max_size=120), st.none() | st.text(max_size=60), st.none() | st.text(max_size=10))
def test_resolving_is_total(name: str, admin: str | None, hint: str | None) -> None:
    found = SHIPPED.resolve(name, admin=admin, country_hint=hint)
    assert found is None or (1 <= found.precision <= 7 and found.reason)


@pytest.mark.timeout(20)
def test_long_phrases_are_read_in_no_time() -> None:
    for text in ("near " * 50_000, "in Senna " * 20_000, "a, " * 50_000, "15 " * 50_000, "في " * 50_000, "(" * 100_000):
        SHIPPED.resolve(text, admin=text)


# --- a case's own places ----------------------------------------------------------------------------------------------


def test_own_places_win_over_shipped_ones_of_equal_fit() -> None:
    paris = own("Paris", 10.0, 20.0)
    gazetteer = SHIPPED.with_places([paris])
    assert gazetteer.lookup("paris")[0] == paris
    assert len(gazetteer.lookup("paris")) == len(SHIPPED.lookup("paris")) + 1
    found = gazetteer.resolve("the town of Paris")
    assert found is not None
    assert (found.entry, found.precision) == (paris, 1)
    assert "own table" in found.reason
    assert SHIPPED.lookup("paris")[0] != paris


def test_own_places_do_not_win_where_the_text_says_otherwise() -> None:
    gazetteer = SHIPPED.with_places([own("Paris", 10.0, 20.0)])
    found = gazetteer.resolve("Paris, France")
    assert found is not None
    assert found.entry.country == "FR"


def test_own_places_are_found_by_every_name() -> None:
    senna = own("Tell Senna village", -12.5, 71.5, name_ar="تل سنّا", aliases=("Tall Sinna",), admin1="Upper Senna")
    gazetteer = SHIPPED.with_places([senna], {"case:Tell Senna village": ["Old Senna"]})
    for name in ("Tell Senna village", "Tell Senna", "تل سنا", "TALL SINNA", "old senna", "قرية تل سنا"):
        found = gazetteer.resolve(name)
        assert found is not None, name
        assert found.entry == senna
    near = gazetteer.resolve("Tell Seena", admin="Upper Senna")
    assert near is not None
    assert near.reason.startswith("spelt otherwise")


def test_the_province_of_an_own_place_tells_two_apart() -> None:
    upper = own("Abu Ward", -12.5, 71.5, id="case:1", admin1="Upper Senna", admin2="Hadra district")
    lower = own("Abu Ward", -13.5, 71.9, id="case:2", admin1="Lower Senna Governorate")
    gazetteer = SHIPPED.with_places([upper, lower])
    for phrase, admin, expected in (
        ("Abu Ward", "Upper Senna", upper),
        ("Abu Ward, Lower Senna", None, lower),
        ("Abu Ward", "Lower Senna governorate", lower),
        ("Abu Ward in Hadra district", None, upper),
    ):
        found = gazetteer.resolve(phrase, admin=admin)
        assert found is not None
        assert found.entry == expected, phrase
    close = gazetteer.resolve("Abu Ward", near=(own("Hadra", -12.6, 71.5),))
    assert close is not None
    assert close.entry == upper
    assert close.reason == "nearest of 2 places of that name to Hadra, 11 km"


def test_neither_order_nor_repetition_of_own_places_matters() -> None:
    rows = [own("Abu Ward", -12.5, 71.5, id=f"case:{number}", population=number) for number in range(6)]
    shuffled = rows * 2
    random.Random(3).shuffle(shuffled)
    one, other = SHIPPED.with_places(rows), SHIPPED.with_places(shuffled)
    assert one.lookup("Abu Ward") == other.lookup("Abu Ward")
    assert one.version == other.version
    assert one.with_places(rows).lookup("Abu Ward") == one.lookup("Abu Ward")


def test_the_version_tells_of_own_places() -> None:
    plain = SHIPPED.with_places([own("Hadra", -12.6, 71.5)])
    moved = SHIPPED.with_places([own("Hadra", -12.6, 71.6)])
    named = SHIPPED.with_places([own("Hadra", -12.6, 71.5)], {"case:Hadra": ["Hodra"]})
    assert SHIPPED.version == GAZETTEER_VERSION
    assert len({SHIPPED.version, plain.version, moved.version, named.version}) == 4
    assert plain.version.startswith(GAZETTEER_VERSION)


def test_an_own_place_has_an_id_of_its_own() -> None:
    with pytest.raises(InvalidRecord, match=r"begins with 'case:'"):
        SHIPPED.with_places([own("Hadra", 1.0, 2.0, id="geonames:1")])


# --- measured on real places ------------------------------------------------------------------------------------------


def kilometres(entry: GazetteerEntry, row: dict[str, str]) -> float:
    return entry.km_to(replace(entry, lat=float(row["lat"]), lon=float(row["lon"])))


def test_a_table_of_villages_is_found_once_loaded(shared: Path) -> None:
    text = (shared / "airwars-syria" / "gazetteer.csv").read_text(encoding="utf-8")
    entries, problems = read_places_csv(text, country="SY")
    rows = list(csv.DictReader(text.splitlines()))
    assert problems == ()
    assert len(entries) == len({json.dumps(row) for row in rows})
    gazetteer = SHIPPED.with_places(entries)
    found = [gazetteer.resolve(row["name"], admin=row["governorate"]) for row in rows]
    near = sum(r is not None and kilometres(r.entry, row) <= 10 for r, row in zip(found, rows, strict=True))
    assert near / len(rows) > 0.99
    assert gazetteer.version != SHIPPED.version


@pytest.mark.parametrize(("column", "right", "wrong"), [("name", 0.14, 0.015), ("name_ar", 0.17, 0.015)])
def test_villages_by_the_shipped_table_alone(
    shared: Path, record_property: Callable[[str, object], None], column: str, right: float, wrong: float
) -> None:
    """Most villages are in no world-wide table; what counts is that few of them are put where they are not."""
    text = (shared / "airwars-syria" / "gazetteer.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row[column]]
    found = [(SHIPPED.resolve(row[column], admin=row["governorate"]), row) for row in rows]
    placed = [kilometres(r.entry, row) for r, row in found if r and r.precision <= 2 and "contains it" not in r.reason]
    near, far = sum(km <= 10 for km in placed) / len(rows), sum(km > 10 for km in placed) / len(rows)
    record_property(f"{column} within 10 km", near)
    record_property(f"{column} further away", far)
    assert near > right
    assert far < wrong
