"""Groups from scores: average linkage, small groups that follow, and what people decided."""

import pytest

from sijill.link.grouping import Bonds, Limits, grouped

LIMITS = Limits(join=-1.0, unlike=-3.0, attach=-1.0, ahead=1.0)
Scores = dict[tuple[str, str], float]


def scores(text: str) -> Scores:
    return {(w[0], w[1]): float(w[2:]) for w in text.split()}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("ab3 bc3 ac3", ["abc"]),
        ("ab3 bc-2 cd3", ["ab", "cd"]),
        # One strong pair does not join two groups whose other reports are unlike.
        ("ab4 cd4 ac1", ["ab", "cd"]),
        # A report that fits the group by its two best joins it, though on average it is too far.
        ("ab5 bc5 ac5 ad5 bd5 cd5 ea0 eb0 fg9", ["abcde", "fg"]),
        ("ab5 ea-0.5 cd5 ec-0.6", ["ab", "cd"]),
        ("ab-2", []),
    ],
)
def test_groups(given: str, expected: list[str]) -> None:
    assert ["".join(g) for g in grouped(scores(given), LIMITS)] == expected


def test_people_s_word_outranks_scores() -> None:
    together = Bonds(together=(frozenset("ad"),))
    assert ["".join(g) for g in grouped(scores("ab3 cd3"), LIMITS, together)] in (["abcd"], ["ad"], ["abd"], ["acd"])
    apart = Bonds(apart=frozenset({frozenset("ab")}))
    assert grouped(scores("ab9"), LIMITS, apart) == ()


def test_the_order_of_the_pairs_makes_no_difference() -> None:
    given = scores("ab3 bc2 ac1 cd2 de2 ce1 fa0")
    assert grouped(dict(reversed(given.items())), LIMITS) == grouped(given, LIMITS)
