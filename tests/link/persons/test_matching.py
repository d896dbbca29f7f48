"""Matching two invented lists: what is found, and the laws that hold whatever the lists."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sijill.link.persons.matching import Pair, match
from sijill.link.persons.people import Person
from tests.link.persons.families import NOISE, Lists, lists, romanised


@pytest.fixture(scope="module")
def invented() -> Lists:
    return lists()


@pytest.fixture(scope="module")
def found(invented: Lists) -> tuple[Pair, ...]:
    return match(invented.a, invented.b)


def f1(pairs: Sequence[Pair], truth: frozenset[tuple[str, str]]) -> float:
    said = {(p.rec_a, p.rec_b) for p in pairs}
    return 2 * len(said & truth) / (len(said) + len(truth))


def test_finds_people_in_spite_of_noise(invented: Lists, found: tuple[Pair, ...]) -> None:
    assert f1(found, invented.truth) > 0.98


@pytest.mark.parametrize("kind", NOISE)
def test_finds_people_whatever_the_noise(kind: str, invented: Lists, found: tuple[Pair, ...]) -> None:
    true = {pair for pair in invented.truth if invented.noise[pair[1]] == kind}
    assert len(true & {(p.rec_a, p.rec_b) for p in found}) / len(true) > 0.9


def test_siblings_are_not_matched(invented: Lists, found: tuple[Pair, ...]) -> None:
    """Rows of people who are on one list only look most like their brothers and sisters on the other."""
    assert len({(p.rec_a, p.rec_b) for p in found} - invented.truth) / len(found) < 0.02


def test_without_dates() -> None:
    made = lists(seed=6, dates=False)
    assert f1(match(made.a, made.b), made.truth) > 0.97


def test_across_scripts(invented: Lists) -> None:
    latin = tuple(replace(p, name=romanised(p.name)) for p in lists(dates=True).b if invented.noise[p.record] == "none")
    truth = frozenset(t for t in invented.truth if invented.noise[t[1]] == "none")
    assert f1(match(invented.a, latin, across=True), truth) > 0.95


def test_each_row_is_in_one_pair(found: tuple[Pair, ...]) -> None:
    assert max(Counter(p.rec_a for p in found).values()) == 1
    assert max(Counter(p.rec_b for p in found).values()) == 1


def test_order_of_rows_changes_nothing(invented: Lists, found: tuple[Pair, ...]) -> None:
    draw = random.Random(1)
    a, b = list(invented.a), list(invented.b)
    draw.shuffle(a)
    draw.shuffle(b)
    assert match(a, b) == found


def test_order_of_lists_changes_nothing(invented: Lists, found: tuple[Pair, ...]) -> None:
    turned = match(invented.b, invented.a)
    assert {(p.rec_b, p.rec_a, p.weight) for p in turned} == {(p.rec_a, p.rec_b, p.weight) for p in found}


def test_probabilities_are_calibrated() -> None:
    """Over all that is matched at any probability, as many are true as the probabilities say."""
    made = lists(seed=9, families=400)
    pairs = match(made.a, made.b, threshold=0.05)
    said = np.array([p.probability for p in pairs])
    true = np.array([(p.rec_a, p.rec_b) in made.truth for p in pairs])
    assert abs(said.mean() - true.mean()) < 0.03


def test_reasons_say_what_was_compared(invented: Lists) -> None:
    first = match(invented.a, invented.b, explain=True)[0]
    assert [reason.partition(":")[0] for reason in first.reasons][:5] == [
        "given name",
        "father's name",
        "grandfather's name",
        "family name",
        "sex",
    ]


@pytest.mark.parametrize("people", [(), (Person("1", "سلمى خالد المروني"),)])
def test_lists_with_next_to_nobody(people: tuple[Person, ...]) -> None:
    assert match(people, (), threshold=0.9) == ()
    assert len(match(people, people)) <= len(people)
