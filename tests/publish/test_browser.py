"""The record as a reader sees it, in Chromium, from files."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sijill.publish.view import CaseView
from sijill.publish.working import pages
from tests.publish.poison import poisoned
from tests.publish.sample import sample

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

WIDTHS = (390, 1024, 1440)
# The text of the page as it was before it was made safe to show.
RECOVER = """() => {
  const whole = node => [...node.childNodes].map(child =>
    child.nodeType === Node.TEXT_NODE ? child.data
    : child.dataset.cp ? String.fromCodePoint(parseInt(child.dataset.cp, 16)) : whole(child)).join('');
  return whole(document.querySelector('.text'));
}"""


# The words of our own in tables that stand on two lines, that is, were broken within.
BROKEN = """() => [...document.querySelectorAll('thead th, .own')].flatMap(cell => {
  const found = [], nodes = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  for (let node = nodes.nextNode(); node; node = nodes.nextNode())
    for (const word of node.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) found.push(word[0]);
    }
  return found;
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        # Chromium refuses to sandbox itself for root, which is who runs in containers.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


def written(view: CaseView, folder: Path) -> list[Path]:
    """The record of a view, as files; its HTML pages."""
    for name, data in pages(view):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return sorted(folder.rglob("*.html"))


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return written(sample(), tmp_path_factory.mktemp("record"))


class Watched:
    """A tab, with all that went wrong in it."""

    def __init__(self, browser: Any, width: int, **options: Any) -> None:
        self.tab = browser.new_page(viewport={"width": width, "height": 900}, **options)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.tab.on("request", lambda r: self.requests.append(r.url))
        self.tab.on("console", lambda m: self.complaints.append(m.text))
        self.tab.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.tab.on("dialog", lambda d: self.complaints.append(f"dialog {d.message}"))

    def open(self, page: Path) -> Any:
        self.tab.goto(page.as_uri())
        return self.tab


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_and_stays_at_home(browser: Any, record: list[Path], width: int) -> None:
    watched = Watched(browser, width)
    for page in record:
        tab = watched.open(page)
        over = tab.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{page.name} is {over} px too wide at {width}"
        assert tab.evaluate(BROKEN) == [], f"{page.name} at {width}"
        direction = tab.evaluate("() => getComputedStyle(document.body).direction")
        assert direction == ("rtl" if "ar" in page.parts else "ltr")
        assert tab.evaluate("() => getComputedStyle(document.querySelector('.working-copy')).fontSize") != "16px"
    assert {u.partition(":")[0] for u in watched.requests} == {"file"}
    assert watched.complaints == []
    watched.tab.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_hostile_text_does_nothing(browser: Any, tmp_path: Path, width: int) -> None:
    view = poisoned(sample())
    texts = {d.document.id[:16]: d.document.reading.text for d in view.documents}
    watched = Watched(browser, width)
    for page in written(view, tmp_path):
        tab = watched.open(page)
        over = tab.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{page} is {over} px too wide at {width}"
        if page.parent.name == "documents":
            shown = tab.evaluate(RECOVER)
            assert shown.encode("utf-16-be", "surrogatepass") == texts[page.stem].encode("utf-16-be", "surrogatepass")
    assert {u.partition(":")[0] for u in watched.requests} == {"file"}
    assert watched.complaints == []
    watched.tab.close()


def test_the_keyboard_reaches_the_content_first(browser: Any, record: list[Path]) -> None:
    watched = Watched(browser, 1024)
    tab = watched.open(next(p for p in record if p.name == "index.html"))
    tab.keyboard.press("Tab")
    assert tab.evaluate("() => document.activeElement.className") == "skip"
    box = tab.locator(".skip").bounding_box()
    assert box["y"] >= 0
    tab.keyboard.press("Enter")
    assert tab.evaluate("() => document.activeElement.id") == "main"
    tab.keyboard.press("Tab")
    assert tab.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"
    watched.tab.close()


def test_a_number_leads_to_its_words(browser: Any, record: list[Path]) -> None:
    """Overview, incident, figure, claim, words in the document: by links alone."""
    watched = Watched(browser, 1440)
    tab = watched.open(next(p for p in record if p.name == "index.html" and "ar" not in p.parts))
    tab.get_by_role("link", name="Tell Oren, 4 March 2031").click()
    tab.get_by_role("link", name="Wounded: everyone").click()
    tab.locator("section:has(#figure-3)").get_by_role("link", name="See it in the text").first.click()
    target = tab.locator(":target mark")
    assert target.inner_text() == "18"
    assert target.bounding_box()["y"] < 900
    watched.tab.close()


def test_tables_keep_their_meaning_on_a_phone(browser: Any, record: list[Path]) -> None:
    """Rows that are laid out as blocks would no longer be a table to a screen reader, but for their roles."""
    watched = Watched(browser, 390)
    tab = watched.open(next(p for p in record if p.name == "index.html" and "ar" not in p.parts))
    table = tab.get_by_role("table", name="Incidents by day, with the range of each figure")
    assert table.get_by_role("row").count() == 3
    assert table.get_by_role("rowheader").first.inner_text() == "Tell Oren, 4 March 2031"
    watched.tab.close()


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(250, 249, 246)"), ("dark", "rgb(22, 23, 24)")])
def test_the_reader_chooses_light_or_dark(browser: Any, record: list[Path], scheme: str, ground: str) -> None:
    watched = Watched(browser, 1024, color_scheme=scheme)
    tab = watched.open(record[0])
    assert tab.evaluate("() => getComputedStyle(document.body).backgroundColor") == ground
    watched.tab.close()


def test_paper_shows_everything(browser: Any, record: list[Path]) -> None:
    watched = Watched(browser, 1024)
    page = next(p for p in record if p.parent.name == "documents" and "<details>" in p.read_text(encoding="utf-8"))
    tab = watched.open(page)
    tab.emulate_media(media="print")
    assert tab.locator(".evidence").first.bounding_box()["height"] > 20
    assert tab.evaluate("() => getComputedStyle(document.querySelector('.found')).overflowY") == "visible"
    watched.tab.close()
