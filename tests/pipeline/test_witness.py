"""What a picture says of its camera's owner and place: asked for, it is told; nothing else ever shows it."""

import datetime as dt
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from sijill.pipeline.build import build
from sijill.pipeline.bundle import write_bundle
from sijill.pipeline.rereading import picture_fields
from sijill.store.case import Case
from tests.preserve.pictures import LATIN, OWNER, PLACE, drawn, told

NOON = dt.datetime(2031, 3, 10, 12, tzinfo=dt.UTC)
# In any shape that a number of the position might take: degrees, minutes and seconds, or as one number.
MARKS = (OWNER, "Farrow", PLACE, "Harbour steps", "33.352", "7.25", "28.5", "17.107", "Kestrel")
COMMANDS = (
    ("show", "{}"),
    ("show", "{}", "--format", "jsonl"),
    ("show", "{}", "photo"),
    ("claims", "{}", "--uncounted", "--format", "jsonl"),
    ("incidents", "{}", "--format", "jsonl"),
    ("explain", "{}", "photo"),
    ("verify", "{}"),
    ("doctor", "{}"),
    ("history", "{}"),
)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    for form, suffix in (("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")):
        name = "photo" if form == "JPEG" else f"photo-{suffix}"
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{name}.{suffix}").write_bytes(told(drawn(LATIN), form))
    made = Case.create(tmp_path / "case", name="Senna", by="R. Ostrava", clock=lambda: NOON)
    build(made, [tmp_path / "in"], by="R. Ostrava", clock=lambda: NOON)
    return made


def found_in(data: bytes) -> list[str]:
    return [mark for mark in MARKS if any(mark.encode(c) in data for c in ("utf-8", "utf-16-le", "utf-16-be"))]


def test_it_is_told_to_whoever_asks(case: Case) -> None:
    fields = picture_fields(case, "photo")
    assert ("EXIF", "Artist", OWNER) in fields
    assert ("GPS position", "GPSLatitude", "(33.0, 21.0, 7.25)") in fields
    assert ("XMP", "xmp", f"<x>{PLACE}</x>") in fields
    assert ("text", "Author", OWNER) in picture_fields(case, "photo-png")


def test_no_page_listing_log_or_row_shows_it(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    """The whole folder of the case is searched, but for the kept bytes themselves; then every listing."""
    with caplog.at_level(logging.DEBUG):
        picture_fields(case, "photo")
    case.close()
    assert found_in(caplog.text.encode()) == []
    files = [p for p in case.folder.rglob("*") if p.is_file() and "objects" not in p.parts]
    assert any(p.suffix == ".html" for p in files)
    assert {p.name: f for p in files if (f := found_in(p.read_bytes()))} == {}
    for words in COMMANDS:
        arguments = [word.format(case.folder) for word in words]
        program = "from sijill.cli.app import main; main()"
        done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, check=False)
        assert done.stdout + done.stderr
        assert found_in(done.stdout + done.stderr) == [], words


def test_a_bundle_holds_it_in_the_kept_bytes_alone(case: Case, tmp_path: Path) -> None:
    write_bundle(case, tmp_path / "bundle")
    files = [p for p in (tmp_path / "bundle").rglob("*") if p.is_file()]
    with_it = {p.relative_to(tmp_path / "bundle").parts[0] for p in files if found_in(p.read_bytes())}
    assert with_it == {"objects"}
