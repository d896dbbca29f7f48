"""What follows from claims together, checked against trying every way that people can be spread over the atoms."""

import datetime as dt
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sijill.core.claim import Harm, Subset
from sijill.core.errors import InputError
from sijill.core.incident import GroupScope
from sijill.reconcile import bounding
from sijill.reconcile.bounding import Assertion, Interval, System
from sijill.reconcile.regions import EVERYWHERE, Places, Region, atoms, disjoint, relation

PLACES = Places({"tamrel": ("senna",), "belisk": ("senna",)})
MOST = 3


def region(
    group: str = "all", subset: str = "", place: str = EVERYWHERE, start: int = 6, end: int = 9, harm: str = "killed"
) -> Region:
    days = (dt.date(2031, 3, day) for day in (start, end))
    return Region(Harm(harm), GroupScope(group), Subset(subset), place, *days)


regions = st.builds(
    region,
    group=st.sampled_from(["all", "civilians"]),
    place=st.sampled_from([EVERYWHERE, "senna", "tamrel", "belisk"]),
    start=st.just(6),
    end=st.sampled_from([7, 9]),
)
ends = st.tuples(st.integers(0, MOST), st.integers(0, MOST)).map(sorted)
assertions = st.lists(
    st.tuples(regions, ends, st.booleans()).map(lambda r: (r[0], r[1][0], None if r[2] else r[1][1])),
    min_size=1,
    max_size=3,
).map(lambda rows: [Assertion(f"c{i}", r, low, high) for i, (r, low, high) in enumerate(rows)])


def possible(among: list[Assertion], asked: Region) -> set[int]:
    """Every number that the region asked for can have, each atom holding at most `MOST` people: brute force."""
    cut = atoms([a.region for a in among] + [asked], PLACES)
    rows = [(cut.of(a.region), a.low or 0, a.high) for a in among]
    numbers = set()
    for people in product(range(MOST + 1), repeat=len(cut.all)):
        sums = [(sum(people[i] for i in columns), low, high) for columns, low, high in rows]
        if all(low <= n and (high is None or n <= high) for n, low, high in sums):
            numbers.add(sum(people[i] for i in cut.of(asked)))
    return numbers


@settings(deadline=None, max_examples=60)
@given(assertions.filter(lambda rows: len(atoms([a.region for a in rows], PLACES).all) <= 6))
def test_the_interval_is_what_trying_everything_gives(rows: list[Assertion]) -> None:
    system, asked = System(rows, PLACES), rows[0].region
    numbers = possible(rows, asked)
    assert system.feasible() == bool(numbers)
    if not numbers:
        assert system.conflicts()
        return
    found = system.interval(asked)
    assert found.low == min(numbers)
    if found.high is not None:
        assert found.high == max(numbers)


@settings(deadline=None, max_examples=60)
@given(assertions, assertions)
def test_adding_a_claim_that_fits_never_widens_an_interval(rows: list[Assertion], more: list[Assertion]) -> None:
    added = Assertion("added", *(getattr(more[0], name) for name in ("region", "low", "high")))
    system = System([*rows, added], PLACES)
    if not system.feasible():
        return
    before, after = (system.interval(rows[0].region, among) for among in ([a.id for a in rows], None))
    assert after.low >= before.low
    assert before.high is None or (after.high is not None and after.high <= before.high)


@settings(deadline=None, max_examples=60)
@given(st.lists(assertions, min_size=2, max_size=2))
def test_each_conflict_is_impossible_and_smallest(two: list[list[Assertion]]) -> None:
    rows = [Assertion(f"c{i}", a.region, a.low, a.high) for i, a in enumerate(a for part in two for a in part)]
    system = System(rows, PLACES)
    conflicts = system.conflicts()
    assert bool(conflicts) != system.feasible()
    for conflict in conflicts:
        assert not system.feasible(conflict)
        assert all(system.feasible(conflict - {one}) for one in conflict)
    assert system.feasible({a.id for a in rows} - frozenset[str]().union(*conflicts))


def test_a_system_that_integer_presolve_calls_impossible() -> None:
    """Seen with HiGHS 1.15: impossible with integers and presolve, possible in truth."""
    rows = [
        Assertion("total", region(end=12), 1383, 1383),
        Assertion("a", region(place="a", end=12), 683, 683),
        Assertion("b", region(place="b", end=12), 433, 433),
        Assertion("c", region(place="c", end=12), 255, 255),
        Assertion("medical", region(subset="medical", end=12), 5, None),
        Assertion("early", region(end=9), 745, 1018),
    ]
    system = System(rows, Places({}))
    assert system.feasible()
    assert system.conflicts() == ()
    assert system.interval(region(subset="medical", end=12)) == Interval(5, 1383)


def test_subsets_that_overlap_are_each_at_most_the_whole() -> None:
    rows = [
        Assertion("all", region(), 8, 8),
        Assertion("women", region(subset="women"), 5, 5),
        Assertion("medical", region(subset="medical"), 6, 6),
    ]
    assert System(rows, PLACES).feasible()
    over = System([*rows, Assertion("journalists", region(subset="journalists"), 9, 9)], PLACES)
    assert over.conflicts() == (frozenset({"all", "journalists"}),)


def test_harms_bound_one_another_in_nothing() -> None:
    with pytest.raises(InputError, match="different harms"):
        System([Assertion("a", region(), 1, 1), Assertion("b", region(harm="wounded"), 1, 1)], PLACES)


def test_too_many_pieces_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounding, "MAX_ATOMS", 3)
    with pytest.raises(InputError, match="into 4 pieces, more than 3"):
        System([Assertion("a", region(place="tamrel"), 1, 1), Assertion("b", region(end=7), 1, 1)], PLACES)


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        (region(), region(), "same"),
        (region(subset="women"), region(), "within"),
        (region(), region(place="tamrel"), "around"),
        (region(place="tamrel"), region(place="senna"), "within"),
        (region(place="tamrel"), region(place="belisk"), "apart"),
        (region(start=6, end=7), region(start=8, end=9), "apart"),
        (region(start=6, end=8), region(start=7, end=9), "across"),
        (region(subset="women"), region(subset="men"), "apart"),
        (region(subset="women"), region(subset="medical"), "across"),
        (region(group="civilians"), region(group="combatants"), "apart"),
        (region(group="civilians"), region(subset="women"), "across"),
        (region(), region(harm="wounded"), "apart"),
    ],
)
def test_how_two_regions_lie(a: Region, b: Region, kind: str) -> None:
    assert relation(a, b, PLACES) == kind
    mirrored = {"within": "around", "around": "within"}
    assert relation(b, a, PLACES) == mirrored.get(kind, kind)
    if a.harm is b.harm:
        assert disjoint([a, b], PLACES) == (kind == "apart")
