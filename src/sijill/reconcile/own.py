"""Rule sets that people write themselves, in TOML: the same parts as the recorders' rule sets, chosen by name.

```toml
name = "our-rules"
about = "What we publish: ..."          # shown with every figure
harms = ["killed", "wounded"]           # all if left out
presumed_civilian = true                # those of whom nobody says that they were fighters
about_percent = 10                      # "about 50" is 45 to 55
best = "most_reliable"                  # none lowest median most_reliable verified
reliable = ["Senna Valley Monitor"]     # for most_reliable: the first that speaks
voices = 3                              # for verified, and for grade = "verified"
grade = "airwars"                       # none airwars two_sources verified

[vague]
dozens = [12, 24]
hundreds = [100]                        # no upper end

[uncounted]
killed = [1, 2]                         # "people were killed", no number
```
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sijill.core.canonical import MAX_SAFE_INTEGER
from sijill.core.claim import Harm
from sijill.core.errors import InputError
from sijill.reconcile.choosing import Choose, lowest, median, most_reliable, no_best, verified
from sijill.reconcile.conventions import Conventions, Ends, meanings
from sijill.reconcile.grading import GradeBy, by_airwars, two_sources, ungraded, verified_by
from sijill.reconcile.preset import Preset

T = TypeVar("T")

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
MAX_BYTES = 100_000
MAX_VOICES = 20
KEYS = frozenset(
    {"name", "about", "harms", "presumed_civilian", "doubtful_civilians", "about_percent", "best", "reliable"}
    | {"voices", "grade", "vague", "uncounted"}
)


def parse(text: str, *, where: str, taken: frozenset[str] = frozenset()) -> Preset:
    """The rule set that a TOML text describes; `where` names it in errors, `taken` are names it may not have.

    Raises InputError that says which key is wrong and what may stand there.
    """
    if len(text) > MAX_BYTES:
        raise InputError(f"{where}: a rule set is at most {MAX_BYTES} characters long", hint="is this the right file?")
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{where}: not TOML: {error}", hint="see the example in docs/concepts/figures.md") from error
    read = _Table(table, where)
    read.only(KEYS)
    name = read.text("name")
    if not NAME.fullmatch(name) or name in taken:
        hint = "small letters, digits and hyphens, and not the name of a rule set that comes with Sijill"
        raise InputError(f"{where}: name = {name[:60]!r} cannot be used", hint=hint)
    voices = read.number("voices", 3, most=MAX_VOICES)
    return Preset(
        name=name,
        about=read.text("about"),
        conventions=Conventions(
            name,
            about_percent=read.number("about_percent", 10, least=0, most=100),
            vague=read.ends("vague", meanings()),
            uncounted={Harm(h): e for h, e in read.ends("uncounted", tuple(Harm)).items()},
        ),
        choose=_chooser(read, voices),
        grade_by=read.one_of("grade", _graders(voices), "none"),
        harms=frozenset(Harm(h) for h in read.texts("harms", tuple(Harm))),
        presumed_civilian=read.flag("presumed_civilian"),
        doubtful_civilians=read.flag("doubtful_civilians"),
    )


def _chooser(read: _Table, voices: int) -> Choose:
    ranked = read.texts("reliable")
    choosers: dict[str, Choose] = {
        "none": no_best,
        "lowest": lowest,
        "median": median,
        "most_reliable": most_reliable(ranked),
        "verified": verified(voices),
    }
    chosen = read.one_of("best", choosers, "none")
    if ranked and chosen is not choosers["most_reliable"]:
        raise InputError(f"{read.where}: `reliable` says nothing here", hint='set best = "most_reliable"')
    return chosen


def _graders(voices: int) -> dict[str, GradeBy]:
    return {
        "none": ungraded,
        "airwars": by_airwars,
        "two_sources": two_sources,
        "verified": verified_by(voices),
    }


class _Table:
    """A TOML table, read key by key with errors that say what is wrong and where."""

    def __init__(self, table: Mapping[str, Any], where: str) -> None:
        self._table, self.where = table, where

    def only(self, keys: frozenset[str]) -> None:
        """Refuse a key that means nothing: a misspelt one would be silently without effect."""
        if unknown := sorted(set(self._table) - keys):
            raise InputError(f"{self.where}: unknown key {unknown[0][:40]!r}", hint=f"known: {', '.join(sorted(keys))}")

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self._of(key, self._table.get(key), lambda v: isinstance(v, str) and bool(v.strip()), "a text")
        return str(value).strip()

    def texts(self, key: str, known: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts, empty where the key is missing; each one of the known ones, if such are given."""

        def fits(value: Any) -> bool:
            return isinstance(value, list) and all(isinstance(v, str) and (not known or v in known) for v in value)

        expected = f"a list out of {', '.join(known)}" if known else "a list of texts"
        return tuple(self._of(key, self._table.get(key, []), fits, expected))

    def number(self, key: str, default: int, *, least: int = 1, most: int) -> int:
        """A whole number within limits."""

        def fits(value: Any) -> bool:
            return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

        return int(self._of(key, self._table.get(key, default), fits, f"a whole number from {least} to {most}"))

    def flag(self, key: str) -> bool:
        """True or false, false where the key is missing."""
        return bool(self._of(key, self._table.get(key, False), lambda v: isinstance(v, bool), "true or false"))

    def one_of(self, key: str, known: Mapping[str, T], default: str) -> T:
        """What a known word stands for."""
        value = self._table.get(key, default)
        return known[self._of(key, value, lambda v: isinstance(v, str) and v in known, f"one of {', '.join(known)}")]

    def ends(self, key: str, known: tuple[str, ...]) -> dict[str, Ends]:
        """A table of numbers: `[low, high]`, or `[low]` where there is no upper end."""
        table = self._of(key, self._table.get(key, {}), lambda v: isinstance(v, dict), "a table")
        found: dict[str, Ends] = {}
        for name, value in table.items():
            if name not in known:
                raise InputError(f"{self.where}: unknown [{key}] {name[:40]!r}", hint=f"known: {', '.join(known)}")
            found[name] = self._pair(f"{key}.{name}", value)
        return found

    def _pair(self, key: str, value: Any) -> Ends:
        def fits(pair: Any) -> bool:
            whole = isinstance(pair, list) and all(isinstance(n, int) and not isinstance(n, bool) for n in pair)
            return (
                whole and len(pair) in (1, 2) and pair == sorted(pair) and pair[0] >= 0 and pair[-1] <= MAX_SAFE_INTEGER
            )

        low, *high = self._of(key, value, fits, "[low, high] or [low]")
        return low, high[0] if high else None

    def _of(self, key: str, value: Any, fits: Callable[[Any], bool], expected: str) -> Any:
        if value is None:
            raise InputError(f"{self.where}: `{key}` is missing", hint=f"it is {expected}")
        if not fits(value):
            raise InputError(f"{self.where}: {key} = {str(value)[:60]!r} cannot be used", hint=f"it is {expected}")
        return value
