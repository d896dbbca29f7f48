import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.document import Metadata
from sijill.core.errors import UnreadableFile
from sijill.preserve.reading import label_of, read_bytes, read_path
from tests.preserve.documents import ARABIC, ENGLISH

MATTER = """---
id: "senna-market-01"
url: https://courier.example/2031/03/09/market
publisher: Meravia Courier
language: en
published: 2031-03-09
title: 'Market: shelled'
topic: [a, b, {c: d}]
---
"""
SHARED = Path(__file__).parents[3] / "shared" / "gold"


def test_what_follows_the_front_matter_is_the_text() -> None:
    reading = read_bytes(f"{MATTER}\n\r\n\n {ENGLISH}\r\n\n".encode(), name="a.txt")
    assert reading.text == f" {ENGLISH}\r\n\n"
    assert reading.metadata == Metadata(
        "Market: shelled", "Meravia Courier", "https://courier.example/2031/03/09/market", "en", "2031-03-09"
    )
    assert (reading.reader, reading.media_type, reading.notes) == ("text@1", "text/plain", ())


def test_without_front_matter_the_text_is_verbatim() -> None:
    text = f"\n\r\n\t{ENGLISH}  \r\n"
    assert read_bytes(text.encode(), name="a.md").text == text
    assert read_bytes(text.encode(), name="a.md").media_type == "text/markdown"


def test_a_mark_before_the_front_matter_is_off() -> None:
    assert read_bytes(b"\xef\xbb\xbf" + (MATTER + ENGLISH).encode(), name="a.txt").text == ENGLISH
    assert label_of(b"\xef\xbb\xbf" + (MATTER + ENGLISH).encode(), name="in/a.txt") == "senna-market-01"


def test_the_label_is_the_stem_where_there_is_no_id() -> None:
    assert label_of(ENGLISH.encode(), name="in/market.01.txt") == "market.01"
    assert label_of(b"---\nid: null\n---\nx", name="market.txt") == "market"
    assert label_of(b"---\n- broken\n---\nx", name="market.txt") == "market"
    assert label_of(b"%PDF-1.7", name="market.pdf") == "market"


@pytest.mark.parametrize("nothing", ["null", "~", "", "Null"])
def test_null_is_not_recorded(nothing: str) -> None:
    reading = read_bytes(f"---\npublisher: {nothing}\n---\n{ENGLISH}".encode(), name="a.txt")
    assert reading.metadata.publisher is None


def test_the_word_null_in_quotes_is_a_word() -> None:
    assert read_bytes(f'---\npublisher: "null"\n---\n{ENGLISH}'.encode(), name="a.txt").metadata.publisher == "null"


@pytest.mark.parametrize(
    ("start", "why"),
    [("---\n", "nothing closes it"), ("--- \ntitle: x\n", "nothing closes it"), ("----\nid: x\n---\n", "four dashes")],
)
def test_what_is_no_front_matter_is_text(start: str, why: str) -> None:
    assert read_bytes((start + ENGLISH).encode(), name="a.txt").text == start + ENGLISH, why


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("- a\n", "not a list of `field: value`"),
        ("some words\n", "not a list of `field: value`"),
        ("url: a\nurl: b\n", "`url` is given twice"),
        ("url: [a]\n", "`url` is not a single value"),
        ("a: &a x\nurl: *a\n", "`url` is not a single value"),
        ("a: [\n", "cannot be read"),
        ("\tid: x\n", "cannot be read"),
    ],
)
def test_a_broken_front_matter_is_refused(block: str, reason: str) -> None:
    with pytest.raises(UnreadableFile, match="front matter") as caught:
        read_bytes(f"---\n{block}---\n{ENGLISH}".encode(), name="a.txt")
    assert reason in caught.value.reason
    assert caught.value.hint


def test_an_empty_front_matter_is_one() -> None:
    assert read_bytes(f"---\n---\n{ENGLISH}".encode(), name="a.txt").text == ENGLISH
    assert read_bytes(f"---\n# nothing\n---\n{ENGLISH}".encode(), name="a.txt").text == ENGLISH


@given(st.dictionaries(st.sampled_from(["url", "publisher", "title", "x"]), st.text(max_size=40), max_size=4))
def test_any_value_in_quotes_is_read_or_refused(fields: dict[str, str]) -> None:
    """JSON strings are YAML's, save for characters that YAML does not allow."""
    block = "".join(f"{field}: {json.dumps(value, ensure_ascii=False)}\n" for field, value in fields.items())
    data = f"---\n{block}---\n{ENGLISH}".encode(errors="replace")
    try:
        reading = read_bytes(data, name="a.txt")
    except UnreadableFile:
        assert not block.replace("\n", "").isprintable()
        return
    assert reading.text == ENGLISH
    shown = " ".join(fields.get("title", "").split())
    if shown.isprintable():
        assert reading.metadata.title == (shown or None)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200))
def test_offsets_are_those_of_the_file(text: str) -> None:
    data = (MATTER + "Ten. " + text).encode()
    reading = read_bytes(data, name="a.txt")
    if not reading.notes:
        assert reading.text == data.decode()[len(MATTER) :]


def test_arabic() -> None:
    reading = read_bytes(ARABIC.encode("cp1256", errors="replace").replace(b"?", b"7"), name="a.txt")
    assert reading.metadata.language == "ar"
    assert [note.code for note in reading.notes] == ["encoding_detected"]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared reports are not beside the project")
def test_offsets_of_claims_annotated_by_hand_hold() -> None:
    claims = 0
    for path in sorted((SHARED / "pages").glob("*.txt")):
        text = read_path(path, name=path.name).text
        for line in (SHARED / "claims" / f"{path.stem}.jsonl").read_text(encoding="utf-8").splitlines():
            claim = json.loads(line)
            assert text[claim["count_start"] : claim["count_end"]] == claim["count_text"]
            claims += 1
    assert claims > 400
