"""Bundles to check and to tamper with, and the two verifiers that check them."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sijill.core.canonical import canonical
from sijill.core.errors import CaseTooNew
from sijill.publish.verifier import sijill_verify
from sijill.store.merkle import Frontier, leaf_hash
from sijill.store.notes import Signer
from sijill.store.verify import verify
from sijill.testing.tamper import flipped

JAVASCRIPT = Path(__file__).with_name("verify.mjs")
FINDING = re.compile(r"(\w+) (.*?): ", re.ASCII)

# What is found, as (kind, where); the words may differ from program to program.
Places = set[tuple[str, str]]


class CannotSay(Exception):
    """A verifier's exit code 2."""


def by_sijill(case: Path) -> Places:
    """What `sijill verify` finds in a case; raises CannotSay."""
    try:
        return {(f.kind, f.where) for f in verify(case).findings}
    except CaseTooNew as err:
        raise CannotSay(err.message) from err


def by_python(folder: Path, kept: Sequence[str] = ()) -> Places:
    """What the stand-alone file finds; raises CannotSay."""
    try:
        return {(f.kind, f.where) for f in sijill_verify.verify(folder, kept=kept).findings}
    except sijill_verify.Unreadable as err:
        raise CannotSay(str(err)) from err


def by_javascript(folder: Path, *notes: Path) -> Places:
    """What the second implementation finds in a bundle; raises CannotSay."""
    run = subprocess.run(["node", str(JAVASCRIPT), str(folder), *map(str, notes)], capture_output=True, check=False)
    found = {match.groups() for line in run.stdout.decode().splitlines() if (match := FINDING.match(line))}
    if run.returncode == 2:
        raise CannotSay(run.stderr.decode())
    assert run.returncode == bool(found), run.stderr.decode()
    return {(kind, where) for kind, where in found}


# --- a bundle's files ---


def entries_of(bundle: Path) -> list[bytes]:
    """The entries of the log."""
    return (bundle / "log.jsonl").read_bytes().split(b"\n")[:-1]


def notes_of(bundle: Path) -> list[str]:
    """The notes."""
    parts = (bundle / "checkpoints.txt").read_text(encoding="utf-8").split("\n\n")
    return [f"{text}\n\n{below}\n" for text, below in zip(parts[:-1:2], parts[1::2], strict=True)]


def size_of(note: str) -> int:
    """The size that a note states."""
    return int(note.split("\n")[1])


def stamps_of(bundle: Path) -> list[dict[str, Any]]:
    """The rows of time stamps."""
    rows = map(json.loads, (bundle / "rows.jsonl").read_bytes().splitlines())
    return [row for row in rows if row["table"] == "stamp"]


def write_log(bundle: Path, entries: Sequence[bytes], notes: Sequence[str]) -> None:
    """Write log and notes as a bundle has them."""
    (bundle / "log.jsonl").write_bytes(b"".join(e + b"\n" for e in entries))
    (bundle / "checkpoints.txt").write_bytes("".join(f"{n}\n" for n in notes).encode())


def key_of(case: Path) -> Ed25519PrivateKey:
    """The signing key of a case."""
    key = load_pem_private_key((case / "keys" / "signing.pem").read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def signed(bundle: Path, key: Ed25519PrivateKey, entries: Sequence[bytes], sizes: Sequence[int]) -> None:
    """Write another history and sign it, as only somebody with the key can."""
    signer, tree, notes = Signer(notes_of(bundle)[0].split("\n")[0], key), Frontier(), []
    for entry in entries:
        tree.append(leaf_hash(entry))
        if tree.size in sizes:
            notes.append(signer.checkpoint(tree.size, tree.root()).note)
    write_log(bundle, entries, notes)


# --- tampering with it ---


@dataclass(frozen=True, slots=True)
class BundleChange:
    """One act of tampering: its kind, the files that it touches, and whether nothing that is vouched for changes."""

    kind: str
    paths: tuple[str, ...]
    make: Callable[[Path], None]
    harmless: bool = False


@contextmanager
def changed(bundle: Path, change: BundleChange) -> Iterator[None]:
    """Make a change and put back every byte afterwards."""
    before = {path: (bundle / path).read_bytes() for path in change.paths if (bundle / path).exists()}
    try:
        change.make(bundle)
        yield
    finally:
        for path in change.paths:
            if path in before:
                (bundle / path).write_bytes(before[path])
            else:
                (bundle / path).unlink(missing_ok=True)
                with suppress(OSError):  # Folders that something else lies in stay.
                    for folder in PurePosixPath(path).parents[:-1]:
                        (bundle / folder).rmdir()


class BundleTamperer:
    """Chooses changes to a bundle at random; the same bundle and generator give the same changes."""

    def __init__(self, bundle: Path, rng: random.Random) -> None:
        self.bundle = bundle
        self.rng = rng

    def bit(self) -> BundleChange:
        """A bit of any file, the kinds of file alike often."""
        kinds = ("case.toml", "log.jsonl", "log.jsonl", "checkpoints.txt", *("rows.jsonl",) * 3, "objects", "record")
        # The bundle of an encrypted case has no record in it.
        kind = self.rng.choice([k for k in kinds if (self.bundle / k).exists()])
        top = self.bundle / kind
        files = [p for p in sorted(top.rglob("*")) if p.is_file() and p.stat().st_size] if top.is_dir() else [top]
        path = self.rng.choice(files)
        bit = self.rng.randrange(path.stat().st_size * 8)
        return self._file(kind, path.relative_to(self.bundle).as_posix(), lambda data: flipped(data, bit))

    def structure(self) -> BundleChange:
        """Lines deleted, exchanged, repeated, forged, written otherwise; notes and files gone; pages slipped in."""
        return self.rng.choice((
            self.delete_line, self.exchange_entries, self.repeat_line, self.forge_judgement, self.move_row,
            self.exchange_rows, self.spread_row, self.cut_log, self.delete_note, self.delete_file, self.slip_page_in,
            self.take_other_object, self.lose_end, self.reorder_rows,
            self.witness_note,
        ))()  # fmt: skip

    def delete_line(self) -> BundleChange:
        """A line that is gone."""
        name = self.rng.choice(("log.jsonl", "rows.jsonl"))
        at = self._line(name)
        return self._lines("delete a line", name, lambda lines: lines[:at] + lines[at + 1 :])

    def exchange_entries(self) -> BundleChange:
        """Two entries that have changed places."""
        a, b = self.rng.sample(range(len(entries_of(self.bundle))), 2)
        return self._lines("exchange entries", "log.jsonl", lambda lines: exchanged(lines, a, b))

    def repeat_line(self) -> BundleChange:
        """A line that is there twice."""
        name = self.rng.choice(("log.jsonl", "rows.jsonl"))
        at = self._line(name)
        return self._lines("repeat a line", name, lambda lines: [*lines, lines[at]])

    def forge_judgement(self) -> BundleChange:
        """A judgement that is well-formed in itself, and that no entry vouches for."""

        def forge(lines: list[bytes]) -> list[bytes]:
            row = next(row for row in map(json.loads, lines) if row["table"] == "judgement")
            row["row"]["by"] = "somebody else"
            return [*lines, canonical({**row, "id": sha256(canonical(row["row"])).hexdigest()})]

        return self._lines("forge a judgement", "rows.jsonl", forge)

    def move_row(self) -> BundleChange:
        """A row that stands in another table."""
        at = self._line("rows.jsonl")
        return self._row("move a row", at, lambda r: {**r, "table": "reading" if r["table"] != "reading" else "claim"})

    def exchange_rows(self) -> BundleChange:
        """Two rows that have changed their ids."""
        a, b = self.rng.sample(range(self._count("rows.jsonl")), 2)

        def exchange(lines: list[bytes]) -> list[bytes]:
            one, two = json.loads(lines[a]), json.loads(lines[b])
            one["id"], two["id"] = two["id"], one["id"]
            new = {a: canonical(one), b: canonical(two)}
            return [new.get(i, line) for i, line in enumerate(lines)]

        return self._lines("exchange ids", "rows.jsonl", exchange)

    def spread_row(self) -> BundleChange:
        """A row that says the same, with a space in it: only one form of it is canonical."""
        at = self._line("rows.jsonl")

        def spread(lines: list[bytes]) -> list[bytes]:
            return [line.replace(b'"row":', b'"row": ', 1) if i == at else line for i, line in enumerate(lines)]

        return self._lines("write a row otherwise", "rows.jsonl", spread)

    def cut_log(self) -> BundleChange:
        """A log without its last entries and the notes that sign them; a log that was only built upon is harmless."""
        sizes = [size_of(n) for n in notes_of(self.bundle)]
        size = self.rng.choice(sizes[:-1])
        gone = [json.loads(e)["kind"] for e in entries_of(self.bundle)[size:]]

        def cut(bundle: Path) -> None:
            write_log(bundle, entries_of(bundle)[:size], [n for n in notes_of(bundle) if size_of(n) <= size])

        return BundleChange("cut the log", ("log.jsonl", "checkpoints.txt"), cut, set(gone) == {"publication"})

    def delete_note(self) -> BundleChange:
        """A note that is gone: harmless unless it was stamped, or is the last, which alone signs the last entries."""
        at = self.rng.randrange(len(notes_of(self.bundle)))
        needed = at == len(notes_of(self.bundle)) - 1 or self._stamped(at)

        def delete(bundle: Path) -> None:
            write_log(bundle, entries_of(bundle), [n for i, n in enumerate(notes_of(bundle)) if i != at])

        return BundleChange("delete a note", ("log.jsonl", "checkpoints.txt"), delete, harmless=not needed)

    def witness_note(self) -> BundleChange:
        """A note that somebody else signed, too: harmless unless an authority had stamped it without."""
        at = self.rng.randrange(len(notes_of(self.bundle)))

        def witness(bundle: Path) -> None:
            notes = [n + "— somebody aaaa\n" if i == at else n for i, n in enumerate(notes_of(bundle))]
            write_log(bundle, entries_of(bundle), notes)

        return BundleChange("witness a note", ("log.jsonl", "checkpoints.txt"), witness, not self._stamped(at))

    def delete_file(self) -> BundleChange:
        """A file that is gone."""
        files = [p for p in sorted(self.bundle.rglob("*")) if p.is_file() and p.name != "case.toml"]
        path = self.rng.choice(files).relative_to(self.bundle).as_posix()
        return BundleChange("delete a file", (path,), lambda bundle: (bundle / path).unlink())

    def slip_page_in(self) -> BundleChange:
        """A page that nobody wrote."""
        page = f"record/{self.rng.choice(('other.html', 'incident/other.html'))}"

        def slip(bundle: Path) -> None:
            (bundle / page).parent.mkdir(parents=True, exist_ok=True)
            (bundle / page).write_text("Nothing happened.")

        return BundleChange("slip a page in", (page,), slip)

    def take_other_object(self) -> BundleChange:
        """An object under the name of another."""
        a, b = self.rng.sample([p for p in sorted((self.bundle / "objects").rglob("*")) if p.is_file()], 2)
        other = b.read_bytes()
        return self._file("take another object", a.relative_to(self.bundle).as_posix(), lambda _: other)

    def lose_end(self) -> BundleChange:
        """A file of lines whose last line has no end."""
        name = self.rng.choice(("log.jsonl", "rows.jsonl", "checkpoints.txt"))
        return self._file("lose the end", name, lambda data: data[:-1])

    def reorder_rows(self) -> BundleChange:
        """Rows in another order, of which nothing hangs."""
        seed = self.rng.random()

        def shuffle(lines: list[bytes]) -> list[bytes]:
            return random.Random(seed).sample(lines, len(lines))

        return self._lines("reorder rows", "rows.jsonl", shuffle, harmless=True)

    def _stamped(self, at: int) -> bool:
        rows = stamps_of(self.bundle)
        return size_of(notes_of(self.bundle)[at]) in {row["row"]["size"] for row in rows}

    def _count(self, name: str) -> int:
        return (self.bundle / name).read_bytes().count(b"\n")

    def _line(self, name: str) -> int:
        return self.rng.randrange(self._count(name))

    def _row(self, kind: str, at: int, rewrite: Callable[[dict[str, object]], dict[str, object]]) -> BundleChange:
        def change(lines: list[bytes]) -> list[bytes]:
            new = canonical(rewrite(json.loads(lines[at])))  # type: ignore[arg-type]
            return [new if i == at else line for i, line in enumerate(lines)]

        return self._lines(kind, "rows.jsonl", change)

    def _lines(
        self, kind: str, name: str, rewrite: Callable[[list[bytes]], list[bytes]], harmless: bool = False
    ) -> BundleChange:
        def whole(data: bytes) -> bytes:
            return b"".join(line + b"\n" for line in rewrite(data.split(b"\n")[:-1]))

        return self._file(kind, name, whole, harmless)

    def _file(self, kind: str, path: str, rewrite: Callable[[bytes], bytes], harmless: bool = False) -> BundleChange:
        def make(bundle: Path) -> None:
            (bundle / path).write_bytes(rewrite((bundle / path).read_bytes()))

        return BundleChange(kind, (path,), make, harmless)


def exchanged(lines: Sequence[bytes], a: int, b: int) -> list[bytes]:
    """The lines with two of them in each other's place."""
    found = list(lines)
    found[a], found[b] = found[b], found[a]
    return found
