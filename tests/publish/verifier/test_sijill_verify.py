"""The stand-alone verifier: alone, read-only, and not to be fooled by who holds the signing key."""

# long: one verifier, each of its answers in a section

import ast
import base64
import json
import math
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sijill.core import canonical as core
from sijill.core.judgement import Decision, Judgement, Matter
from sijill.pipeline.bundle import write_bundle
from sijill.publish.verifier import sijill_verify
from sijill.publish.verifier.sijill_verify import Unreadable, export, main, verify
from sijill.store import reads, schema
from sijill.store.case import Case
from sijill.store.continuation import check_since
from sijill.store.database import expected_layout, known_revisions
from sijill.store.merkle import root_of
from sijill.store.notes import Signer
from sijill.store.vault import Custodian
from sijill.store.verify import verify as sijill_verifies
from sijill.store.vouched import VOUCHED_BY
from sijill.testing.authority import made
from sijill.testing.clock import FakeClock
from sijill.testing.forging import Forgery
from sijill.testing.server import Server
from sijill.testing.tamper import connected, flipped
from tests.publish.verifier.bundles import (
    CannotSay,
    by_javascript,
    by_python,
    by_sijill,
    entries_of,
    key_of,
    notes_of,
    signed,
    size_of,
    stamps_of,
    write_log,
)
from tests.store.folders import contents
from tests.store.reports import add
from tests.store.sql import put_back

FILE = Path(sijill_verify.__file__)
BY = "R. Ostrava"


# --- alone ---


def test_it_imports_the_standard_library_and_cryptography_and_opens_no_connection() -> None:
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    names = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    names |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    top = {name.partition(".")[0] for name in names}
    assert top <= sys.stdlib_module_names | {"cryptography"}
    assert not top & {"socket", "ssl", "http", "urllib", "asyncio", "subprocess", "ctypes"}


def test_a_copy_of_it_runs_where_there_is_no_sijill(plain: Path, bundle: Path, tmp_path: Path) -> None:
    copy = shutil.copy(FILE, tmp_path / "copied.py")
    for folder in (plain, bundle):
        code, out, err = run_without("sijill", Path(copy), folder)
        assert (code, out) == (0, "")
        assert err.startswith("whole: ")


def test_without_cryptography_it_says_so_and_does_not_say_no(plain: Path) -> None:
    code, out, err = run_without("cryptography", FILE, plain)
    assert (code, out) == (2, "")
    assert "needs the Python package `cryptography`" in err


def run_without(package: str, file: Path, folder: Path) -> tuple[int, str, str]:
    """Run the file as a program of its own, where a package cannot be imported: exit code, output, messages."""
    program = f"""
import runpy, sys
sys.modules[{package!r}] = None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
    command = [sys.executable, "-I", "-c", program, str(file), str(folder)]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    return run.returncode, run.stdout, run.stderr


def test_what_it_knows_is_what_the_store_writes() -> None:
    """Each new kind of entry, table or schema must reach the file, or it would call a whole case broken."""
    vouched = {str(kind): {name: table.name for name, table in names.items()} for kind, names in VOUCHED_BY.items()}
    assert {kind: dict(names) for kind, names in sijill_verify.VOUCHES.items() if names} == vouched
    columns = {t.name: tuple(t.columns.keys()) for t in schema.metadata.sorted_tables}
    assert {name: ("id", *rest) for name, rest in sijill_verify.COLUMNS.items()}.items() <= columns.items()
    assert set(sijill_verify.DERIVED.items()) == {(t.name, columns[t.name]) for t in schema.DERIVED} - {
        ("built", columns["built"])
    }
    digests = {r: core.digest({n: list(rest) for n, rest in expected_layout(r).items()}) for r in known_revisions()}
    assert digests == sijill_verify.SCHEMAS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)  # fmt: skip


@given(JSON)
def test_its_canonical_json_is_the_store_s(value: core.Json) -> None:
    assert sijill_verify.canonical(value) == core.canonical(value)


@given(st.integers(0, 2**64 - 1))
def test_it_writes_every_double_as_the_store_does(bits: int) -> None:
    (x,) = struct.unpack("<d", struct.pack("<Q", bits))
    if math.isfinite(x):
        assert sijill_verify.canonical(x) == core.canonical(x)


# --- read-only ---


def test_it_writes_nothing_into_a_case(plain: Path) -> None:
    def seen() -> list[tuple[str, int, int]]:
        return [(str(p), p.stat().st_mtime_ns, p.stat().st_mode) for p in sorted([plain, *plain.rglob("*")])]

    before, bytes_before = seen(), contents(plain)
    assert not verify(plain).findings
    assert (seen(), contents(plain)) == (before, bytes_before)


@pytest.fixture
def killed(plain: Path, tmp_path: Path) -> Path:
    """A case as a killed writer leaves it: the last commits stand in SQLite's own log, not yet in the database."""
    working, left = shutil.copytree(plain, tmp_path / "working"), tmp_path / "left"
    case = Case.open(working)
    with case.connect() as connection:
        claims = list(reads.claims(connection))
    with case.writer(by=BY, clock=FakeClock()) as writer:
        for i, claim in enumerate(claims[:3]):
            with writer.transaction() as t:
                at = f"2031-03-11T0{i}:00:00.000000Z"
                t.judgement(Judgement(Matter.CLAIM, (claim,), Decision.ACCEPT, BY, at))
        shutil.copytree(working, left)
    case.close()
    assert (left / "case.db-wal").stat().st_size
    return left


def test_commits_that_a_killed_run_left_beside_the_database_count(plain: Path, killed: Path) -> None:
    before = contents(killed)
    report = verify(killed)
    assert not report.findings
    assert report.entries == verify(plain).entries + 3
    assert contents(killed) == before
    (killed / "case.db-shm").unlink()
    assert verify(killed) == report
    theirs = sijill_verifies(killed)
    assert (theirs.root, theirs.whole) == (report.root, True)


def test_a_bit_of_what_was_left_undoes_commits_and_only_a_kept_checkpoint_tells(killed: Path) -> None:
    """SQLite drops what fails its checksum: that is a rollback, whole in itself."""
    whole, log = verify(killed), killed / "case.db-wal"
    log.write_bytes(flipped(log.read_bytes(), 8 * 20_000))
    cut = verify(killed)
    assert not cut.findings
    assert cut.entries < whole.entries
    (found,) = verify(killed, kept=[whole.note]).findings
    assert found.where == f"checkpoint {whole.entries}"
    assert "cut back" in found.what


def test_a_case_that_is_written_to_meanwhile_is_not_judged(plain: Path, tmp_path: Path) -> None:
    case = shutil.copytree(plain, tmp_path / "case")
    meanwhile = pytest.raises(Unreadable, match="written to while it was read")
    with meanwhile, sijill_verify.opened(case), connected(case) as cursor:
        cursor.execute("DELETE FROM origin")


# --- who holds the key ---


def rewritten(entries: list[bytes]) -> list[bytes]:
    """The same history, but somebody else did the last thing, after the time stamp."""
    *before, last = entries
    return [*before, core.canonical({**json.loads(last), "by": "somebody else"})]


def unstamped(bundle: Path) -> list[bytes]:
    """The entries without those of stamps, whose rows are taken away, too."""
    rows = (bundle / "rows.jsonl").read_bytes().splitlines(keepends=True)
    (bundle / "rows.jsonl").write_bytes(b"".join(row for row in rows if json.loads(row)["table"] != "stamp"))
    return [entry for entry in entries_of(bundle) if json.loads(entry)["kind"] != "stamp"]


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    return shutil.copytree(bundle, tmp_path / "copy")


@pytest.fixture
def kept(bundle: Path, tmp_path: Path) -> Callable[[int], Path]:
    """Writes the note at a place in the bundle to a file, as somebody kept it."""

    def keep(place: int) -> Path:
        path = tmp_path / f"note-{place}"
        path.write_text(notes_of(bundle)[place], encoding="utf-8")
        return path

    return keep


@pytest.mark.usefixtures("node")
def test_a_log_continues_every_checkpoint_it_ever_had(bundle: Path) -> None:
    assert by_python(bundle, notes_of(bundle)) == set()


@pytest.mark.usefixtures("node")
def test_who_rewrites_and_signs_is_found_by_a_kept_checkpoint_alone(
    plain: Path, copy: Path, kept: Callable[[int], Path]
) -> None:
    sizes = [size_of(n) for n in notes_of(copy)]
    signed(copy, key_of(plain), rewritten(entries_of(copy)), sizes)
    assert by_python(copy) == by_javascript(copy) == set()
    early, late = kept(0), kept(-1)
    assert main([str(copy), "--since", str(early)]) == 0
    assert main([str(copy), "--since", str(early), "--checkpoint", str(late)]) == 1
    expected = {("checkpoint", f"checkpoint {sizes[-1]}")}
    assert by_python(copy, [early.read_text(), late.read_text()]) == expected
    assert by_javascript(copy, early, late) == expected


@pytest.mark.usefixtures("node")
def test_who_cuts_the_log_back_is_found_by_a_kept_checkpoint_alone(
    copy: Path, kept: Callable[[int], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The last entry is of pages, which are not there any more either: what is left is whole."""
    entries, notes = entries_of(copy), notes_of(copy)
    assert json.loads(entries[-1])["kind"] == "publication"
    write_log(copy, entries[:-1], notes[:-1])
    shutil.rmtree(copy / "record")
    assert by_python(copy) == by_javascript(copy) == set()
    assert by_javascript(copy, kept(-1)) == {("checkpoint", f"checkpoint {len(entries)}")}
    assert main([str(copy), "--since", str(kept(-1))]) == 1
    assert f"checkpoint checkpoint {len(entries)}: the log was cut back" in capsys.readouterr().out


@pytest.mark.usefixtures("node")
def test_who_signs_with_another_key_is_found_by_a_kept_checkpoint_alone(
    copy: Path, kept: Callable[[int], Path], plain: Path
) -> None:
    old, new = key_of(plain), Ed25519PrivateKey.generate()
    origin = notes_of(copy)[0].split("\n")[0]
    before, after = str(Signer(origin, old).verifier), str(Signer(origin, new).verifier)
    config = copy / "case.toml"
    config.write_bytes(config.read_bytes().replace(before.encode(), after.encode()))
    first, *others = unstamped(copy)
    sizes = [size_of(n) for n in notes_of(copy)]
    signed(copy, new, [first.replace(before.encode(), after.encode()), *others], sizes)
    assert by_python(copy) == by_javascript(copy) == set()
    expected = {("checkpoint", "checkpoint kept elsewhere")}
    assert by_python(copy, [kept(-1).read_text()]) == by_javascript(copy, kept(-1)) == expected


def test_a_plain_case_rewritten_and_signed_is_found_too(plain: Path, tmp_path: Path) -> None:
    case, note = shutil.copytree(plain, tmp_path / "case"), verify(plain).note
    with connected(case) as cursor:
        entries = [body for (body,) in cursor.execute("SELECT body FROM log_entry ORDER BY seq").fetchall()]
        entries = rewritten(entries)
        leaves = [sijill_verify.leaf_hash(e) for e in entries]
        signer = Signer(note.split("\n")[0], key_of(plain))
        for seq, (body, leaf) in enumerate(zip(entries, leaves, strict=True)):
            cursor.execute("UPDATE log_entry SET body = ?, leaf = ? WHERE seq = ?", (body, leaf, seq))
        for (size,) in cursor.execute("SELECT size FROM checkpoint").fetchall():
            point = signer.checkpoint(size, root_of(leaves[:size]))
            cursor.execute("UPDATE checkpoint SET root = ?, note = ? WHERE size = ?", (point.root, point.note, size))
    assert sijill_verifies(case).whole
    assert not verify(case).findings
    (found,) = verify(case, kept=[note]).findings
    assert "the log was rewritten" in found.what
    opened = Case.open(case)
    with opened.connect() as connection:
        (theirs,) = check_since(connection, signer.verifier, [note])
    opened.close()
    assert (found.kind, found.where) == (theirs.kind, theirs.where)


def test_a_note_that_came_by_mail_is_read(plain: Path, tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_bytes(verify(plain).note.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    assert main([str(plain), "--since", str(note)]) == 0


@pytest.mark.usefixtures("node")
def test_a_bare_root_that_was_written_down_serves_too(plain: Path, bundle: Path, tmp_path: Path) -> None:
    note = tmp_path / "root"
    for root in (base64.b64decode(n.split("\n")[2]).hex() for n in notes_of(bundle)[::5]):
        note.write_text(f" {root.upper()}\n")
        assert main([str(plain), "--since", str(note)]) == 0
        assert by_javascript(bundle, note) == set()
    note.write_text("0" * 64)
    expected = {("checkpoint", "checkpoint kept elsewhere")}
    assert by_python(plain, ["0" * 64]) == by_javascript(bundle, note) == expected


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize("text", ["", "hello\n", "x\n\n\n\n", "0" * 63, "sijill/1\n2\n\n"])
def test_what_is_neither_note_nor_root_is_misuse(plain: Path, bundle: Path, tmp_path: Path, text: str) -> None:
    note = tmp_path / "note"
    note.write_text(text)
    assert main([str(plain), "--since", str(note)]) == 2
    with pytest.raises(CannotSay, match="neither a note nor a root"):
        by_javascript(bundle, note)


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize("below", ["— a b", "— a b c d", "— a !!!!", "— a aaaa\n\n— b", "– a aaaa"])
def test_a_malformed_note_proves_nothing(bundle: Path, tmp_path: Path, below: str) -> None:
    note = tmp_path / "note"
    note.write_text(f"sijill/1\n2\n\n— x aaaa\n{below}\n", encoding="utf-8")
    expected = {("checkpoint", "checkpoint kept elsewhere")}
    assert by_python(bundle, [note.read_text(encoding="utf-8")]) == by_javascript(bundle, note) == expected


# --- time stamps ---


@pytest.mark.usefixtures("node")
def test_who_rewrites_what_was_stamped_is_found_by_the_stamp(plain: Path, copy: Path) -> None:
    """Nobody needs to have kept anything: the key signs another note, and the reply is over the one before."""
    (stamp,) = stamps_of(copy)
    entries, at = entries_of(copy), stamp["row"]["size"] - 1
    other = core.canonical({**json.loads(entries[at]), "by": "somebody else"})
    signed(copy, key_of(plain), [*entries[:at], other, *entries[at + 1 :]], [size_of(n) for n in notes_of(copy)])
    assert by_python(copy) == by_javascript(copy) == {("stamp", f"stamp {stamp['id'][:16]}")}


def test_a_note_that_is_not_the_stamped_one_is_found_in_a_case(plain: Path, tmp_path: Path) -> None:
    """A line of somebody else's signature does a note no harm, but the authority stamped it without."""
    case = shutil.copytree(plain, tmp_path / "case")
    with connected(case) as cursor:
        ((id_, size),) = cursor.execute("SELECT id, size FROM stamp").fetchall()
        cursor.execute("UPDATE checkpoint SET note = note || ? WHERE size = ?", ("— somebody aaaa\n", size))
    assert by_python(case) == by_sijill(case) == {("stamp", f"stamp {id_[:16]}")}
    with connected(case) as cursor:
        cursor.execute("DELETE FROM checkpoint WHERE size = ?", (size,))
    assert by_python(case) == by_sijill(case) == {("stamp", f"stamp {id_[:16]}")}


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize(
    ("member", "value", "kinds"),
    [
        ("size", 1, {"row", "stamp"}),
        ("size", 10**6, {"row", "stamp"}),
        ("size", True, {"row", "stamp"}),
        ("size", [], {"row", "stamp"}),
        ("authority", "http://other.example/", {"row"}),
        ("authority", None, {"row"}),
        ("reply", "", {"row"}),
        ("reply", "AAAA", {"row"}),
        ("reply", "AAA", {"row", "stamp"}),
        ("reply", 5, {"row", "stamp"}),
        ("more", 5, {"row"}),
    ],
)
def test_a_changed_stamp_is_named(copy: Path, member: str, value: core.Json, kinds: set[str]) -> None:
    (stamp,) = stamps_of(copy)
    rows = [row for row in (copy / "rows.jsonl").read_bytes().splitlines() if json.loads(row)["table"] != "stamp"]
    changed = core.canonical({**stamp, "row": {**stamp["row"], member: value}})
    (copy / "rows.jsonl").write_bytes(b"".join(row + b"\n" for row in [*rows, changed]))
    assert by_python(copy) == by_javascript(copy) == {(kind, f"stamp {stamp['id'][:16]}") for kind in kinds}


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
@pytest.mark.usefixtures("node")
def test_a_stamp_over_any_digest_that_authorities_take_is_over_its_checkpoint(
    tmp_path: Path, algorithm: str, earlier: Path
) -> None:
    """Kept by the store in a case of the earlier schema, which it brings up to its own first."""
    signer = made("Senna Stamp 1 (invented)", by=made("Meravia Time Root (invented)"), stamping=True)
    note, target = verify(earlier).note, tmp_path / "bundle"
    case = Case.open(earlier)
    with case.writer(by=BY, clock=FakeClock()) as writer, writer.transaction() as t:
        t.stamp(size_of(note), "http://tsa.meravia.example/", Forgery(note, signer, imprint=algorithm).encoded())
    case.close()
    assert by_sijill(earlier) == by_python(earlier) == set()
    assert not export(earlier, target).findings
    assert by_javascript(target) == set()
    assert len(stamps_of(target)) == 1


# --- earlier schemas ---


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A small case as the version before time stamps wrote it."""
    case = Case.create(tmp_path / "earlier", name="Senna valley", by=BY, clock=FakeClock())
    with case.writer(by=BY, clock=FakeClock()) as writer, writer.transaction() as t:
        t.gazetteer(case.objects.stage_bytes(b"id,name\n1,Tell Nour\n"), "senna.csv")
    case.close()
    put_back(case.folder)
    return case.folder


@pytest.mark.usefixtures("node")
def test_a_case_of_the_earlier_schema_is_still_checked(earlier: Path, tmp_path: Path) -> None:
    assert by_sijill(earlier) == by_python(earlier) == set()
    assert not export(earlier, tmp_path / "bundle").findings
    assert by_javascript(tmp_path / "bundle") == set()
    with connected(earlier) as cursor:
        cursor.execute("UPDATE gazetteer_file SET size = size + 1")
    assert {kind for kind, _ in by_python(earlier)} == {"row"}


def test_who_puts_the_schema_back_to_hide_the_stamps_is_found(plain: Path, tmp_path: Path) -> None:
    case = shutil.copytree(plain, tmp_path / "case")
    with connected(case) as cursor:
        gone = {
            ("row", f"{table} {id_[:16]}")
            for table in ("stamp", "figure_version", "list_release", "list_row")
            for (id_,) in cursor.execute(f"SELECT id FROM {table}").fetchall()
        }
    put_back(case)
    assert by_python(case) == gone


# --- cases and bundles that cannot be judged ---


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[Case]:
    """A small encrypted case that one passphrase opens."""
    custodian = Custodian(passphrase="an invented passphrase")
    case = Case.create(tmp_path / "encrypted", name="Senna valley", by=BY, clock=FakeClock(), custodians=[custodian])
    with case.writer(by=BY, clock=FakeClock()) as writer, writer.transaction() as t:
        t.gazetteer(case.objects.stage_bytes(b"id,name\n1,Tell Nour\n"), "senna.csv")
        t.publication("working-record", {"index.html": "0" * 64})
    yield case
    case.close()


@pytest.mark.usefixtures("node")
def test_an_encrypted_case_is_not_judged(encrypted: Case, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["--export"]):
        target = [str(encrypted.folder.with_name("bundle"))] if arguments else []
        assert main([*arguments, str(encrypted.folder), *target]) == 2
        said = capsys.readouterr()
        assert (said.out, said.err.count("\n")) == ("", 1)
        assert "encrypted: `sijill bundle CASE FOLDER`" in said.err
    with pytest.raises(CannotSay, match="encrypted"):
        by_javascript(encrypted.folder)


@pytest.mark.parametrize("name", ["database.toml", "objects.toml"])
def test_a_case_with_parts_elsewhere_is_not_judged(copy: Path, name: str) -> None:
    (copy / name).write_text("")
    with pytest.raises(CannotSay, match="lie elsewhere: `sijill bundle CASE FOLDER`"):
        by_python(copy)


@pytest.mark.usefixtures("node")
def test_who_can_open_an_encrypted_case_can_write_its_bundle(encrypted: Case, tmp_path: Path) -> None:
    """Its log says who could open it, and its pages lie where its people put them: a bundle needs neither."""
    bundle = tmp_path / "bundle"
    write_bundle(encrypted, bundle)
    assert [json.loads(e)["kind"] for e in entries_of(bundle)] == ["case", "custody", "gazetteer", "publication"]
    assert by_python(bundle) == by_javascript(bundle) == set()


@pytest.fixture(params=["plain", "sealed"])
def served(request: pytest.FixtureRequest, tmp_path: Path, server: Server) -> Iterator[Case]:
    """A case whose rows lie on a PostgreSQL server."""
    clock, sealed = FakeClock(), request.param == "sealed"
    custodians = [Custodian(passphrase="six words that nobody would guess")] if sealed else []
    case = Case.create(tmp_path / "served", by=BY, clock=clock, custodians=custodians, server=server.address)
    with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        assert add(case, t, "Nine were killed in Tell Nour. \0 \x1a", clock)
    yield case
    case.close()


@pytest.mark.usefixtures("node")
def test_a_case_on_a_server_is_checked_through_its_bundle(
    served: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(served.folder)]) == 2
    assert "`sijill bundle CASE FOLDER`" in capsys.readouterr().err
    with pytest.raises(CannotSay, match=r"server|encrypted"):
        by_javascript(served.folder)
    written = write_bundle(served, tmp_path / "bundle")
    assert by_python(tmp_path / "bundle") == by_javascript(tmp_path / "bundle") == set()
    assert sijill_verify.verify(tmp_path / "bundle").root == written.root


@pytest.mark.usefixtures("node")
def test_a_newer_format_is_not_judged_but_a_changed_number_is(plain: Path, copy: Path) -> None:
    config = copy / "case.toml"
    config.write_bytes(config.read_bytes().replace(b"format = 1", b"format = 3"))
    assert by_python(copy) == by_javascript(copy) == {("case", "case.toml")}
    first, *others = entries_of(copy)
    first = first.replace(b'"format":1', b'"format":3')
    signed(copy, key_of(plain), [first, *others], [size_of(n) for n in notes_of(copy)])
    with pytest.raises(CannotSay, match="of format 3; this verifier knows 1"):
        by_python(copy)
    with pytest.raises(CannotSay, match="of format 3; this verifier knows 1"):
        by_javascript(copy)


@pytest.mark.usefixtures("node")
def test_an_entry_of_a_kind_that_came_later_is_named(plain: Path, copy: Path) -> None:
    entries = entries_of(copy)
    entries.append(core.canonical({"at": "", "body": {}, "by": "", "kind": "seance", "program": ""}))
    signed(copy, key_of(plain), entries, [*map(size_of, notes_of(copy)), len(entries)])
    expected = {("entry", f"log entry {len(entries) - 1}")}
    assert by_python(copy) == by_javascript(copy) == expected


@pytest.mark.usefixtures("node")
def test_a_case_that_was_emptied_is_not_whole(plain: Path, copy: Path, tmp_path: Path) -> None:
    """Nothing is a beginning of every log, and needs no signature."""
    case = shutil.copytree(plain, tmp_path / "case")
    with connected(case) as cursor:
        for table in schema.metadata.sorted_tables:
            cursor.execute(f"DELETE FROM {table.name}")
    write_log(copy, [], [])
    (copy / "rows.jsonl").write_bytes(b"")
    assert by_python(case) == by_python(copy) == by_javascript(copy) == {("entry", "log entry 0")}


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize("other", [b'{"at":"",', b'{ "at":"",'], ids=["a name twice", "a space"])
def test_an_entry_that_two_programs_could_read_in_two_ways_is_named(plain: Path, copy: Path, other: bytes) -> None:
    *entries, last = entries_of(copy)
    twice = last.replace(b'{"at":', other + b'"at":' if other.endswith(b",") else other, 1)
    signed(copy, key_of(plain), [*entries, twice], [size_of(n) for n in notes_of(copy)])
    assert by_python(copy) == by_javascript(copy) == {("entry", f"log entry {len(entries)}")}


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("log_entry", "leaf", 5),
        ("log_entry", "body", "{}"),
        ("checkpoint", "root", 5),
        ("checkpoint", "note", 5),
        ("claim", "body", b"\xff"),
        ("reading", "text", b"\xff"),
        ("judgement", "body", 5),
        ("extraction_claim", "claim", b"x"),
        ("built", "digest", 5),
        ("origin", "body", b"x"),
        ("alembic_version", "version_num", b"x"),
        ("stamp", "id", 5),
        ("stamp", "size", 10**6),
        ("stamp", "size", "x"),
        ("stamp", "authority", b"\xff"),
        ("stamp", "reply", 5),
        ("stamp", "reply", "x"),
        ("stamp", "entry", 0),
    ],
)
def test_a_value_of_another_type_is_named_as_sijill_names_it(
    plain: Path, tmp_path: Path, table: str, column: str, value: object
) -> None:
    case = shutil.copytree(plain, tmp_path / "case")
    with connected(case) as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = (SELECT max(rowid) FROM {table})", (value,))
    assert by_python(case) == by_sijill(case) != set()


def test_a_database_of_something_else_is_no_crash(plain: Path, tmp_path: Path) -> None:
    case = shutil.copytree(plain, tmp_path / "case")
    with connected(case) as cursor:
        cursor.execute("ALTER TABLE log_entry RENAME TO before")
        cursor.execute("CREATE TABLE log_entry (seq TEXT, leaf TEXT, body TEXT)")
        cursor.execute("INSERT INTO log_entry VALUES ('first', 'x', '[]')")
    assert ("case", "case.db") in by_python(case)


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize(
    "line",
    [
        b"5",
        b"[]",
        b'{"id":[],"row":{},"table":"claim"}',
        b'{"id":"a","row":5,"table":"claim"}',
        b'{"id":"a","row":{},"table":[]}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_row_is_named(copy: Path, line: bytes) -> None:
    rows = copy / "rows.jsonl"
    rows.write_bytes(rows.read_bytes() + line + b"\n")
    (found,) = by_python(copy)
    assert by_javascript(copy) == {found}
    assert found[0] == "row"


@pytest.mark.usefixtures("node")
def test_a_manifest_cannot_make_them_look_elsewhere(plain: Path, copy: Path, tmp_path: Path) -> None:
    """Whoever signs a bundle may be hostile: pages stand in `record/`, and nothing is copied from or to elsewhere."""
    (tmp_path / "elsewhere").write_text("")
    files = {"../../elsewhere": sijill_verify.digest("")}
    (copy / "record" / "manifest.json").write_bytes(core.canonical(files))
    *entries, last = entries_of(copy)
    entry = json.loads(last)
    entry["body"] |= {"files": 1, "digest": core.digest(files)}
    signed(copy, key_of(plain), [*entries, core.canonical(entry)], [size_of(n) for n in notes_of(copy)])
    assert by_python(copy) == by_javascript(copy) == {("derived", "record/manifest.json")}


@pytest.mark.parametrize("bit", [28 * 8 + 3, 40 * 8 + 1, 60 * 8])
def test_a_changed_signing_key_is_found_and_a_missing_one_is_none(plain: Path, tmp_path: Path, bit: int) -> None:
    """Who keeps the key elsewhere has a whole case."""
    case = shutil.copytree(plain, tmp_path / "case")
    key = case / "keys" / "signing.pem"
    key.write_bytes(flipped(key.read_bytes(), bit))
    assert by_python(case) == {("case", "keys/signing.pem")}
    key.unlink()
    assert by_python(case) == set()


def test_a_folder_that_is_neither_case_nor_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "neither a case nor a bundle" in capsys.readouterr().err


def test_a_case_without_its_database(plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(plain / "case.toml", tmp_path)
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == "case case.db: missing\n"


def test_a_note_that_is_not_there(plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(plain), "--since", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith("error: ")


# --- what it prints ---


def test_for_programs_it_prints_one_object(plain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(plain), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    theirs = sijill_verifies(plain)
    assert said.pop("note").startswith("sijill/")
    assert said == {
        "whole": True,
        "findings": [],
        "objects": theirs.objects,
        "rows": theirs.rows,
        "entries": theirs.entries,
        "checkpoints": theirs.checkpoints,
        "root": theirs.root,
    }


def test_what_it_prints_fits_any_terminal(copy: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (copy / "record" / "\x1b[2Jصفحة.html").write_text("")
    assert main([str(copy)]) == 1
    out = capsysbinary.readouterr().out
    assert out.startswith(b"derived record/\\x1b[2J\\u0635")
    assert all(32 <= byte < 127 or byte == 10 for byte in out)


def test_the_note_to_keep_elsewhere(plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(plain), "--note"]) == 0
    note = tmp_path / "note"
    note.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main([str(plain), "--since", str(note)]) == 0


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--export", "a"], ["--export", "a", "b", "--since", "c"]])
def test_misuse(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage" in capsys.readouterr().err


# --- bundles are made ---


def test_the_same_case_gives_the_same_bundle(plain: Path, bundle: Path, tmp_path: Path) -> None:
    assert main(["--export", str(plain), str(tmp_path / "again")]) == 0
    assert contents(tmp_path / "again") == contents(bundle)
    assert (tmp_path / "again").stat().st_mode & 0o077 == 0
    assert [p.name for p in tmp_path.iterdir()] == ["again"]


def test_a_case_that_is_not_whole_gives_none(plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = shutil.copytree(plain, tmp_path / "case")
    with connected(case) as cursor:
        cursor.execute("UPDATE document SET size = size + 1 WHERE rowid = 1")
    assert main(["--export", str(case), str(tmp_path / "bundle")]) == 1
    assert "its size changed" in capsys.readouterr().out
    assert [p.name for p in tmp_path.iterdir()] == ["case"]


def test_a_bundle_replaces_nothing(plain: Path, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for target in (tmp_path, tmp_path / "file"):
        with pytest.raises(Unreadable, match="is there already"):
            export(plain, target)
    with pytest.raises(Unreadable, match="is no case with a database"):
        export(bundle, tmp_path / "new")
