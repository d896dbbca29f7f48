from importlib.metadata import version

import pytest

from sijill.core.document import Metadata, Reading
from sijill.preserve.currency import is_outdated
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.tesseract import engine
from sijill.preserve.view import VERSIONS
from tests.preserve.pictures import needs_tesseract

PYPDF = version("pypdf")


def read_by(reader: str) -> Reading:
    return Reading("0" * 64, reader, "application/pdf", "12 killed", Metadata())


@pytest.mark.parametrize(
    ("reader", "outdated"),
    [
        (f"pdf@{VERSIONS['pdf']}+pypdf-{PYPDF}", False),
        (f"pdf@{VERSIONS['pdf'] - 1}+pypdf-{PYPDF}", True),
        (f"pdf@{VERSIONS['pdf'] + 1}+pypdf-0.1", True),
        (f"pdf@{VERSIONS['pdf']}+pypdf-0.1.2", True),
        (f"pdf@{VERSIONS['pdf']}+pypdf-999.0", False),
        ("text@1", False),
        ("text@1+some-package-that-is-not-here-1.0", False),
        ("plain", False),
        ("", False),
    ],
)
def test_a_reader_is_outdated_by_a_newer_part_of_it(reader: str, outdated: bool) -> None:
    assert is_outdated(read_by(reader)) is outdated


@needs_tesseract
def test_a_picture_that_nothing_could_read_then_can_be_read_now() -> None:
    found = engine()
    assert found is not None
    missing = note(NoteCode.OCR_MISSING, "It is kept, and was not read.")
    assert is_outdated(Reading("0" * 64, "image@1", "image/png", "", Metadata(), (missing,)))
    assert not is_outdated(read_by("+".join(["image@1", *found.parts])))
    assert is_outdated(read_by("image@1+tesseract-4.1.1"))
    assert is_outdated(read_by("image@1+Arabic-000000000000"))
