"""What a browser keeps by itself, its history and what was typed into forms, names nothing of an encrypted case."""

import re
from pathlib import Path

from sijill.store import reads
from sijill.store.case import Case
from sijill.testing.asgi import Client
from sijill.web.app import application
from sijill.web.desk import Desk
from sijill.web.door import Door
from tests.pipeline.sealed import ANNA, MARKERS, by, make_case, write_gazetteer, write_reports
from tests.web.conftest import BY, HOST, PORT, Bench


def titles(bench: Bench) -> dict[str, str]:
    """The title of a page of every kind that names something."""
    with bench.desk.reading() as connection:
        incident, claim = reads.incidents(connection)[0], next(iter(reads.claims(connection)))
        documents = reads.document_ids(connection)
    paths = ["/", "/documents", "/incidents", "/history", f"/history/{claim}", f"/incidents/{incident.id}"]
    paths += [f"/documents/{d}" for d in documents]
    found = {path: re.findall(r"<title>(.*?)</title>", bench.get(path).text, re.DOTALL) for path in paths}
    found["/nowhere"] = re.findall(r"<title>(.*?)</title>", bench.get("/nowhere", 404).text, re.DOTALL)
    assert all(len(found[path]) == 1 for path in found)
    return {path: title for path, (title,) in found.items()}


def test_titles_of_an_encrypted_case_name_nothing(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "case", write_reports(tmp_path / "reports"), write_gazetteer(tmp_path / "places.csv"))
    desk, door = Desk(Case.open(folder, brought=by(ANNA)), by=BY), Door()
    bench = Bench(desk, door, Client(application(desk, door, port=PORT), HOST))
    try:
        entered = bench.get(f"/enter/{door.token}").text
        assert not [m for m in MARKERS if m in entered]
        with desk.reading() as connection:
            labels = [i.label for i in reads.incidents(connection)]
        for path, title in titles(bench).items():
            assert title, path
            assert not [m for m in (*MARKERS, *labels, "Tamrel", desk.case.name) if m in title], path
    finally:
        desk.close()


def test_titles_of_a_plain_case_say_where_one_is(reading: Bench) -> None:
    with reading.desk.reading() as connection:
        incident = reads.incidents(connection)[0]
    found = titles(reading)
    assert found["/"].endswith(reading.desk.case.name)
    assert incident.label.split()[0] in found[f"/incidents/{incident.id}"]


def test_what_is_typed_into_a_form_is_not_kept(reading: Bench) -> None:
    with reading.desk.reading() as connection:
        claims, _ = reads.judged_claims(connection)
    claim = next(c for c in claims.values() if c.claim.count and c.claim.count.low)
    typed = re.findall(r"<input (?![^>]*type=)[^>]*>", reading.get(f"/claims/{claim.id}/correct").text)
    assert len(typed) >= 8
    assert [field for field in typed if 'autocomplete="off"' not in field] == []
