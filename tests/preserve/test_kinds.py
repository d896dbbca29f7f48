import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import UnreadableFile
from sijill.preserve.kinds import SUFFIXES, UNSUPPORTED, kind_of
from sijill.preserve.signatures import Kind, look_of
from tests.preserve.attempts import attempt
from tests.preserve.documents import ENGLISH, Run, docx, mail, page, paragraphs, pdf

GOOD = {
    "a.txt": (ENGLISH.encode(), Kind.TEXT),
    "a.TXT": (ENGLISH.encode(), Kind.TEXT),
    "a.md": (b"# Title", Kind.MARKDOWN),
    "a.html": (page().encode(), Kind.HTML),
    "part.html": (b"<p>Ten people.</p>", Kind.HTML),
    "wide.html": (b"\xff\xfe" + page().encode("utf-16-le"), Kind.HTML),
    "a.pdf": (pdf([[Run("12")]]), Kind.PDF),
    "junk-first.pdf": (b"junk\n" + pdf([[Run("12")]]), Kind.PDF),
    "a.docx": (docx(paragraphs("12")), Kind.DOCX),
    "a.eml": (mail(), Kind.EML),
    "mbox-line.eml": (b"From desk@monitor.example Sun Mar  9 14:05:00 2031\n" + mail(), Kind.EML),
    "a.jsonl": (b'{"text": "Ten people."}\n', Kind.REPORTS),
    "no-ending": (ENGLISH.encode(), Kind.TEXT),
    "no-ending-pdf": (pdf([[Run("12")]]), Kind.PDF),
    "no-ending-html": (b"<?xml version='1.0'?>\n<!-- saved -->\n" + page().encode(), Kind.HTML),
    "no-ending-mail": (mail(), Kind.EML),
}


@pytest.mark.parametrize("name", GOOD)
def test_name_and_bytes_agree(name: str) -> None:
    data, kind = GOOD[name]
    assert kind_of(data, name=name) is kind


@pytest.mark.parametrize("suffix", UNSUPPORTED)
def test_a_known_kind_that_is_not_read_says_so(suffix: str) -> None:
    with pytest.raises(UnreadableFile, match="which this version does not read") as caught:
        kind_of(b"x", name=f"report{suffix}")
    assert suffix in caught.value.reason
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "data", "reason", "hint"),
    [
        ("a.txt", pdf([[Run("12")]]), "ends in .txt, but it is a PDF", "rename it to end in .pdf"),
        ("a.pdf", page().encode(), "ends in .pdf, but it is a page of HTML", "rename it to end in .html"),
        ("a.txt", b"\x7fELF\x02", "it is a program", "check where it came from"),
        ("a.docx", b"PK\x03\x04" + b"\0" * 30, "it is an archive", "check where it came from"),
        ("a.pdf", ENGLISH.encode(), "there is no PDF in it", "rename it to end in .txt"),
        ("a.eml", ENGLISH.encode(), "does not begin as a mail does", "rename it to end in .txt"),
        ("a.xyz", pdf([[Run("12")]]), "its bytes look like a PDF", "rename it to end in .pdf"),
        ("a.xyz", ENGLISH.encode(), "nothing is known about names that end in .xyz", "are read"),
        ("program", b"\x7fELF\x02", "it is a program", "are read"),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
            "password",
        ),
    ],
)
def test_lies_and_unknown_kinds_are_refused(name: str, data: bytes, reason: str, hint: str) -> None:
    with pytest.raises(UnreadableFile, match=name) as caught:
        kind_of(data, name=name)
    assert reason in caught.value.reason
    assert hint in caught.value.hint


def test_a_text_may_speak_of_pdf() -> None:
    assert kind_of(b"The mark of the format is %PDF-1.7, at its start.", name="a.txt") is Kind.TEXT


def test_what_is_read_and_what_is_not_are_two_lists() -> None:
    assert not set(SUFFIXES) & set(UNSUPPORTED)


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.html", "a.pdf", "a.docx", "a.eml", "a.jsonl", "a"]))
def test_total(data: bytes, name: str) -> None:
    look_of(data)
    found = attempt(lambda: kind_of(data, name=name))
    assert found.hint if isinstance(found, UnreadableFile) else isinstance(found, Kind)
