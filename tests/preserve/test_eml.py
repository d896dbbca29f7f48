import base64
from email.message import EmailMessage

import pytest

from sijill.core.document import Metadata, Reading
from sijill.core.errors import UnreadableFile
from sijill.preserve.reading import read_bytes
from tests.preserve.documents import ARABIC, ENGLISH, mail


def read(data: bytes) -> Reading:
    return read_bytes(data, name="a.eml")


def codes(reading: Reading) -> list[str]:
    return [note.code for note in reading.notes]


def composed(text: str = "", html: str = "") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "مرصد وادي سنا <desk@monitor.example>", "سوق سنا"
    message["Date"] = "Sun, 09 Mar 2031 14:05:00 +0200"
    if text:
        message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html") if text else message.set_content(html, subtype="html")
    return message


def test_body_subject_sender_and_date() -> None:
    reading = read(mail())
    assert reading.text == ENGLISH
    assert reading.metadata == Metadata("Market of Old Senna", "Senna Monitor", None, "en", "2031-03-09T14:05:00+02:00")
    assert (reading.reader, reading.media_type, reading.notes) == ("eml@1", "message/rfc822", ())


def test_arabic_headers_and_body() -> None:
    reading = read(bytes(composed(ARABIC)))
    assert reading.text == ARABIC
    assert (reading.metadata.title, reading.metadata.publisher) == ("سوق سنا", "مرصد وادي سنا")


@pytest.mark.parametrize("charset", ["windows-1256", "utf-8", "iso-8859-6"])
def test_encodings_of_the_body(charset: str) -> None:
    text = ARABIC.translate({ord(c): str(i) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩")})
    message = EmailMessage()
    message.set_content(text, charset=charset)
    message["From"], message["Subject"] = "desk@monitor.example", "x"
    reading = read(bytes(message))
    assert reading.text == text
    assert reading.notes == ()


def test_the_plain_text_is_preferred() -> None:
    assert read(bytes(composed(ENGLISH, "<p>Thirteen people</p>"))).text == ENGLISH


def test_html_where_there_is_no_plain_text() -> None:
    reading = read(bytes(composed(html=f"<html><body><p>{ENGLISH}</p><p>The end.</p></body></html>")))
    assert reading.text == f"{ENGLISH}\nThe end."
    assert reading.reader.startswith("eml@1+lxml-")


def test_attachments_are_named_and_not_read() -> None:
    message = composed(ENGLISH)
    message.add_attachment("thirteen people", filename="قائمة.txt")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="../../a\u202efdp.exe")
    message.add_attachment(composed("fourteen people"))
    reading = read(bytes(message))
    assert reading.text == ENGLISH
    (said,) = reading.notes
    assert said.code == "attachments_not_read"
    assert said.text == "Attached and not read: قائمة.txt, ../../a\\u202efdp.exe, message/rfc822."


def test_the_host_stands_for_a_sender_without_a_name() -> None:
    data = mail().replace(b"Senna Monitor <desk@monitor.example>", b"desk@monitor.example")
    assert read(data).metadata.publisher == "monitor.example"


def test_raw_bytes_in_a_header_are_read() -> None:
    data = mail().replace(b"Market of Old Senna", "قصف سوق سنا القديمة".encode("cp1256"))
    assert read(data).metadata.title == "قصف سوق سنا القديمة"


def test_a_damaged_transfer_encoding_is_told_of() -> None:
    body = base64.b64encode(ENGLISH.encode()).decode()
    for damaged in (body[:-3], body[:100] + "!" + body[100:]):
        reading = read(mail(damaged, headers="Content-Transfer-Encoding: base64\r\n"))
        assert ENGLISH[:200] in reading.text
        assert codes(reading) == ["bytes_replaced"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (mail("x", kind="multipart/encrypted"), "it is encrypted"),
        (mail("x", kind="application/pkcs7-mime; smime-type=enveloped-data"), "it is encrypted"),
        (mail("x", kind='image/png; name="a.png"'), "no text in it"),
        (mail(""), "no text in it"),
    ],
)
def test_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason) as caught:
        read(data)
    assert caught.value.hint
