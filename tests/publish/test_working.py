import dataclasses
import hashlib
import json
import posixpath
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from sijill.core.claim import Harm, Subset
from sijill.core.document import Reading
from sijill.core.incident import Figure, GroupScope, Scope
from sijill.core.quantity import Quantity
from sijill.core.wire import to_json
from sijill.publish.context import LONGEST_QUOTE, headline
from sijill.publish.inert import OBEYED
from sijill.publish.view import CaseView
from sijill.publish.working import pages
from tests.publish.markup import Page, Recovered
from tests.publish.poison import PAYLOAD, count_texts, poisoned
from tests.publish.sample import Builder, sample

MARKET = "incidents/5e0c9d3f71aa42d0.html"


def document_path(view: CaseView, label: str) -> str:
    """The path of a document's English page."""
    (id,) = (d.document.id for d in view.documents if d.document.label == label)
    return f"documents/{id[:16]}.html"


def section(page: str, heading: str) -> str:
    """The HTML of a page from one heading's id to the next section."""
    return page[page.index(f'id="{heading}"') :].partition("<section")[0]


def words(markup: str) -> str:
    """The text of a piece of HTML, with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", markup)).strip()


# --- the files --------------------------------------------------------------------------------------------------------


def test_the_files_of_a_record(view: CaseView, files: dict[str, bytes]) -> None:
    stems = [f"documents/{d.document.id[:16]}" for d in view.documents]
    incidents = [f"incidents/{r.incident.id}" for r in view.incidents]
    moved = [f"incidents/{m}" for r in view.incidents for m in r.incident.merged]
    names = ["index", "method", *stems, *incidents, *moved]
    expected = {"style.css", *(f"{s}.json" for s in [*stems, *incidents])}
    expected |= {f"{prefix}{name}.html" for prefix in ("", "ar/") for name in names}
    assert set(files) == expected


def test_the_same_view_gives_the_same_bytes(view: CaseView, files: dict[str, bytes]) -> None:
    assert dict(pages(sample())) == files
    turned = dataclasses.replace(
        view,
        claims=dict(reversed(list(view.claims.items()))),
        documents=view.documents[::-1],
        incidents=view.incidents[::-1],
    )
    assert dict(pages(turned)) == files


def test_the_bytes_do_not_depend_on_the_seed_of_hashes(files: dict[str, bytes]) -> None:
    program = (
        "import hashlib; from sijill.publish.working import pages; from tests.publish.sample import sample\n"
        "print(hashlib.sha256(b''.join(p.encode() + d for p, d in pages(sample()))).hexdigest())"
    )
    expected = hashlib.sha256(b"".join(p.encode() + d for p, d in files.items())).hexdigest()
    root = Path(__file__).parents[2]
    for seed in ("1", "2"):
        settings = {"PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=root, env=settings, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected


def test_pages_are_well_formed_and_have_their_parts(parsed: dict[str, Page]) -> None:
    for path, page in parsed.items():
        tags = [e.tag for e in page.elements]
        for tag in ("header", "nav", "main", "footer", "h1", "title"):
            assert tags.count(tag) == 1, (path, tag)
        levels = [int(t[1]) for t in tags if re.fullmatch("h[1-6]", t)]
        assert all(after - before <= 1 for before, after in pairwise(levels)), (path, levels)
        assert next(e for e in page.elements if e.tag == "a").attributes["href"] == "#main", path
        arabic = path.startswith("ar/")
        html = page.elements[0].attributes
        assert html == ({"lang": "ar", "dir": "rtl"} if arabic else {"lang": "en", "dir": "ltr"})


def test_every_page_says_that_it_is_a_working_copy(parsed: dict[str, Page]) -> None:
    for path, page in parsed.items():
        banner = "نسخة عمل، ليست للنشر." if path.startswith("ar/") else "Working copy, not for publication."
        assert banner in page.text, path


def test_every_page_forbids_everything_but_its_style(parsed: dict[str, Page]) -> None:
    for page in parsed.values():
        (policy,) = [e for e in page.elements if e.attributes.get("http-equiv") == "Content-Security-Policy"]
        assert policy.attributes["content"] == (
            "default-src 'none'; style-src 'self' file:; base-uri 'none'; form-action 'none'"
        )
        assert [e.attributes["rel"] for e in page.elements if e.tag == "link"] == ["stylesheet"]


def test_every_link_leads_to_a_place_in_the_record(files: dict[str, bytes], parsed: dict[str, Page]) -> None:
    for path, page in parsed.items():
        for href in page.hrefs:
            target, _, fragment = href.partition("#")
            assert not re.match(r"[a-z]+:|/", target), (path, href)
            found = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
            assert found in files, (path, href)
            assert not fragment or fragment in parsed[found].ids, (path, href)


def test_every_name_that_a_page_refers_to_is_on_it(parsed: dict[str, Page]) -> None:
    for path, page in parsed.items():
        for element in page.elements:
            if labelled := element.attributes.get("aria-labelledby"):
                assert labelled in page.ids, (path, labelled)


def test_each_page_leads_to_itself_in_the_other_language(parsed: dict[str, Page]) -> None:
    for path, page in parsed.items():
        (link,) = [e.attributes for e in page.elements if "hreflang" in e.attributes]
        other = posixpath.normpath(posixpath.join(posixpath.dirname(path), link["href"]))
        assert other == (path.removeprefix("ar/") if path.startswith("ar/") else f"ar/{path}")


def test_data_are_the_records(view: CaseView, files: dict[str, bytes]) -> None:
    record = next(r for r in view.incidents if r.incident.merged)
    data = json.loads(files[MARKET.replace(".html", ".json")])
    assert data["record"] == to_json(record)
    assert {c["judged"]["id"] for c in data["claims"]} == set(record.incident.claims)
    for shown in view.documents:
        data = json.loads(files[f"documents/{shown.document.id[:16]}.json"])
        assert data["view"] == to_json(shown)
        assert data["claims"] == [to_json(view.claims[c["judged"]["id"]]) for c in data["claims"]]


# --- hostile sources --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile() -> dict[str, bytes]:
    return dict(pages(poisoned(sample())))


def test_the_poison_is_everywhere() -> None:
    assert count_texts(poisoned(sample())) > 500


def test_nothing_that_a_source_says_becomes_markup(hostile: dict[str, bytes]) -> None:
    """`Page` refuses unknown elements and attributes, so a single one that gets through fails here."""
    for path, data in hostile.items():
        assert re.fullmatch(r"(ar/)?((incidents|documents)/)?[a-z0-9_-]+\.(html|json|css)", path)
        if not path.endswith(".html"):
            continue
        text = data.decode("utf-8")
        page = Page(text)
        assert not re.search(f"[{OBEYED}]", text), path
        assert not re.search(r"(?i)<script|<img|javascript:[^a]", text), path
        for element in page.elements:
            assert "javascript" not in element.attributes.get("href", ""), path
            assert "http" not in element.attributes.get("href", ""), path


def test_what_a_source_says_is_still_there_to_read(hostile: dict[str, bytes]) -> None:
    for data in (d for p, d in hostile.items() if p.endswith(".html")):
        assert "<script>alert(1)</script>" in Page(data.decode("utf-8")).text
        assert "{{ 7*7 }}{% endraw %}{n}" in Page(data.decode("utf-8")).text


def test_hostile_data_are_safe_to_open_and_say_the_same(hostile: dict[str, bytes]) -> None:
    view = poisoned(sample())
    for shown in view.documents:
        data = hostile[f"documents/{shown.document.id[:16]}.json"]
        assert not re.search(f"[{OBEYED}]", data.decode("utf-8"))
        assert json.loads(data)["view"] == to_json(shown)


def test_the_whole_text_of_a_document_is_on_its_page(hostile: dict[str, bytes]) -> None:
    for shown in poisoned(sample()).documents:
        page = hostile[f"documents/{shown.document.id[:16]}.html"].decode("utf-8")
        if shown.document.reading.text:
            markup = re.search(r'<div class="text"[^>]*>(.*?)</div>', page, re.DOTALL)
            assert markup
            assert Recovered(markup[1]).text == shown.document.reading.text
            assert shown.document.reading.text.endswith(PAYLOAD)


def test_two_documents_whose_digests_begin_alike_have_a_page_each() -> None:
    b = Builder()
    for n, label in enumerate(("first", "second")):
        made = b.report(label, f"{label} report")
        forged = "ab" * 8 + f"{n}" * 48
        reading = dataclasses.replace(made.reading, document=forged)
        b.documents[n] = dataclasses.replace(made, id=forged, reading=reading)
    record = dict(pages(CaseView("case", "range-1", 1, "00" * 32, "2031-03-09T09:30:00Z", (), {}, b.views())))
    for n, label in enumerate(("first", "second")):
        assert f"{label} report" in record["documents/" + "ab" * 8 + f"{n}" * 48 + ".html"].decode("utf-8")


# --- the overview -----------------------------------------------------------------------------------------------------


def test_the_overview_counts_and_lists(files: dict[str, bytes]) -> None:
    page = files["index.html"].decode("utf-8")
    counts = re.findall(r"<dt>([^<]*)</dt><dd>(\d+)</dd>", page)
    assert counts == [
        ("Documents", "5"), ("Claims", "14"), ("Judged by a person", "3"), ("Incidents", "2"), ("Voices", "5"),
    ]  # fmt: skip
    rows = [words(r) for r in re.findall(r"<tr.*?</tr>", section(page, "incidents"), re.DOTALL)]
    assert rows[1:] == [
        "Tell Oren, 4 March 2031 4 March 2031 Tell Oren 6 or more 18 to 20 Contested 4 4",
        "Upper Kesh, 6 to 7 March 2031 6 to 7 March 2031 Upper Kesh 2 no figure Weak 1 2",
    ]


def test_the_overview_adds_nothing_up_and_says_why(files: dict[str, bytes]) -> None:
    listed = words(section(files["index.html"].decode("utf-8"), "incidents"))
    assert "There is no total on purpose. Incidents can be parts of one another" in listed
    assert "8 or more" not in listed  # 6 and 2


def test_the_overview_names_what_was_not_read_and_why(files: dict[str, bytes]) -> None:
    listed = words(section(files["index.html"].decode("utf-8"), "unread"))
    assert "0304-lanterne no language pack for fr" in listed
    assert "0309-svm-week Please look: two readings of page 2 disagree on a number: 1,500 and 1,005" in listed
    assert "scans/0302-page.heic of a kind that is not read yet" in listed


def test_the_overview_shows_claims_without_an_incident(files: dict[str, bytes]) -> None:
    listed = words(section(files["index.html"].decode("utf-8"), "unlinked"))
    assert "Missing 7 Somewhere in the valley, seven men have been missing since the winter." in listed


def test_an_empty_case_says_so() -> None:
    record = dict(pages(CaseView("empty", "range-1", 1, "00" * 32, "2031-03-09T09:30:00Z", (), {}, ())))
    page = words(record["index.html"].decode("utf-8"))
    for sentence in ("The case holds no documents yet.", "No claim has been linked", "Every document was read"):
        assert sentence in page
    Page(record["ar/index.html"].decode("utf-8"))


def test_a_list_shows_the_figure_for_everybody_or_each_group_but_never_a_sum(view: CaseView) -> None:
    everybody = Figure(Scope(Harm.KILLED), 9, None, 9, 1, ())
    groups = tuple(
        Figure(Scope(Harm.KILLED, g), n, None, n, 1, ()) for g, n in ((GroupScope.CIVILIANS, 4), (GroupScope.MIXED, 5))
    )
    children = Figure(Scope(Harm.KILLED, GroupScope.ALL, Subset.CHILDREN), 2, None, 2, 1, ())
    record = view.incidents[0]
    assert headline(dataclasses.replace(record, figures=(children, *groups)), Harm.KILLED) == groups
    assert headline(dataclasses.replace(record, figures=(*groups, everybody)), Harm.KILLED) == (everybody,)
    assert headline(dataclasses.replace(record, figures=groups), Harm.KILLED) == groups
    assert headline(dataclasses.replace(record, figures=groups), Harm.WOUNDED) == ()


# --- an incident ------------------------------------------------------------------------------------------------------


def test_an_incident_shows_its_figures(files: dict[str, bytes]) -> None:
    table = section(files[MARKET].decode("utf-8"), "figures")
    rows = [words(r) for r in re.findall(r"<tr.*?</tr>", table, re.DOTALL)]
    assert rows == [
        "What is counted Low Best High Voices Claims Set aside",
        "Killed: everyone 6 8 open 3 4 2",
        "Killed: civilians, children 3 3 3 1 1 0",
        "Wounded: everyone 18 range only 20 2 2 0",
    ]


def test_an_incident_shows_how_its_figures_changed(files: dict[str, bytes]) -> None:
    history = section(files[MARKET].decode("utf-8"), "history")
    lines = [words(line) for line in re.findall(r"<li>.*?</li>", history, re.DOTALL)]
    otherwise = "no claim and no decision changed: it is worked out otherwise than before"
    lost = "1 claim less, merged with another incident"
    ruled = "by the rule set range-1 instead of median , 3 claims more, 1 decision by a person"
    assert lines == [
        f"9 March 2031, 09:30 UTC : Displaced: everyone: withdrawn ({lost}, {otherwise})",
        f"9 March 2031, 09:30 UTC : Killed: everyone: 6 or more ({ruled})",
        "7 March 2031, 08:00 UTC : Killed: everyone: 1 to 2 (first figure)",
    ]
    others = [page for name, page in files.items() if name.startswith("incidents/") and name.endswith(".html")]
    assert sum(b'id="history"' in page for page in others) == 1, "nothing changed in the other incident"


def test_under_each_figure_stand_its_claims_and_those_set_aside(files: dict[str, bytes]) -> None:
    figure = section(files[MARKET].decode("utf-8"), "figure-1")
    used, aside = figure.split("claims set aside")
    assert '<mark class="counted">At least eight</mark>' in used
    assert used.count('<li class="claim">') == 4
    assert aside.count('<li class="claim aside">') == 2
    assert "Set aside: the same voice gave a later number Our volunteers counted nine dead" in words(aside)
    assert "Rejected by noor , 9 March 2031, 08:01 UTC Reason: the text takes this number back" in words(aside)
    assert "Senna Valley Monitor (monitoring group), passed on by Harbourline" in words(used)


def test_a_claim_leads_to_its_place_in_the_text(view: CaseView, files: dict[str, bytes]) -> None:
    killed = next(c for c, v in view.claims.items() if v.judged.source.count and v.judged.source.count.text == "18")
    path = document_path(view, "0304-kestrel-market")
    assert f'href="../{path}#c-{killed[:12]}"' in files[MARKET].decode("utf-8")
    assert f'<span id="c-{killed[:12]}" class="place"><mark class="counted">18</mark></span>' in files[path].decode(
        "utf-8"
    )


def test_claims_without_a_number_are_not_lost(files: dict[str, bytes]) -> None:
    also = words(section(files[MARKET].decode("utf-8"), "unfigured"))
    assert "Property no number shops were looted afterwards" in also


def test_an_incident_that_was_merged_leads_on(files: dict[str, bytes]) -> None:
    page = files["incidents/0aa1b2c3d4e5f607.html"].decode("utf-8")
    assert 'href="5e0c9d3f71aa42d0.html"' in page
    assert (
        "The id 0aa1b2c3d4e5f607 is no longer used. What was said of that incident is here: Tell Oren, 4 March 2031"
        in words(page)
    )


def test_an_id_that_is_in_use_again_is_no_page_of_its_own(view: CaseView, files: dict[str, bytes]) -> None:
    first, second = view.incidents
    split = dataclasses.replace(first.incident, merged=(second.incident.id, "0aa1b2c3d4e5f607"))
    record = dict(pages(dataclasses.replace(view, incidents=(dataclasses.replace(first, incident=split), second))))
    assert set(record) == set(files)
    assert record[MARKET] == files[MARKET]
    moved = Page(record["incidents/0aa1b2c3d4e5f607.html"].decode("utf-8"))
    assert {"5e0c9d3f71aa42d0.html", "b81f6a2207cc9e14.html"} < set(moved.hrefs)


# --- a document -------------------------------------------------------------------------------------------------------


def test_a_correction_shows_both_readings(view: CaseView, files: dict[str, bytes]) -> None:
    page = words(files[document_path(view, "0309-svm-week")].decode("utf-8"))
    assert "“ About 1,500 ”: about 1,005 read as: “ About 1,500 ”: about 1,500" in page
    assert "Corrected by noor , 9 March 2031, 08:01 UTC Reason: page 2 of the scan has 1,005" in page


def test_a_document_tells_where_it_comes_from(view: CaseView, files: dict[str, bytes]) -> None:
    page = files[document_path(view, "0304-kestrel-market")].decode("utf-8")
    custody = words(section(page, "custody"))
    (id,) = (d.document.id for d in view.documents if d.document.label == "0304-kestrel-market")
    for fact in (id, "https://kestrel.example/2031/03/04/market?id=7", "wires/0304-kestrel-market.txt", "noor"):
        assert fact in custody
    assert "Handed in 1 time" in custody
    assert "kestrel.example" not in "".join(Page(page).hrefs)


def test_evidence_stands_behind_each_claim(view: CaseView, files: dict[str, bytes]) -> None:
    page = files[document_path(view, "0305-interior-ar")].decode("utf-8")
    evidence = re.findall(r"<details>(.*?)</details>", page, re.DOTALL)
    assert words(evidence[1]) == (
        "Evidence: 2 rules Why each field is what it is Field Rule Words "
        "harm trigger.wounded الثلاثاء count number.words نحو 20"
    )


def test_a_claim_of_an_older_reading_is_listed_without_a_mark(view: CaseView) -> None:
    shown = next(d for d in view.documents if d.document.label == "brief-17")
    newer: Reading = dataclasses.replace(shown.document.reading, text="Quite another text.")
    changed = dataclasses.replace(shown, document=dataclasses.replace(shown.document, reading=newer))
    others = tuple(changed if d is shown else d for d in view.documents)
    record = dict(pages(dataclasses.replace(view, documents=others)))
    page = record[document_path(view, "brief-17")].decode("utf-8")
    assert page.count("Its words are not in the text shown here") == 2
    assert '<div class="text" dir="auto">Quite another text.</div>' in page
    market = record[MARKET].decode("utf-8")
    assert all(f"#k-{c[:12]}" in market for c in shown.claims)


def test_a_long_quote_is_cut_around_its_count(view: CaseView) -> None:
    b = Builder()
    quote = "a " * 2000 + "nine dead" + " b" * 2000
    report = b.report("long", quote)
    id = b.claim(report, Harm.KILLED, quote, ("nine dead", Quantity.exactly(9)))
    long = CaseView("case", "range-1", 1, "00" * 32, "2031-03-09T09:30:00Z", (), b.claims, b.views(), (id,))
    record = dict(pages(long))
    (shown,) = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", record["index.html"].decode("utf-8"))
    assert '<mark class="counted">nine dead</mark>' in shown
    assert shown.startswith('<span class="cut">… </span>')
    assert shown.endswith('<span class="cut"> …</span>')
    assert len(words(shown)) <= LONGEST_QUOTE + 4
    assert quote in Page(record[f"documents/{report.id[:16]}.html"].decode("utf-8")).text


# --- the method -------------------------------------------------------------------------------------------------------


def test_the_method_says_how_to_check(files: dict[str, bytes]) -> None:
    page = words(files["method.html"].decode("utf-8"))
    for part in (
        "sijill verify CASE",
        "9f" * 32,
        "1,284",
        "CC BY 4.0",
        "GeoNames",
        "range-1",
        "asserts nothing itself",
    ):
        assert part in page
    assert "1 document has not been searched for claims." in page
    assert "11 claims have not been judged by any person." in page


def test_the_method_in_arabic(files: dict[str, bytes]) -> None:
    page = words(files["ar/method.html"].decode("utf-8"))
    assert "11 إفادةً لم يبتّ فيها أحد." in page
    assert "لم يُبحث في وثيقة واحدة عن إفادات." in page
