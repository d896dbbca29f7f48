"""Plain Splink on names as they are written: what `sijill match` is measured against.

A sensible model by Splink's own comparisons, trained by its EM, one-to-one at the end. Names are parted at white space
and not normalised; a date is compared as Splink compares dates of birth.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

EVEN = 0.5


def linked(a: Path, b: Path) -> set[tuple[str, str]]:
    """The pairs of two files with `rec`, a name in `name_ar` or `name_en`, and some of `sex`, `age`, `dob`."""
    tables = [rows(path) for path in (a, b)]
    api = DuckDBAPI(duckdb.connect())
    dated = "dob" in tables[0][0]
    frames = [
        api.register(as_arrow(table), dataset_display_name=name) for table, name in zip(tables, "ab", strict=True)
    ]
    linker = Linker(frames, settings(dated), log_level=40)
    linker.training.estimate_probability_two_random_records_match([block_on("first", "second", "last")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=7)
    for rule in (block_on("first", "last"), block_on("second", "last")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=EVEN).as_record_list()
    return one_to_one(found)


def settings(dated: bool) -> SettingsCreator:
    """Splink's name comparison for each word, sex, and the date or the age."""
    words = [cl.NameComparison(word) for word in ("first", "second", "third", "last")]
    when = cl.DateOfBirthComparison("dob", input_is_string=True) if dated else cl.LevenshteinAtThresholds("age", [1])
    rules = [block_on("first", "last"), block_on("second", "last"), block_on("first", "second")]
    if dated:
        rules.append(block_on("dob", "first"))
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="rec",
        comparisons=[*words, cl.ExactMatch("sex"), when],
        blocking_rules_to_generate_predictions=rules,
    )


def rows(path: Path) -> list[dict[str, str | None]]:
    """The rows with their names parted at white space, and nothing for what is empty."""
    with path.open(encoding="utf-8", newline="") as file:
        found = []
        for row in csv.DictReader(file):
            name = (row.pop("name_ar", "") or row.pop("name_en", "")).lower().split()
            parts = (*name[:3], *[None] * (3 - len(name[:3])), name[-1] if len(name) > 1 else None)
            if len(name) < 4:
                parts = (*parts[:2], None, parts[3])
            words = dict(zip(("first", "second", "third", "last"), parts, strict=True))
            found.append({**{k: v or None for k, v in row.items() if k not in ("name_ar", "name_en")}, **words})
        return found


def as_arrow(table: list[dict[str, str | None]]) -> Any:
    """The rows as Splink takes them."""
    import pyarrow as pa

    return pa.Table.from_pylist(table)


def one_to_one(found: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """The likeliest pairs first, nobody in two."""
    kept: set[tuple[str, str]] = set()
    left: set[str] = set()
    right: set[str] = set()
    for pair in sorted(found, key=lambda p: (-p["match_weight"], p["rec_l"], p["rec_r"])):
        if pair["rec_l"] not in left and pair["rec_r"] not in right:
            kept.add((pair["rec_l"], pair["rec_r"]))
            left.add(pair["rec_l"])
            right.add(pair["rec_r"])
    return kept
