"""Tables of a case's own places. The places are those of an invented country, the Republic of Meravia."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sijill.extract.gazetteer import Gazetteer, GazetteerEntry, read_places_csv
from sijill.extract.placecsv import HEADERS, MOST_PROBLEMS

ROOT = Path(__file__).parents[2]
SHIPPED = Gazetteer.shipped()

TABLE = """name,name_ar,district,governorate,lat,lon
Tell Senna,تل سنا,Hadra,Upper Senna,-12.5,71.5
"Abu Ward, east",,Hadra,Upper Senna,"-12,75",71.25
=HYPERLINK("x"),,,Lower Senna,٣٦.٥,٣٧
,واحة,,,1,2
"""


def test_a_table_is_read() -> None:
    entries, problems = read_places_csv(TABLE, country="Meravia")
    assert problems == ()
    assert [entry.name for entry in entries] == ["Tell Senna", "Abu Ward, east", '=HYPERLINK("x")', "واحة"]
    assert [(entry.lat, entry.lon) for entry in entries] == [(-12.5, 71.5), (-12.75, 71.25), (36.5, 37.0), (1.0, 2.0)]
    first = entries[0]
    assert (first.name_ar, first.admin1, first.admin2, first.country) == ("تل سنا", "Upper Senna", "Hadra", "Meravia")
    assert (first.kind, first.population, first.aliases) == ("settlement", None, ())
    assert all(entry.id.startswith("case:") for entry in entries)
    assert entries == read_places_csv(TABLE.splitlines(keepends=True), country="Meravia")[0]


def test_the_id_of_a_row_depends_on_what_it_says_alone() -> None:
    lines = TABLE.splitlines()
    backwards = "\n".join([lines[0], *reversed(lines[1:])])
    assert {entry.id for entry in read_places_csv(TABLE)[0]} == {entry.id for entry in read_places_csv(backwards)[0]}


@pytest.mark.parametrize(
    "header",
    [
        "id,name_en,name_ar,latitude,longitude,aliases",
        "ID;Name EN;Name AR;Latitude;Longitude;Aliases",
        "\ufeffid\tPlace\tالاسم\tY\tX\tAlias",
    ],
)
def test_common_headers_are_recognised(header: str) -> None:
    mark = next(char for char in ",;\t" if char in header)
    row = mark.join(("v1", "Hadra", "الحضرة", "-12.6", "71.5", "Hodra|Hadhra"))
    entries, problems = read_places_csv(f"{header}\r\n{row}\r\n")
    assert problems == ()
    assert entries == (
        GazetteerEntry(
            *("case:v1", "Hadra", "الحضرة", "settlement", "", None, -12.6, 71.5, None, "the case's own table"),
            aliases=("Hodra", "Hadhra"),
        ),
    )


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (",,1,2", "no name"),
        ("...,,1,2", "no name"),
        ("Hadra,,,2", "no latitude"),
        ("Hadra", "no latitude"),
        ("Hadra,,91,2", r"latitude 91 is out of range \(-90 to 90\)"),
        ("Hadra,,1,-180.5", "longitude -180.5 is out of range"),
        ("Hadra,,north,2", "latitude is not a number"),
        ("Hadra,,nan,2", "latitude is not a number"),
        ("Hadra,,1e300,2", "latitude is not a number"),
        ("Hadra,,1_0,2", "latitude is not a number"),
        ("Hadra,,0,0", "coordinates missing"),
        ("H" * 401 + ",,1,2", "longer than 400"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_goes_on(row: str, what: str) -> None:
    entries, problems = read_places_csv(f"name,name_ar,lat,lon\n\nTell Senna,,3,4\n{row}\nHadra,,1,2\n")
    assert [entry.name for entry in entries] == ["Tell Senna", "Hadra"]
    assert [problem.line for problem in problems] == [4]
    assert re.search(what, problems[0].what)


def test_lines_are_those_of_the_file_where_cells_have_several() -> None:
    _, problems = read_places_csv('name,lat,lon\n"Tell\nSenna",1,2\nHadra,x,2\n')
    assert [problem.line for problem in problems] == [4]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        ("name,lat\nHadra,1\n", "no column for lon"),
        ("lat,lon\n1,2\n", "no column for name"),
        ("nothing of the kind\n", "no column for lat"),
    ],
)
def test_a_table_without_its_columns_is_refused(text: str, what: str) -> None:
    entries, problems = read_places_csv(text)
    assert entries == ()
    assert problems[0].line == 1
    assert what in problems[0].what


def test_one_id_for_two_places_is_told() -> None:
    entries, problems = read_places_csv("id,name,lat,lon\na,Hadra,1,2\na,Hadra,1,2\na,Tell Senna,3,4\n")
    assert [entry.name for entry in entries] == ["Hadra"]
    assert [(problem.line, problem.what) for problem in problems] == [(4, "its id stands for another place in line 2")]


def test_names_are_data_whatever_they_look_like() -> None:
    entries, problems = read_places_csv(
        'name,lat,lon\n"=cmd|\x07 /C\x00",1,2\n\u200f\u202eHadra\u202c,3,4\n"@x\t\n+y",5,6\n'
    )
    assert problems == ()
    assert [entry.name for entry in entries] == ["=cmd| /C", "Hadra", "@x +y"]
    assert SHIPPED.with_places(entries).resolve("Hadra") is not None


def test_a_country_in_a_row_becomes_its_code_where_it_is_known() -> None:
    entries, _ = read_places_csv(
        "name,lat,lon,country,kind,population\nA,1,2,Lebanon,admin1,\nB,1,3,lb,village,1 200\nC,1,4,Meravia,,\n"
    )
    assert [(e.country, e.kind, e.population) for e in entries] == [
        ("LB", "admin1", None),
        ("LB", "settlement", 1200),
        ("Meravia", "settlement", None),
    ]


CELLS = st.text(st.sampled_from('",;\t\n\r1.-,aب=') | st.characters(codec="utf-8"), max_size=12)


@given(st.lists(st.lists(CELLS, max_size=8).map(",".join), max_size=12).map("\n".join))
@example('"')
@example('name,lat,lon\n"' + "x" * 200_000)
def test_any_text_can_be_handed_in_as_a_table(text: str) -> None:
    for table_text in (text, "name,lat,lon\n" + text):
        entries, problems = read_places_csv(table_text)
        assert all(abs(entry.lat) <= 90 and abs(entry.lon) <= 180 and entry.name for entry in entries)
        assert all(problem.line >= 1 and problem.what for problem in problems)
        assert len({entry.id for entry in entries}) == len(entries)


def test_a_file_that_is_no_table_is_not_read_to_its_end() -> None:
    _, problems = read_places_csv("name,lat,lon\n" + "x,y,z\n" * (MOST_PROBLEMS + 500))
    assert len(problems) == MOST_PROBLEMS


def test_the_page_lists_every_header() -> None:
    page = (ROOT / "docs" / "reference" / "gazetteer.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(" `"): line for line in page.splitlines() if line.startswith("| `")}
    for field, headers in HEADERS.items():
        listed = re.findall(r"`([^`]+)`", rows[field].split("|")[2])
        assert tuple(listed) == headers, field
