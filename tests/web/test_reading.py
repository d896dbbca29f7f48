"""What the pages show, and that what sources wrote does nothing on them."""

import json
import re
from pathlib import Path

import pytest

from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from sijill.store import reads
from tests.publish.poison import PAYLOAD
from tests.web.conftest import Bench, bench_on
from tests.web.markup import WorkPage


def test_the_queue_says_why_and_pages(reading: Bench) -> None:
    with reading.desk.reading() as connection:
        survey = reading.desk.survey(connection)
    seen: list[str] = []
    path = "/"
    while path:
        text = reading.get(path).text
        seen += re.findall(r'class="task">.*?<a href="([^"]+)"', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = following[1] if following else ""
    assert [s.rpartition("/")[2] for s in seen] == [t.id for t in survey.tasks]
    assert "contradicts" in reading.get("/").text
    assert "rests on it alone" in reading.get("/").text


def test_every_document_and_its_claims(reading: Bench) -> None:
    listed = reading.get("/documents").text
    with reading.desk.reading() as connection:
        claims, _ = reads.judged_claims(connection)
        documents = list(reads.documents(connection))
    for document in documents:
        assert f"/documents/{document.id}" in listed
        text = reading.get(f"/documents/{document.id}").text
        own = [c for c in claims.values() if c.source.document == document.id]
        assert re.findall(r'action="/claims/(\w+)/judge"', text) == [c.id for c in own]
        assert text.count('class="place"') == len(own)
        WorkPage(text)
    claim = own[-1]
    assert reading.get(f"/claims/{claim.id}", 303).headers["location"] == f"/documents/{document.id}?claim={claim.id}"
    shown = reading.get(f"/documents/{document.id}?claim={claim.id}").text
    assert re.search(rf'id="claim-{len(own)}"[^>]* data-current', shown)


def test_every_incident_under_every_rule_set(reading: Bench) -> None:
    with reading.desk.reading() as connection:
        survey = reading.desk.survey(connection)
        claims = {i.id: i.claims for i in reads.incidents(connection)}
    for line in survey.incidents:
        text = reading.get(f"/incidents/{line.id}").text
        WorkPage(text)
        for claim in claims[line.id]:
            assert f"/claims/{claim}" in text
        for rules in ("airwars", "ucdp"):
            assert f"Every figure under “<bdi>{rules}</bdi>”" in reading.get(f"/incidents/{line.id}?rules={rules}").text


@pytest.mark.parametrize(
    "path",
    ["/incidents/nothing", "/documents/nothing", "/claims/nothing", "/things/nothing", "/nowhere", "/history/x/y"],
)
def test_what_is_not_there(reading: Bench, path: str) -> None:
    assert "Traceback" not in reading.get(path, 404).text


@pytest.mark.parametrize("query", ["before=-1", "before=x", "before=99999999999999999999", "after=" + "x" * 200])
def test_malformed_addresses(reading: Bench, query: str) -> None:
    reading.get(f"/documents?{query}", 200 if query.startswith("after") else 400)
    reading.get(f"/?{query}", 400 if query.startswith("after") else 200)


def test_languages(bench: Bench) -> None:
    assert '<html lang="ar" dir="rtl">' in bench.get("/", **{"accept-language": "ar-SY,ar;q=0.9"}).text
    assert '<html lang="en" dir="ltr">' in bench.get("/", **{"accept-language": "de"}).text
    for language, word in (("fr", "Ce qui demande"), ("ar", "أحوج"), ("en", "What most needs")):
        assert bench.post("/language", language=language, path="/incidents").headers["location"] == "/incidents"
        for path in ("/", "/documents", "/incidents", "/history"):
            WorkPage(bench.get(path).text)
        assert word in bench.get("/").text
    bench.post("/language", language="xx", path="//hostile.example")
    assert bench.post("/language", language="en", path="https://hostile.example").headers["location"] == "/"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A case in which everything that a source, a file name or a person could have chosen is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    line = {
        "id": "r1<script>alert(1)</script>",
        "url": f"http://a.example/{PAYLOAD}",
        "publisher": f"P {PAYLOAD}",
        "title": f"T {PAYLOAD}",
        "language": "en",
        "published": "2031-03-05",
        "text": f"Five people {PAYLOAD} were killed in Tamrel on Tuesday, the ministry {PAYLOAD} said. "
        f"According to Dr. <script>alert(4)</script>, 12 people were wounded in the attack.",
    }
    reports = folder / "reports.jsonl"
    reports.write_text(json.dumps({k: v.replace("\ud800", "") for k, v in line.items()}), encoding="utf-8")
    named = folder / "<img src=x onerror=alert(5)>.txt"
    named.write_text("Seven people were killed in Tamrel on 4 March 2031, an official said.", encoding="utf-8")
    places = folder / "places.csv"
    places.write_text(
        'id,name,name_ar,kind,country,admin1,lat,lon\nt,Tamrel,"<script>alert(6)</script>",settlement,,"<b>x</b>",10,10\n',
        encoding="utf-8",
    )
    case = Case.create(folder / "case", name=f"<script>alert(7)</script>{PAYLOAD}", by="<script>alert(8)</script>")
    assert case.build([reports, named], Plan(gazetteers=(places,))).add.refused == ()
    claims = [c.id for c in case.claims()]
    assert claims
    case.judge("reject", claims[0], reason=f"<script>alert(9)</script>{PAYLOAD}".replace("\ud800", ""))
    case.close()
    return bench_on(Path(folder / "case"))


def test_hostile_words_are_text_on_every_page(hostile: Bench) -> None:
    with hostile.desk.reading() as connection:
        documents = reads.document_ids(connection)
        claims, _ = reads.judged_claims(connection)
        incidents = [i.id for i in reads.incidents(connection)]
    paths = ["/", "/documents", "/incidents", "/history", "/places?place_name=Tamrel"]
    paths += [f"/documents/{d}" for d in documents] + [f"/incidents/{i}" for i in incidents]
    paths += [f"/claims/{c}/correct" for c in claims] + [f"/history/{c}" for c in claims]
    paths += [f"/history/{PAYLOAD[:40].replace('/', '')}", "/documents?before=<script>", "/?after=<script>alert(1)"]
    seen = ""
    for language in ("en", "ar", "fr"):
        hostile.post("/language", language=language)
        for path in paths:
            text = hostile.client.get(path.replace(" ", "%20")).text
            assert "<script>" not in text.replace('<script type="module" src="/static/workbench.js"></script>', ""), (
                path
            )
            assert "<img" not in text, path
            assert not re.search(r"\son(?:error|load)=\"", text), path
            assert not re.search(r"(?:href|src|action)=\"(?![/?#])", text), path
            assert not re.search("[\u202a-\u202e\u2066-\u2069]", text), path
            seen += text
    assert [n for n in range(1, 10) if f"alert({n})" not in seen] == []
    hostile.desk.close()
