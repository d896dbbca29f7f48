import datetime as dt

import pytest

from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import Limits
from sijill.preserve.reading import read_bytes
from tests.preserve.documents import ARABIC, ENGLISH, msg, page

SUBJECT, NAME, ADDRESS, BODY, KIND = 0x0037001F, 0x0C1A001F, 0x0C1F001F, 0x1000001F, 0x001A001F
BODY8, SUBJECT8, HTML, HEADERS = 0x1000001E, 0x0037001E, 0x10130102, 0x007D001F
SENT, CODEPAGE = 0x00390040, 0x3FDE0003
MOMENT = dt.datetime(2031, 3, 9, 12, 5, tzinfo=dt.UTC)
TICKS = int((MOMENT - dt.datetime(1601, 1, 1, tzinfo=dt.UTC)).total_seconds()) * 10_000_000


def wide(words: str) -> bytes:
    return words.encode("utf-16-le")


MAIL = {SUBJECT: wide("Market of Old Senna"), NAME: wide("Senna Monitor"), ADDRESS: wide("desk@monitor.example")}


def test_body_subject_sender_and_moment() -> None:
    data = msg(
        {**MAIL, BODY: wide(f"{ENGLISH}\r\n{ARABIC}\r\n")}, root={SENT: TICKS}, attached=["a.pdf", "b\u202e.exe"]
    )
    reading = read_bytes(data, name="a.msg")
    assert reading.text == f"{ENGLISH}\n{ARABIC}"
    assert reading.metadata.title == "Market of Old Senna"
    assert reading.metadata.publisher == "Senna Monitor"
    assert reading.metadata.published == "2031-03-09T12:05:00+00:00"
    assert reading.reader.startswith("msg@1+python-oxmsg-")
    assert [(note.code, note.text) for note in reading.notes] == [
        ("attachments_not_read", "Attached and not read: a.pdf, b\\u202e.exe.")
    ]


def test_a_long_body_lies_elsewhere_in_the_file() -> None:
    text = "\n".join([ENGLISH] * 200)
    assert read_bytes(msg({**MAIL, BODY: wide(text)}), name="a.msg").text == text


def test_of_a_sender_without_a_name_the_host_alone() -> None:
    headers = "From: desk@monitor.example\r\nDate: Sun, 9 Mar 2031 14:05:00 +0200\r\n\r\n"
    reading = read_bytes(msg({HEADERS: wide(headers), BODY: wide(ENGLISH)}), name="a.msg")
    assert reading.metadata.publisher == "monitor.example"
    assert reading.metadata.published == "2031-03-09T14:05:00+02:00"


def test_html_where_there_is_no_plain_text() -> None:
    html = page(f"<p>{ARABIC}</p>").replace('<meta charset="utf-8">', "").encode("utf-8")
    reading = read_bytes(msg({**MAIL, HTML: html}, root={CODEPAGE: 65001}), name="a.msg")
    assert ARABIC in reading.text
    assert "lxml" in reading.reader


def test_words_of_eight_bits_without_a_code_page_are_not_taken_for_western() -> None:
    words = ARABIC.replace("١٢", "12").replace("٣٤", "34").replace("٩", "9")
    data = msg({BODY8: words.encode("cp1256"), SUBJECT8: words[:60].encode("cp1256")})
    reading = read_bytes(data, name="a.msg")
    assert reading.text == words
    assert reading.metadata.title == words[:60].strip()
    stated = msg({BODY8: words.encode("cp1256")}, root={CODEPAGE: 1256})
    assert read_bytes(stated, name="a.msg").text == words


@pytest.mark.parametrize(
    ("data", "limits", "reason"),
    [
        (msg(MAIL), Limits(), "neither plain text nor HTML"),
        (msg({KIND: wide("IPM.Contact"), BODY: wide(ENGLISH)}), Limits(), "an item of Outlook that is no mail"),
        (msg({KIND: wide("IPM.Note.SMIME"), BODY: wide(ENGLISH)}), Limits(), "encrypted, or signed"),
        (msg({BODY: wide(ENGLISH)}, attached=["a", "b"]), Limits(max_parts=1), "more than 1 parts"),
        (msg({BODY: wide(ENGLISH)})[:-512], Limits(), "damaged"),
    ],
)
def test_refusals(data: bytes, limits: Limits, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read_bytes(data, name="a.msg", limits=limits)
