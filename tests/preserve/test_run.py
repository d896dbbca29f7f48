"""Containers into a case: each part a document of its own, told by the container it came in."""

import datetime as dt
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest

from sijill.core.document import Document, Metadata, Reading
from sijill.preserve.limits import DEFAULT_LIMITS
from sijill.preserve.run import AddReport, add, readings
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.vault import Custodian
from sijill.store.verify import verify
from tests.preserve.documents import ARABIC, ENGLISH, docx, http, msg, page, paragraphs, warc, warc_record, zipped

NOON = dt.datetime(2031, 3, 10, 12, tzinfo=dt.UTC)
NESTED = {"inner.zip": b"x", "program.exe": b"MZ"}
MEMBERS = {
    "reports/senna.txt": f"---\nid: senna-01\n---\n{ENGLISH}".encode(),
    "reports/سنا.docx": docx(paragraphs(ARABIC)),
    "../../mail.msg": msg({0x1000001F: ENGLISH.encode("utf-16-le")}),
    **NESTED,
}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case.create(tmp_path / "case", name="Senna", by="R. Ostrava", clock=lambda: NOON)


def added(case: Case, *paths: Path, stated: Metadata = Metadata()) -> AddReport:  # noqa: B008 -- it never changes
    with case.writer(by="R. Ostrava", clock=lambda: NOON) as writer:
        return add(case, writer, paths, stated=stated, limits=DEFAULT_LIMITS, workers=2)


def documents(case: Case) -> dict[str, Document]:
    with case.connect() as connection:
        return {one.label: one for one in reads.documents(connection)}


def test_each_file_of_a_zip_is_a_document(case: Case, tmp_path: Path) -> None:
    export = tmp_path / "export.zip"
    export.write_bytes(zipped(MEMBERS))
    report = added(case, export)
    assert (report.added, report.repeated) == (3, 0)
    assert [one.name for one in report.refused if hasattr(one, "name")] == [f"export.zip!{name}" for name in NESTED]
    held = documents(case)
    assert set(held) == {"senna-01", "سنا", "mail"}
    for (name, data), label in zip(MEMBERS.items(), ("senna-01", "سنا", "mail"), strict=False):
        (sighting,) = held[label].sightings
        assert held[label].id == sha256(data).hexdigest()
        assert sighting.name == f"export.zip!{name}"
        assert sighting.container == sha256(export.read_bytes()).hexdigest()
        assert sighting.line == list(MEMBERS).index(name) + 1
    assert verify(case.folder).whole
    assert added(case, export).added == 0
    assert added(case, export).repeated == 3


def test_a_page_of_a_web_archive_keeps_its_address_and_what_is_said_of_it(case: Case, tmp_path: Path) -> None:
    capture = tmp_path / "capture.warc.gz"
    bad = warc_record(http(page(f"<p>{ARABIC}</p>").encode()), fields={"WARC-Payload-Digest": "sha1:" + "A" * 32})
    capture.write_bytes(warc(warc_record(http(page().encode()), url="https://courier.example/senna"), bad))
    assert added(case, capture).added == 2
    good, changed = documents(case)["capture-2"], documents(case)["capture-3"]
    assert good.metadata.url == "https://courier.example/senna"
    assert good.reading.metadata.url is None
    assert ENGLISH in good.reading.text
    assert "captured" in [note.code for note in good.reading.notes]
    assert [note.code for note in changed.reading.notes if note.severe] == ["digest_disagrees"]
    elsewhere = tmp_path / "again.warc"
    elsewhere.write_bytes(warc(warc_record(http(page().encode()), url="https://mirror.example/"), packed=False))
    assert added(case, elsewhere, stated=Metadata(url="https://stated.example/")).repeated == 1
    first, second = documents(case)["capture-2"].sightings
    assert (first.stated.url, second.stated.url) == ("https://courier.example/senna", "https://stated.example/")


def test_a_folder_of_all_kinds_goes_in_its_order(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(ENGLISH, encoding="utf-8")
    (folder / "b.zip").write_bytes(zipped({"b.txt": ARABIC.encode()}))
    (folder / "c.jsonl").write_text('{"text": "Ten people were killed."}', encoding="utf-8")
    (folder / "d.csv").write_text("place,killed\nOld Senna,12\n", encoding="utf-8")
    (folder / "e.zip").write_bytes(b"PK\x05\x06 damaged")
    report = added(case, folder)
    assert report.added == 4
    assert [str(one).split(":")[0] for one in report.refused] == ["e.zip"]
    assert list(documents(case)) == ["a", "b", "c-1", "d"]


def test_in_an_encrypted_case_no_part_lies_open(tmp_path: Path) -> None:
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    case = Case.create(tmp_path / "sealed", by="R. Ostrava", custodians=(Custodian(recipient=recipient),))
    export = tmp_path / "export.zip"
    export.write_bytes(zipped({"senna.txt": ENGLISH.encode()}))
    seen: list[bytes] = []
    with case.writer(by="R. Ostrava", clock=lambda: NOON) as writer:

        def look(done: int, of: int | None) -> None:
            seen.extend(path.read_bytes() for path in case.folder.rglob("*") if path.is_file())

        report = add(case, writer, [export], stated=Metadata(), limits=DEFAULT_LIMITS, workers=1, progress=look)
    assert report.added == 1
    assert ENGLISH in documents(case)["senna"].reading.text
    seen += [path.read_bytes() for path in case.folder.rglob("*") if path.is_file()]
    assert not any(b"twelve people" in data for data in seen)


def test_without_a_case_the_same_readings(tmp_path: Path) -> None:
    export, capture = tmp_path / "export.zip", tmp_path / "capture.warc.gz"
    export.write_bytes(zipped(MEMBERS))
    capture.write_bytes(warc(warc_record(http(page().encode()))))
    found = list(readings([export, capture], limits=DEFAULT_LIMITS, workers=2))
    read = {label: one for label, one in found if isinstance(one, Reading)}
    assert list(read) == ["senna-01", "سنا", "mail", "capture-2"]
    assert read["senna-01"].text == ENGLISH
    assert read["capture-2"].metadata.url == "https://courier.example/1"
    assert "captured" in [note.code for note in read["capture-2"].notes]
    assert [label for label, one in found if not isinstance(one, Reading)] == [
        "export.zip!program.exe",
        "export.zip!inner.zip",
    ]


def test_what_a_later_capture_says_of_a_page_is_noted_too(case: Case, tmp_path: Path) -> None:
    first, second = tmp_path / "first.warc", tmp_path / "second.warc"
    first.write_bytes(warc(warc_record(http(page().encode()))))
    second.write_bytes(warc(warc_record(http(page().encode()), fields={"WARC-Payload-Digest": "sha1:" + "A" * 32})))
    added(case, first)
    (before,) = documents(case).values()
    assert added(case, second).repeated == 1
    (after,) = documents(case).values()
    assert (before.version, after.version) == (1, 2)
    assert after.reading.text == before.reading.text
    assert set(before.reading.notes) < set(after.reading.notes)
    assert "digest_disagrees" in [note.code for note in after.reading.notes]
    assert added(case, second).repeated == 1
    assert next(iter(documents(case).values())).version == 2
    assert verify(case.folder).whole


def test_reports_within_an_archive_say_to_add_them_by_themselves(case: Case, tmp_path: Path) -> None:
    export = tmp_path / "export.zip"
    export.write_bytes(zipped({"agency.JSONL": b'{"text": "Ten people."}\n'}))
    (refused,) = added(case, export).refused
    assert "it holds many reports, not one" in refused.message
    assert refused.hint == "unpack it and add it by itself"
