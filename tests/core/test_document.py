import pytest
from hypothesis import given

from sijill.core.document import Document, Metadata, Note, Reading, Sighting, require_digest
from sijill.core.errors import InvalidRecord
from sijill.core.wire import from_json, to_json
from tests.core.strategies import of_hint

ID = "0f" * 32
READING = Reading(ID, "plain@1", "text/plain", "Ten.", Metadata(title="Digest", publisher="Kestrel Wire"))


@pytest.mark.parametrize("value", ["", "0f" * 31, "0f" * 33, "0F" * 32, "0g" * 32, "٠" * 64, " " + "0" * 63])
def test_a_digest_is_64_lower_case_hexadecimal_digits(value: str) -> None:
    with pytest.raises(InvalidRecord, match="is not a SHA-256 in hexadecimal"):
        require_digest(value)
    with pytest.raises(InvalidRecord, match="is not a SHA-256 in hexadecimal"):
        Reading(value, "plain@1", "text/plain", "", Metadata())


@given(of_hint(Metadata), of_hint(Metadata))
def test_what_a_person_states_outranks_what_was_read(read: Metadata, stated: Metadata) -> None:
    found = read.overlaid(stated)
    for name in ("title", "publisher", "url", "language", "published"):
        assert getattr(found, name) == (getattr(stated, name) or getattr(read, name))


@given(of_hint(Metadata), of_hint(Metadata), of_hint(Metadata))
def test_overlaying_is_associative_and_nothing_overlays_nothing(a: Metadata, b: Metadata, c: Metadata) -> None:
    assert a.overlaid(b).overlaid(c) == a.overlaid(b.overlaid(c))
    assert a.overlaid(Metadata()) == a


def test_the_latest_sighting_has_the_last_word() -> None:
    sightings = tuple(
        Sighting(ID, label, f"{label}.txt", "2031-03-10T09:00:00.000000Z", "R. Ostrava", stated=stated)
        for label, stated in (
            ("first", Metadata(publisher="Senna Valley Monitor", language="en")),
            ("second", Metadata(publisher="Harbour Line")),
        )
    )
    document = Document(ID, 4, READING, sightings)
    assert document.label == "first"
    assert document.metadata == Metadata(title="Digest", publisher="Harbour Line", language="en")


def test_a_note_on_the_whole_is_written_as_before_notes_had_places() -> None:
    assert to_json(Note("captured", "At noon.")) == {"code": "captured", "text": "At noon.", "severe": False}
    placed = Note("ocr_unconfirmed", "By OCR.", True, 3, 9)
    assert to_json(placed) == {"code": "ocr_unconfirmed", "text": "By OCR.", "severe": True, "start": 3, "end": 9}
    assert from_json(Note, to_json(placed)) == placed


@pytest.mark.parametrize("place", [(3, None), (None, 3), (4, 3), (-1, 3)])
def test_a_note_stands_somewhere_or_nowhere(place: tuple[int | None, int | None]) -> None:
    with pytest.raises(InvalidRecord, match="a note stands from a start to an end"):
        Note("x", "y", False, *place)


def test_where_a_note_is() -> None:
    note = Note("x", "y", False, 3, 9)
    assert [note.touches(*span) for span in ((0, 3), (0, 4), (8, 20), (9, 20))] == [False, True, True, False]
    assert not Note("x", "y").touches(0, 100)
    assert (note.moved(5).start, note.moved(5).end) == (8, 14)
    assert Note("x", "y").moved(5) == Note("x", "y")
