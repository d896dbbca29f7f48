from sijill.core.claim import Claim
from sijill.core.document import OCR_NUMBERS_DISAGREE, OCR_UNCONFIRMED, Note
from sijill.extract.doubts import with_doubts
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims

TEXT = (
    "Shelling killed 12 people, including 5 children, in Old Senna. Villagers were executed. In Ardeth 3 people died."
)
FIRST = TEXT.index("Villagers")


def claims() -> tuple[Claim, ...]:
    return read_claims(
        TEXT,
        document="0" * 64,
        published=None,
        language="en",
        publisher=None,
        gazetteer=Gazetteer.shipped(),
        uncounted=True,
    )


def test_text_that_nobody_doubts_leaves_claims_as_they_are() -> None:
    found = claims()
    assert with_doubts(found, (Note("captured", "…"), Note(OCR_NUMBERS_DISAGREE, "12 or 17"))) == found


def test_only_claims_counted_in_the_doubtful_part_are_doubted() -> None:
    found = with_doubts(claims(), (Note(OCR_UNCONFIRMED, "by OCR", True, 0, FIRST),))
    assert {c.count.text: c.unconfirmed for c in found if c.count} == {"12": "by OCR", "5": "by OCR", "3": ""}
    assert [c.unconfirmed for c in found if c.count is None] == [""] * sum(c.count is None for c in found)


def test_a_part_goes_on_naming_its_whole() -> None:
    found = {c.count.text: c for c in with_doubts(claims(), (Note(OCR_UNCONFIRMED, "x", True, 0, FIRST),)) if c.count}
    assert found["5"].part_of == found["12"].id


def test_the_readings_of_the_number_itself_are_told_rather_than_those_of_the_page() -> None:
    at = TEXT.index("12")
    notes = (
        Note(OCR_UNCONFIRMED, "by OCR", True, 0, len(TEXT)),
        Note(OCR_NUMBERS_DISAGREE, "12 or 17", True, at, at + 2),
    )
    assert {c.count.text: c.unconfirmed for c in with_doubts(claims(), notes) if c.count} == {
        "12": "12 or 17",
        "5": "by OCR",
        "3": "by OCR",
    }
