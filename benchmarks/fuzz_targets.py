"""What `fuzzing.py` feeds with changed bytes: each reader, the laws it must keep, files to start from, and mutators.

A target takes bytes and returns whether they were read; what it raises beyond a refusal is a finding. The files to
start from are invented (`tests/preserve/documents.py`), and so is the country that they are about.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from sijill.core.canonical import digest
from sijill.core.document import Reading
from sijill.core.errors import InputError, MalformedReport, UnreadableFile
from sijill.core.log import Checkpoint
from sijill.core.wire import from_json, to_json
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims
from sijill.preserve import encoding, frontmatter
from sijill.preserve.containers import Part, iter_parts
from sijill.preserve.dates import published_of
from sijill.preserve.language import language_tag
from sijill.preserve.limits import Limits
from sijill.preserve.names import UNSAFE
from sijill.preserve.reading import label_of, read_bytes
from sijill.preserve.reports import Report, iter_reports, read_report
from sijill.preserve.view import NOT_IN_A_FIELD
from sijill.store import der, notes, replies, stamps, vault
from sijill.store.opentimestamps import OtsError, read_proof
from sijill.testing.authority import Holder, made

LIMITS = Limits(max_bytes=4_000_000, max_text=400_000, max_markup=400_000, max_expanded=8_000_000, max_cells=20_000)
LARGEST = 40_000
# One input in so many is read twice: the same bytes must give the same reading.
TWICE = 16
PARTS_READ = 3
Mutate = Callable[[bytes, int], bytes]


class Broken(AssertionError):
    """A law that every reader keeps does not hold."""


@dataclass(frozen=True, slots=True)
class Target:
    """One reader: its name, what is done with each input, seeds, words of its grammar, and how bytes are changed."""

    name: str
    take: Callable[[bytes], bool]
    seeds: Callable[[], Iterator[bytes]]
    words: tuple[str, ...] = ()
    mutate: Callable[[bytes, int, int, Mutate], bytes] | None = None


# --- what is done with the bytes ---


def reader_of(suffix: str) -> Callable[[bytes], bool]:
    """The whole way into a reader, by the ending of a name."""

    def take(data: bytes) -> bool:
        name = f"fuzzed{suffix}"
        try:
            reading = read_bytes(data, name=name, limits=LIMITS)
        except UnreadableFile as err:
            require_refusal(err)
            return False
        require_reading(reading, data)
        if data and data[-1] % TWICE == 0 and read_bytes(data, name=name, limits=LIMITS) != reading:
            raise Broken("the same bytes gave two readings")
        label_of(data, name=name)
        return True

    return take


def require_reading(reading: Reading, data: bytes) -> None:
    """A reading can be stored as it is, and comes back as it was."""
    if reading.document != hashlib.sha256(data).hexdigest():
        raise Broken("it is about other bytes")
    if "\0" in reading.text:
        raise Broken("its text cannot be stored")
    # A scan in which nothing could be read is kept without a text, and says so.
    if not reading.text.strip() and not any(note.severe for note in reading.notes):
        raise Broken("it has no text, and nothing says so")
    reading.text.encode("utf-8")
    digest(to_json(reading))
    if from_json(Reading, to_json(reading)) != reading:
        raise Broken("it does not come back as it was")
    stated = (reading.metadata.title, reading.metadata.publisher, reading.metadata.url)
    if any(value and NOT_IN_A_FIELD.search(value) for value in stated):
        raise Broken("a field holds what no field may")


def require_refusal(err: InputError) -> None:
    """A refusal is one line that can be printed, and says what to do."""
    if UNSAFE.search(err.message + err.hint) or not err.hint:
        raise Broken("its refusal cannot be printed, or gives no remedy")


def take_text_with_fields(data: bytes) -> bool:
    """A front matter, and each of the fields that sources state, from the bytes as text."""
    text = data.decode("utf-8", "replace")
    published_of(text[:200])
    language_tag(text[:40])
    try:
        found, body = frontmatter.split(text if text.startswith("---") else f"---\n{text}", name="fuzzed.txt")
    except UnreadableFile as err:
        require_refusal(err)
        return False
    if body not in text and found.metadata != frontmatter.NOTHING_STATED:
        raise Broken("the text is not what stood there")
    return True


def take_encoded(data: bytes) -> bool:
    """Bytes in an encoding that the first of them chooses to declare, or none."""
    labels = (None, *encoding.LABELS, "zlib_codec", "rot13", "\0")
    declared = labels[data[0] % len(labels)] if data else None
    try:
        found = encoding.decode(data[1:], name="fuzzed.txt", declared=declared)
    except UnreadableFile as err:
        require_refusal(err)
        return False
    if len(found.text) > len(data):
        raise Broken("there are more characters than bytes")
    return True


def take_reports(data: bytes) -> bool:
    """A `.jsonl`: every line that is a report must also be read as one."""
    read = False
    try:
        for found in iter_reports(io.BytesIO(data), name="fuzzed.jsonl", limits=LIMITS):
            if isinstance(found, MalformedReport):
                require_refusal(found)
                continue
            read = True
            _read_line(found)
    except UnreadableFile as err:
        require_refusal(err)
    return read


def _read_line(found: Report) -> None:
    try:
        label, reading = read_report(found.data, name="fuzzed.jsonl", line=found.line, limits=LIMITS)
    except MalformedReport as err:  # What only its text shows.
        require_refusal(err)
        return
    require_reading(reading, found.data)
    if label != found.label:
        raise Broken("two names for one report")


def take_container(data: bytes) -> bool:
    """A container, by what its first bytes look like; the first parts in it are read as well."""
    name = "fuzzed" + _container_suffix(data)
    taken = 0
    for found in iter_parts(io.BytesIO(data), name=name, limits=LIMITS):
        if isinstance(found, UnreadableFile):
            require_refusal(found)
            continue
        taken += 1
        _require_part(found)
        if taken <= PARTS_READ:
            with suppress(UnreadableFile):
                read_bytes(found.data, name=found.name, limits=LIMITS)
    return taken > 0


def _require_part(part: Part) -> None:
    if UNSAFE.search(part.name):
        raise Broken("a part's name cannot be printed")
    if from_json(type(part.notes[0]), to_json(part.notes[0])) != part.notes[0] if part.notes else False:
        raise Broken("a note does not come back as it was")


def _container_suffix(data: bytes) -> str:
    if data.startswith(b"\x1f\x8b"):
        return ".warc.gz"
    if data.startswith(b"WARC"):
        return ".warc"
    return ".wacz" if b"archive/" in data[:2_000] else ".zip"


def take_proof(data: bytes) -> bool:
    """A time-stamp reply, the DER that it is made of, or an OpenTimestamps proof, by what it begins with."""
    point, _, _ = _stamped()
    if data.startswith(b"\x00OpenTimestamps"):
        try:
            return bool(read_proof(data, point.note))
        except OtsError:
            return False
    with suppress(der.DerError):
        again = der.definite(data)
        if der.definite(again) != again:
            raise Broken("lengths made definite are not definite")
        der.read(data).members()
    with suppress(der.DerError):
        replies.in_der_order(data)
    try:
        stamps.check(data, point, authority="http://tsa.meravia.example")
    except stamps.StampError:
        return False
    return True


def take_signed(data: bytes) -> bool:
    """A checkpoint's note, a key's text form, or a `vault.json`."""
    point, signer, _ = _stamped()
    read = False
    with suppress(ValueError, InputError, RecursionError):
        vault.rendered(vault.parsed(data))
        read = True
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return read
    with suppress(notes.NoteError):
        if str(notes.Verifier.parse(text)) != text:
            raise Broken("a key has two text forms")
        read = True
    with suppress(notes.NoteError):
        found = notes.read_checkpoint(text, signer.verifier)
        if (found.size, found.root) != (point.size, point.root):
            raise Broken("a note that nobody signed was believed")
        read = True
    return read


# --- what to start from ---


def seeds_of(*suffixes: str) -> Callable[[], Iterator[bytes]]:
    """The invented and the hostile files of these endings that are small."""

    def found() -> Iterator[bytes]:
        from tests.preserve.hostile import written

        with TemporaryDirectory() as folder:
            for path, _ in written(Path(folder)):
                if path.is_file() and path.name.endswith(suffixes) and path.stat().st_size <= LARGEST // 4:
                    yield path.read_bytes()
        yield from _good(suffixes)

    return found


def _good(suffixes: tuple[str, ...]) -> Iterator[bytes]:
    from tests.preserve import documents as d

    good = {
        ".txt": (
            f"---\nid: a\npublished: 2031-03-09\n---\n\n{d.ENGLISH}".encode(),
            d.ARABIC.encode("cp1256", "replace"),
        ),
        ".html": (d.page().encode(), d.page(f"<p>{d.ARABIC}</p>", lang="ar").encode()),
        ".pdf": (d.pdf([[d.Run(d.ENGLISH[:60])]]), d.pdf([[d.Run(d.ARABIC[:40][::-1])]], compress=True)),
        ".docx": (d.docx(d.paragraphs(d.ENGLISH), title="Senna"),),
        ".xlsx": (d.xlsx({"Tolls": d.sheet_rows(["Place", "Killed"], ["Tamrel", 12])}),),
        ".csv": (b"place;killed\nTamrel;12\n", "المكان,القتلى\nسنا,١٢\n".encode()),
        ".eml": (d.mail(), d.mail(d.page(), kind="text/html"), d.mail(d.ARABIC)),
        ".msg": (d.msg({0x1000001F: d.ENGLISH.encode("utf-16-le"), 0x0037001F: "Senna".encode("utf-16-le")}),),
        ".zip": (d.zipped({"a.txt": d.ENGLISH.encode(), "b.html": d.page().encode()}),),
        ".warc": (d.warc(d.warc_record(d.http(d.page().encode())), packed=False),),
        ".wacz": (d.wacz(d.warc(d.warc_record(d.http(d.page().encode())))),),
        ".jsonl": (b'{"id": "a", "text": "Ten people were killed in Tamrel."}\n{"text": "\\u0661\\u0662"}\n',),
    }
    for suffix in suffixes:
        yield from good.get(suffix, ())


def seeds_of_encodings() -> Iterator[bytes]:
    """Words in three languages in several encodings, after a byte that declares one."""
    from tests.preserve import documents as d

    for text, codecs in ((d.ARABIC, ("utf-8", "cp1256", "utf-16")), (d.FRENCH, ("utf-8", "cp1252", "utf-32-le"))):
        for codec in codecs:
            yield b"\0" + text.encode(codec, "replace")
    yield b"\0" + d.ARABIC.encode().decode("cp1256", "replace").encode()


def seeds_of_proofs() -> Iterator[bytes]:
    """Replies made by hand, one with lengths left open, and a proof that a calendar promises."""
    from sijill.testing.forging import SIGNING_CERTIFICATE, Forgery

    point, _, leaf = _stamped()
    forgery = Forgery(point.note, leaf)
    yield forgery.encoded()
    yield forgery.but(signing="sha512", imprint="sha384").encoded()
    yield forgery.but(names=((SIGNING_CERTIFICATE, "sha1", leaf.der),)).encoded()
    yield forgery.but(status=2, token=False).encoded()
    whole = forgery.encoded()
    yield b"\x30\x80" + whole[whole[1] & 0x7F and 2 + (whole[1] & 0x7F) :] + b"\0\0"
    yield _promised(point.note)


def _promised(note: str) -> bytes:
    from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
    from opentimestamps.core.op import OpAppend, OpSHA256
    from opentimestamps.core.serialize import BytesSerializationContext
    from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

    start = Timestamp(hashlib.sha256(note.encode()).digest())
    end = start.ops.add(OpAppend(b"nonce")).ops.add(OpSHA256())
    end.attestations.add(PendingAttestation("https://calendar.meravia.example"))
    end.attestations.add(BitcoinBlockHeaderAttestation(900_000))
    written = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), start).serialize(written)
    return bytes(written.getbytes())


def seeds_of_signed() -> Iterator[bytes]:
    """A note, a key's text form, and the vault of a case that two can open."""
    point, signer, _ = _stamped()
    yield point.note.encode()
    yield str(signer.verifier).encode()
    held, _ = vault.new_vault([vault.Custodian(passphrase="nine otters under the mill", label="team")], "Senna")
    yield vault.rendered(held)


@cache
def _stamped() -> tuple[Checkpoint, notes.Signer, Holder]:
    """A checkpoint, its signer, and somebody who may stamp; the same for every input."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signer = notes.Signer("sijill/fuzzed", Ed25519PrivateKey.from_private_bytes(b"\7" * 32))
    root = made("Meravia Forged Root (invented)")
    return signer.checkpoint(12, b"\5" * 32), signer, made("Senna Forger (invented)", by=root, stamping=True)


# --- how bytes are changed ---


def mutate_packed(data: bytes, most: int, seed: int, mutate: Mutate) -> bytes:
    """Change a member of a ZIP and pack it anew, as a changed byte of what is packed is only ever a wrong checksum."""
    rng = random.Random(seed)
    if rng.random() < 0.25:
        return mutate(data, most)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = {e.filename: package.read(e) for e in package.infolist()[:40] if e.file_size <= LIMITS.max_bytes}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError):
        return mutate(data, most)
    if not members:
        return mutate(data, most)
    name = rng.choice(sorted(members))
    packed = PurePath(name).suffix == ".gz"
    changed = _mutate_gzip(members[name], most, mutate) if packed else mutate(members[name], most)
    members[rng.choice((name, name, name, mutate(name.encode(), 60).decode("utf-8", "replace")))] = changed
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for called, content in members.items():
            info = zipfile.ZipInfo(called, (2031, 3, 9, 0, 0, 0))
            with suppress(ValueError, UnicodeEncodeError):
                package.writestr(info, content, zipfile.ZIP_DEFLATED)
    return out.getvalue() if len(out.getvalue()) <= most else mutate(data, most)


def mutate_container(data: bytes, most: int, seed: int, mutate: Mutate) -> bytes:
    """The same for whichever container it is."""
    if data.startswith(b"PK"):
        return mutate_packed(data, most, seed, mutate)
    if data.startswith(b"\x1f\x8b") and seed % 4:
        return _mutate_gzip(data, most, mutate)
    return mutate(data, most)


def _mutate_gzip(data: bytes, most: int, mutate: Mutate) -> bytes:
    try:
        plain = gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return mutate(data, most)
    packed = gzip.compress(mutate(plain[: 2 * LARGEST], most), 1, mtime=0)
    return packed if len(packed) <= most else mutate(data, most)


def take_claims(data: bytes) -> bool:
    """Claims read in any text: no exception, and every quote and count stands verbatim where it says."""
    text = data.decode("utf-8", "surrogatepass" if len(data) % 2 else "replace") if _decodes(data) else ""
    claims = read_claims(
        text,
        document="fuzz",
        published=dt.date(2031, 3, 9),
        language="en",
        publisher=None,
        gazetteer=Gazetteer.shipped(),
        uncounted=True,
    )
    for claim in claims:
        if not claim.quote.stands_in(text) or (claim.count and not claim.count.span.stands_in(text)):
            raise AssertionError("a claim's words do not stand where it says")
    return bool(claims)


def _decodes(data: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        data.decode("utf-8", "surrogatepass")
        return True
    return False


def seeds_of_claims() -> Iterator[bytes]:
    """Invented sentences with claims."""
    yield b"Raiders killed 12 farmers in Ostra on 3 March 2031, the hospital said."
    yield b"The death toll rose from 14 to at least 19, including five children, on Monday."
    yield b'"They burned six houses," she said. Two k*lled, 3 w0unded.'
    yield b"Log in\nSign up\n#Balta: 5 dead, 12 injured (2 women)."


CLAIM_WORDS = (
    "killed",
    "wounded",
    "including",
    "at least",
    "death toll",
    "said",
    "on Monday",
    "twelve",
    "people",
    "by ",
)
PDF_WORDS = (
    "/Type",
    "/Page",
    "/Kids",
    "/Count",
    "/Filter",
    "/FlateDecode",
    "/ToUnicode",
    "/Length",
    "endobj",
    "stream",
)
XML_WORDS = ("<w:tbl>", "<w:tc>", "<w:p>", "<w:t>", "w:vanish", "<!DOCTYPE", "&#x", "<row>", 't="s"', "<v>", "<si>")
MAIL_WORDS = (
    "multipart/mixed; boundary=",
    "=?utf-8?B?",
    "message/rfc822",
    "base64",
    "quoted-printable",
    "\\x0d\\x0a--",
)
PAGE_WORDS = ("<article>", "<p>", "<div hidden>", "<table>", "<meta charset=", "application/ld+json", "datePublished")
WARC_WORDS = (
    "WARC/1.1",
    "WARC-Type",
    "response",
    "Content-Length",
    "Transfer-Encoding: chunked",
    "archive/",
    "sha256:",
)
TARGETS = (
    Target("pdf", reader_of(".pdf"), seeds_of(".pdf"), PDF_WORDS),
    Target("html", reader_of(".html"), seeds_of(".html"), PAGE_WORDS),
    Target("msg", reader_of(".msg"), seeds_of(".msg")),
    Target("docx", reader_of(".docx"), seeds_of(".docx"), XML_WORDS, mutate_packed),
    Target("xlsx", reader_of(".xlsx"), seeds_of(".xlsx"), XML_WORDS, mutate_packed),
    Target("eml", reader_of(".eml"), seeds_of(".eml"), MAIL_WORDS),
    Target("containers", take_container, seeds_of(".zip", ".warc", ".warc.gz", ".wacz"), WARC_WORDS, mutate_container),
    Target("delimited", reader_of(".csv"), seeds_of(".csv", ".tsv")),
    Target("reports", take_reports, seeds_of(".jsonl")),
    Target("proofs", take_proof, seeds_of_proofs),
    Target("frontmatter", take_text_with_fields, seeds_of(".txt", ".md"), ("id:", "published:", "&a", "*a")),
    Target("encoding", take_encoded, seeds_of_encodings),
    Target("text", reader_of(".txt"), seeds_of(".txt", ".md")),
    Target("signed", take_signed, seeds_of_signed),
    Target("claims", take_claims, seeds_of_claims, CLAIM_WORDS),
)
