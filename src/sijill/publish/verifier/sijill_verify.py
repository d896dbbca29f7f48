# long: one file on purpose, to be copied to any machine and read there from top to bottom
"""Check a Sijill case, or an evidence bundle made from one, without Sijill and without a network.

    python sijill_verify.py CASE                       is everything as the signed log says?
    python sijill_verify.py CASE --since NOTE          and does the log continue a checkpoint that was kept elsewhere?
    python sijill_verify.py --export CASE FOLDER       write a bundle: plain files that any program can check

It needs Python 3.11 or newer and the package `cryptography`, nothing else. It may be copied anywhere, and writes
nothing into what it checks. It prints what is wrong as `kind where: what`; exit code 0 if all is whole, 1 if not, 2 if
that cannot be said. The formats are described, byte by byte, in docs/reference/evidence-format.md; that page also says
how OpenSSL checks the time stamps, of which it is only looked at here whether they are over the log's checkpoints.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import math
import re
import shutil
import sqlite3
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

try:
    from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
except ImportError:  # Exit code 1, which Python would give, means that something is wrong with the case.
    sys.stderr.write("error: this needs the Python package `cryptography`\n")
    raise SystemExit(2) from None

FORMAT = 1
CONFIG, DATABASE, OBJECTS, SIGNING_KEY, VAULT = "case.toml", "case.db", "objects", "keys/signing.pem", "vault.json"
ELSEWHERE_TOLD = ("database.toml", "objects.toml")  # Rows on a server, preserved files in a bucket.
RECORD, MANIFEST, WORKING_RECORD = "record", "manifest.json", "working-record"
LOG_LINES, NOTES, ROWS = "log.jsonl", "checkpoints.txt", "rows.jsonl"
COMMENT = "# A Sijill case. Do not edit: the log's first entry vouches for these lines."
CONFIG_FIELDS = ("format", "id", "name", "created", "verifier")
LONGEST_LINE = 256_000_000
MAX_SAFE_INTEGER = 2**53 - 1
ROOT = re.compile("[0-9a-fA-F]{64}")
ELSEWHERE = "checkpoint kept elsewhere"

# What each kind of entry vouches for: the field that holds an id, or a list of them, and the table that has the row.
VOUCHES: Mapping[str, Mapping[str, str]] = {
    "case": {},
    "document": {"document": "document", "reading": "reading", "sighting": "sighting"},
    "sighting": {"sighting": "sighting"},
    "reading": {"reading": "reading"},
    "extraction": {"extraction": "extraction", "claims": "claim"},
    "judgement": {"judgement": "judgement"},
    "suggestions": {"judgements": "judgement"},
    "gazetteer": {"file": "gazetteer_file"},
    "publication": {},
    "custody": {},
    "healed": {},
    "stamp": {"stamp": "stamp"},
    "figures": {"versions": "figure_version"},
    "list": {"release": "list_release", "rows": "list_row"},
}
# The columns of each table, `id` apart; those that hold canonical JSON as text.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "document": ("size", "entry"),
    "reading": ("document", "reader", "media_type", "text", "metadata", "notes", "entry"),
    "sighting": ("document", "label", "name", "at", "by", "container", "line", "stated", "entry"),
    "extraction": ("document", "reading", "extractor", "settings", "entry"),
    "claim": ("document", "harm", "start", "end", "body"),
    "judgement": ("position", "matter", "subject", "second_subject", "body", "entry"),
    "gazetteer_file": ("name", "size", "entry"),
    "stamp": ("size", "authority", "reply", "entry"),
    "figure_version": ("incident", "body", "entry"),
    "list_release": ("list", "file", "body", "entry"),
    "list_row": ("release", "line", "body", "entry"),
}
# Tables that a database of an earlier schema does not have.
LATER = ("stamp", "figure_version", "list_release", "list_row", "mention", "repetition")
JSON_COLUMNS = ("metadata", "notes", "stated", "settings", "body")
DERIVED: Mapping[str, tuple[str, ...]] = {
    "mention": ("document", "position", "body"),
    "repetition": ("later", "earlier", "position", "body"),
    "origin": ("claim", "position", "voice", "body"),
    "incident": ("id", "position", "body"),
    "incident_record": ("rules", "incident", "position", "body"),
}
# The members of a record that columns repeat.
REPEATED: Mapping[str, tuple[str, ...]] = {
    "figure_version": ("incident",),
    "list_release": ("list", "file"),
    "list_row": ("release", "line"),
}
# The digest of the database's own schema, by its revision: no table, index, view or trigger may be added or missing.
SCHEMAS: Mapping[str, str] = {
    "0001": "a10589e698e9ca83ebb7c1c03fb93ba5bc8e03e623257c3b1b8d4811110633c1",
    "0002": "3eefd4441cf4f2f8562b85698822963acaf63f4c06f49ab3563f29ae4e5d0a62",
    "0003": "b08ead9b51ccc50e51a3c424278edb494359a0f91336651a8854a907653130bf",
    "0004": "9cf49060ae88f1e407609a50b1bd43adeee0fefba36a3e4d21806e43b92137c4",
    "0005": "551d1b5a1c23f4b89aeb61b364bbce7df43bd3f44cbd05b4fd26f10f4187a416",
}
STAMPED = ("sha256", "sha384", "sha512")  # The digests of a checkpoint that an authority may have stamped.

# What a changed byte can make of data: not JSON, not of the type, not even Unicode.
MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)
REBUILD = "`sijill build CASE` makes it anew"


class Unreadable(Exception):
    """What was asked cannot be answered; the message says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: its kind, where, what.

    Kinds are `object`, `row`, `entry`, `checkpoint`, `stamp`, `case`, `derived`.
    """

    kind: str
    where: str
    what: str


@dataclass(slots=True)
class Report:
    """What is wrong, how much was looked at, the log's root, and the note that signs all of it."""

    findings: list[Finding] = field(default_factory=list)
    objects: int = 0
    rows: int = 0
    entries: int = 0
    checkpoints: int = 0
    root: str = ""
    note: str = ""

    def add(self, kind: str, where: str, what: str) -> None:
        """Note something wrong."""
        self.findings.append(Finding(kind, _printable(where), _printable(what)))


def _printable(text: str) -> str:
    """Text for any terminal: a changed id may hold anything, also half a character or a control sequence."""
    return "".join(c if c.isascii() and c.isprintable() else ascii(c)[1:-1] for c in text)


# --- canonical JSON (RFC 8785) and digests ----------------------------------------------------------------------------


def canonical(value: Any) -> bytes:
    """The bytes of a value that RFC 8785 allows; raises one of MALFORMED where there are none."""
    return _written(value).encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


_quoted = json.JSONEncoder(ensure_ascii=False).encode  # Made once: `json.dumps` makes one each call.


def _written(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, dict):
        # By UTF-16 code units, which differs from code points above U+FFFF.
        ascii_only = "".join(value).isascii()
        names = sorted(value) if ascii_only else sorted(value, key=lambda name: str.encode(name, "utf-16-be"))
        return "{" + ",".join([f"{_quoted(name)}:{_written(value[name])}" for name in names]) + "}"
    if isinstance(value, list):
        return "[" + ",".join([_written(item) for item in value]) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        if abs(value) > MAX_SAFE_INTEGER:
            raise ValueError("an integer beyond 2^53 - 1")
        return str(value)
    if isinstance(value, float):
        return _number(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _number(x: float) -> str:
    """A double as ECMAScript writes it (ECMA-262, Number::toString), from Python's shortest digits."""
    if not math.isfinite(x):
        raise ValueError("no finite number")
    parts = Decimal(repr(abs(x))).as_tuple()
    digits, exponent = "".join(map(str, parts.digits)), int(parts.exponent)
    point, digits = len(digits) + exponent, digits.rstrip("0")
    if not digits:
        return "0"
    sign = "-" if x < 0 else ""
    if len(digits) <= point <= 21:
        return sign + digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{point - 1:+d}"


# --- the tree (RFC 9162, section 2.1) and its signed notes (C2SP signed-note, tlog-checkpoint) ------------------------


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry's bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()


class Tree:
    """The roots of the complete subtrees over the leaves so far: enough to append and to know the root."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash at the right end."""
        size, self.size = self.size, self.size + 1
        while size & 1:
            leaf, size = hashlib.sha256(b"\x01" + self._peaks.pop() + leaf).digest(), size >> 1
        self._peaks.append(leaf)

    def root(self) -> bytes:
        """The tree's hash."""
        if not self._peaks:
            return hashlib.sha256().digest()
        root = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            root = hashlib.sha256(b"\x01" + peak + root).digest()
        return root


@dataclass(frozen=True, slots=True)
class Key:
    """A key that checks notes, from its text form `<name>+<key id>+<base64 of 0x01 and the Ed25519 public key>`."""

    name: str
    id: bytes
    key: Ed25519PublicKey

    @classmethod
    def parse(cls, text: str, name: str) -> Key:
        """Read the text form; raises ValueError unless it is well-formed and of that name."""
        raw = _base64(text.split("+", 2)[2])
        if len(raw) != 33 or raw[0] != 1 or text != key_text(name, raw[1:]):
            raise ValueError("no Ed25519 key of that name")
        return cls(name, key_id(name, raw), Ed25519PublicKey.from_public_bytes(raw[1:]))

    def checkpoint(self, note: str) -> tuple[int, bytes]:
        """Size and root that a note signs; raises ValueError where it is malformed, of another log, or not signed."""
        text, _, below = note.rpartition("\n\n")
        if not text or not below.endswith("\n"):
            raise ValueError("the note has no signatures")
        text += "\n"
        signed = False
        for line in below[:-1].split("\n"):
            dash, name, encoded = line.split(" ")
            raw = _base64(encoded)
            if dash != "—":
                raise ValueError("a signature line is malformed")
            if name == self.name and raw[:4] == self.id:
                try:
                    self.key.verify(raw[4:], text.encode())
                except InvalidSignature:
                    raise ValueError("the signature does not hold") from None
                signed = True
        origin, size, root = text.split("\n")[:3]
        if not signed or origin != self.name or text.count("\n") < 3:
            raise ValueError("the note is no checkpoint that the case's key signed")
        if not re.fullmatch("0|[1-9][0-9]{0,15}", size):
            raise ValueError("the checkpoint's size is not a number")
        return int(size), _base64(root)


def key_id(name: str, key: bytes) -> bytes:
    """The first bytes of a digest over a key's name and the key, 0x01 before it."""
    return hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]


def key_text(name: str, public: bytes) -> str:
    """A key in its text form."""
    key = b"\x01" + public
    return f"{name}+{key_id(name, key).hex()}+{base64.b64encode(key).decode()}"


def _base64(text: str) -> bytes:
    """What canonical base64 holds; decoding alone forgives changed bits at the end."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not canonical base64")
    return raw


def stated_size(note: object) -> int:
    """The size that a note states, signed or not, or -1."""
    lines = note.split("\n") if isinstance(note, str) else []
    return int(lines[1]) if len(lines) > 1 and re.fullmatch("[0-9]{1,16}", lines[1]) else -1


# --- the log ----------------------------------------------------------------------------------------------------------

Entry = tuple[int, Any, Any]  # number, leaf hash as stored (None in a bundle, which has none), bytes
Point = tuple[Any, Any, Any]  # size and root as stored (None in a bundle), note


@dataclass(slots=True)
class Log:
    """What the entries say must be there: ids by table with the entry's number, sizes, names' digests, bodies."""

    ids: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    sizes: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    extractions: dict[str, dict[str, Any]] = field(default_factory=dict)
    publications: dict[str, dict[str, Any]] = field(default_factory=dict)
    stamps: dict[str, dict[str, Any]] = field(default_factory=dict)
    case: dict[str, Any] = field(default_factory=dict)
    vault: str = ""

    def read(self, seq: int, entry: dict[str, Any]) -> None:
        """Take up what an entry vouches for; raises one of MALFORMED."""
        kind, body = entry["kind"], entry["body"]
        for name, table in VOUCHES[kind].items():
            for id_ in [body[name]] if isinstance(body[name], str) else body[name]:
                self.ids[table].setdefault(id_, seq)
        if kind == "case" and seq == 0:
            self.case = dict(body)
        elif kind == "document":
            self.sizes[body["document"]] = body["size"]
        elif kind == "gazetteer":
            self.sizes[body["file"]], self.names[body["file"]] = body["size"], body["name"]
        elif kind == "list":
            self.sizes[body["file"]] = body["size"]
        elif kind == "extraction":
            self.extractions[body["extraction"]] = body
        elif kind == "custody":
            self.vault = str(body["vault"])
        elif kind == "publication":
            self.publications[body["form"]] = body
        elif kind == "stamp":
            self.stamps[body["stamp"]] = body


def check_log(
    entries: Iterable[Entry], points: Sequence[Point], config: Mapping[str, Any], kept: Sequence[str], report: Report
) -> Log:
    """Read every entry; compare the tree with every checkpoint, and with those that were kept elsewhere.

    The tree is made twice, of the entries' bytes and of the leaf hashes stored beside them: where they differ, the
    signed roots tell which of the two was changed. `config` is what `case.toml` says: its key serves where the first
    entry has none.
    """
    log, computed, stored, expected = Log(), Tree(), Tree(), 0
    sizes = {n for size, _, note in points for n in (size, stated_size(note))} | {stated_size(note) for note in kept}
    every = any(map(ROOT.fullmatch, kept))  # Of a bare root, the size is not known.
    roots = {0: (computed.root(), stored.root())}
    for seq, leaf, body in entries:
        if seq != expected:
            further = f", and all up to {seq - 1}" if seq > expected + 1 else ""
            report.add("entry", f"log entry {expected}", f"missing{further}")
        made = leaf_hash(body) if isinstance(body, bytes) else b""
        leaf = made if leaf is None else leaf
        if made != leaf:
            report.add("entry", f"log entry {seq}", "its bytes are not those of its leaf hash")
        try:
            entry = json.loads(body)
            log.read(seq, entry)
            if canonical(entry) != body:
                raise ValueError("two programs could read it in two ways")
        except MALFORMED as err:
            what = f"not canonical JSON, or of a kind not known here: {type(err).__name__}"
            report.add("entry", f"log entry {seq}", what)
        if seq == computed.size:  # After a gap there is no tree that could be compared.
            computed.append(made)
            stored.append(leaf if isinstance(leaf, bytes) else b"")
            if every or computed.size in sizes:
                roots[computed.size] = (computed.root(), stored.root())
        expected = seq + 1
        report.entries += 1
    report.root = computed.root().hex()
    if not log.case:  # Or who can write to the folder could empty it: nothing is a beginning of every log.
        report.add("entry", "log entry 0", "missing, or it does not say what the case is")
    key = _key(log.case, "case") or _key(config, "id")
    if key is None:
        report.add("entry", "log entry 0", "the case's key is unusable, so no checkpoint can be checked")
    else:
        _check_points(points, key, roots, expected, report)
        _check_kept(kept, key, roots, computed.size, report)
    return log


def _key(case: Mapping[str, Any], id_: str) -> Key | None:
    try:
        return Key.parse(case["verifier"], f"sijill/{case[id_]}")
    except MALFORMED:
        return None


def _check_points(
    points: Sequence[Point], key: Key, roots: Mapping[int, tuple[bytes, bytes]], entries: int, report: Report
) -> None:
    largest, led = 0, True
    for size, root, note in points:
        report.checkpoints += 1
        try:
            signed, signed_root = key.checkpoint(note)
        except MALFORMED as err:
            where = stated_size(note) if size is None else size
            report.add("checkpoint", f"checkpoint {where}", f"does not verify: {err}")
            continue
        if size is not None and (signed, signed_root) != (size, root):
            report.add("checkpoint", f"checkpoint {signed}", "its row is about another size or root than its note")
        if signed >= largest:
            largest, report.note = signed, note
        # Once the entries lead elsewhere, they do so at every later checkpoint: said once.
        if led and signed in roots and signed_root not in roots[signed]:
            led = False
            report.add("checkpoint", f"checkpoint {signed}", "the log's entries do not lead to the root it signs")
    if largest > entries:
        report.add("entry", f"log entry {entries}", f"missing: a checkpoint signs {largest} entries")
    elif largest < entries:
        report.add("checkpoint", f"checkpoint {entries}", "missing: the log's last entries are not signed")


def _check_kept(
    kept: Sequence[str], key: Key, roots: Mapping[int, tuple[bytes, bytes]], entries: int, report: Report
) -> None:
    """Checkpoints that were kept elsewhere: even who holds the signing key cannot make another log lead to them."""
    points = []
    for text in kept:
        if ROOT.fullmatch(text):
            if not any(computed.hex() == text.lower() for computed, _ in roots.values()):
                report.add("checkpoint", ELSEWHERE, f"no beginning of the log has the root {text}")
            continue
        try:
            points.append(key.checkpoint(text))
        except MALFORMED as err:
            report.add("checkpoint", ELSEWHERE, f"this case's key did not sign it: {err}")
    rewritten = False
    for size, root in sorted(points):
        if size > entries:
            report.add("checkpoint", f"checkpoint {size}", f"the log was cut back: {entries} entries are left")
        elif roots[size][0] != root and not rewritten:  # From the first that differs on, all do: said once.
            rewritten = True
            report.add("checkpoint", f"checkpoint {size}", "the log was rewritten: its entries were others then")


def kept_text(text: str) -> str:
    """A note or bare root without what mail and editors add to it; raises Unreadable for what is neither."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").strip()
    if ROOT.fullmatch(text):
        return text
    if "\n\n— " not in text:
        raise Unreadable("what was kept is neither a checkpoint's signed note nor a root of 64 hexadecimal digits")
    return text + "\n"


# --- rows -------------------------------------------------------------------------------------------------------------

Row = tuple[str, Any, Any, str | None]  # table, id, record, what is wrong with how it is stored


def check_rows(rows: Iterable[Row], points: Sequence[Point], log: Log, report: Report) -> None:
    """Every row must be vouched for by an entry and be what its id says; every id that an entry names must be there."""
    notes = {stated_size(note) if size is None else size: note for size, _, note in points}
    left = {table: dict(log.ids[table]) for table in COLUMNS}
    for table, id_, record, problem in rows:
        report.rows += 1
        where = f"{table} {str(id_)[:16]}"
        if table == "stamp" and (stray := _stray(id_, record, notes)):
            report.add("stamp", where, stray)
        if id_ not in left[table]:
            report.add("row", where, "no entry of the log vouches for it, or it is there twice")
            continue
        del left[table][id_]
        try:
            wrong = problem or _wrong(table, id_, record, log)
        except MALFORMED as err:
            wrong = f"unreadable: {type(err).__name__}"
        if wrong:
            report.add("row", where, wrong)
    for table, ids in left.items():
        for id_, seq in ids.items():
            report.add("row", f"{table} {str(id_)[:16]}", f"missing, though log entry {seq} vouches for it")


def _wrong(table: str, id_: str, record: dict[str, Any], log: Log) -> str | None:
    """What is wrong with a record: of most, the id is the digest of all of it."""
    if table == "document":
        return None if canonical(record) == canonical({"size": log.sizes[id_]}) else "its size changed"
    if table == "gazetteer_file":
        found = record | {"name": digest(record["name"])}
        expected = {"size": log.sizes[id_], "name": log.names[id_]}
        return None if canonical(found) == canonical(expected) else "its name or size changed"
    if table == "stamp":
        reply, authority = _base64(record["reply"]), digest(record["authority"])
        found = _without(record, "reply") | {"stamp": hashlib.sha256(reply).hexdigest(), "authority": authority}
        same = found["stamp"] == id_ and canonical(found) == canonical(log.stamps[id_])
        return None if same else "its reply, size or authority changed"
    if table == "extraction" and canonical(record) != canonical(_without(log.extractions[id_], "extraction")):
        return "it is not what the log's entry says"
    if table == "list_release" and record["file"] not in log.sizes:
        return "its file is not the one that the log's entry names"
    return None if digest(record) == id_ else "its content changed"


def _stray(id_: str, record: Any, notes: Mapping[Any, Any]) -> str | None:
    """Whether a stamp is over no checkpoint of the log: the note of its size must be there, its digest in the reply.

    The digest is looked for, and the reply not taken apart: whether an authority signed it is for OpenSSL to say.
    """
    try:
        reply, note = _base64(record["reply"]), notes.get(record["size"])
        if note is None or isinstance(record["size"], bool):
            return "the checkpoint that it is over is missing"
        if hashlib.sha256(reply).hexdigest() != id_:
            return None  # A changed row, which is named as such.
        stamped = any(hashlib.new(name, note.encode()).digest() in reply for name in STAMPED)
    except MALFORMED as err:
        return f"unreadable: {type(err).__name__}"
    return None if stamped else "it is over something other than this checkpoint"


def _without(mapping: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name not in names}


# --- the database of a plain case -------------------------------------------------------------------------------------


@contextmanager
def opened(case: Path) -> Iterator[sqlite3.Connection]:
    """The case's database, to read; raises Unreadable where somebody writes to it meanwhile.

    SQLite makes files beside a database in WAL mode even when it only reads. So the file is opened as one that nobody
    changes, which leaves the folder as it is; where a killed run left a log or journal that SQLite must take in first,
    a copy of all of them is opened.
    """
    database = case / DATABASE
    beside = [p for p in (database.with_name(DATABASE + end) for end in ("-wal", "-journal")) if _stamp(p)]
    before = [_stamp(p) for p in (database, *beside)]
    with tempfile.TemporaryDirectory(prefix="sijill-verify-") as scratch:
        if beside:
            for path in (database, *beside):
                shutil.copyfile(path, Path(scratch) / path.name)
            uri = (Path(scratch) / DATABASE).as_uri()
        else:
            uri = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            # Text that is no UTF-8 comes through, so that the row can be named.
            connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA query_only = ON")
            try:
                yield connection
            finally:
                if before != [_stamp(p) for p in (database, *beside)]:
                    raise Unreadable("the case was written to while it was read; run this again")


def _stamp(path: Path) -> tuple[int, int] | None:
    found = path.stat() if path.exists() else None
    return (found.st_size, found.st_mtime_ns) if found and found.st_size else None


def check_database(case: Path, config: Mapping[str, Any], kept: Sequence[str], report: Report) -> Log:
    """Everything in a plain case's database."""
    log = Log()
    try:
        with opened(case) as connection:
            _check_schema(connection, report)
            entries = connection.execute("SELECT seq, leaf, body FROM log_entry ORDER BY seq")
            points = connection.execute("SELECT size, root, note FROM checkpoint ORDER BY size").fetchall()
            log = check_log(entries, points, config, kept, report)
            check_rows(stored_rows(connection, log), points, log, report)
            _check_listed_claims(connection, log, report)
            _check_derived(connection, report)
    except (sqlite3.Error, *MALFORMED) as err:
        report.add("case", DATABASE, f"the database is malformed: {err}")
    return log


def _check_schema(connection: sqlite3.Connection, report: Report) -> None:
    for (line,) in connection.execute("PRAGMA integrity_check(20)"):
        if line != "ok":
            report.add("case", DATABASE, f"SQLite's own check: {line}")
    revisions = [str(r) for (r,) in connection.execute("SELECT version_num FROM alembic_version")]
    try:
        made = {
            name: [kind, table, _as_worded(sql)]
            for name, kind, table, sql in connection.execute("SELECT name, type, tbl_name, sql FROM sqlite_schema")
        }
        known = len(revisions) == 1 and digest(made) == SCHEMAS.get(revisions[0])
    except MALFORMED:
        known = False
    if not known:
        report.add("case", DATABASE, f"its tables are not those of a schema known here ({', '.join(SCHEMAS)})")


def _as_worded(sql: str | None) -> str | None:
    """A definition without quotes, capitals and needless white space, which are the writing library's."""
    return None if sql is None else re.sub(r" ?([(),]) ?", r"\1", " ".join(sql.replace('"', "").split())).lower()


def stored_rows(connection: sqlite3.Connection, log: Log) -> Iterator[Row]:
    """Each row of the source and judgement layers, rebuilt into its record."""
    order = [id_ for id_, _ in sorted(log.ids["judgement"].items(), key=lambda item: item[1])]
    positions = {id_: i for i, id_ in enumerate(order)}
    for table, columns in COLUMNS.items():
        if table in LATER and not connection.execute(f"PRAGMA table_info({table})").fetchall():
            continue
        names = ", ".join(f'"{name}"' for name in ("id", *columns))
        for id_, *values in connection.execute(f"SELECT {names} FROM {table} ORDER BY rowid"):  # noqa: S608 - our own names.
            row = dict(zip(columns, values, strict=True))
            try:
                record, problem = _record(table, id_, row, log)
            except MALFORMED as err:
                record, problem = None, f"unreadable: {type(err).__name__}"
            if not problem and row.get("entry", log.ids[table].get(id_)) != log.ids[table].get(id_):
                problem = f"it names log entry {row['entry']}, its entry is {log.ids[table].get(id_)}"
            if not problem and table == "judgement" and row["position"] != positions.get(id_):
                problem = f"it stands at position {row['position']}, the log has it at {positions.get(id_)}"
            yield table, id_, record, problem


def _record(table: str, id_: str, row: dict[str, Any], log: Log) -> tuple[Any, str | None]:
    """The record that a row holds, and whether its columns repeat it truly."""
    held = {name: json.loads(row[name]) for name in JSON_COLUMNS if name in row}
    if any(canonical(value) != row[name].encode() for name, value in held.items()):
        return None, "its JSON is not written as it was"
    record = _without(row | held, "entry")
    if table == "stamp":
        record["reply"] = base64.b64encode(row["reply"]).decode()
    if table == "extraction" and id_ in log.extractions:
        # The list of claims is a table of its own, see below; the run stands in the log alone.
        record |= {name: log.extractions[id_][name] for name in ("claims", "run")}
    if "body" not in record:
        return record, None
    body = record["body"]
    if table == "claim":
        at = body["count"] or body["quote"]
        repeated = {name: body[name] for name in ("document", "harm")} | {name: at[name] for name in ("start", "end")}
    elif table in REPEATED:
        repeated = {name: body[name] for name in REPEATED[table]}
    else:
        repeated = dict(zip(("subject", "second_subject"), [*body["subjects"], None], strict=False))
        repeated["matter"] = body["matter"]
    same = canonical(repeated) == canonical(_without(record, "body", "position"))
    return body, None if same else "its columns are not what its body says"


def _check_listed_claims(connection: sqlite3.Connection, log: Log, report: Report) -> None:
    """Which claims belong to which extraction, and in which order, as the log has them."""
    found: dict[tuple[Any, Any], Any] = {}
    for extraction, position, claim in connection.execute("SELECT extraction, position, claim FROM extraction_claim"):
        found[extraction, position] = claim
        report.rows += 1
    expected = {(id_, i): claim for id_, body in log.extractions.items() for i, claim in enumerate(body["claims"])}
    for id_, position in sorted(found.keys() | expected.keys(), key=str):
        if found.get((id_, position)) != expected.get((id_, position)):
            where = f"extraction_claim {str(id_)[:16]} {position}"
            report.add("row", where, "the claim listed there is not the one that the log vouches for")


def _check_derived(connection: sqlite3.Connection, report: Report) -> None:
    """Derived tables against the digests noted when they were built; the log does not vouch for them."""
    marks = {name: rest for name, *rest in connection.execute("SELECT name, size, digest FROM built")}
    for name in sorted(DERIVED.keys() | marks.keys(), key=str):
        columns = DERIVED.get(name, ())
        if name in LATER and not connection.execute(f"PRAGMA table_info({name})").fetchall():
            columns = ()
        query = f"SELECT {', '.join(columns)} FROM {name}"  # noqa: S608 - our own names, else nothing is run.
        rows = [dict(zip(columns, row, strict=True)) for row in connection.execute(query)] if columns else []
        size, mark = marks.get(name, (None, None))
        try:
            same = bool(columns) and mark == digest({"size": size, "rows": sorted(rows, key=canonical)})
        except MALFORMED:
            same = False
        if not same and (rows or name in marks):
            report.add("derived", f"table {name}", f"changed since it was built, or not marked as built; {REBUILD}")


# --- a bundle ---------------------------------------------------------------------------------------------------------


def check_bundle(folder: Path, config: Mapping[str, Any], kept: Sequence[str], report: Report) -> Log:
    """Everything in a bundle's files of lines."""
    entries = ((seq, None, line) for seq, line in enumerate(_lines(folder / LOG_LINES, report)))
    points = [(None, None, note) for note in _notes(folder / NOTES, report)]
    log = check_log(entries, points, config, kept, report)
    check_rows(_bundled_rows(folder / ROWS, report), points, log, report)
    return log


def _lines(path: Path, report: Report) -> Iterator[bytes]:
    if not path.is_file():
        report.add("case", path.name, "missing")
        return
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            if not line.endswith(b"\n"):
                report.add("case", path.name, f"a line has no end, or more than {LONGEST_LINE} bytes")
                return
            yield line[:-1]


def _notes(path: Path, report: Report) -> list[str]:
    """The notes of a file, each followed by an empty line."""
    try:
        *parts, end = path.read_bytes().decode().split("\n\n")
    except (FileNotFoundError, UnicodeError) as err:
        report.add("case", path.name, f"missing or no text: {type(err).__name__}")
        return []
    if end or len(parts) % 2:
        report.add("case", path.name, "it does not hold notes that are followed by an empty line each")
    return [f"{text}\n\n{signatures}\n" for text, signatures in zip(parts[::2], parts[1::2], strict=False)]


def _bundled_rows(path: Path, report: Report) -> Iterator[Row]:
    for number, line in enumerate(_lines(path, report), start=1):
        try:
            row = json.loads(line)
            if canonical(row) != line or row.keys() != {"table", "id", "row"}:
                raise ValueError("not in canonical JSON")
            if row["table"] not in COLUMNS or not isinstance(row["id"], str):
                raise ValueError("no row of a table known here")
            yield row["table"], row["id"], row["row"], None
        except MALFORMED as err:
            report.add("row", f"{path.name} line {number}", f"unreadable: {err}")


# --- case.toml, objects and pages -------------------------------------------------------------------------------------


def _config(raw: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(raw.decode())
    except MALFORMED:
        return {}


def _check_config(raw: bytes, config: Mapping[str, Any], log: Log, report: Report) -> None:
    """`case.toml` against the log's first entry, which also tells a newer format from a changed number."""
    number = config.get("format")
    if type(number) is int and number > FORMAT and log.case.get("format") != FORMAT:
        raise Unreadable(f"it is of format {number}; this verifier knows {FORMAT}")
    try:
        lines = [f"{name} = {json.dumps(config[name], ensure_ascii=False)}" for name in CONFIG_FIELDS]
        stated = _without(config, "id") | {"case": config["id"], "name": digest(config["name"])}
        same = json.dumps(stated, sort_keys=True) == json.dumps(log.case, sort_keys=True)
    except MALFORMED:
        report.add("case", CONFIG, "damaged")
        return
    if log.case and not same:
        report.add("case", CONFIG, "it is not what the log's first entry says")
    elif "\n".join([COMMENT, *lines, ""]).replace("\x7f", "\\u007f").encode() != raw:
        report.add("case", CONFIG, "it is not written as it was")


def _check_key(case: Path, log: Log, report: Report) -> None:
    """The signing key, if it is not kept elsewhere: it proves nothing, but without it nothing more can be signed."""
    path, expected = case / SIGNING_KEY, str(log.case.get("verifier"))
    if not log.case or not path.exists():
        return
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
        public = key.public_key().public_bytes_raw() if isinstance(key, Ed25519PrivateKey) else b""
        same = key_text(expected.partition("+")[0], public) == expected
    except (OSError, *MALFORMED, UnsupportedAlgorithm, InternalError):
        same = False
    if not same:
        report.add("case", SIGNING_KEY, "it cannot be read, or is not the key that this case was made with")


def object_path(folder: Path, id_: str) -> Path:
    """Where the object of a document, a file of places or a list lies; raises ValueError for what is no digest."""
    if not re.fullmatch("[0-9a-f]{64}", id_):
        raise ValueError("no SHA-256")
    return folder / OBJECTS / id_[:2] / id_[2:]


def _hash(path: Path) -> str | None:
    """SHA-256 of a file, None where there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_objects(folder: Path, log: Log, report: Report) -> None:
    for id_ in sorted(log.sizes, key=str):
        try:
            found = _hash(object_path(folder, id_))
        except (OSError, *MALFORMED) as err:
            found = f"unreadable: {type(err).__name__}"
        report.objects += 1
        if found != id_:
            what = "missing" if found is None else f"its bytes changed: they are now {found[:32]}"
            report.add("object", f"object {str(id_)[:16]}", what)


def _check_pages(record: Path, log: Log, report: Report) -> None:
    """The pages of the working record against their manifest, and the manifest against the log."""
    body = log.publications.get(WORKING_RECORD)
    if body is None or log.vault:  # The pages of an encrypted case lie where its people put them.
        return
    try:
        files = json.loads((record / MANIFEST).read_bytes())
        if digest(files) != body["digest"] or not all(map(_inside, files)):
            raise ValueError("not the manifest that the log vouches for, or it names files elsewhere")
        changed = {name for name, expected in files.items() if _hash(record / name) != expected}
    except (OSError, *MALFORMED):
        report.add("derived", f"{RECORD}/{MANIFEST}", f"changed or missing; {REBUILD}")
        return
    there = {p.relative_to(record).as_posix() for p in record.rglob("*") if not p.is_dir()}
    for name in sorted(changed | there - files.keys() - {MANIFEST}):
        report.add("derived", f"{RECORD}/{name}", f"changed, missing, or no page of the record; {REBUILD}")


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


# --- the whole --------------------------------------------------------------------------------------------------------


def verify(folder: Path, *, kept: Sequence[str] = ()) -> Report:
    """Check a case or a bundle, and that its log continues the checkpoints in `kept`; raises Unreadable, OSError."""
    _require_plain(folder)
    if not (folder / CONFIG).is_file():
        raise Unreadable(f"{folder} is neither a case nor a bundle: it has no {CONFIG}")
    kept = [kept_text(text) for text in kept]
    report, raw = Report(), (folder / CONFIG).read_bytes()
    config, log = _config(raw), Log()
    if (folder / DATABASE).is_file():
        log = check_database(folder, config, kept, report)
        if log.vault:
            report.add("case", VAULT, "missing")
    elif any((folder / name).exists() for name in (LOG_LINES, NOTES, ROWS)):
        log = check_bundle(folder, config, kept, report)
    else:
        report.add("case", DATABASE, "missing")
    _check_config(raw, config, log, report)
    _check_key(folder, log, report)
    _check_objects(folder, log, report)
    _check_pages(folder / RECORD, log, report)
    return report


def _require_plain(folder: Path) -> None:
    if any((folder / name).exists() for name in ELSEWHERE_TOLD):
        raise Unreadable("parts of this case lie elsewhere: `sijill bundle CASE FOLDER` writes what to check")
    if (folder / VAULT).exists():
        raise Unreadable(
            "this case is encrypted: `sijill bundle CASE FOLDER`, by who can open it, writes what to check"
        )


def export(case: Path, folder: Path) -> Report:
    """Write a bundle of a case that is whole, and check it; where something is wrong, nothing is written."""
    _require_plain(case)
    if not (case / DATABASE).is_file() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise Unreadable(f"{case} is no case with a database, or {folder} is there already")
    report = verify(case)
    if report.findings:
        return report
    making = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.resolve().parent))
    try:
        _write_bundle(case, making)
        report = verify(making)
        if not report.findings:
            making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return report


def _write_bundle(case: Path, bundle: Path) -> None:
    with opened(case) as connection:
        log = write_lines(connection, bundle)
    copied = [Path(CONFIG), *(object_path(Path(), id_) for id_ in log.sizes)]
    if WORKING_RECORD in log.publications:
        pages = json.loads((case / RECORD / MANIFEST).read_bytes())
        copied += [Path(RECORD, name) for name in (MANIFEST, *pages)]
    for path in copied:
        (bundle / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(case / path, bundle / path)


def write_lines(connection: sqlite3.Connection, bundle: Path) -> Log:
    """Write a bundle's log, notes and rows out of an open database."""
    log = Log()
    with (bundle / LOG_LINES).open("xb") as entries:
        for seq, body in connection.execute("SELECT seq, body FROM log_entry ORDER BY seq"):
            log.read(seq, json.loads(body))
            entries.write(body + b"\n")
    with (bundle / NOTES).open("xb") as notes:
        for (note,) in connection.execute("SELECT note FROM checkpoint ORDER BY size"):
            notes.write(f"{note}\n".encode())
    with (bundle / ROWS).open("xb") as rows:
        for table, id_, record, _ in stored_rows(connection, log):
            rows.write(canonical({"table": table, "id": id_, "row": record}) + b"\n")
    return log


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a case or a bundle")
    parser.add_argument("target", type=Path, nargs="?", metavar="BUNDLE", help="with --export: the folder to make")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--note", action="store_true", help="print the last checkpoint, a note to keep elsewhere")
    parser.add_argument(
        "--since", "--checkpoint", type=Path, action="append", default=[], metavar="NOTE",
        help="a file with a checkpoint that was kept elsewhere, or its root: the log must be a continuation of it",
    )  # fmt: skip
    parser.add_argument("--export", action="store_true", help="write a bundle of a case: everything private is in it")
    given = parser.parse_args(arguments)
    if given.export != (given.target is not None) or (given.export and given.since):
        parser.error("--export takes a case and the folder to make, and nothing else does")
    return given


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print what was found, and return the exit code."""
    given = _arguments(arguments)
    try:
        kept = [path.read_text(encoding="utf-8") for path in given.since]
        report = export(given.folder, given.target) if given.export else verify(given.folder, kept=kept)
    except (Unreadable, OSError, UnicodeError, MemoryError) as err:
        sys.stderr.write(f"error: {err}\n")
        return 2
    if given.json:
        sys.stdout.write(json.dumps({"whole": not report.findings, **asdict(report)}) + "\n")
    else:
        sys.stdout.writelines(f"{found.kind} {found.where}: {found.what}\n" for found in report.findings)
        sys.stdout.write(report.note * (given.note and not report.findings))
    verdict = f"NOT whole: {len(report.findings)} findings in" if report.findings else "whole:"
    looked = f"{report.objects} objects, {report.rows} rows, {report.entries} log entries"
    sys.stderr.write(f"{verdict} {looked}, {report.checkpoints} checkpoints; root {report.root}\n")
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
