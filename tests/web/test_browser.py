"""The workbench as people use it: a real server, Chromium, keyboard and mouse, in English and Arabic."""

import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from sijill.core.judgement import Decision
from sijill.store import pages, reads
from sijill.store.case import Case
from sijill.web.app import application
from sijill.web.desk import Desk
from sijill.web.door import Door
from tests.web.conftest import ARGUMENTS, BY, CHROMIUM

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]
AXE = Path(__file__).parents[2] / "client" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}


@dataclass
class Tab:
    """A page of the workbench, with all that went wrong in it."""

    page: Any
    base: str
    desk: Desk
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        self.page.goto(self.base + path)
        return self.page

    def speak(self, language: str) -> None:
        self.go("/history").locator(f".languages button[value={language}]").click()
        self.page.wait_for_selector(f"html[lang={language}]")

    def made(self) -> list[tuple[Decision, tuple[str, ...], str]]:
        with self.desk.reading() as connection:
            found = pages.judgements_made(connection, limit=50)
        return [(m.judgement.decision, m.judgement.subjects, m.judgement.reason) for m in found]


@pytest.fixture(scope="module")
def tab(built_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    folder = Path(shutil.copytree(built_example, tmp_path_factory.mktemp("served") / "case"))
    desk, door = Desk(Case.open(folder), by=BY, quiet=0), Door()
    with socket.socket() as listening, playwright.sync_playwright() as started:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        config = uvicorn.Config(application(desk, door, port=port), log_level="error", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        made = Tab(chromium.new_page(viewport={"width": 1440, "height": 900}), f"http://127.0.0.1:{port}", desk)
        made.page.on("request", lambda r: made.requests.append(r.url))
        made.page.on("console", lambda m: made.complaints.append(m.text))
        made.page.on("pageerror", lambda e: made.complaints.append(str(e)))
        # As from a link in a mail: the page that lets in must lead on to the queue nevertheless.
        made.page.goto(f"{made.base}/enter/{door.token}")
        made.page.wait_for_url(made.base + "/")
        yield made
        chromium.close()
        server.should_exit = True
        thread.join(20)
    desk.close()


def document_with(tab: Tab, claims: int) -> tuple[str, list[str]]:
    """A document with so many claims that nobody has judged, and these."""
    with tab.desk.reading() as connection:
        every, _ = reads.judged_claims(connection)
    held: dict[str, list[str]] = {}
    for claim in every.values():
        held.setdefault(claim.source.document, []).append(claim.id)
    return next((d, c) for d, c in held.items() if len(c) >= claims and all(every[i].judgement is None for i in c))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_judge_by_keys_alone(tab: Tab, language: str) -> None:
    tab.speak(language)
    document, claims = document_with(tab, 3)
    page = tab.go(f"/documents/{document}?claim={claims[0]}")
    before = len(tab.made())
    assert page.evaluate("() => document.activeElement.id") == "claim-1"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("() => document.activeElement.id") == "claim-2"
    assert page.locator("#place-2.pointed").count() == 1
    page.keyboard.press("a")
    page.wait_for_selector("#claim-2.accepted")
    page.wait_for_function("() => document.activeElement.id === 'claim-2'")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("r")
    page.wait_for_selector("#claim-3.rejected")
    assert page.locator("#place-3 mark.faded").count() == 1
    page.wait_for_function("() => document.activeElement.id === 'claim-3'")
    page.keyboard.press("u")
    page.wait_for_selector("#claim-3.proposed")
    assert page.locator("#place-3 mark.faded").count() == 0
    made = tab.made()
    assert len(made) == before + 3
    assert [m[:2] for m in made[:3]][1:] == [(Decision.REJECT, (claims[2],)), (Decision.ACCEPT, (claims[1],))]
    # A letter that is typed into a field is a letter.
    page.locator("#claim-1 input[name=reason]").fill("")
    page.locator("#claim-1 input[name=reason]").press("r")
    assert len(tab.made()) == before + 3


@pytest.mark.parametrize("language", ["en", "ar"])
def test_correct_with_the_mouse(tab: Tab, language: str) -> None:
    tab.speak(language)
    document, claims = document_with(tab, 1)
    page = tab.go(f"/documents/{document}")
    page.locator("#claim-1 [data-key=c]").click()
    form = page.locator("#claim-1-correcting form")
    form.wait_for()
    page.keyboard.press("Escape")
    assert form.count() == 0
    page.locator("#claim-1 [data-key=c]").click()
    form.wait_for()
    form.locator("[name=place_name]").press_sequentially("Belisk")
    form.locator("[name=place]").first.check()
    form.locator("[name=perpetrator]").fill("Heron Front")
    form.locator("[name=reason]").fill("see the second paragraph")
    form.locator("button.accept").click()
    page.wait_for_selector("#claim-1.corrected")
    assert tab.made()[0] == (Decision.CORRECT, (claims[0],), "see the second paragraph")
    assert "Heron Front" in page.locator("#claim-1 .fields").inner_text()


# Selects the first so many letters of the text, as a person does with the mouse or, in caret browsing, with keys.
SELECT = """([start, length]) => {
  const nodes = document.createTreeWalker(document.querySelector('.text'), NodeFilter.SHOW_TEXT), range = new Range();
  let at = 0;
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    const from = start - at, to = start + length - at;
    if (from >= 0 && from < node.data.length) range.setStart(node, from);
    if (to > 0 && to <= node.data.length) { range.setEnd(node, to); break; }
    at += node.data.length;
  }
  document.getSelection().removeAllRanges();
  document.getSelection().addRange(range);
}"""


@pytest.mark.parametrize("language", ["en", "ar"])
def test_add_by_selecting(tab: Tab, language: str) -> None:
    tab.speak(language)
    harm = {"en": "tortured", "ar": "dismissed"}[language]
    document, _ = document_with(tab, 3)
    with tab.desk.reading() as connection:
        text = reads.document(connection, document).reading.text
        claims, _ = pages.judged_claims_of(connection, [document])
        count = next(c.source.count for c in claims.values() if c.source.count is not None)
    page = tab.go(f"/documents/{document}")
    assert not page.locator("[data-adding]").is_visible()
    page.evaluate(SELECT, [count.start - 1, len(count.text) + 1])
    button = page.locator("[data-adding] button")
    button.wait_for()
    button.click()
    page.locator("form.correct select[name=harm]").select_option(harm)
    page.locator("form.correct select[name=qualifier]").select_option("exact")
    page.locator("form.correct input[name=low]").fill("7")
    page.locator("form.correct input[name=high]").fill("7")
    page.locator("form.correct button.accept").click()
    page.wait_for_selector(".entry.accepted[data-current]")
    decision, (claim,), _ = tab.made()[0]
    assert decision is Decision.ACCEPT
    with tab.desk.reading() as connection:
        made = reads.claims_by_id(connection, [claim])[claim]
    assert made.harm == harm
    assert made.count is not None
    assert (made.count.start, made.count.text) == (count.start, count.text)
    assert text[made.quote.start : made.quote.end] == made.quote.text


def test_figures_are_told_to_be_on_their_way(tab: Tab) -> None:
    tab.speak("en")
    document, _ = document_with(tab, 1)
    page = tab.go(f"/documents/{document}")
    page.locator("#claim-1 button[value=accept]").click()
    page.wait_for_selector("#claim-1.accepted")
    page.wait_for_selector("#freshness.fresh", state="attached", timeout=120_000)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_fits_is_accessible_and_asks_nobody_else(tab: Tab, language: str) -> None:
    tab.speak(language)
    document, claims = document_with(tab, 2)
    assert tab.desk.settle(120)
    with tab.desk.reading() as connection:
        incident = max(reads.incidents(connection), key=lambda i: len(i.claims)).id
    paths = ["/", "/documents", f"/documents/{document}", "/incidents", f"/incidents/{incident}", "/history"]
    for path in [*paths, f"/claims/{claims[0]}/correct", "/nowhere"]:
        page = tab.go(path)
        for width in (1440, 1024, 390):
            page.set_viewport_size({"width": width, "height": 900})
            over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, f"{path} is {over} px too wide at {width}"
        found = page.evaluate(f"async () => {{ {AXE.read_text(encoding='utf-8')}; return await axe.run(); }}")
        faults = [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"] if v["impact"] in SERIOUS]
        assert faults == [], path
    page.set_viewport_size({"width": 1440, "height": 900})
    assert {u.split("/")[2] for u in tab.requests} == {tab.base.removeprefix("http://")}
    assert [c for c in tab.complaints if "404" not in c] == []
