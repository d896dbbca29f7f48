"""Whether two descriptions of who did it mean one party: "Russian jets" and "the Russian air force" do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*")
ARTICLE = "ال"
MIN_PREFIXED = 4


def parties(descriptions: Iterable[str]) -> int:
    """How many different parties these descriptions name; those that name nobody ("unknown gunmen") count as none.

    Two are one party if they share a party of `parties.toml` or a word that is not generic; the relation is carried on
    ("A" and "A and B" and "B" are one), so that the number is never too high for want of a list.

    >>> parties(["Heron Front", "fighters of the Heron Front", "unidentified gunmen", "the Delta Brigade"])
    2
    """
    groups: list[set[str]] = []
    for text in descriptions:
        keys = set(party_keys(text))
        if not keys:
            continue
        met = [g for g in groups if g & keys]
        groups = [g for g in groups if not g & keys]
        groups.append(keys.union(*met))
    return len(groups)


def party_keys(description: str) -> frozenset[str]:
    """By which keys a party is known: names of the table's parties, else its own words that are not generic."""
    text = " ".join(_bare(w) for w in WORD.findall(description.casefold()))
    padded = f" {text}"
    named = frozenset(
        name for name, beginnings in _table().items() for beginning in beginnings if _begins(padded, beginning)
    )
    return named or frozenset(w for w in text.split() if w not in _generic() and not w.isdigit())


def _begins(padded: str, beginning: str) -> bool:
    """Whether a word begins so; an abbreviation must be the whole word."""
    whole = len(beginning) < MIN_PREFIXED and beginning.isascii()
    return f" {beginning} " in f"{padded} " if whole else f" {beginning}" in padded


def _bare(word: str) -> str:
    """An Arabic word without its article and what is written onto it."""
    for prefix in ("وال", "بال", "لل", ARTICLE):
        if word.startswith(prefix) and len(word) > len(prefix) + 2:
            return word.removeprefix(prefix)
    return word


@cache
def _data() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(files("sijill.reconcile").joinpath("parties.toml").read_text(encoding="utf-8"))


@cache
def _generic() -> frozenset[str]:
    return frozenset(_bare(w) for w in _data()["generic"]["words"])


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in _data()["parties"].items()}
