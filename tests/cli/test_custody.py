"""Encrypted cases from the command line: what it asks for, what it says, and what it never prints."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyrage
import pytest

from sijill.store.vault import FILE, read_vault
from tests.cli.conftest import Ran
from tests.store.folders import contents

Run = Callable[..., Ran]
PHRASE, SECOND = "eleven lanterns on the weir", "nine otters under the mill"
REPORT = "At least 14 people were killed in Tamrel on 4 March 2031, the Senna Valley Monitor said.\n"
SIJILL = [sys.executable, "-c", "from sijill.cli.app import main; main()"]


def new_identity() -> tuple[str, str]:
    """A fresh age identity and its recipient."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


ANNA, BASIL = new_identity(), new_identity()


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test says what it brings."""
    for name in ("SIJILL_PASSPHRASE", "SIJILL_NEW_PASSPHRASE", "SIJILL_IDENTITY"):
        monkeypatch.setenv(name, "")


@pytest.fixture
def anna(tmp_path: Path) -> Path:
    """The file that age-keygen writes."""
    path = tmp_path / "anna.txt"
    path.write_text(f"# created: 2031-03-10T09:00:00Z\n# public key: {ANNA[1]}\n{ANNA[0]}\n")
    return path


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encrypted case for Anna and Basil with one report; nobody changes this one."""
    folder = tmp_path_factory.mktemp("original")
    (folder / "r.txt").write_text(REPORT)
    (folder / "anna").write_text(ANNA[0])
    for arguments in (
        ["init", folder / "case", "--recipient", ANNA[1], "--recipient", BASIL[1]],
        ["--identity", folder / "anna", "build", folder / "case", folder / "r.txt"],
    ):
        subprocess.run([*SIJILL, *map(str, arguments)], check=True, capture_output=True)
    return folder / "case"


@pytest.fixture
def case(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "case")


# --- making one ---


def test_it_is_made_with_a_passphrase_and_says_that_nobody_can_reset_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIJILL_PASSPHRASE", PHRASE)
    made = run("init", tmp_path / "case", "--name", "Senna", "--encrypt")
    assert made.code == 0
    assert "loses the case: nobody can reset them" in made.err
    assert PHRASE not in made.out + made.err
    assert "Senna" not in (tmp_path / "case" / "case.toml").read_text()
    assert run("verify", tmp_path / "case").code == 0
    monkeypatch.setenv("SIJILL_PASSPHRASE", PHRASE + " ")
    assert run("verify", tmp_path / "case").code == 2


def test_a_new_passphrase_goes_before_the_one_for_opening(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIJILL_PASSPHRASE", PHRASE)
    monkeypatch.setenv("SIJILL_NEW_PASSPHRASE", SECOND)
    assert run("init", tmp_path / "case", "--encrypt").code == 0
    assert run("verify", tmp_path / "case").code == 2
    monkeypatch.setenv("SIJILL_PASSPHRASE", SECOND)
    assert run("verify", tmp_path / "case").code == 0


@pytest.mark.parametrize(
    ("passphrase", "arguments", "said"),
    [
        ("", ["--encrypt"], "there is nobody to ask for a passphrase"),
        ("too short", ["--encrypt"], "fewer than 12 characters"),
        ("", ["--recipient", "age1nobody"], "is no age recipient"),
        ("", ["--recipient", ANNA[1], "--recipient", ANNA[1]], "can open the case already"),
    ],
)
def test_what_does_not_do_makes_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passphrase: str, arguments: list[str], said: str
) -> None:
    monkeypatch.setenv("SIJILL_PASSPHRASE", passphrase)
    made = run("init", tmp_path / "new" / "case", *arguments)
    assert (made.code, made.out) == (2, "")
    assert said in made.err
    assert "hint:" in made.err
    assert list(tmp_path.rglob("*")) in ([], [tmp_path / "new"])


def talk(terminal: int, typed: dict[str, str]) -> str:
    """Type each answer when its word was shown, without a line after it: what is shown in all."""
    shown = ""
    with suppress(OSError):  # The other end is closed: Linux says so with EIO.
        for word, answer in typed.items():
            while not shown.endswith(": ") or word not in shown:
                shown += os.read(terminal, 1000).decode()
            os.write(terminal, answer.encode() + b"\n")
        while more := os.read(terminal, 1000):
            shown += more.decode()
    return shown


def ask(command: list[str], **typed: str) -> tuple[int, str]:
    """Run a command at a terminal, where a person types when they see a word; gives its code and what was shown."""
    mine, theirs = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SIJILL_")} | {"SIJILL_USER": "tester"}
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    ) as process:
        os.close(theirs)
        try:
            shown = talk(mine, typed)
        except BaseException:
            process.kill()  # Else leaving this block would wait for it for ever.
            raise
        finally:
            os.close(mine)
    return process.returncode, shown


def test_a_person_is_asked_twice_and_nothing_is_shown(tmp_path: Path) -> None:
    command = [*SIJILL, "init", str(tmp_path / "case"), "--encrypt"]
    code, shown = ask(command, new=PHRASE, again=SECOND)
    assert code == 2
    assert "the two passphrases differ" in shown
    assert not (tmp_path / "case").exists()
    code, shown = ask(command, new=PHRASE, again=PHRASE)
    assert code == 0
    assert PHRASE not in shown
    assert SECOND not in shown
    code, shown = ask([*SIJILL, "verify", str(tmp_path / "case")], passphrase=PHRASE)
    assert code == 0
    assert "passphrase of" in shown
    assert PHRASE not in shown


# --- opening one ---


@pytest.mark.parametrize(
    "command",
    [
        ["verify"],
        ["claims"],
        ["incidents"],
        ["show"],
        ["history"],
        ["checkpoint"],
        ["build"],
        ["add", "/dev/null"],
        ["judge", "accept", "3f2a"],
        ["explain", "3f2a"],
        ["judgements", "export"],
        ["gazetteer", "list"],
        ["doctor"],
        ["add-custodian", "--recipient", ANNA[1]],
        ["remove-custodian", ANNA[1]],
        ["rekey", "--yes"],
    ],
    ids=lambda command: command[0],
)
def test_nothing_works_without_what_opens_it(run: Run, case: Path, command: list[str]) -> None:
    before = contents(case)
    words = command[:2] if command[0] in {"judgements", "gazetteer"} else command[:1]
    ran = run(*words, case, *command[len(words) :])
    assert ran.code == 2
    assert ran.out == ""
    assert "the case is encrypted, and nothing was given" in ran.err
    assert "--identity" in ran.err
    assert contents(case) == before


def test_an_identity_file_opens_it(run: Run, case: Path, anna: Path) -> None:
    assert run("--identity", anna, "verify", case).code == 0
    ran = run("--identity", anna, "claims", case, "--format", "jsonl")
    assert [json.loads(line)["count"]["low"] for line in ran.out.splitlines()] == [14]
    assert ANNA[0] not in ran.out + ran.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"", "nothing was given"),
        (b"# only a comment\n", "nothing was given"),
        (b"AGE-SECRET-KEY-1NOBODY\n", "that is no age identity"),
        (b"age-encryption.org/v1\n-> scrypt\n", "that is no age identity"),
        (new_identity()[0].encode(), "what was given opens none of its slots"),
    ],
    ids=["missing", "no text", "empty", "comment", "no identity", "sealed itself", "a stranger's"],
)
def test_what_does_not_open_it_is_said(run: Run, case: Path, tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "identity"
    if content is not None:
        path.write_bytes(content)
    ran = run("--identity", path, "verify", case)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "hint:" in ran.err
    assert "AGE-SECRET-KEY-1NOBODY" not in ran.err


def test_a_changed_vault_is_a_finding(run: Run, case: Path, anna: Path) -> None:
    text = (case / FILE).read_text()
    (case / FILE).write_text(text.replace(BASIL[1], new_identity()[1]))
    ran = run("--identity", anna, "verify", case, "--format", "jsonl")
    assert ran.code == 1
    assert [json.loads(line)["where"] for line in ran.out.splitlines()] == [FILE]
    ran = run("--identity", anna, "rekey", case, "--yes")
    assert ran.code == 2
    assert "somebody changed who can open the case" in ran.err


def test_a_vault_that_cannot_be_read_is_said(run: Run, case: Path, anna: Path) -> None:
    (case / FILE).write_text("{")
    assert run("--identity", anna, "claims", case).code == 2
    ran = run("--identity", anna, "verify", case, "--format", "jsonl")
    assert ran.code == 1
    assert json.loads(ran.out)["where"] == FILE


# --- pages ---


def test_pages_are_written_only_where_one_says(run: Run, case: Path, anna: Path, tmp_path: Path) -> None:
    ran = run("--identity", anna, "build", case)
    assert ran.code == 0
    assert "no pages were written" in ran.err
    assert not (case / "record").exists()
    ran = run("--identity", anna, "build", case, "--record", tmp_path / "pages")
    assert ran.code == 0
    assert (tmp_path / "pages" / "index.html").exists()
    ran = run("--identity", anna, "build", case, "--record", case / "record")
    assert ran.code == 2
    assert "lies in the folder of an encrypted case" in ran.err


# --- custodians ---


def test_custodians_are_listed_to_whoever_has_the_folder(run: Run, case: Path) -> None:
    ran = run("custodians", case, "--format", "jsonl")
    assert ran.code == 0
    assert [json.loads(line)["holder"] for line in ran.out.splitlines()] == [ANNA[1], BASIL[1]]


def test_a_plain_case_has_none(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "plain")
    for command in (["custodians"], ["add-custodian", "--recipient", ANNA[1]], ["rekey", "--yes"]):
        ran = run(command[0], tmp_path / "plain", *command[1:])
        assert ran.code == 2
        assert "is not encrypted" in ran.err


def test_coming_and_going(run: Run, case: Path, anna: Path, tmp_path: Path) -> None:
    carla = new_identity()
    (tmp_path / "carla").write_text(carla[0])
    ran = run("--identity", anna, "add-custodian", case, "--recipient", carla[1])
    assert (ran.code, f"{carla[1]} can open the case now" in ran.err) == (0, True)
    assert run("--identity", tmp_path / "carla", "verify", case).code == 0
    ran = run("--identity", anna, "remove-custodian", case, carla[1][:16])
    assert ran.code == 0
    assert "what they copied before stays readable to them" in ran.err
    assert run("--identity", tmp_path / "carla", "verify", case).code == 2
    assert run("--identity", anna, "verify", case).code == 0
    ran = run("--identity", anna, "remove-custodian", case, carla[1])
    assert (ran.code, "names 0 custodians" in ran.err) == (2, True)


def test_what_opens_the_case_is_not_taken_for_a_newcomer_s_passphrase(
    run: Run, case: Path, anna: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people would have had one passphrase, and nobody been told."""
    monkeypatch.setenv("SIJILL_PASSPHRASE", PHRASE)
    ran = run("--identity", anna, "add-custodian", case, "--label", "the office")
    assert ran.code == 2
    assert "set SIJILL_NEW_PASSPHRASE" in ran.err
    assert len(read_vault(case).slots) == 2
    monkeypatch.setenv("SIJILL_NEW_PASSPHRASE", SECOND)
    ran = run("--identity", anna, "add-custodian", case, "--label", "the office")
    assert (ran.code, "the office can open the case now" in ran.err) == (0, True)
    monkeypatch.setenv("SIJILL_IDENTITY", "")
    assert run("verify", case).code == 2
    monkeypatch.setenv("SIJILL_PASSPHRASE", SECOND)
    assert run("verify", case).code == 0


def test_a_rekeying_is_asked_about(run: Run, case: Path, anna: Path) -> None:
    before = {n: d for n, d in contents(case).items() if not n.startswith("case.db")}
    command = [*SIJILL, "--identity", str(anna), "rekey", str(case)]
    code, shown = ask_once(command, "n")
    assert code == 2
    assert "nothing was changed" in shown
    assert {n: d for n, d in contents(case).items() if not n.startswith("case.db")} == before
    code, shown = ask_once(command, "y")
    assert code == 0
    assert "sealed under a new key" in shown
    assert read_vault(case).generation == 2
    assert run("--identity", anna, "verify", case).code == 0


def ask_once(command: list[str], answer: str) -> tuple[int, str]:
    ran = subprocess.run(command, input=f"{answer}\n", capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr
