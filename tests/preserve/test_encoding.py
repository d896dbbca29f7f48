import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import UnreadableFile
from sijill.preserve.encoding import LABELS, Decoded, decode
from sijill.preserve.plausibility import plausibility
from tests.preserve.attempts import attempt
from tests.preserve.documents import ARABIC, ENGLISH, FRENCH

# What an encoding for Arabic alone can hold.
PLAIN_ARABIC = ARABIC.translate(dict.fromkeys(map(ord, "٠١٢٣٤٥٦٧٨٩"), "7"))
WORDS = PLAIN_ARABIC.replace(",", "").split()


def codes(data: bytes, **declared: str) -> list[str]:
    return [note.code for note in decode(data, name="a.txt", **declared).notes]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", [ARABIC, ENGLISH, FRENCH])
def test_a_mark_decides_and_is_no_part_of_the_text(mark: str, text: str) -> None:
    assert decode(text.encode(mark), name="a.txt") == (text, decode(text.encode(mark), name="a.txt").encoding, ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [ARABIC, ENGLISH, FRENCH])
def test_unicode_without_a_mark(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), name="a.txt") == (text, encoding, ())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (PLAIN_ARABIC, "cp1256"),
        (PLAIN_ARABIC, "iso8859_6"),
        (FRENCH, "cp1252"),
        ("« Élysée » — d’après l’hôpital", "cp1252"),
    ],
)
def test_one_byte_encodings_are_told_apart_by_their_words(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), name="a.txt")[:2] == (text, encoding)
    assert codes(text.encode(encoding)) == ["encoding_detected"]


@given(st.lists(st.sampled_from(WORDS), min_size=12, max_size=80), st.sampled_from(["cp1256", "iso8859_6"]))
def test_round_trip_of_arabic_in_one_byte_encodings(words: list[str], encoding: str) -> None:
    text = " ".join(words)
    if encoding == "iso8859_6":
        text = text.replace("٪", "")
    assert decode(text.encode(encoding), name="a.txt").text == text


@given(
    st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهوي ،؛؟٠١٢٣ً\n", min_size=1, max_size=200),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_round_trip_of_any_arabic_in_unicode(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), name="a.txt").text == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_round_trip_of_any_text_in_utf8_with_a_mark(text: str) -> None:
    decoded = decode(text.encode("utf-8-sig"), name="a.txt")
    assert decoded.text == text or "mojibake_repaired" in [note.code for note in decoded.notes]


def test_a_declared_encoding_is_believed_where_it_fits() -> None:
    data = "Привет из долины".encode("cp1251")
    assert decode(data, name="a.html", declared="windows-1251")[:2] == ("Привет из долины", "cp1251")
    assert codes(data, declared="windows-1251") == []


def test_a_declared_encoding_that_gives_no_words_is_contradicted() -> None:
    data = PLAIN_ARABIC.encode("cp1256")
    assert decode(data, name="a.html", declared="iso-8859-1")[:2] == (PLAIN_ARABIC, "cp1256")
    assert codes(data, declared="iso-8859-1") == ["encoding_contradicted"]


def test_utf8_outranks_what_is_declared() -> None:
    assert decode(ARABIC.encode(), name="a.html", declared="windows-1256") == (ARABIC, "utf-8", ())


@pytest.mark.parametrize(
    "label", ["zlib_codec", "punycode", "idna", "unicode_escape", "rot13", "utf-7", "undefined", "x"]
)
def test_a_file_cannot_choose_a_codec_that_is_none_for_text(label: str) -> None:
    assert decode(FRENCH.encode("cp1252"), name="a.html", declared=label).text == FRENCH
    assert label not in LABELS


def test_a_guess_says_that_it_is_one() -> None:
    text = "Министерство здравоохранения сообщило о двенадцати погибших и тридцати раненых в долине реки. " * 4
    decoded = decode(text.encode("koi8-r"), name="a.txt")
    assert decoded.text == text
    assert [(note.code, note.severe) for note in decoded.notes] == [("encoding_guessed", True)]


@pytest.mark.parametrize(
    "data",
    [ARABIC.encode()[:-2], ARABIC.encode().replace(b" ", b"\xff ", 1), b"\xff\xfe" + ARABIC.encode("utf-16-le") + b"x"],
)
def test_damaged_bytes_are_replaced_and_said_so(data: bytes) -> None:
    decoded = decode(data, name="a.txt")
    assert "\ufffd" in decoded.text
    assert "١٢ شخصاً قتلوا" in decoded.text
    assert [(note.code, note.severe) for note in decoded.notes] == [("bytes_replaced", True)]


def test_what_is_in_no_encoding_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="in no encoding that is known"):
        decode(bytes(range(128, 256)) * 20, name="a.txt")


@given(st.binary(max_size=400))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    found = attempt(lambda: decode(data, name="a.txt"))
    assert found.reason if isinstance(found, UnreadableFile) else isinstance(found, Decoded)


@pytest.mark.parametrize(
    ("encoding", "other"), [("cp1256", "iso8859_6"), ("cp1256", "cp1252"), ("iso8859_6", "cp1256")]
)
def test_the_wrong_encoding_is_less_plausible(encoding: str, other: str) -> None:
    wrong = PLAIN_ARABIC.encode(encoding).decode(other, errors="replace")
    assert plausibility(wrong) < 0.5 < 0.9 < plausibility(PLAIN_ARABIC)
