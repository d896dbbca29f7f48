"""Which counts of reports that read alike are of their event: by place, by days, and what a total is a total of."""

import pytest

from sijill.link.bundles import bundles
from sijill.link.cases import CaseOfReports
from tests.link.notation import day, place_of, reports

EVENT = CaseOfReports(("a", "b"), place_of("Orsa"), (day("5"), day("5")), {})


@pytest.mark.parametrize(
    ("line", "sites", "taken"),
    [
        ("A/6 killed 8 Orsa 5", 1, True),
        ("A/6 killed 8 Orsa 5", 4, True),
        # A village near by is the event's, told otherwise; a town 50 km off is another attack, however alike the texts.
        ("A/6 killed 8 Velt 5", 3, True),
        ("A/6 killed 8 Brenn 5", 1, True),
        ("A/6 killed 8 Brenn 5", 2, False),
        ("A/6 killed 8 BrennNorth 5", 1, False),
        # A total of the province is the event's in a report of one place, and of none of its parts in a round-up.
        ("A/6 killed 12 Marn 5", 1, True),
        ("A/6 killed 12 Marn 5", 3, False),
        ("A/6 killed 12 - 5", 3, False),
        ("A/6 killed 900 Meravia 5", 1, False),
        # Another day, and the toll of a month, are not of the day.
        ("A/6 killed 8 Orsa 6", 1, True),
        ("A/6 killed 8 Orsa 9", 1, False),
        ("A/31 killed 231 Orsa 1-31", 1, False),
        ("A/6 killed 8 Orsa -", 1, True),
    ],
)
def test_which_counts_are_of_the_event(line: str, sites: int, taken: bool) -> None:
    (bundle,) = bundles(reports(line))
    assert EVENT.takes(bundle, sites=sites) is taken
