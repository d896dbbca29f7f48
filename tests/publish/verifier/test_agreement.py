"""Three programs look at the same changes and must say the same: `sijill verify`, the stand-alone file, JavaScript.

They share no code: the file imports nothing of Sijill, and the JavaScript nothing of either. A larger run of the same
is benchmarks/verifiers.py.
"""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sijill.publish.verifier import sijill_verify
from sijill.testing.tamper import Change, NoPlace, Tamperer, applied, page_of_database
from tests.publish.verifier.bundles import BundleTamperer, Places, by_javascript, by_python, by_sijill, changed

BITS = 50
STRUCTURES = 25
DERIVED = 16
PAGES = 40
BUNDLE_BITS = 30
BUNDLE_STRUCTURES = 24


def compared(folder: Path, choose: Callable[[], Change], times: int) -> list[tuple[Change, Places]]:
    """What both find for so many changes; they must name the same places."""
    made: list[tuple[Change, Places]] = []
    while len(made) < times:
        change = choose()
        try:
            with applied(folder, change):
                alone, whole = by_python(folder), by_sijill(folder)
        except NoPlace:
            continue
        assert alone == whole, change.kind
        made.append((change, alone))
    assert not by_python(folder)
    return made


@pytest.mark.parametrize(("kind", "times"), [("bit", BITS), ("structure", STRUCTURES)])
def test_the_file_alone_finds_what_sijill_finds(plain: Path, kind: str, times: int) -> None:
    made = compared(plain, getattr(Tamperer(plain, random.Random(21)), kind), times)
    assert all(found for _, found in made)


def test_the_file_alone_finds_changed_tables_and_pages_that_are_derived(plain: Path) -> None:
    tamperer = Tamperer(plain, random.Random(22))
    for choose in (tamperer.derived_bit, tamperer.page_bit):
        made = compared(plain, choose, DERIVED // 2)
        assert all({kind for kind, _ in found} == {"derived"} for _, found in made)


def test_a_bit_anywhere_in_the_database_is_found_by_both_or_harmless_to_both(plain: Path) -> None:
    """Two versions of SQLite read the file here, and no change may pass with one of them alone."""
    rng = random.Random(23)
    made = compared(plain, lambda: page_of_database(plain, rng), PAGES)
    assert PAGES // 3 < sum(bool(found) for _, found in made) < PAGES


@pytest.mark.usefixtures("node")
def test_a_bundle_of_a_whole_case_is_whole_to_everybody(plain: Path, bundle: Path) -> None:
    assert by_sijill(plain) == by_python(plain) == by_python(bundle) == by_javascript(bundle) == set()


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize(("kind", "times"), [("bit", BUNDLE_BITS), ("structure", BUNDLE_STRUCTURES)])
def test_python_and_javascript_find_the_same_in_a_bundle(bundle: Path, kind: str, times: int) -> None:
    choose, kinds = getattr(BundleTamperer(bundle, random.Random(24)), kind), set()
    for _ in range(times):
        change = choose()
        with changed(bundle, change):
            python, javascript = by_python(bundle), by_javascript(bundle)
        assert python == javascript, change
        assert bool(python) is not change.harmless, change
        kinds.add(change.kind)
    assert len(kinds) >= 6
    assert not by_python(bundle)


@pytest.mark.usefixtures("node")
def test_everybody_agrees_on_the_example_that_ships(built_example: Path, tmp_path: Path) -> None:
    case, target = shutil.copytree(built_example, tmp_path / "case"), tmp_path / "bundle"
    assert by_sijill(case) == by_python(case) == set()
    assert not sijill_verify.export(case, target).findings
    assert by_javascript(target) == set()
    compared(case, Tamperer(case, random.Random(25)).bit, 10)
    tamperer = BundleTamperer(target, random.Random(26))
    for _ in range(10):
        change = tamperer.bit()
        with changed(target, change):
            assert by_python(target) == by_javascript(target) != set(), change
