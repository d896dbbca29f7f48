"""Reports that have text of others: copies, excerpts, reworked texts, and what shows nothing."""

import datetime as dt

import pytest

from sijill.core.mention import Repetition, Sharing
from sijill.link.profiles import Report
from sijill.link.repetitions import repetitions

STORY = (
    "Shells fell on the grain market of Orsa in the early morning and killed seventeen people, most of them farmers "
    "who had come down from the hills with their carts before the road was shut."
)
MORE = (
    "The council of the valley met through the night. It asked both sides to let the wounded leave by the north gate "
    "and to leave the mill alone until the bread of the week was baked."
)
OTHER = (
    "Nobody in the village of Velt wanted to speak of the winter. The school had no roof, the teacher had gone to the "
    "coast, and the bell of the chapel was under the snow with the rest of it."
)


def report(name: str, text: str, day: int | None = 5, site: str = "") -> Report:
    published = dt.date(2031, 3, day) if day is not None else None
    return Report(name.ljust(64, "0"), 0, name, site, "en", published, text)


def only(*reports: Report) -> Repetition:
    (found,) = repetitions(reports)
    return found


@pytest.mark.parametrize(
    ("text", "sharing"),
    [
        (f"{STORY} {MORE}", Sharing.COPY),
        (STORY, Sharing.EXCERPT),
        (f"{STORY} {OTHER}", Sharing.REWORDED),
        (f"{STORY.upper()} {MORE.upper()}", Sharing.COPY),
    ],
)
def test_how_a_report_has_text_of_another(text: str, sharing: Sharing) -> None:
    found = only(report("a", f"{STORY} {MORE}", 5), report("b", text, 6))
    assert (found.later[0], found.earlier[0], found.sharing) == ("b", "a", sharing)
    assert found.passage.stands_in(text)
    assert found.source.stands_in(f"{STORY} {MORE}")


def test_the_later_report_repeats_the_earlier_and_an_undated_one_comes_last() -> None:
    assert only(report("a", STORY, 6), report("b", STORY, 5)).later[0] == "a"
    assert only(report("a", STORY, None), report("b", STORY, 5)).later[0] == "a"


@pytest.mark.parametrize(
    "reports",
    [
        (report("a", STORY), report("b", OTHER)),
        (report("a", "Shells fell on the grain market of Orsa in the morning."), report("b", STORY)),
        # Of one site only whole copies count: its pages share their menus.
        (report("a", f"{MORE} {STORY}", 5, "x.example"), report("b", f"{MORE} {OTHER}", 6, "x.example")),
    ],
)
def test_what_shows_no_repetition(reports: tuple[Report, Report]) -> None:
    assert repetitions(reports) == ()


def test_a_passage_that_very_many_have_shows_nothing() -> None:
    assert repetitions(report(f"{i:02}", f"{MORE} report {i}", 5) for i in range(20)) == ()
