import io
import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.document import Metadata
from sijill.core.errors import InputError, MalformedReport, UnreadableFile
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.reports import Report, iter_reports, read_report
from tests.preserve.attempts import attempt
from tests.preserve.documents import ARABIC, ENGLISH
from tests.preserve.hostile import report_lines


def lines(data: bytes, limits: Limits = DEFAULT_LIMITS) -> list[Report | MalformedReport]:
    return list(iter_reports(io.BytesIO(data), name="in/agency.jsonl", limits=limits))


def test_each_line_is_a_document_of_its_own() -> None:
    first = {
        "id": "senna-01",
        "url": "https://courier.example/1",
        "publisher": "Courier",
        "language": "en",
        "x": {"y": [1]},
    }
    one = json.dumps({**first, "published": "9 March 2031", "text": ENGLISH}).encode()
    two = json.dumps({"id": None, "text": ARABIC}, ensure_ascii=False).encode()
    found = lines(one + b"\r\n\n  \n" + two)
    assert found == [Report(1, one, "senna-01"), Report(4, two, "agency-4")]
    label, reading = read_report(one, name="agency.jsonl", line=1)
    assert (label, reading.text, reading.reader) == ("senna-01", ENGLISH, "report@1")
    assert reading.metadata == Metadata(None, "Courier", "https://courier.example/1", "en", "2031-03-09")
    label, reading = read_report(two, name="in/agency.jsonl", line=4)
    assert (label, reading.text, reading.metadata.language) == ("agency-4", ARABIC, "ar")


def test_a_mark_at_the_start_is_no_part_of_the_report() -> None:
    (report,) = lines(b'\xef\xbb\xbf{"text": "Ten people."}')
    assert isinstance(report, Report)
    assert read_report(report.data, name="a.jsonl", line=1)[1].text == "Ten people."


@pytest.mark.parametrize("name", report_lines())
def test_what_is_no_report_is_named_by_its_line(name: str) -> None:
    line = report_lines()[name]
    good = b'{"text": "Ten people."}'
    before, wrong, after = lines(good + b"\n" + line + b"\n" + good)
    assert isinstance(before, Report)
    assert isinstance(after, Report)
    assert isinstance(wrong, MalformedReport)
    assert (wrong.line, wrong.name) == (2, "in/agency.jsonl")
    with pytest.raises(MalformedReport, match="line 2: "):
        read_report(line, name="in/agency.jsonl", line=2)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "\xff"}', "it is not UTF-8: byte 11 cannot be read"),
        (b'{"text": "a",}', "it is not JSON"),
        (b"[]", "it is not an object"),
        (b'{"text": "a", "text": "b"}', "`text` is given twice"),
        (b'{"text": "a \\udfff"}', "`text` holds half a character"),
        (b'{"text": "a", "x": [[[[[[[[[[[1]]]]]]]]]]]}', "it is nested too deeply"),
        (b'{"text": "a", "x": ' + b"[" * 100_000, "it is nested too deeply"),
        (b'{"text": "a", "url": 1}', "`url` is not a string"),
        (b'{"text": ""}', "`text` is empty"),
        (b"{}", "`text` is missing"),
        (b'{"text": "a", "x": -Infinity}', "it is not JSON"),
    ],
)
def test_reasons(line: bytes, reason: str) -> None:
    (wrong,) = lines(line, Limits(max_nesting=10))
    assert isinstance(wrong, MalformedReport)
    assert reason in wrong.reason


def test_a_number_without_end_costs_nothing() -> None:
    (report,) = lines(b'{"text": "a", "n": ' + b"9" * 5_000_000 + b"}")
    assert isinstance(report, Report)


class Endless(io.RawIOBase):
    """A stream of so many bytes without a line break, which counts the most that is asked of it at once."""

    def __init__(self, size: int) -> None:
        self.left, self.most = size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = min(len(buffer), self.left)
        self.most = max(self.most, len(buffer))
        buffer[:count] = b"a" * count
        self.left -= count
        return count


def test_a_line_over_the_limit_is_passed_over_without_being_held() -> None:
    endless = Endless(200_000_000)
    stream = io.BufferedReader(endless, buffer_size=1 << 16)
    (wrong,) = iter_reports(stream, name="a.jsonl", limits=Limits(max_line=100_000))
    assert isinstance(wrong, MalformedReport)
    assert wrong.reason == "it is longer than 100,000 bytes"
    assert endless.left == 0
    assert endless.most <= 1 << 17


def test_a_line_of_just_the_limit_is_read() -> None:
    line = b'{"text": "' + b"a" * 88 + b'"}'
    for end in (b"", b"\n", b"\r\n"):
        (report,) = lines(line + end, Limits(max_line=100))
        assert isinstance(report, Report)
    (wrong,) = lines(line + b" \n", Limits(max_line=100))
    assert isinstance(wrong, MalformedReport)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "there is no report in it"),
        (b"\n \n\r\n", "there is no report in it"),
        (b"%PDF-1.7\n1 0 obj", "it is a PDF"),
        (b"<!DOCTYPE html><html>", "it is a page of HTML"),
        ('{"text": "x"}'.encode("utf-16"), "it is UTF-16"),
    ],
)
def test_a_stream_of_another_kind_is_refused_once(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        lines(data)


def test_a_report_may_speak_of_pdf() -> None:
    (report,) = lines(b'{"text": "%PDF-1.7 is what it begins with; startxref is how it ends"}')
    assert isinstance(report, Report)


@given(st.dictionaries(st.sampled_from(["id", "url", "text", "publisher", "x"]), st.text(max_size=30) | st.none()))
def test_what_is_valid_reads_as_json_has_it(fields: dict[str, str | None]) -> None:
    data = json.dumps(fields).encode()
    (found,) = lines(data)
    if isinstance(found, Report):
        assert found.data == data
        assert (fields["text"] or "").strip()
    else:
        assert found.reason


@given(st.binary(max_size=300))
def test_any_bytes_are_reports_or_are_refused(data: bytes) -> None:
    found = attempt(lambda: lines(data))
    if isinstance(found, InputError):
        assert isinstance(found, UnreadableFile)
        return
    for one in found:
        if isinstance(one, Report):
            read = attempt(partial(read_report, one.data, name="a.jsonl", line=one.line))
            assert read.line == one.line if isinstance(read, MalformedReport) else isinstance(read, tuple)
