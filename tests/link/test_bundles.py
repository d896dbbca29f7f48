from sijill.link.bundles import bundles
from tests.link.notation import reports


def grouped(lines: str) -> list[list[int]]:
    claims = reports(lines)
    number = {c.id: i for i, c in enumerate(claims, 1)}
    return [[number[c.id] for c in b.claims] for b in bundles(claims)]


def test_counts_of_one_sentence_go_together() -> None:
    assert grouped("A/6 killed 8 Orsa 5 | A/6 wounded 18 Orsa 5 +") == [[1, 2]]


def test_what_one_claim_lacks_the_others_give() -> None:
    (found,) = bundles(reports("A/6 killed 8 - 5 | A/6 wounded 18 Orsa - +"))
    assert found.place is not None
    assert found.period is not None


def test_two_places_in_one_sentence_are_two_bundles_and_the_rest_goes_with_the_nearest_before() -> None:
    assert grouped("A/6 killed 8 Orsa 5 | A/6 killed 3 Velt 5 + | A/6 wounded 9 - - +") == [[1], [2, 3]]


def test_two_periods_in_one_sentence_are_two_bundles() -> None:
    assert grouped("A/6 killed 17 Tarn 3-6 | A/6 killed 11 Tarn 3-4 +") == [[1], [2]]


def test_two_sentences_are_two_bundles() -> None:
    assert grouped("A/6 killed 8 Orsa 5 | A/6 wounded 18 Orsa 5") == [[1], [2]]


def test_a_part_goes_with_its_whole_unless_it_has_another_place() -> None:
    assert grouped("A/6 killed 8 Orsa 5 | A/6 killed 3 - - far of=1") == [[1, 2]]
    assert grouped("A/6 killed 8 Orsa 5 | A/6 killed 3 Velt - far of=1") == [[1], [2]]


def test_the_finer_place_stands_for_the_bundle() -> None:
    (found,) = bundles(reports("A/6 killed 8 Orsa 5 | A/6 killed 3 OrsaDistrict - of=1")[:1])
    assert found.place is not None
    assert found.place.precision == 1
