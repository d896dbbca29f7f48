"""From a typed context to a page: the templates of one language, with what every page of that language uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sijill.pipeline.speaking import SPOKEN, inert, plain, said
from sijill.web.desk import Freshness, Trouble
from sijill.web.speech import Speech, remark, speech

# A language tag that a report states goes into an attribute only if it is shaped like one (BCP 47).
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page: the case, who works on it, where we are, and whether figures are fresh.

    `path` is this page's own address, to come back to; `csrf` what its forms carry. A `discreet` page names in its
    title neither the case nor what is in it, as browsers keep titles where others can read them.
    """

    speech: Speech
    case: str
    by: str
    path: str
    csrf: str
    freshness: Freshness
    trouble: Trouble | None
    discreet: bool

    @property
    def languages(self) -> tuple[Speech, ...]:
        """Every language that the workbench speaks."""
        return tuple(speech(language) for language in SPOKEN)


def printed(template: str, frame: Frame, it: object) -> str:
    """A page, or a part of one, as HTML: `it` is what it shows, `frame` what stands around."""
    return _environment(frame.speech.language).get_template(f"{template}.html.j2").render(frame=frame, it=it)


@cache
def _environment(language: str) -> Environment:
    spoken = speech(language)
    environment = Environment(
        loader=PackageLoader("sijill.web"),
        autoescape=True,
        undefined=StrictUndefined,
        # Whatever text a template prints, also into an attribute, carries nothing that a browser obeys.
        finalize=lambda value: plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        _=spoken.say,
        ngettext=spoken.count,
        speech=spoken,
        w=spoken.words,
        number=spoken.number,
        said=said,
        inert=inert,
        remark=remark,
        code=_code,
        key=_key,
        confidence=_confidence,
        language_tag=_language_tag,
    )
    return environment


def _code(value: str) -> Markup:
    return Markup('<code class="digest" dir="ltr">{}</code>').format(inert(value))


def _key(name: str) -> Markup:
    return Markup("<kbd>{}</kbd>").format(name)


def _confidence(value: float) -> Markup:
    return Markup('<bdi dir="ltr">{}</bdi>').format(f"{value:.2f}")


def _language_tag(stated: str | None) -> str | None:
    return stated if stated and _LANGUAGE_TAG.fullmatch(stated) else None
