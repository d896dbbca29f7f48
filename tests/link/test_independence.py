"""What people decide of independence outranks names, text and numbers."""

import hashlib
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from sijill.link.origins import origins
from sijill.link.records import Pair, Reported
from tests.link.notation import said

A = said("a", 8, "Orsa Valley Monitor", publisher="Kestrel Wire", published=5)
B = said("b", 8, "Orsa Valley Monitor", publisher="The Courier", published=6, order=1)
C = said("c", 9, "the Tarn Relief Office", publisher="Harbourline", published=7, order=2)
D = said("d", 9, publisher="Lantern", published=8, order=3)
ALL = (A, B, C, D)


def document(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def voices(*rows: Pair, claims: tuple[Reported, ...] = ALL) -> list[str]:
    return [o.voice for o in origins(claims, (), rows)]


def test_without_a_row_names_decide() -> None:
    a, b, c, d = voices()
    assert a == b
    assert len({a, c, d}) == 3


def test_two_counts_of_one_name_that_a_person_calls_independent() -> None:
    a, b, *_ = voices(Pair(A.id, B.id, same=False))
    assert a != b
    assert origins(ALL, (), [Pair(A.id, B.id, same=False)])[1].reason.startswith("a person judged")


def test_two_counts_that_a_person_leads_back_to_one_source() -> None:
    _, _, c, d = voices(Pair(C.id, D.id, same=True))
    assert c == d


def test_either_way_round_the_later_one_moves() -> None:
    assert voices(Pair(D.id, C.id, same=True)) == voices(Pair(C.id, D.id, same=True))
    assert voices(Pair(C.id, D.id, same=True))[2] == voices()[2]


def test_two_reports() -> None:
    assert len(set(voices(Pair(document("a"), document("b"), same=False))[:2])) == 2
    _, _, c, d = voices(Pair(document("c"), document("d"), same=True))
    assert c == d


def test_a_row_that_says_what_is_so_already_changes_nothing() -> None:
    assert voices(Pair(A.id, B.id, same=True), Pair(A.id, C.id, same=False)) == voices()
    assert voices(Pair(A.id, "f" * 64, same=True)) == voices()


@given(st.permutations([0, 1, 2, 3]))
def test_the_order_of_the_claims_makes_no_difference(order: list[int]) -> None:
    rows = [Pair(A.id, B.id, same=False), Pair(B.id, D.id, same=True)]
    expected = {o.claim: o.voice for o in origins(ALL, (), rows)}
    assert {o.claim: o.voice for o in origins([ALL[i] for i in order], (), rows)} == expected


def test_later_rows_build_on_earlier_ones() -> None:
    chain = [Pair(A.id, C.id, same=True), Pair(C.id, D.id, same=True)]
    assert len(set(voices(*chain))) == 1
    assert {len(set(voices(*rows))) for rows in permutations(chain)} <= {1, 2}
