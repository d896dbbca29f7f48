"""Counts that several reports contradict by far are of something else."""

import pytest

from sijill.link.outliers import outliers
from tests.link.notation import reports


@pytest.mark.parametrize(
    ("lines", "far"),
    [
        ("A/6 killed 8 Orsa 5 | B/6 killed 8 Orsa 5 | C/6 killed 400 - -", [3]),
        ("A/6 killed 8 Orsa 5 | B/6 killed 8 Orsa 5 | C/6 killed 1 - -", [3]),
        ("A/6 killed 8 Orsa 5 | B/6 killed 8 Orsa 5 | C/6 killed 11 - -", []),
        ("A/6 killed 2 Orsa 5 | B/6 killed 2 Orsa 5 | C/6 killed 1 - -", []),
        ("A/6 killed 8 Orsa 5 | B/6 killed 400 Orsa 5", []),
        ("A/6 killed 2 Orsa 5 | B/6 killed 3 Orsa 5 | C/6 killed 90 Orsa 5", [3]),
        ("A/6 killed 8 Orsa 5 | B/6 killed 8 Orsa 5 | C/6 wounded 400 - -", []),
    ],
)
def test_what_is_far_from_what_reports_agree_on(lines: str, far: list[int]) -> None:
    claims = reports(lines)
    assert outliers(claims) == {claims[n - 1].id for n in far}
