"""The workbench in one language: its own words from gettext catalogues, those of records as on the record's pages.

Catalogues are `locale/LANGUAGE/LC_MESSAGES/workbench.po`; the build compiles them. English stands in the templates.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markupsafe import Markup, escape

from sijill.core.errors import InputError
from sijill.core.incident import Figure, GroupScope
from sijill.pipeline.speaking import SPOKEN, Wording, inert, said, wording_in
from sijill.pipeline.survey import End, Reason, Why

DOMAIN = "workbench"
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Speech:
    """One language: `words` are those of records, `own` those of the workbench."""

    language: str
    words: Wording
    own: gettext.NullTranslations

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return self.words.catalogue.direction

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return self.words.catalogue.messages["language.name"]

    def say(self, message: str, **values: object) -> Markup:
        """A message with what is filled in escaped; numbers as the language writes them."""
        return escape(self.own.gettext(message)).format(**{k: self._filled(v) for k, v in values.items()})

    def count(self, one: str, many: str, n: int, **values: object) -> Markup:
        """The message in the form that goes with `n` things, which it may show as `{n}`."""
        form = escape(self.own.ngettext(one, many, n))
        return form.format(n=self.number(n), **{k: self._filled(v) for k, v in values.items()})

    def number(self, n: int) -> str:
        """A number as the language writes it."""
        return self.words.catalogue.number(n)

    def interval(self, figure: Figure) -> Markup:
        """A figure's range."""
        return self.words.interval(figure.low, figure.high)

    def ranges(self, figures: tuple[Figure, ...]) -> Markup:
        """The ranges that a list shows for a harm: one for everybody, or one for each group, named."""
        if not figures:
            return Markup('<span class="absent">{}</span>').format(self.say("no figure"))
        return Markup(" ").join(self._range(f) for f in figures)

    def _range(self, figure: Figure) -> Markup:
        span = self.interval(figure)
        if figure.scope.group is not GroupScope.ALL:
            span = self.words.t("scope.range", whom=self.words.label("group", figure.scope.group), range=span)
        return Markup('<span class="range">{}</span>').format(span)

    def reason(self, reason: Reason) -> Markup:
        """Why something needs a look, in words; the program's own stay English."""
        match reason.why:
            case Why.EFFECT:
                return self._effect(reason)
            case Why.CONFIDENCE:
                value = Markup('<bdi dir="ltr">{}</bdi>').format(f"{reason.confidence or 0:.2f}")
                return self.say("The reader was not sure of it: {value} of 1.", value=value)
            case Why.CONTRADICTION:
                return self.say("Its claims cannot all be true: {what}", what=remark(reason.text))
            case Why.NOTE:
                return self.say("The reader left a note: {what}", what=remark(reason.text))
            case Why.UNCONFIRMED:
                return self.say(
                    "Its number is in no figure until a person confirms it: {what}", what=remark(reason.text)
                )
            case Why.ORPHANED:
                return self.say("The claim that this was decided about is no longer read.")
            case Why.NEW:
                return self.say("Nobody has judged a claim of it yet.")

    def _effect(self, reason: Reason) -> Markup:
        if reason.scope is None:
            raise AssertionError("an effect is one on a figure")
        values = {"scope": self.words.scope(reason.scope), "range": self.words.interval(reason.low, reason.high)}
        match reason.end:
            case End.LOW:
                return self.say("It alone gives the lower end of “{scope}”, {range}.", **values)
            case End.HIGH:
                return self.say("It alone gives the upper end of “{scope}”, {range}.", **values)
            case _:
                return self.say("The figure “{scope}”, {range}, rests on it alone.", **values)

    def _filled(self, value: object) -> Markup:
        if isinstance(value, Markup):
            return value
        return escape(self.number(value)) if isinstance(value, int) else isolated(str(value))


def remark(text: str) -> Markup:
    """Words of the program itself, which are English in every language."""
    return Markup('<bdi lang="en">{}</bdi>').format(inert(text))


def isolated(text: str) -> Markup:
    """Text of whatever direction and origin, inert and isolated."""
    return said(text)


@cache
def speech(language: str) -> Speech:
    """The workbench in a language, one of SPOKEN; raises InputError where its catalogue was not compiled."""
    if language == ENGLISH:
        return Speech(language, wording_in(language), gettext.NullTranslations())
    path = files("sijill.web").joinpath("locale", language, "LC_MESSAGES", f"{DOMAIN}.mo")
    try:
        with path.open("rb") as file:
            return Speech(language, wording_in(language), gettext.GNUTranslations(file))
    except FileNotFoundError as err:
        raise InputError(
            f"the workbench has no words for {language!r}: it was not built",
            hint="run `make assets` beside pyproject.toml",
        ) from err


def preferred(accepted: str) -> str:
    """The language that a browser asks for (RFC 9110, Accept-Language), English where it asks for none of ours.

    >>> preferred("de, ar-SY;q=0.8, en;q=0.5"), preferred(""), preferred("fr;q=0"), preferred("fr;q=x")
    ('ar', 'en', 'en', 'en')
    """
    best, found = 0.0, ENGLISH
    for part in accepted[:500].split(","):
        tag, _, weight = part.strip().partition(";")
        language = tag.partition("-")[0].strip().lower()
        try:
            q = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if language in SPOKEN and q > best:
            best, found = q, language
    return found
