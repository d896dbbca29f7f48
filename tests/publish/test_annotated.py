"""The page of one text with its claims marked: whole, inert, and under a policy that admits its style alone."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims
from sijill.publish.annotated import annotated_page

TEXT = 'Raiders killed 12 farmers in Ostra <script>alert(1)</script> on 3 March 2031, the "Monitor" said.'


def page(text: str, language: str = "en") -> str:
    claims = read_claims(
        text, document="x", published=None, language="en", publisher=None, gazetteer=Gazetteer.shipped()
    )
    return annotated_page(text, claims, title="A & B", language=language)


class Parsed(HTMLParser):
    """The tags of a page, and the characters that the section of the text shows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shown = ""
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = self.inside or ("class", "text") in attrs

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "section"

    def handle_data(self, data: str) -> None:
        self.shown += data if self.inside else ""


def test_every_claim_is_marked_with_the_rule_behind_each_field() -> None:
    html = page(TEXT)
    assert '<mark class="counted">12</mark>' in html
    assert "object of the verb" in html
    assert "date in the sentence" in html


def test_the_text_is_whole_and_nothing_in_it_runs() -> None:
    parsed = Parsed(page(TEXT))
    assert parsed.shown == TEXT
    assert not {tag for tag, _ in parsed.tags} & {"script", "img", "link", "iframe", "form", "object"}
    assert all(not name.startswith("on") for _, attrs in parsed.tags for name in attrs)


def test_the_policy_admits_the_pages_own_style_by_its_digest() -> None:
    html = page(TEXT)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert style is not None
    assert policy is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy[1] == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_the_text_keeps_its_direction() -> None:
    sections = [attrs for tag, attrs in Parsed(page("قتل ثلاثة.", "ar")).tags if attrs.get("class") == "text"]
    assert [(s["dir"], s["lang"]) for s in sections] == [("rtl", "ar")]
    assert '<section class="text" lang="en" dir="ltr">' in page(TEXT)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_page(text: str) -> None:
    assert [tag for tag, _ in Parsed(page(f"Two soldiers were killed. {text}")).tags].count("style") == 1
