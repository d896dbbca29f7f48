"""Small real files of each kind, written byte by byte, about events in the invented Republic of Meravia."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
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
