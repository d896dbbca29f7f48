"""Small real files of each kind, written byte by byte, about events in the invented Republic of Meravia."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# Of compound files.
NO_STREAM, END_OF_CHAIN = 0xFFFFFFFF, 0xFFFFFFFE
ENGLISH = (
    "Medics in the Senna valley said that twelve people were killed and 34 wounded when shells fell on the market of "
    "Old Senna on 9 March 2031. The ministry of health of the Republic of Meravia confirmed the number later that day. "
    "It said that more than 1,500 people had fled from the villages along the river since the beginning of the week."
)
ARABIC = (
    "قالت وزارة الصحة في جمهورية ميرافيا إن ١٢ شخصاً قتلوا وأصيب ٣٤ آخرون في قصف على سوق سنا القديمة يوم ٩ آذار. "
    "وأضافت الوزارة أن أكثر من 1,500 شخص نزحوا من القرى الواقعة على النهر منذ بداية الأسبوع، بينهم نساء وأطفال."
)
FRENCH = (
    "Selon le ministère de la Santé de la République de Méravie, douze personnes ont été tuées et 34 blessées dans la "
    "vallée de Senna le 9 mars 2031. Plus de 1 500 personnes ont fui les villages situés le long de la rivière."
)


@dataclass(frozen=True)
class Run:
    """Words at a place on a page, in points; drawn from left to right as given, whatever their script."""

    words: str
    x: float = 50
    y: float = 700
    size: float = 12


def pdf(
    pages: Sequence[Sequence[Run]],
    *,
    info: str = "",
    catalogue: str = "",
    extra: Sequence[bytes] = (),
    compress: bool = False,
) -> bytes:
    """A PDF of runs of text; every character has its own code and a ToUnicode entry, as real PDFs of Arabic do."""
    characters = sorted({char for runs in pages for run in runs for char in run.words})
    code_of = {char: code for code, char in enumerate(characters, start=1)}
    objects: list[bytes] = [b"", b"", *_font(code_of)]
    kids: list[int] = []
    for runs in pages:
        stream = _content(runs, code_of).encode()
        packed, entry = (zlib.compress(stream), "/Filter /FlateDecode ") if compress else (stream, "")
        objects.append(b"<< %s/Length %d >>\nstream\n%s\nendstream" % (entry.encode(), len(packed), packed))
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {resources} /Contents {len(objects)} 0 R >>"
        objects.append(page.encode())
        kids.append(len(objects))
    objects[0] = f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>".encode()
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>".encode()
    return assembled([*objects, *extra], info=info)


def assembled(objects: Sequence[bytes], *, info: str = "") -> bytes:
    """Objects numbered from 1, with the table of where they stand; the first is the catalogue."""
    objects = [*objects, f"<< {info} >>".encode()] if info else objects
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    made = b"/Info %d 0 R" % len(objects) if info else b""
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, made, start)
    return bytes(out)


def _content(runs: Sequence[Run], code_of: dict[str, int]) -> str:
    parts = []
    for run in runs:
        codes = "".join(f"{code_of[char]:04x}" for char in run.words)
        parts.append(f"BT /F1 {run.size:g} Tf 1 0 0 1 {run.x:g} {run.y:g} Tm <{codes}> Tj ET")
    return "\n".join(parts)


def _font(code_of: dict[str, int]) -> list[bytes]:
    """A composite font without its glyphs, each half as wide as high; numbers 3 to 5 of the file."""
    pairs = "\n".join(f"<{code:04x}> <{char.encode('utf-16-be').hex()}>" for char, code in code_of.items())
    blocks = pairs.split("\n")
    maps = "".join(
        f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar\n"
        for part in (blocks[i : i + 100] for i in range(0, len(blocks), 100))
    )
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{maps}endcmap end end"
    ).encode()
    font = b"/Type0 /BaseFont /Meravia /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R"
    system = b"<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    descriptor = (
        b"<< /Type /FontDescriptor /FontName /Meravia /Flags 4 /FontBBox [0 -200 1000 800] /Ascent 800 /Descent -200 "
        b"/ItalicAngle 0 /CapHeight 700 /StemV 80 >>"
    )
    glyphs = b"/CIDFontType2 /BaseFont /Meravia /DW 500 /CIDSystemInfo %s /FontDescriptor %s" % (system, descriptor)
    return [
        b"<< /Type /Font /Subtype %s >>" % font,
        b"<< /Type /Font /Subtype %s >>" % glyphs,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(cmap), cmap),
    ]


def paragraphs(*texts: str) -> str:
    """WordprocessingML of plain paragraphs."""
    return "".join(f"<w:p><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>" for text in texts)


def docx(
    body: str,
    *,
    parts: dict[str, str] | None = None,
    title: str = "",
    main_type: str = MAIN_TYPE,
    prolog: str = "",
) -> bytes:
    """A Word document with a body of WordprocessingML and further parts by name."""
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main_type}"/></Types>'
    )
    rels = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Target="word/document.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
    )
    core = (
        '<?xml version="1.0"?><cp:coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties">'
        f"<dc:title>{title}</dc:title></cp:coreProperties>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {
            "[Content_Types].xml": types,
            "_rels/.rels": rels,
            "word/document.xml": f"{prolog}<w:document {W}><w:body>{body}</w:body></w:document>",
            "docProps/core.xml": core,
            **(parts or {}),
        }.items():
            package.writestr(zipfile.ZipInfo(name, (2031, 3, 9, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet_rows(*rows: Sequence[str | int]) -> str:
    """SpreadsheetML of rows of words and numbers."""
    made = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{chr(65 + i)}{number}"><v>{value}</v></c>'
            if isinstance(value, int)
            else f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
            for i, value in enumerate(row)
        )
        made.append(f'<row r="{number}">{cells}</row>')
    return "".join(made)


def xlsx(
    sheets: dict[str, str],
    *,
    states: dict[str, str] | None = None,
    parts: dict[str, str] | None = None,
    prolog: str = "",
    title: str = "",
) -> bytes:
    """A workbook of sheets by name, each SpreadsheetML of rows; style 1 is a date."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    listed = list(enumerate(sheets, start=1))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{kind}.worksheet+xml"/>' for i, _ in listed
    )
    relations = "".join(
        f'<Relationship Id="r{i}" Type="{office}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i, _ in listed
    )
    named = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="r{i}" state="{(states or {}).get(name, "visible")}"/>'
        for i, name in listed
    )
    texts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        f'ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {S} xmlns:r="{office}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{relations}'
        f'<Relationship Id="s" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f"<styleSheet {S}><fonts><font/></fonts><fills><fill><patternFill/></fill></fills>"
        "<borders><border/></borders>"
        '<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
        "</cellXfs></styleSheet>",
        "docProps/core.xml": '<cp:coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:cp="{package}/metadata/core-properties"><dc:title>{title}</dc:title></cp:coreProperties>',
        **{
            f"xl/worksheets/sheet{i}.xml": f"{prolog}<worksheet {S}><sheetData>{sheets[name]}</sheetData></worksheet>"
            for i, name in listed
        },
        **(parts or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part, text in texts.items():
            made.writestr(zipfile.ZipInfo(part, (2031, 3, 9, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def page(body: str = f"<p>{ENGLISH}</p>", *, head: str = "", lang: str = "en") -> str:
    """A page of HTML with an article in it."""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body>'
        f'<nav><a href="/">Home</a> <a href="/news">News</a></nav><article>{body}</article>'
        "<footer>Meravia Courier, Old Senna</footer></body></html>"
    )


def mail(body: str = ENGLISH, *, headers: str = "", kind: str = 'text/plain; charset="utf-8"') -> bytes:
    """A mail of one part."""
    return (
        "From: Senna Monitor <desk@monitor.example>\r\nTo: desk@courier.example\r\nSubject: Market of Old Senna\r\n"
        f"Date: Sun, 9 Mar 2031 14:05:00 +0200\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n{headers}\r\n{body}"
    ).encode()


def msg(properties: dict[int, bytes], *, attached: Sequence[str] = (), root: dict[int, int] | None = None) -> bytes:
    """A mail of Outlook ([MS-OXMSG]): properties of variable length by type and number, such as 0x1000001F for a body.

    `root` holds those of fixed length: numbers of 32 bits, and times as 100 ns since 1601.
    """
    streams = {(): _msg_streams(properties, root or {}, b"\0" * 32)}
    for i, filename in enumerate(attached):
        storage = f"__attach_version1.0_#{i:08X}"
        streams[(storage,)] = _msg_streams({0x3707001F: filename.encode("utf-16-le")}, {}, b"\0" * 8)
    return compound(streams)


def _msg_streams(properties: dict[int, bytes], fixed: dict[int, int], head: bytes) -> dict[str, bytes]:
    listed = b"".join(
        struct.pack("<HHIII", tag & 0xFFFF, tag >> 16, 6, len(value), 0) for tag, value in properties.items()
    )
    listed += b"".join(struct.pack("<HHIQ", tag & 0xFFFF, tag >> 16, 6, value) for tag, value in fixed.items())
    made = {f"__substg1.0_{tag:08X}": value for tag, value in properties.items()}
    return {"__properties_version1.0": head + listed, **made}


def compound(storages: dict[tuple[str, ...], dict[str, bytes]]) -> bytes:  # long: one format, sector by sector
    """A compound file ([MS-CFB], version 3): streams by name, in the root and in storages of one level.

    Streams of less than 4,096 bytes go into the stream of 64-byte sectors, as the format demands.
    """
    small, big = bytearray(), bytearray()
    small_chains: list[int] = []
    chains: list[int] = []
    entries: list[list[object]] = [["Root Entry", 5, NO_STREAM, 0, 0]]

    def stored(data: bytes) -> tuple[int, int]:
        body, chain, unit = (small, small_chains, 64) if len(data) < 4096 else (big, chains, 512)
        first, count = len(chain), -(-len(data) // unit)
        body.extend(data.ljust(count * unit, b"\0"))
        chain.extend([*range(first + 1, first + count), END_OF_CHAIN] if count else [])
        return (first if count else END_OF_CHAIN), len(data)

    def listed(children: dict[str, bytes], also: Sequence[int] = ()) -> list[int]:
        numbers = list(also)
        for name, data in children.items():
            entries.append([name, 2, NO_STREAM, *stored(data)])
            numbers.append(len(entries) - 1)
        return numbers

    tops = []
    siblings: dict[int, int] = {}
    for path, children in storages.items():
        if path:
            entries.append([path[-1], 1, NO_STREAM, 0, 0])
            at = len(entries) - 1
            tops.append(at)
            inner = listed(children)
            entries[at][2] = inner[0] if inner else NO_STREAM
            siblings.update(pairwise(inner))
    outer = listed(storages[()], tops)
    siblings.update(pairwise(outer))
    entries[0][2] = outer[0]
    first = len(chains)
    count = -(-len(small) // 512)
    big.extend(bytes(small).ljust(count * 512, b"\0"))
    chains.extend([*range(first + 1, first + count), END_OF_CHAIN])
    entries[0][3:] = [first, len(small)]
    directory = b"".join(_directory_entry(*entry, siblings.get(i, NO_STREAM)) for i, entry in enumerate(entries))
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    mini = b"".join(struct.pack("<I", one) for one in small_chains)
    mini = mini.ljust(-(-len(mini) // 512) * 512, b"\xff")
    places = []
    for table in (directory, mini):
        places.append(len(chains))
        chains.extend([*range(len(chains) + 1, len(chains) + len(table) // 512), END_OF_CHAIN])
        big.extend(table)
    fat_sectors = next(n for n in range(1, 110) if n * 128 >= len(chains) + n)
    fat_start = len(chains)
    fat = [*chains, *[0xFFFFFFFD] * fat_sectors]
    packed = b"".join(struct.pack("<I", one) for one in fat).ljust(fat_sectors * 512, b"\xff")
    head = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, fat_sectors, places[0], 0, 4096,
        places[1], len(mini) // 512, END_OF_CHAIN, 0,
    )  # fmt: skip
    difat = b"".join(struct.pack("<I", fat_start + i) for i in range(fat_sectors)).ljust(109 * 4, b"\xff")
    return head + difat + bytes(big) + packed


def _directory_entry(name: object, kind: object, child: object, start: object, size: object, right: int) -> bytes:
    coded = str(name).encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sIQQIQ", coded, len(coded), kind, 1, NO_STREAM, right, child, b"", 0, 0, 0, start, size
    )


def http(body: bytes, *, kind: str = "text/html", status: str = "200 OK", headers: str = "") -> bytes:
    """A response of HTTP."""
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{headers}\r\n".encode() + body


def warc_record(
    block: bytes,
    *,
    kind: str = "response",
    url: str = "https://courier.example/1",
    fields: dict[str, str] | None = None,
) -> bytes:
    """A record of a WARC with the digest of its payload, unless `fields` says otherwise."""
    payload = block.partition(b"\r\n\r\n")[2]
    stated = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Date": "2031-03-10T06:00:00Z",
        "WARC-Record-ID": "<urn:uuid:00000000-0000-4000-8000-000000000001>",
        "Content-Type": "application/http; msgtype=response",
        "WARC-Payload-Digest": "sha1:" + base64.b32encode(hashlib.sha1(payload).digest()).decode(),
        "Content-Length": str(len(block)),
        **(fields or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in stated.items() if value)
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def warc(*records: bytes, packed: bool = True) -> bytes:
    """A WARC, each record packed by gzip on its own, as the standard has it."""
    info = warc_record(b"software: Meravia\r\n", kind="warcinfo", fields={"Content-Type": "application/warc-fields"})
    return b"".join(gzip.compress(one, mtime=0) if packed else one for one in (info, *records))


def zipped(members: dict[str, bytes]) -> bytes:
    """A ZIP of members by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2031, 3, 9, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def wacz(archive: bytes, *, stated: str = "", seal: str = "") -> bytes:
    """A WACZ of one WARC, with its digests, unless others are stated."""
    digest = stated or "sha256:" + hashlib.sha256(archive).hexdigest()
    index = json.dumps({"profile": "data-package", "resources": [{"path": "archive/data.warc.gz", "hash": digest}]})
    over = seal or "sha256:" + hashlib.sha256(index.encode()).hexdigest()
    return zipped(
        {
            "archive/data.warc.gz": archive,
            "datapackage.json": index.encode(),
            "datapackage-digest.json": json.dumps({"path": "datapackage.json", "hash": over}).encode(),
        }
    )
