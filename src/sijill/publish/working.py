"""The working record of a case: every page, from a view of the case to bytes.

Pure and deterministic: the same view gives the same bytes, whatever the clock, the machine or the order of a mapping.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sijill.core.claim import Harm
from sijill.core.incident import Grade
from sijill.core.state import ClaimState
from sijill.core.wire import to_json
from sijill.publish import context
from sijill.publish.catalogue import LANGUAGES, catalogue, number
from sijill.publish.inert import inert, json_escaped, plain, said
from sijill.publish.site import METHOD, OVERVIEW, STYLE, Page, Site
from sijill.publish.view import CaseView, DocumentFile, IncidentFile
from sijill.publish.wording import Wording

# A language tag that a report states goes into an attribute only if it is shaped like one (BCP 47).
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_OVERRIDE = "\u202e"


def pages(view: CaseView) -> Iterator[tuple[str, bytes]]:
    """Path and content of every file of the record, one at a time, so that a large case needs little memory."""
    site = Site.of(view)
    yield STYLE, files("sijill.publish").joinpath("style.css").read_bytes()
    yield from _data(site)
    for language in LANGUAGES:
        yield from _Printer(site, language).pages()


def json_name(page: str) -> str:
    """The data beside a page."""
    return page.removesuffix(".html") + ".json"


def _data(site: Site) -> Iterator[tuple[str, bytes]]:
    claims = site.view.claims
    for record in site.view.incidents:
        mentioned = dict.fromkeys(record.incident.claims)
        for figure in record.figures:
            mentioned |= dict.fromkeys([*figure.claims, *(s.claim for s in figure.set_aside)])
        incident_file = IncidentFile(
            record, tuple(claims[c] for c in mentioned), tuple(site.view.history.get(record.incident.id, ()))
        )
        yield json_name(site.incident_page(record.incident.id)), _json(incident_file)
    for shown in site.view.documents:
        ids = sorted(shown.claims, key=site.number.__getitem__)
        document_file = DocumentFile(shown, tuple(claims[c] for c in ids))
        yield json_name(site.document_page(shown.document.id)), _json(document_file)


def _json(record: IncidentFile | DocumentFile) -> bytes:
    # No indentation: with it, the encoder is the one in pure Python, several times slower.
    text = json.dumps(to_json(record), ensure_ascii=False, allow_nan=False)
    return (json_escaped(text) + "\n").encode("utf-8")


class _Printer:
    """Prints the pages of one language: the templates with what every page of that language shares."""

    def __init__(self, site: Site, language: str) -> None:
        self._site = site
        self._language = language
        self._wording = Wording(catalogue(language))
        self._environment = _environment()
        self._environment.globals.update(_functions(site, self._wording))
        other = catalogue(Page(OVERVIEW, language).other.language)
        self._environment.globals.update(
            direction=self._wording.catalogue.direction,
            other_direction=other.direction,
            other_name=other.messages["language.name"],
        )

    def pages(self) -> Iterator[tuple[str, bytes]]:
        """Every page of the language."""
        site, wording = self._site, self._wording
        yield self._print("overview", OVERVIEW, it=context.overview(site, wording))
        yield self._method()
        for record in site.view.incidents:
            name = site.incident_page(record.incident.id)
            shown = context.incident_page(site, wording, record)
            yield self._print("incident", name, it=shown, json_path=json_name(name))
        yield from self._moved()
        for document in site.view.documents:
            page = Page(site.document_page(document.document.id), self._language)
            it = context.document_page(site, wording, page, document)
            yield self._print("document", page.name, it=it, json_path=json_name(page.name))

    def _moved(self) -> Iterator[tuple[str, bytes]]:
        """A page under each id that was given up, so that what was noted or cited still leads somewhere."""
        incidents = sorted((r.incident for r in self._site.view.incidents), key=lambda i: i.id)
        kept = frozenset(i.id for i in incidents)
        for old in sorted({m for i in incidents for m in i.merged} - kept):
            leads_to = tuple(i for i in incidents if old in i.merged)
            yield self._print("moved", self._site.incident_page(old), old=old, leads_to=leads_to)

    def _method(self) -> tuple[str, bytes]:
        view = self._site.view
        return self._print(
            "method",
            METHOD,
            states=tuple(ClaimState),
            grades=tuple(Grade),
            harms=tuple(Harm),
            override=_OVERRIDE,
            unread=sum(d.read_by is None for d in view.documents),
            unjudged=sum(c.judgement is None or not c.judgement.human for c in view.claims.values()),
        )

    def _print(self, template: str, name: str, **values: object) -> tuple[str, bytes]:
        page = Page(name, self._language)
        html = self._environment.get_template(f"{template}.html.j2").render(page=page, **values)
        return page.path, html.encode("utf-8")


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sijill.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        # Whatever text a template prints, also into an attribute, carries nothing that a browser obeys.
        finalize=lambda value: plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def _functions(site: Site, wording: Wording) -> dict[str, object]:
    return {
        "site": site,
        "w": wording,
        "t": wording.catalogue.text,
        "plain": wording.catalogue.plain,
        "n": wording.catalogue.count,
        "number": number,
        "said": said,
        "inert": inert,
        "remark": _remark,
        "digest": _digest,
        "address": _address,
        "confidence": _confidence,
        "language_tag": _language_tag,
        "labels": {r.incident.id: r.incident.label for r in site.view.incidents},
    }


def _remark(text: str) -> Markup:
    """Words of the program itself, which are English on every page."""
    return Markup('<bdi lang="en">{}</bdi>').format(inert(text))


def _digest(value: str) -> Markup:
    return Markup('<code class="digest" dir="ltr">{}</code>').format(inert(value))


def _address(url: str) -> Markup:
    return Markup('<bdi dir="ltr" class="address">{}</bdi>').format(inert(url))


def _confidence(value: float) -> Markup:
    return Markup('<bdi dir="ltr">{}</bdi>').format(f"{value:.2f}")


def _language_tag(stated: str | None) -> str | None:
    return stated if stated and _LANGUAGE_TAG.fullmatch(stated) else None
