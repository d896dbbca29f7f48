import inspect
import pickle
import re

import pytest

from sijill.core import errors
from sijill.core.errors import InvalidRecord, MalformedReport, SijillError, UnreadableFile
from tests.core.inventory import ERRORS

EXAMPLES: dict[type[SijillError], SijillError] = {
    UnreadableFile: UnreadableFile("a.pdf", "it is encrypted", hint="open it and save it without a password"),
    MalformedReport: MalformedReport("all.jsonl", 7, "it has no `text`"),
}


def example(cls: type[SijillError]) -> SijillError:
    return EXAMPLES.get(cls) or cls("what happened, on which record", hint="the next step")


def tree_in_docstring() -> dict[str, str]:
    """Each class named in the docstring's tree to the one it hangs from."""
    parents: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"^([│ ]*)(?:[├└]── )?([A-Z]\w+)(?:\s{2,}|$)", line):
            depth = line.index(found[2]) // 4
            above[depth:] = [found[2]]
            parents[found[2]] = above[depth - 1] if depth else "Exception"
    return parents


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    assert tree_in_docstring() == {c.__name__: c.__bases__[0].__name__ for c in ERRORS}


def test_every_error_hangs_from_one() -> None:
    assert all(issubclass(c, SijillError) for c in ERRORS)


@pytest.mark.parametrize("cls", ERRORS, ids=lambda c: c.__name__)
def test_an_error_crosses_from_a_worker_process_whole(cls: type[SijillError]) -> None:
    error = example(cls)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        copy = pickle.loads(pickle.dumps(error, protocol))
        assert type(copy) is cls
        assert str(copy) == str(error)
        assert vars(copy) == vars(error)


@pytest.mark.parametrize("cls", ERRORS, ids=lambda c: c.__name__)
def test_a_message_says_what_happened_and_then_the_next_step(cls: type[SijillError]) -> None:
    error = example(cls)
    assert str(error) == f"{error.message}\nhint: {error.hint}"
    assert inspect.getdoc(cls)


def test_without_a_hint_there_is_the_message_alone() -> None:
    assert str(InvalidRecord("what happened")) == "what happened"


def test_a_file_and_a_line_are_named() -> None:
    assert str(UnreadableFile("a.pdf", "it is empty")) == "a.pdf: it is empty"
    assert str(MalformedReport("all.jsonl", 7, "no `text`")).startswith("all.jsonl, line 7: no `text`\nhint: ")
