"""Incidents that are parts of larger ones: by what one report adds up, and by people's rows."""

import pytest

from sijill.link.derive import derive
from sijill.link.records import Linkage, Membership, Pair
from tests.link.notation import reports


def parts(lines: str, homes: str, *rows: Pair) -> dict[str, str | None]:
    """The whole of each incident, where the claims stand in the incidents of `homes`, in their order."""
    claims = reports(lines)
    memberships = tuple(Membership(h, c.id) for h, c in zip(homes.split(), claims, strict=True))
    return {i.id: i.part_of for i in derive(claims, Linkage(memberships, parts=rows))}


ROUND_UP = "A/6 killed 12 Marn 5 | A/6 killed 8 Orsa 5 | A/6 killed 4 Velt 5"


@pytest.mark.parametrize(
    ("lines", "homes", "expected"),
    [
        (ROUND_UP, "w o v", {"w": None, "o": "w", "v": "w"}),
        # The days of a massacre: one report counts the day and all of them.
        ("A/9 killed 8 Orsa 6 | A/9 killed 40 Orsa 4-9", "d w", {"d": "w", "w": None}),
        # Nobody counts both: that they lie in one another says nothing.
        ("A/6 killed 12 Marn 5 | B/6 killed 8 Orsa 5", "w o", {"w": None, "o": None}),
        # More than the whole cannot be a part of it.
        ("A/6 killed 12 Marn 5 | A/6 killed 18 Orsa 5", "w o", {"w": None, "o": None}),
        ("A/6 killed 12 Marn 5 | A/6 killed 8 Orsa 3", "w o", {"w": None, "o": None}),
        ("A/6 killed 12 Marn 5 | A/6 wounded 8 Orsa 5", "w o", {"w": None, "o": None}),
        # No kind of harm is counted higher in a part.
        (
            "A/6 killed 12 Marn 5 | A/6 wounded 5 Marn 5 | A/6 killed 18 Orsa 5 | A/6 wounded 3 Orsa 5",
            "w w o o",
            {"w": None, "o": None},
        ),
        (
            "A/6 killed 18 Marn 5 | A/6 wounded 5 Marn 5 | A/6 killed 12 Orsa 5 | A/6 wounded 3 Orsa 5",
            "w w o o",
            {"w": None, "o": "w"},
        ),
        # The background of months, or of a country, is of no incident.
        ("A/6 killed 900 Marn 0101-6 | A/6 killed 8 Orsa 5", "w o", {"w": None, "o": None}),
        ("A/6 killed 900 Meravia 5 | A/6 killed 8 Orsa 5", "w o", {"w": None, "o": None}),
        # Of two larger ones the narrower.
        (
            "A/6 killed 30 Marn 5 | A/6 killed 12 Tarn 5 | A/6 killed 8 Orsa 5",
            "p d o",
            {"p": None, "d": "p", "o": "d"},
        ),
    ],
)
def test_what_one_report_adds_up(lines: str, homes: str, expected: dict[str, str | None]) -> None:
    assert parts(lines, homes) == expected


def test_people_outrank_the_program() -> None:
    assert parts(ROUND_UP, "w o v", Pair("o", "w", same=False)) == {"w": None, "o": None, "v": "w"}
    assert parts(ROUND_UP, "w o v", Pair("v", "o", same=True)) == {"w": None, "o": "w", "v": "o"}


def test_without_the_row_it_is_as_before() -> None:
    alone = "A/6 killed 12 Lower 5 | B/6 killed 8 Orsa 3"
    assert parts(alone, "w o", Pair("o", "w", same=True)) == {"w": None, "o": "w"}
    assert parts(alone, "w o") == {"w": None, "o": None}


def test_nothing_is_a_part_of_itself() -> None:
    around = Pair("w", "o", same=True), Pair("o", "w", same=True)
    assert parts(ROUND_UP, "w o v", *around) == {"w": "o", "o": None, "v": "w"}


def test_a_row_about_what_is_gone_is_passed_over() -> None:
    assert parts(ROUND_UP, "w o v", Pair("o", "i9", same=True))["o"] == "w"
