import re

from hypothesis import given
from hypothesis import strategies as st

from sijill.publish.site import Page, short_names

HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


def test_names_are_short() -> None:
    assert short_names(["ab" * 32, "cd" * 32], 16) == {"ab" * 32: "ab" * 8, "cd" * 32: "cd" * 8}


def test_digests_that_begin_alike_keep_their_whole_names() -> None:
    """Sixteen digits can be searched for; one page must not overwrite another."""
    first, second = "ab" * 8 + "0" * 48, "ab" * 8 + "1" * 48
    assert short_names([first, second], 16) == {first: first, second: second}


@given(st.lists(st.text(st.characters(exclude_categories=())) | HEX, unique=True))
def test_every_id_has_a_safe_name_of_its_own(ids: list[str]) -> None:
    names = short_names(ids, 16)
    assert len(set(names.values())) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]*", n, re.ASCII) for n in names.values())


def test_names_do_not_depend_on_order() -> None:
    ids = ["ab" * 8 + "0" * 48, "../../x", "ab" * 8 + "1" * 48, "INC 7"]
    assert short_names(ids, 16) == short_names(reversed(ids), 16)


def test_links_are_relative() -> None:
    page = Page("incidents/a.html", "ar")
    assert page.path == "ar/incidents/a.html"
    assert page.to("index.html", "documents") == "../index.html#documents"
    assert page.to("documents/b.html") == "../documents/b.html"
    assert page.to("incidents/a.html", "c-1") == "#c-1"
    assert page.shared("style.css") == "../../style.css"
    assert page.shared(page.other.path) == "../../incidents/a.html"
    assert Page("index.html", "en").shared("ar/index.html") == "ar/index.html"
