from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.store import der
from sijill.store.der import DerError, read

PRIMITIVES = st.builds(
    der.write,
    st.sampled_from((der.INTEGER, der.OCTET_STRING, der.UTF8_STRING, 0x80)),
    st.binary(max_size=300),
)
TREES = st.recursive(
    PRIMITIVES,
    lambda inner: st.builds(
        lambda tag, parts: der.write(tag, *parts),
        st.sampled_from((der.SEQUENCE, der.SET, der.context(0))),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


def opened(element: bytes) -> bytes:
    """The same with every length that may be left open left open, and its strings in two pieces."""
    found = read(element)
    if found.tag & der.CONSTRUCTED:
        return (
            bytes((found.tag, 0x80)) + b"".join(opened(c.raw) for c in found.members(found.tag)) + der.END_OF_CONTENTS
        )
    if found.tag == der.OCTET_STRING:
        half = len(found.content) // 2
        pieces = (der.write(der.OCTET_STRING, p) for p in (found.content[:half], found.content[half:]))
        return bytes((der.OCTET_STRING | der.CONSTRUCTED, 0x80)) + b"".join(pieces) + der.END_OF_CONTENTS
    return element


@given(st.integers(-(2**200), 2**200))
def test_a_number_reads_back(number: int) -> None:
    assert read(der.write_integer(number)).integer() == number


@given(st.tuples(st.integers(0, 2), st.integers(0, 39), st.lists(st.integers(0, 2**64), max_size=5)))
def test_an_object_identifier_reads_back(arcs: tuple[int, int, list[int]]) -> None:
    first, second, rest = arcs
    dotted = ".".join(map(str, (first, second, *rest)))
    assert read(der.write_oid(dotted)).oid() == dotted


@pytest.mark.parametrize(
    ("dotted", "encoded"),
    [("1.2.840.113549", "06062a864886f70d"), ("2.5.29.37", "0603551d25"), ("2.999.3", "0603883703")],
)
def test_object_identifiers_are_written_as_x690_has_them(dotted: str, encoded: str) -> None:
    assert der.write_oid(dotted).hex() == encoded
    assert read(bytes.fromhex(encoded)).oid() == dotted


@given(TREES)
def test_der_is_definite_already(tree: bytes) -> None:
    assert der.definite(tree) == tree


@given(TREES)
def test_open_lengths_and_strings_in_pieces_become_der(tree: bytes) -> None:
    assert der.definite(opened(tree)) == tree


@given(st.binary(min_size=1, max_size=400))
def test_a_length_longer_than_need_be_is_read(content: bytes) -> None:
    long = b"\x04\x84" + len(content).to_bytes(4, "big") + content
    assert read(long).content == content
    assert der.definite(long) == der.write(der.OCTET_STRING, content)


@given(TREES, st.data())
def test_what_is_cut_off_is_refused(tree: bytes, data: st.DataObject) -> None:
    cut = tree[: data.draw(st.integers(0, len(tree) - 1))]
    with pytest.raises(DerError, match="cut off"):
        read(cut)
    with pytest.raises(DerError, match=r"cut off|reaches beyond"):
        der.definite(cut)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for reader in (read, der.elements, der.definite):
        with suppress(DerError):
            reader(data)


@given(st.lists(st.binary(max_size=20).map(lambda b: der.write(der.OCTET_STRING, b)), max_size=6))
def test_a_set_has_one_order(members: list[bytes]) -> None:
    assert der.write_set(der.SET, members) == der.write_set(der.SET, reversed(members))
    assert sorted(c.raw for c in read(der.write_set(der.SET, members)).members(der.SET)) == sorted(members)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "cut off"),
        ("30", "cut off"),
        ("3001", "cut off"),
        ("0500ff", "after the end"),
        ("1f8100", "several bytes"),
        ("0485ffffffffff", "too large"),
        ("04ff", "too large"),
        ("048200", "cut off"),
        ("3080", "open"),
    ],
)
def test_what_is_no_element_is_refused(data: str, says: str) -> None:
    with pytest.raises(DerError, match=says):
        read(bytes.fromhex(data))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("0500ff", "after the end"),
        ("0480", "string is open"),
        ("3080", "cut off"),
        ("3080050000", "cut off"),
        ("3003040401", "cut off"),
        ("30030480", "cut off"),
        ("30030403010203", "reaches beyond"),
    ],
)
def test_what_cannot_be_made_definite_is_refused(data: str, says: str) -> None:
    with pytest.raises(DerError, match=says):
        der.definite(bytes.fromhex(data))


def test_nesting_has_a_limit() -> None:
    nested = b""
    for _ in range(der.DEEPEST):
        nested = der.write(der.SEQUENCE, nested)
    assert der.definite(nested) == nested
    with pytest.raises(DerError, match="nested"):
        der.definite(der.write(der.SEQUENCE, nested))
    with pytest.raises(DerError, match="nested"):
        der.definite(b"\x30\x80" * 100_000)


@pytest.mark.parametrize("data", ["0400", "0200", "02" + "41" + "01" * 65])
def test_what_is_no_number_is_refused(data: str) -> None:
    with pytest.raises(DerError, match="INTEGER"):
        read(bytes.fromhex(data)).integer()


@pytest.mark.parametrize("data", ["0400", "0600", "060181", "06" + "41" + "01" * 65])
def test_what_is_no_object_identifier_is_refused(data: str) -> None:
    with pytest.raises(DerError, match="OBJECT IDENTIFIER"):
        read(bytes.fromhex(data)).oid()
