import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import CaseDamaged, CaseTooNew, NotACase
from sijill.store.config import FILE, FORMAT, CaseConfig

CONFIG = CaseConfig(FORMAT, "0f0f", "Senna valley", "2031-03-10T09:00:00.000000Z", "sijill/0f0f+01234567+AAAA")


@given(st.text())
def test_any_name_reads_back(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("case")
    config = CaseConfig(FORMAT, CONFIG.id, name, CONFIG.created, CONFIG.verifier)
    config.write(folder)
    assert CaseConfig.read(folder) == config
    assert (folder / FILE).read_bytes() == config.rendered()


@pytest.mark.parametrize(
    "name", ['a "quoted" \\ name', "two\nlines\r\n", "\x7f\x00\x1b[31m", "سجل وادي سنّا", "\U0001d11e", "'''"]
)
def test_names_that_toml_must_escape_read_back(tmp_path: Path, name: str) -> None:
    CaseConfig(FORMAT, "x", name, "y", "z").write(tmp_path)
    assert CaseConfig.read(tmp_path).name == name
    assert tomllib.loads((tmp_path / FILE).read_text(encoding="utf-8"))["name"] == name


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    CONFIG.write(tmp_path)
    with pytest.raises(FileExistsError, match=FILE):
        CONFIG.write(tmp_path)


def test_a_folder_without_it_is_no_case(tmp_path: Path) -> None:
    with pytest.raises(NotACase, match=f"is not a case: it has no {FILE}") as raised:
        CaseConfig.read(tmp_path)
    assert "sijill init" in raised.value.hint


def test_a_newer_format_is_refused_before_anything_else_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f"format = {FORMAT + 1}\nwords_of_the_future = true\n")
    with pytest.raises(
        CaseTooNew, match=rf"written by a newer Sijill \(format {FORMAT + 1}, this one knows {FORMAT}\)"
    ):
        CaseConfig.read(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"format = 1\n",
        b"\xff\xfe",
        b"format = ",
        b"\x00" * 100,
        CONFIG.rendered() + b"more = 1\n",
        CONFIG.rendered().replace(b"format = 1", b"format = true"),
        CONFIG.rendered().replace(b"format = 1", b'format = "1"'),
        CONFIG.rendered().replace(b'"Senna valley"', b"5"),
        CONFIG.rendered().replace(b'"Senna valley"', b"[" * 5000),
    ],
    ids=range(10),
)
def test_what_is_damaged_is_said_to_be(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(CaseDamaged, match=f"{FILE} is damaged"):
        CaseConfig.read(tmp_path)
