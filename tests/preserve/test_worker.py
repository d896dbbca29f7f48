import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import InvalidRecord, UnreadableFile
from sijill.core.wire import to_json
from sijill.preserve.reading import read_bytes
from sijill.preserve.worker import outcome_of, read_frame, write_frame
from tests.preserve.documents import ARABIC


@given(st.lists(st.binary(max_size=200), max_size=6))
def test_frames_come_out_as_they_went_in(payloads: list[bytes]) -> None:
    stream = io.BytesIO()
    for payload in payloads:
        write_frame(stream, payload)
    stream.seek(0)
    assert [read_frame(stream) for _ in payloads] == payloads
    assert read_frame(stream) is None


@given(st.binary(min_size=1, max_size=50), st.integers(0, 56))
def test_a_frame_cut_off_is_none(payload: bytes, at: int) -> None:
    stream = io.BytesIO()
    write_frame(stream, payload)
    cut = io.BytesIO(stream.getvalue()[: min(at, len(payload) + 7)])
    assert read_frame(cut) is None


def test_a_reading_crosses_whole() -> None:
    reading = read_bytes(ARABIC.encode("utf-16"), name="a.txt")
    assert outcome_of(json.dumps({"reading": to_json(reading)}).encode()) == reading


def test_a_refusal_crosses_with_its_reason_and_remedy() -> None:
    outcome = outcome_of(b'{"refused": ["a.txt", "it is empty", "fetch it again"]}')
    assert isinstance(outcome, UnreadableFile)
    assert (outcome.name, outcome.reason, outcome.hint) == ("a.txt", "it is empty", "fetch it again")


def test_a_reply_that_is_no_reading_is_not_believed() -> None:
    with pytest.raises(InvalidRecord, match="reader is missing"):
        outcome_of(b'{"reading": {"document": 12}}')
