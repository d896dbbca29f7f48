"""Several writers add the same reports at once; `python benchmarks/writers.py` has eight add 2,000."""

from pathlib import Path

from benchmarks.writers import together, write_reports
from sijill.testing.server import Server

WRITERS, REPORTS = 4, 250


def test_each_report_is_stored_once_in_one_unbroken_log(tmp_path: Path, server: Server) -> None:
    reports = write_reports(tmp_path / "reports.jsonl", REPORTS)
    found = together(tmp_path / "case", server.address, reports, WRITERS)
    assert found.wrong == ()
    assert (found.documents, found.sightings) == (REPORTS, REPORTS)
