"""Versions of figures: which are kept, and what is said to lie between two of them."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sijill.core.claim import Harm
from sijill.core.incident import CauseKind, Figure, FigureVersion, Grade, Incident, IncidentRecord, Scope, SetAside
from sijill.reconcile.versions import Before, Decision, Decisions, Key, newer

KILLED = Scope(Harm.KILLED)


def record(*numbers: int | None, claims: str = "ab", aside: str = "", incident: str = "i1") -> IncidentRecord:
    """An incident with one figure for the killed; each letter is a claim."""
    low, high = numbers
    figure = Figure(KILLED, low, None, high, 1, tuple(claims), tuple(SetAside(c, "copied") for c in aside))
    about = Incident(incident, "An incident", tuple(claims + aside), ("d1",), None, None)
    return IncidentRecord(about, "span", Grade.UNGRADED, (), (figure,))


def kept(
    versions: Sequence[FigureVersion], entry: int = 10, earlier: dict[Key, Before] | None = None
) -> dict[Key, Before]:
    """What the case holds once these were kept."""
    made = {(v.incident, v.scope): Before(f"v{entry}-{v.incident}", entry, v) for v in versions}
    return {**(earlier or {}), **made}


def decisions(*made: Decision) -> Decisions:
    return Decisions(lambda: made)


def test_a_figure_that_was_never_kept_is_the_first() -> None:
    (version,) = newer({}, [record(3, 5, aside="c")], decisions())
    assert (version.low, version.high, version.replaces, version.stands) == (3, 5, None, True)
    assert (version.claims, version.set_aside) == (("a", "b"), ("c",))
    assert [c.kind for c in version.causes] == [CauseKind.FIRST]


def test_the_same_figure_is_not_kept_again_though_it_rests_on_more() -> None:
    before = kept(list(newer({}, [record(3, 5)], decisions())))
    assert list(newer(before, [record(3, 5, claims="abc")], decisions())) == []


def test_a_change_names_every_claim_since_the_version_before() -> None:
    before = kept(list(newer({}, [record(3, 5)], decisions())))
    (version,) = newer(before, [record(3, 8, claims="ac", aside="d")], decisions())
    assert version.replaces == "v10-i1"
    assert [(c.kind, c.subjects) for c in version.causes] == [
        (CauseKind.CLAIMS_ADDED, ("c", "d")),
        (CauseKind.CLAIMS_GONE, ("b",)),
    ]


def test_decisions_about_its_claims_its_documents_or_itself_are_named_and_no_others() -> None:
    before = kept(list(newer({}, [record(3, 5)], decisions())))
    made = (
        Decision("old", 9, ("a",)),
        Decision("claim", 11, ("b",)),
        Decision("document", 12, ("d1",)),
        Decision("incident", 13, ("i1", "i2")),
        Decision("elsewhere", 14, ("x",)),
    )
    (version,) = newer(before, [record(4, 5)], decisions(*made))
    assert [(c.kind, c.subjects) for c in version.causes] == [(CauseKind.JUDGEMENTS, ("claim", "document", "incident"))]


def test_a_grade_and_a_rule_set_count_as_changes() -> None:
    before = kept(list(newer({}, [record(3, 5)], decisions())))
    (graded,) = newer(before, [replace(record(3, 5), grade=Grade.FAIR)], decisions())
    assert [c.kind for c in graded.causes] == [CauseKind.PROGRAM]
    (ruled,) = newer(before, [replace(record(3, 5), rules="median")], decisions())
    assert [(c.kind, c.subjects) for c in ruled.causes] == [(CauseKind.RULES, ("span",))]


def test_what_nothing_beneath_it_explains_is_the_program_s() -> None:
    before = kept(list(newer({}, [record(3, 5)], decisions())))
    (version,) = newer(before, [record(3, 6)], decisions())
    assert [c.kind for c in version.causes] == [CauseKind.PROGRAM]


def test_a_figure_that_is_gone_is_withdrawn_once() -> None:
    before = kept(list(newer({}, [record(3, 5)], decisions())))
    (version,) = newer(before, [], decisions(Decision("no", 11, ("a",))))
    assert (version.stands, version.low, version.high, version.claims) == (False, None, None, ())
    assert [(c.kind, c.subjects) for c in version.causes] == [
        (CauseKind.CLAIMS_GONE, ("a", "b")),
        (CauseKind.JUDGEMENTS, ("no",)),
    ]
    assert list(newer(kept([version], 20, before), [], decisions())) == []


def test_a_merger_is_said_of_both_and_once() -> None:
    one, other = record(3, 5), record(2, 2, claims="c", incident="i2")
    before = kept(list(newer({}, [one, other], decisions())))
    joined = record(3, 7, claims="abc")
    joined = replace(joined, incident=replace(joined.incident, merged=("i2",)))
    grown, gone = newer(before, [joined], decisions())
    assert [(c.kind, c.subjects) for c in grown.causes] == [
        (CauseKind.MERGED, ("i2",)),
        (CauseKind.CLAIMS_ADDED, ("c",)),
    ]
    assert (gone.incident, gone.stands) == ("i2", False)
    assert [(c.kind, c.subjects) for c in gone.causes] == [(CauseKind.MERGED, ("i1",))]
    after = kept([grown, gone], 20, before)
    more = replace(record(3, 9, claims="abcd"), incident=joined.incident)
    (later,) = newer(after, [more], decisions())
    assert [c.kind for c in later.causes] == [CauseKind.CLAIMS_ADDED]


numbers = st.tuples(st.integers(0, 4), st.integers(5, 8))
runs = st.lists(st.lists(st.tuples(st.sampled_from("123"), numbers), max_size=3, unique_by=lambda r: r[0]), max_size=6)


@given(runs)
def test_the_last_versions_are_the_figures_and_each_names_the_one_before(
    given_runs: list[list[tuple[str, tuple[int, int]]]],
) -> None:
    before: dict[Key, Before] = {}
    for entry, run in enumerate(given_runs, start=1):
        found = [record(*n, incident=f"i{i}") for i, n in run]
        made = list(newer(before, found, decisions()))
        assert all(v.replaces == (b.id if (b := before.get((v.incident, v.scope))) else None) for v in made)
        before = kept(made, entry, before)
        standing = {v.version.incident: (v.version.low, v.version.high) for v in before.values() if v.version.stands}
        assert standing == {f"i{i}": n for i, n in run}
        assert list(newer(before, found, decisions())) == []
