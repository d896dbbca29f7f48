"""How the pages of one language write quantities, days, places and the words of closed lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from sijill.core.claim import Attribution, Count, Group, Harm, Perpetrator
from sijill.core.incident import Bound, Cause, CauseKind, FigureVersion, GroupScope, Scope
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.quantity import Qualifier
from sijill.publish.catalogue import Catalogue
from sijill.publish.inert import said

_TIME = Markup('<time datetime="{}">{}</time>')


@dataclass(frozen=True, slots=True)
class Wording:
    """A catalogue, and how its language puts records into words; everything returned is safe to print."""

    catalogue: Catalogue

    def t(self, key: str, **values: object) -> Markup:
        """A message."""
        return self.catalogue.text(key, **values)

    def label(self, vocabulary: str, value: object) -> Markup:
        """The word for a value of a closed list; the empty value is called `all`."""
        return self.t(f"{vocabulary}.{value or 'all'}")

    def listed(self, items: Iterable[Markup]) -> Markup:
        """Items one after another, with the comma of the language."""
        return self.t("list.separator").join(items)

    def named(self, names: Iterable[str]) -> Markup:
        """Names from sources, listed."""
        return self.listed([said(name) for name in names])

    def interval(self, low: int | None, high: int | None) -> Markup:
        """A range in words that cannot be misread in either direction of writing: "3 to 5", "8 or more"."""
        if low is None and high is None:
            return self.t("interval.none")
        if low == high:
            return self.t("interval.exact", low=low)
        if high is None:
            return self.t("interval.at_least", low=low)
        return self.t("interval.at_most", high=high) if low is None else self.t("interval.between", low=low, high=high)

    def amount(self, count: Count | None) -> Markup:
        """What a claim's count asserts, hedged as the source hedges it."""
        if count is None:
            return self.t("quantity.none")
        if count.qualifier is Qualifier.AT_MOST and count.low is not None:
            return self.t("interval.between", low=count.low, high=count.high)
        ends = {name: n for name, n in (("low", count.low), ("high", count.high)) if n is not None}
        return self.t(f"quantity.{count.qualifier}", **ends)

    def scope(self, scope: Scope) -> Markup:
        """What a figure counts: "Killed: civilians, children"."""
        harm = self.label("harm", scope.harm)
        everything = "all_property" if scope.harm is Harm.PROPERTY else "all"
        parts = [self.label("group", everything if scope.group is GroupScope.ALL else scope.group)]
        if scope.subset:
            parts = [*(parts if scope.group is not GroupScope.ALL else []), self.label("subset", scope.subset)]
        return self.t("scope.whole", harm=harm, whom=self.listed(parts))

    def bound(self, bound: Bound) -> Markup:
        """What the claims together allow for a scope: "Killed: women, in Tamrel, 6 March 2031: 3 to 5"."""
        parts = [self.scope(Scope(bound.harm, bound.group, bound.subset))]
        if bound.place:
            parts.append(self.t("account.in_place", place=bound.place))
        if bound.start != dt.date.min and bound.end != dt.date.max:
            parts.append(self.days(Period.of("", bound.start, bound.end)))
        return self.t("account.bound", whom=self.listed(parts), range=self.interval(bound.low, bound.high))

    def version(self, version: FigureVersion) -> Markup:
        """How a figure stood from some moment on, and what changed beneath it."""
        stood = self.interval(version.low, version.high) if version.stands else self.t("history.withdrawn")
        causes = self.listed([self._cause(c, version.rules) for c in version.causes])
        return self.t("history.version", scope=self.scope(version.scope), figure=stood, causes=causes)

    def _cause(self, cause: Cause, rules: str) -> Markup:
        if cause.kind is CauseKind.RULES:
            return self.t("cause.rules", before=said(cause.subjects[0]), now=said(rules))
        if cause.kind in {CauseKind.FIRST, CauseKind.PROGRAM}:
            return self.t(f"cause.{cause.kind}")
        return self.catalogue.count(f"cause.{cause.kind}", len(cause.subjects))

    def day(self, day: dt.date) -> Markup:
        """A day with the month's name."""
        return self._time(day, "date.full")

    def days(self, period: Period | None) -> Markup:
        """The days of a period, its ends written no longer than they must be."""
        if period is None or (period.start is None and period.end is None):
            return self.t("period.none")
        start, end = period.start, period.end
        if start is None or end is None:
            known = start or end
            assert known is not None
            return self.t("period.since" if end is None else "period.until", day=self.day(known))
        if start == end:
            return self.day(start)
        short = "date.full" if start.year != end.year else "date.month" if start.month != end.month else "date.day"
        return self.t("period.between", start=self._time(start, short), end=self.day(end))

    def moment(self, written: str) -> Markup:
        """A date, or a date and time, in ISO 8601; anything else as it was written, since it may be a source's."""
        try:
            if len(written) <= len("2031-03-04"):
                return self.day(dt.date.fromisoformat(written))
            at = dt.datetime.fromisoformat(written)
        except ValueError:
            return said(written)
        zone = _zone(at)
        time = Markup('<bdi dir="ltr" class="time">{}</bdi>').format(f"{at:%H:%M} {zone}".rstrip())
        words = self.t("date.moment", day=self._words(at.date(), "date.full"), time=time)
        return _TIME.format(at.isoformat(), words)

    def coordinates(self, place: Place) -> Markup:
        """Latitude, longitude in degrees, "" where unresolved; isolated, or a right-to-left line would swap them."""
        if place.lat is None or place.lon is None:
            return Markup("")
        return Markup('<bdi dir="ltr" class="coordinates">{}, {}</bdi>').format(f"{place.lat:.4f}", f"{place.lon:.4f}")

    def quoted(self, words: str, meaning: Markup) -> Markup:
        """Words of a source and what they were read as; the meaning alone where there are no words."""
        return self.t("phrase.quoted", words=words, meaning=meaning) if words else meaning

    def group(self, group: Group) -> Markup:
        """Who was harmed: the words, their type and their subset."""
        parts = [self.label("group", group.type)]
        if group.subset:
            parts.append(self.label("subset", group.subset))
        return self.quoted(group.text, self.listed(parts))

    def place(self, place: Place | None) -> Markup:
        """The words for a place, what they were resolved to, and how precisely."""
        if place is None:
            return self.t("place.none")
        parts = [said(place.name)] if place.name else []
        if coordinates := self.coordinates(place):
            parts.append(coordinates)
        parts.append(self.label("place_precision", place.precision or "unresolved"))
        return self.quoted(place.text, self.listed(parts))

    def period(self, period: Period | None) -> Markup:
        """The words for a period, its days, and how precisely they are known."""
        if period is None:
            return self.t("period.none")
        parts = [self.days(period)]
        if period.start or period.end:
            parts.append(self.label("period_precision", period.precision))
        return self.quoted(period.text, self.listed(parts))

    def attribution(self, attribution: Attribution | None) -> Markup:
        """Who says so, what kind of source it is, and through whom."""
        if attribution is None:
            return self.t("attribution.none")
        kind = self.label("attribution_kind", attribution.kind)
        whole = self.t("attribution.named", source=attribution.source, kind=kind) if attribution.source else kind
        if attribution.chain:
            whole = self.listed([whole, self.t("attribution.through", names=self.named(attribution.chain))])
        return whole

    def perpetrator(self, perpetrator: Perpetrator | None) -> Markup:
        """Who is said to have done it, and how the text stands to that."""
        if perpetrator is None:
            return self.t("perpetrator.none")
        return self.t("perpetrator.named", who=perpetrator.text, stance=self.label("stance", perpetrator.stance))

    def language(self, code: str) -> Markup:
        """A language's name, or its code as the report gives it."""
        key = f"language_name.{code.lower()}"
        return self.t(key) if key in self.catalogue.messages else said(code)

    def _time(self, day: dt.date, form: str) -> Markup:
        return _TIME.format(day.isoformat(), self._words(day, form))

    def _words(self, day: dt.date, form: str) -> Markup:
        # A year is no quantity: it takes no separator, so it goes in as text.
        values = {"day": escape(day.day), "month": self.t(f"month.{day.month}"), "year": escape(day.year)}
        return self.t(form, **values)


def _zone(at: dt.datetime) -> str:
    offset = f"{at:%z}"
    if not offset:
        return ""
    return f"UTC{offset[:3]}:{offset[3:5]}" if at.utcoffset() else "UTC"
