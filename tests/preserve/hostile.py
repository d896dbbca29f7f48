"""Files made to break a reader: cut off, bit-flipped, bombs, lies, loops, and names that play tricks.

`hostile_files(folder)` writes them all; the command line is tried on the same. Each says what must come of it: a word
that must be in the text, `REFUSED`, or `EITHER`, and never a crash or a hang.
"""

# long: one table of hostile files, family by family

from __future__ import annotations

import io
import json
import os
import random
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.preserve.documents import (
    ARABIC,
    ENGLISH,
    MAIN_TYPE,
    Run,
    W,
    assembled,
    compound,
    docx,
    http,
    mail,
    msg,
    page,
    paragraphs,
    pdf,
    sheet_rows,
    wacz,
    warc,
    warc_record,
    xlsx,
    zipped,
)
from tests.preserve.pictures import drawn, saved

REFUSED, EITHER = "refused", "either"
WORD = "twelve people were killed"


@dataclass(frozen=True)
class Hostile:
    """A file: its name, how to write it to a path, and what must come of reading it."""

    name: str
    write: Callable[[Path], object]
    expect: str = REFUSED


def hostile_files(folder: Path) -> list[Path]:
    """Writes every hostile file into `folder` and returns where they are."""
    return [path for path, _ in written(folder)]


def written(folder: Path) -> list[tuple[Path, Hostile]]:
    """Every hostile file with what must come of it; those that this file system cannot hold are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for one in all_hostile():
        path = folder / one.name
        try:
            one.write(path)
        except (OSError, ValueError, NotImplementedError):
            continue
        made.append((path, one))
    return made


def all_hostile() -> Iterator[Hostile]:
    """Each of them, by family."""
    for family in (
        lies,
        unknown_kinds,
        bad_text,
        front_matters,
        pages,
        word_files,
        pdfs,
        pictures,
        mails,
        outlook,
        workbooks,
        tables,
        reports,
        names,
        special,
    ):
        yield from family()
    for one in containers():
        # Read as one document each is refused; what must come of unpacking it, `containers` says.
        yield replace(one, expect=REFUSED)


def _bytes(name: str, data: bytes, expect: str = REFUSED) -> Hostile:
    return Hostile(name, lambda path: path.write_bytes(data), expect)


def _sparse(name: str, head: bytes, size: int) -> Hostile:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.write(head)
            file.truncate(size)

    return Hostile(name, write)


def lies() -> Iterator[Hostile]:
    """Files that are not what their names say."""
    marks = {
        "pdf": pdf([[Run(ENGLISH[:60])]]),
        "pe": b"MZ\x90\x00" + b"\0" * 60 + b"This program cannot be run in DOS mode" + b"\0" * 200,
        "elf": b"\x7fELF\x02\x01\x01" + b"\0" * 200,
        "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 100,
        "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(range(256)),
        "gif": b"GIF89a" + b"\0" * 50,
        "gzip": b"\x1f\x8b\x08\0" + b"\0" * 50,
        "zip": _zip({"a.txt": b"a"}),
        "docx": docx(paragraphs(ENGLISH)),
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "WordDocument".encode("utf-16-le"),
        "sqlite": b"SQLite format 3\0" + b"\0" * 100,
        "rtf": b"{\\rtf1\\ansi " + ENGLISH.encode() + b"}",
        "warc": b"WARC/1.1\r\nWARC-Type: warcinfo\r\n\r\n",
        "7z": b"7z\xbc\xaf\x27\x1c" + b"\0" * 50,
        "rar": b"Rar!\x1a\x07\x00" + b"\0" * 50,
        "tar": b"a.txt".ljust(257, b"\0") + b"ustar\0" + b"0" * 249,
        "mp4": b"\0\0\0\x20ftypisom" + b"\0" * 50,
        "macho": b"\xcf\xfa\xed\xfe" + b"\0" * 50,
        "java": b"\xca\xfe\xba\xbe\0\0\0\x34" + b"\0" * 50,
        "html": page().encode(),
    }
    for kind, data in marks.items():
        yield _bytes(f"lie-{kind}.txt", data)
    yield _bytes("lie-html.pdf", page().encode())
    yield _bytes("lie-text.pdf", ENGLISH.encode())
    yield _bytes("lie-png.pdf", marks["png"])
    yield _bytes("lie-text.html", ENGLISH.encode())
    yield _bytes("lie-pdf.html", marks["pdf"])
    yield _bytes("lie-mhtml.html", b"From: <Saved>\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\n" + page().encode())
    yield _bytes("lie-zip.docx", marks["zip"])
    yield _bytes("lie-text.docx", ENGLISH.encode())
    yield _bytes("lie-xlsx.docx", _zip({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}))
    yield _bytes("lie-encrypted.docx", marks["ole"][:520] + "EncryptedPackage".encode("utf-16-le"))
    yield _bytes("lie-macros.docx", docx(paragraphs(ENGLISH), parts={"word/vbaProject.bin": "x"}))
    yield _bytes("lie-text.eml", ENGLISH.encode())
    yield _bytes("lie-html.eml", page().encode())
    yield _bytes("lie-elf.jsonl", marks["elf"])
    yield _bytes("lie-pdf.md", marks["pdf"])


def unknown_kinds() -> Iterator[Hostile]:
    """Kinds that are known and not read, and kinds that nobody knows."""
    for suffix in ("exe", "doc", "docm", "xlsx", "zip", "msg", "warc", "png", "mp4", "json", "tar.gz", "xyz", "js"):
        yield _bytes(f"unsupported.{suffix}", ENGLISH.encode())
    yield _bytes("no-ending-program", b"\x7fELF\x02\x01\x01" + b"\0" * 200)
    yield _bytes("no-ending-text", ENGLISH.encode(), WORD)
    yield _bytes("two.pdf.exe", pdf([[Run("12")]]))


def bad_text() -> Iterator[Hostile]:
    """Text in broken encodings, with characters that deceive, and without any text."""
    good = ENGLISH.encode()
    noise = random.Random(1).randbytes(20_000)
    yield _bytes("utf16-le-odd.txt", b"\xff\xfe" + ENGLISH.encode("utf-16-le") + b"x", WORD)
    yield _bytes("utf16-be-odd.txt", b"\xfe\xff" + ENGLISH.encode("utf-16-be") + b"\0", WORD)
    yield _bytes("utf16-nomark-odd.txt", ENGLISH.encode("utf-16-le")[:-1], WORD[:10])
    yield _bytes("utf16-halves.txt", b"\xff\xfe" + ENGLISH.encode("utf-16-le") + b"\x00\xd8a\x00\x00\xdc", WORD)
    yield _bytes("utf32-odd.txt", b"\xff\xfe\0\0" + ENGLISH.encode("utf-32-le") + b"abc", WORD)
    yield _bytes("utf8-cut.txt", ARABIC.encode()[:-2], "١٢ شخصاً")
    yield _bytes("utf8-overlong.txt", good + b"\xc0\xaf\xe0\x80\xaf", EITHER)
    yield _bytes("utf8-surrogates.txt", ARABIC.encode() + b"\xed\xa0\x80\xed\xb0\x80", "١٢ شخصاً")
    yield _bytes("noise.txt", noise)
    yield _bytes("noise-no-ending", noise)
    yield _bytes("all-nul.txt", b"\0" * 10_000)
    yield _bytes("some-nul.txt", good.replace(b"river", b"ri\0er"), WORD)
    yield _bytes("controls.txt", bytes(range(1, 32)) * 300)
    yield _bytes("terminal.txt", b"\x1b]0;owned\x07\x1b[2J" + good * 4, WORD)
    yield _bytes("only-mark.txt", b"\xef\xbb\xbf")
    yield _bytes("only-spaces.txt", b" \r\n\t\xc2\xa0" * 100)
    yield _bytes("only-separators.txt", b"\x1f\x1f")
    yield _bytes("only-directions.txt", "\u202b\u2067\u200f".encode() * 50)
    yield _bytes("only-zero-width.txt", "\u200b\ufeff".encode() * 50)
    yield _bytes("empty.txt", b"")
    yield _bytes("bidi.txt", f"\u202e{ENGLISH}\u202c \u2066x\u2069".encode(), WORD)
    yield _bytes("marks-only.txt", ("a" + "\u0301" * 100_000).encode(), EITHER)
    yield _bytes("noncharacters.txt", (ENGLISH + "\ufffe\uffff\U0010ffff").encode(), WORD)
    yield _bytes("breaks.txt", b"\n" * 1_000_000 + good, WORD)
    yield _bytes("carriage-returns.txt", b"\r" * 100_000 + good, WORD)
    yield _bytes("mojibake.txt", ARABIC.encode().decode("cp1256").encode(), "١٢ شخصاً")
    yield _bytes("mojibake-twice.txt", ARABIC.encode().decode("latin-1").encode().decode("latin-1").encode(), "١٢ شخصاً")
    yield _bytes("one-long-word.txt", b"a" * 3_000_000, "aaa")
    yield _bytes("digits.txt", b"9" * 3_000_000, "999")
    yield _sparse("line-200mb.txt", good, 200_000_000)
    yield _sparse("over-300mb.txt", good, 300_000_000)
    yield _sparse("over-300mb.pdf", b"%PDF-1.7\n", 300_000_000)
    yield _sparse("over-100mb.html", page().encode(), 100_000_000)


def front_matters() -> Iterator[Hostile]:
    """YAML between two lines of ---, made to grow, to run code, or to say two things."""
    laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(12)
    )
    blocks = {
        "laughs": (laughs + "publisher: *m\n", REFUSED),
        "laughs-unused": (laughs, WORD),
        "deep": ("x: " + "[" * 5_000 + "]" * 5_000 + "\n", EITHER),
        "deep-unclosed": ("x: " + "{a: " * 3_000 + "\n", REFUSED),
        "python": ("url: !!python/object/apply:os.system ['true']\n", REFUSED),
        "python-unused": ("x: !!python/object/apply:os.system ['true']\n", WORD),
        "twice": ("url: https://a.example\nurl: https://b.example\n", REFUSED),
        "list": ("- a\n- b\n", REFUSED),
        "words": ("just some words\n", REFUSED),
        "tabs": ("\tid: x\n", REFUSED),
        "field-list": ("id: [a, b]\n", REFUSED),
        "binary": ("id: !!binary aGVsbG8=\n", WORD),
        "merge": ("b: &b {id: y}\n<<: *b\n", WORD),
        "script-url": ("url: javascript:alert(1)\n", WORD),
        "long-url": (f"url: https://a.example/{'x' * 50_000}\n", WORD),
        "dates": ("published: 9999-99-99\n", WORD),
        "controls": ('publisher: "a\\u0000b\\u202e\\n"\n', WORD),
        "huge-number": (f"published: {'9' * 5_000}\n", WORD),
        "many": ("".join(f"k{i}: v\n" for i in range(5_000)), REFUSED),
    }
    for name, (block, expect) in blocks.items():
        yield _bytes(f"yaml-{name}.txt", f"---\n{block}---\n\n{ENGLISH}".encode(), expect)
    yield _bytes("yaml-unclosed.md", f"---\nid: x\n\n{ENGLISH}".encode(), WORD)
    yield _bytes("yaml-endless.md", f"---\n{'# x' * 100_000}\n---\n{ENGLISH}".encode(), WORD)


def pages() -> Iterator[Hostile]:
    """HTML that is deep, wide, broken or lying."""
    article = f"<p>{ENGLISH}</p>"
    bodies = {
        "deep-div": ("<div>" * 100_000 + ENGLISH, REFUSED),
        "deep-b": ("<p>" + "<b>" * 50_000 + ENGLISH, EITHER),
        "deep-table": ("<table><tr><td>" * 5_000 + ENGLISH, REFUSED),
        "deep-list": ("<ul><li>" * 5_000 + ENGLISH, EITHER),
        "long-attribute": (f"<p class='{'x ' * 500_000}'>{ENGLISH}</p>", WORD),
        "attributes": (f"<p {' '.join(f'a{i}=1' for i in range(100_000))}>{ENGLISH}</p>", REFUSED),
        "open-tags": (article + "<p" * 100_000, EITHER),
        "angles": (article + "<" * 200_000, EITHER),
        "comment": (article + "<!--" * 50_000, WORD),
        "entities": ("&amp;" * 300_000 + article, EITHER),
        "entity-numbers": (article + "&#x110000;&#0;&#xd800;&#99999999999999;", WORD),
        "nul": (article.replace("p>", "p\0>", 1) + "\0" * 50, EITHER),
        "script-only": ("<script>var x = 'twelve people were killed'</script>", EITHER),
        "hidden-only": (f"<div hidden>{ENGLISH}</div><div style='display: none'>{ENGLISH}</div>", EITHER),
        "many-paragraphs": ("<p>Ten people.</p>" * 20_000, "Ten people"),
        "data-uri": (f"<img src='data:image/png;base64,{'A' * 3_000_000}'>{article}", WORD),
        "one-text": (f"<p>{'word ' * 2_500_000}</p>", REFUSED),
        "svg": (f"<svg>{'<g>' * 200}<text>x</text></svg>{article}", EITHER),
        "frames": ("<frameset><frame src='http://a.example'></frameset>", EITHER),
        "forms": ("<form>" * 200 + article, WORD),
        "null-namespace": (f"<a:b xmlns:a='x'>{article}</a:b>", WORD),
        "control-after-hidden": (f"{article}<div hidden>x</div>\x01\x0c\x1f words", WORD),
        "control-in-names": (f"<p a\x01='x' \x02b='\x03' hidden\x01>x</p><b\x04>y</b>{article}", WORD),
        "control-after-all": (f"{article}</body></html><i hidden>x</i>&#1;&#12;&#xfffe; <p class='&#2;'>x</p", WORD),
        "control-in-frames": (f"<noframes>{article}<i hidden>x</i>&#1;</noframes><i hidden>x</i>&#1;", EITHER),
        "control-references": (f"{article}<i style='display:none'>x</i>&#1;&#12;&#xfffe; <p class='&#2;'>x</p>", WORD),
    }
    for name, (body, expect) in bodies.items():
        yield _bytes(f"html-{name}.html", page(body).encode(), expect)
    heads = {
        "charset-zlib": "<meta charset='zlib_codec'>",
        "charset-punycode": "<meta charset='punycode'>",
        "charset-utf16": "<meta charset='utf-16'>",
        "jsonld": f"<script type='application/ld+json'>{'[' * 100_000}</script>",
        "jsonld-date": '<script type="application/ld+json">{"datePublished": "99999-99-99"}</script>',
        "canonical": "<link rel='canonical' href='javascript:alert(1)'>",
        "canonical-broken": "<link rel='canonical' href='https://[::1'>",
        "title": f"<title>{'x' * 1_000_000}</title>",
        "metas": "<meta name='author' content='x'>" * 20_000,
        "base": "<base href='file:///etc/passwd'>",
        "refresh": "<meta http-equiv='refresh' content='0;url=file:///etc/passwd'>",
    }
    for name, head in heads.items():
        yield _bytes(f"html-{name}.html", page(head=head).encode(), WORD)
    laughs = "<!DOCTYPE html [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>"
    yield _bytes("html-laughs.html", f"{laughs}<html><body>&b;{article}</body></html>".encode(), EITHER)
    yield _bytes("html-external.html", b"<!DOCTYPE html SYSTEM 'file:///etc/passwd'>" + page().encode(), WORD)
    yield _bytes("html-cut.html", page().encode()[:300], EITHER)
    yield _bytes("html-utf16.html", b"\xff\xfe" + page().encode("utf-16-le"), WORD)
    yield _bytes("html-utf16-odd.html", b"\xff\xfe" + page().encode("utf-16-le") + b"<", WORD)
    yield _bytes("html-flipped.html", _flipped(page(article * 5).encode(), 40), EITHER)
    yield _bytes(
        "html-utf7.html", b"<html><head><meta charset=utf-7></head><body>+ADw-script+AD4- " + article.encode(), WORD
    )


def word_files() -> Iterator[Hostile]:
    """DOCX packages that unpack to too much, point outside, or contradict themselves."""
    good = docx(paragraphs(ENGLISH))
    yield _bytes("docx-bomb.docx", docx(paragraphs("a" * 120_000_000)))
    yield _bytes("docx-many.docx", _zip({f"word/{i}.xml": b"" for i in range(20_000)}, base=good))
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">' for i in range(12))
    yield _bytes("docx-laughs.docx", docx(paragraphs("&l11;"), prolog=f"<!DOCTYPE x [{laughs}]>"))
    yield _bytes(
        "docx-external.docx", docx(paragraphs("&e;"), prolog='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')
    )
    yield _bytes("docx-cut.docx", good[: len(good) // 2])
    for seed in range(4):
        yield _bytes(f"docx-flipped-{seed}.docx", _flipped(good, 20, seed=seed), EITHER)
    yield _bytes("docx-not-xml.docx", docx("<w:p><w:r>"))
    yield _bytes("docx-outside.docx", _zip({"../../../tmp/evil": b"x", "/etc/evil": b"x"}, base=good), WORD)
    yield _bytes(
        "docx-deep-tables.docx", docx("<w:tbl><w:tr><w:tc>" * 80 + paragraphs(ENGLISH) + "</w:tc></w:tr></w:tbl>" * 80)
    )
    yield _bytes("docx-deep-sdt.docx", docx("<w:sdt>" * 120 + paragraphs(ENGLISH) + "</w:sdt>" * 120))
    yield _bytes("docx-deep-xml.docx", docx("<w:p>" * 5_000 + "</w:p>" * 5_000))
    yield _bytes("docx-long.docx", docx(paragraphs(*["Ten people."] * 30_000)), "Ten people")
    yield _bytes("docx-empty.docx", docx(""))
    yield _bytes(
        "docx-macro-type.docx", docx(paragraphs("x"), main_type=MAIN_TYPE.replace("document.main", "macroEnabled.main"))
    )
    yield _bytes("docx-no-types.docx", _zip({"word/document.xml": f"<w:document {W}/>".encode()}))
    yield _bytes("docx-no-main.docx", _zip({"[Content_Types].xml": MAIN_TYPE.encode(), "word/document.xml.bak": b""}))
    relation = '<Relationships><Relationship Target="http://a.example/t.dotm" TargetMode="External"/></Relationships>'
    yield _bytes("docx-remote.docx", docx(paragraphs(ENGLISH), parts={"word/_rels/document.xml.rels": relation}), WORD)
    yield _bytes("docx-twice.docx", _zip({"word/document.xml": b"<x/>"}, base=good), EITHER)
    yield _bytes("docx-encrypted-entry.docx", _with_flag(good))
    yield _bytes("docx-lying-size.docx", _with_size(good, 400_000_000))
    yield _bytes("docx-utf16.docx", docx(paragraphs("x"), parts={"word/footnotes.xml": "\ufeff<!DOCTYPE x>"}))


def pdfs() -> Iterator[Hostile]:
    """PDFs cut off, looping, growing, locked, or without letters."""
    good = pdf([[Run(ENGLISH[:70])], [Run(ENGLISH[70:140])]])
    words = ENGLISH[:30]
    yield _bytes("pdf-head.pdf", b"%PDF-1.7\n")
    yield _bytes("pdf-cut.pdf", good[: len(good) // 2], EITHER)
    yield _bytes("pdf-cut-table.pdf", good[:-200], EITHER)
    for seed in range(8):
        yield _bytes(f"pdf-flipped-{seed}.pdf", _flipped(good, 30, seed=seed), EITHER)
    yield _bytes("pdf-noise.pdf", b"%PDF-1.7\n" + random.Random(2).randbytes(50_000))
    catalogue = b"<< /Type /Catalog /Pages 2 0 R >>"
    yield _bytes("pdf-page-loop.pdf", assembled([catalogue, b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"]), EITHER)
    yield _bytes("pdf-count.pdf", assembled([catalogue, b"<< /Type /Pages /Count 1000000000 /Kids [] >>"]))
    yield _bytes("pdf-self.pdf", assembled([b"1 0 R"]))
    yield _bytes("pdf-deep-array.pdf", assembled([catalogue, b"[" * 200_000 + b"]" * 200_000]))
    yield _bytes("pdf-deep-dictionary.pdf", assembled([catalogue, b"<< /A " * 100_000 + b">>" * 100_000]))
    yield _bytes(
        "pdf-xref-loop.pdf", good.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % good.rindex(b"xref\n0")), EITHER
    )
    yield _bytes(
        "pdf-bomb.pdf", _pdf_with_content(zlib.compress(b"\0" * 300_000_000, 9), b"/Filter /FlateDecode"), EITHER
    )
    nested = b"\0" * 100_000_000
    for _ in range(3):
        nested = zlib.compress(nested, 9)
    filters = b"/Filter [/FlateDecode /FlateDecode /FlateDecode]"
    yield _bytes("pdf-bomb-nested.pdf", _pdf_with_content(nested, filters), EITHER)
    yield _bytes("pdf-form-loop.pdf", _pdf_form_loop(), EITHER)
    yield _bytes("pdf-operators.pdf", _pdf_with_content(b"q " * 1_000_000, b""), EITHER)
    yield _bytes("pdf-no-text.pdf", _pdf_with_content(b"0 0 100 100 re f", b""), EITHER)
    yield _bytes("pdf-no-pages.pdf", assembled([catalogue, b"<< /Type /Pages /Count 0 /Kids [] >>"]))
    yield _bytes("pdf-many-pages.pdf", pdf([[Run("12")]] * 2_001))
    yield _bytes("pdf-locked.pdf", _locked(good))
    yield _bytes(
        "pdf-script.pdf", pdf([[Run(words)]], catalogue="/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), words
    )
    yield _bytes("pdf-launch.pdf", pdf([[Run(words)]], catalogue="/OpenAction << /S /Launch /F (/bin/sh) >>"), words)
    yield _bytes("pdf-huge-box.pdf", good.replace(b"[0 0 612 792]", b"[0 0 9e9 9e9]"), EITHER)
    yield _bytes("pdf-negative.pdf", good.replace(b"/Length ", b"/Length -"), EITHER)
    yield _bytes("pdf-trailing.pdf", good + b"\0" * 1_000_000, EITHER)
    yield _bytes("pdf-many-runs.pdf", pdf([[Run("9", x=i % 500, y=i // 500) for i in range(3_000)]]), EITHER)
    yield _bytes("pdf-date.pdf", pdf([[Run(words)]], info="/CreationDate (D:99999999999999+99'99')"), words)
    yield _bytes("pdf-arabic.pdf", pdf([[Run("انس يف اصخش ١٢ لتق")]]), "قتل ١٢ شخصا في سنا")


def pictures() -> Iterator[Hostile]:
    """Pictures cut off, changed, growing, looping, or with words that are bombs."""
    ink = drawn(("12 killed in Senna",), size=30, width=400)
    good = {form: saved(ink, form) for form in ("PNG", "JPEG", "TIFF", "WEBP")}
    for form, data in good.items():
        suffix = form.lower()
        yield _bytes(f"picture-head.{suffix}", data[:12])
        yield _bytes(f"picture-cut.{suffix}", data[: len(data) * 2 // 3], EITHER)
        for seed in range(4):
            yield _bytes(f"picture-flipped-{seed}.{suffix}", data[:16] + _flipped(data[16:], 20, seed=seed), EITHER)
    yield _bytes("picture-huge.png", png(100_000, 100_000))
    yield _bytes("picture-no-rows.png", png(9_000, 8_800), EITHER)
    yield _bytes("picture-empty.png", png(0, 0))
    words = zlib.compress(b"12 killed " * 50_000_000, 9)
    yield _bytes("picture-words.png", png(40, 40, (b"zTXt", b"Comment\0\0" + words)), EITHER)
    # The next page of a TIFF is itself; and a page of more tags than there are bytes.
    yield _bytes("picture-loop.tiff", good["TIFF"][:-4] + struct.pack("<I", 8), EITHER)
    yield _bytes("picture-tags.tiff", b"II*\x00\x08\0\0\0\xff\xff" + b"\0" * 40)
    yield _bytes("picture-many.tiff", saved(ink, "TIFF", save_all=True, append_images=[ink] * 2_000))


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A grey PNG that says how large it is and holds a million black pixels, with further chunks before these."""
    head = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = (b"IDAT", zlib.compress(b"\0" * 1_000_000))
    packed = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (head, *chunks, body, (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + packed


def mails() -> Iterator[Hostile]:
    """Mails nested, boundless, locked or with headers without end."""
    nested = ENGLISH
    for i in range(200):
        nested = f'Content-Type: multipart/mixed; boundary="b{i}"\r\n\r\n--b{i}\r\n{nested}\r\n--b{i}--\r\n'
    yield _bytes("eml-nested.eml", b"From: a@a.example\r\nDate: x\r\n" + nested.encode())
    deeper = b"".join(b"Content-Type: message/rfc822\r\n\r\n" for _ in range(3_000))
    yield _bytes("eml-messages.eml", b"From: a@a.example\r\nSubject: x\r\n" + deeper + b"\r\nx", EITHER)
    parts = "".join(f"--b\r\nContent-Type: text/plain\r\n\r\n{i}\r\n" for i in range(15_000))
    yield _bytes("eml-parts.eml", mail(f"{parts}--b--", kind='multipart/mixed; boundary="b"'))
    yield _bytes("eml-no-boundary.eml", mail(kind="multipart/mixed"), EITHER)
    yield _bytes("eml-same-boundary.eml", mail("--b\r\n" * 20_000, kind='multipart/mixed; boundary="b"'), EITHER)
    yield _bytes("eml-long-header.eml", mail(headers=f"X-Long: {'x' * 2_000_000}\r\n"), WORD)
    yield _bytes("eml-headers.eml", mail(headers="X-Many: x\r\n" * 20_000), WORD)
    yield _bytes("eml-subject.eml", mail(headers="Subject: " + "=?utf-8?B?eA==?= " * 50_000 + "\r\n"), WORD)
    yield _bytes("eml-address.eml", mail().replace(b"Senna Monitor <desk", b"(" * 50_000 + b"<desk"), WORD)
    yield _bytes("eml-references.eml", mail(headers=f"References: {'<' * 100_000}\r\n"), WORD)
    yield _bytes("eml-charset.eml", mail(kind="text/plain; charset=zlib_codec"), WORD)
    yield _bytes("eml-punycode.eml", mail(headers="X: =?punycode?Q?x?=\r\n", kind="text/plain; charset=punycode"), WORD)
    yield _bytes(
        "eml-base64.eml", mail("not base64 at all !!!", headers="Content-Transfer-Encoding: base64\r\n"), EITHER
    )
    yield _bytes(
        "eml-uuencode.eml", mail("begin 644 x\r\n!!!!\r\n", headers="Content-Transfer-Encoding: x-uuencode\r\n"), EITHER
    )
    yield _bytes("eml-locked.eml", mail("x", kind='multipart/encrypted; protocol="application/pgp-encrypted"'))
    yield _bytes("eml-smime.eml", mail("x", kind="application/pkcs7-mime; smime-type=enveloped-data"))
    yield _bytes("eml-attachment-only.eml", mail("x", kind='application/pdf; name="a.pdf"'))
    yield _bytes("eml-nul.eml", mail().replace(b"Subject: ", b"Subject: \0\0"), WORD)
    yield _bytes("eml-date.eml", mail().replace(b"Sun, 9 Mar 2031", b"Foo, 99 Bar 99999"), WORD)
    yield _bytes("eml-raw-headers.eml", mail().replace(b"Market of", "سوق".encode("cp1256")), WORD)
    yield _bytes("eml-flipped.eml", _flipped(mail(), 30), EITHER)
    yield _bytes("eml-deep-html.eml", mail("<div>" * 50_000 + ENGLISH, kind="text/html"))
    yield _bytes("eml-empty.eml", b"From: a@a.example\r\nSubject: x\r\n\r\n")
    names_ = "".join(
        f'--b\r\nContent-Disposition: attachment; filename="../../{i}\x1b[2J.exe"\r\n\r\nx\r\n' for i in range(50)
    )
    yield _bytes(
        "eml-names.eml", mail(f"--b\r\n\r\n{ENGLISH}\r\n{names_}--b--", kind='multipart/mixed; boundary="b"'), WORD
    )


def outlook() -> Iterator[Hostile]:
    """Mails of Outlook cut off, looping, or lying about what lies where."""
    body, subject = {0x1000001F: ENGLISH.encode("utf-16-le")}, {0x0037001F: "Market".encode("utf-16-le")}
    good = msg({**subject, **body}, attached=["a.pdf"])
    yield _bytes("msg-good.msg", good, WORD)
    yield _bytes("msg-cut.msg", good[:-600])
    yield _bytes("msg-head.msg", good[:512] + "__substg1.0_".encode("utf-16-le"))
    for seed in range(8):
        yield _bytes(f"msg-flipped-{seed}.msg", _flipped(good, 30, seed=seed), EITHER)
    yield _bytes("msg-noise.msg", good[:512] + random.Random(3).randbytes(20_000) + "__substg1.0_".encode("utf-16-le"))
    # The table of sectors leads from each sector to itself.
    looping = good[:-512] + b"".join(struct.pack("<I", i) for i in range(128))
    yield _bytes("msg-loop.msg", looping, EITHER)
    # Found by fuzzing: lengths beyond the file's own, and chains that lead in a circle for as long.
    yield _bytes("msg-small-table.msg", looping[:64] + struct.pack("<I", 1 << 22) + looping[68:])
    entry = looping.index("__properties_version1.0".encode("utf-16-le"))
    for name, size in {"long": 1 << 30, "endless": (1 << 32) - 1}.items():
        yield _bytes(
            f"msg-{name}-stream.msg", looping[: entry + 120] + struct.pack("<Q", size) + looping[entry + 128 :]
        )
    yield _bytes("msg-properties.msg", msg(body, root={0x00010003 + (i << 16): i for i in range(12_000)}))
    yield _bytes("msg-no-properties.msg", compound({(): {"__substg1.0_1000001F": b"x"}}))
    yield _bytes("msg-short-properties.msg", compound({(): {"__properties_version1.0": b"x", "__substg1.0_x": b""}}))
    yield _bytes("msg-odd-body.msg", msg({0x1000001F: b"a\0b"}), EITHER)
    yield _bytes("msg-code-page.msg", msg({0x1000001E: b"x"}, root={0x3FDE0003: 4_000_000_000}), EITHER)
    yield _bytes("msg-date.msg", msg(body, root={0x00390040: 2**63}), EITHER)
    yield _bytes("msg-deep-html.msg", msg({0x10130102: b"<div>" * 50_000 + ENGLISH.encode()}))
    yield _bytes("msg-sender.msg", msg({**body, 0x0C1A001F: ("(" * 50_000).encode("utf-16-le")}), WORD)
    yield _bytes("msg-names.msg", msg(body, attached=["../../\x1b[2J\u202eexe.pdf"]), WORD)
    yield _bytes("msg-contact.msg", msg({**body, 0x001A001F: "IPM.Contact".encode("utf-16-le")}))
    yield _bytes("lie-doc.msg", compound({(): {"WordDocument": b"x" * 600}}))
    yield _bytes("lie-text.msg", ENGLISH.encode())


def workbooks() -> Iterator[Hostile]:
    """Workbooks that unpack to too much, lie about their size, or declare what they should not."""
    rows = sheet_rows([ENGLISH, 12])
    good = xlsx({"Tolls": rows})
    yield _bytes("xlsx-good.xlsx", good, WORD)
    yield _bytes("xlsx-cut.xlsx", good[: len(good) // 2])
    for seed in range(6):
        yield _bytes(f"xlsx-flipped-{seed}.xlsx", _flipped(good, 20, seed=seed), EITHER)
    yield _bytes("xlsx-bomb.xlsx", xlsx({"S": sheet_rows(["a" * 120_000_000])}))
    yield _bytes("xlsx-lying-size.xlsx", _with_size(good, 400_000_000))
    yield _bytes("xlsx-encrypted-entry.xlsx", _with_flag(good))
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">' for i in range(12))
    yield _bytes("xlsx-laughs.xlsx", xlsx({"S": sheet_rows(["&l11;"])}, prolog=f"<!DOCTYPE x [{laughs}]>"))
    external = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    yield _bytes("xlsx-external.xlsx", xlsx({"S": sheet_rows(["&e;"])}, prolog=external))
    strings = {"xl/sharedStrings.xml": f"{external}<sst><si><t>&e;</t></si></sst>"}
    yield _bytes("xlsx-external-strings.xlsx", xlsx({"S": rows}, parts=strings))
    yield _bytes("xlsx-row.xlsx", xlsx({"S": '<row r="999999999"><c r="A999999999"><v>1</v></c></row>'}))
    yield _bytes("xlsx-column.xlsx", xlsx({"S": '<row r="1"><c r="ZZZZZZZZ1"><v>1</v></c></row>'}))
    wide_rows = "".join(f'<row r="{i}"><c r="XFD{i}"><v>1</v></c></row>' for i in range(1, 300))
    yield _bytes("xlsx-wide.xlsx", xlsx({"S": wide_rows}))
    yield _bytes("xlsx-string-index.xlsx", xlsx({"S": '<row r="1"><c r="A1" t="s"><v>7</v></c></row>'}))
    yield _bytes("xlsx-number.xlsx", xlsx({"S": f'<row r="1"><c r="A1"><v>{"9" * 100_000}</v></c></row>'}), EITHER)
    yield _bytes("xlsx-date.xlsx", xlsx({"S": '<row r="1"><c r="A1" s="1"><v>1e300</v></c></row>'}), EITHER)
    yield _bytes("xlsx-style.xlsx", xlsx({"S": '<row r="1"><c r="A1" s="99"><v>12</v></c></row>'}), EITHER)
    yield _bytes("xlsx-deep.xlsx", xlsx({"S": "<row>" * 5_000 + "</row>" * 5_000}), EITHER)
    yield _bytes("xlsx-many.xlsx", xlsx({f"S{i}": "" for i in range(300)}), EITHER)
    yield _bytes("xlsx-formulas.xlsx", xlsx({"S": rows + '<row r="2"><c r="A2"><f>CMD()</f></c></row>' * 1_000}), WORD)
    yield _bytes("xlsx-title.xlsx", xlsx({"S": rows}, title="x" * 1_000_000), WORD)
    yield _bytes("xlsx-macros.xlsx", xlsx({"S": rows}, parts={"xl/vbaProject.bin": "x"}))
    yield _bytes("lie-docx.xlsx", docx(paragraphs(ENGLISH)))


def tables() -> Iterator[Hostile]:
    """CSV without an end to its quotes, its rows or its cells."""
    row = f'"{ENGLISH}",12\n'.encode()
    yield _bytes("csv-good.csv", row, WORD)
    yield _bytes("csv-quote.csv", row + b'"' + b"x\n" * 200_000)
    yield _bytes("csv-quotes.csv", row + b'"' * 100_001, EITHER)
    yield _bytes("csv-commas.csv", row + b"," * 3_000_000)
    yield _bytes("csv-rows.csv", b"a,b\n" * 50_000, "a\tb")
    yield _bytes("csv-breaks.csv", b"\n" * 300_000 + row, WORD)
    yield _bytes("csv-returns.csv", b"\r" * 100_000 + row, WORD)
    yield _bytes("csv-formula.csv", row + b'=CMD("calc"),@SUM(1)\n', WORD)
    yield _bytes("csv-nul.csv", row + b"a\0b,c\n", EITHER)
    yield _bytes("csv-noise.csv", random.Random(5).randbytes(20_000))
    yield _bytes("tsv-good.tsv", row.replace(b",", b"\t"), WORD)
    yield _bytes("lie-xlsx.csv", xlsx({"S": sheet_rows([ENGLISH])}))


def containers() -> Iterator[Hostile]:
    """Archives and web archives; what must come of unpacking each: a word in a part, a refusal, or either."""
    text = {"a.txt": ENGLISH.encode()}
    good = _zip(text)
    yield _bytes("zip-good.zip", good, WORD)
    yield _bytes("zip-cut.zip", good[: len(good) // 2])
    for seed in range(6):
        yield _bytes(f"zip-flipped-{seed}.zip", _flipped(good, 5, seed=seed), EITHER)
    yield _bytes("zip-bomb.zip", zipped({"a.txt": b"\0" * 120_000_000}))
    yield _bytes("zip-bombs.zip", zipped({f"{i}.txt": b"\0" * 15_000_000 for i in range(8)}))
    yield _bytes("zip-lying-size.zip", _with_size(good, 400_000_000))
    yield _bytes("zip-understated.zip", _with_size(zipped({"a.txt": b"\0" * 9_000_000}), 10))
    yield _bytes("zip-encrypted.zip", _with_flag(good))
    yield _bytes("zip-many.zip", _zip({f"{i}.txt": b"" for i in range(5_000)}), EITHER)
    yield _bytes("zip-outside.zip", _zip({"../../../tmp/evil.txt": b"x", "/etc/evil.txt": b"x", **text}), WORD)
    yield _bytes("zip-names.zip", _zip({"a\x1b[2J\u202etxt.exe": b"x", "\n\n.txt": b"x", "x" * 5_000: b"x"}), EITHER)
    yield _bytes("zip-twice.zip", _zip({"a.txt": b"other"}, base=good), WORD)
    yield _bytes("zip-nested.zip", _zip({"b.zip": good, "c.wacz": good}))
    yield _bytes("zip-empty.zip", b"PK\x05\x06" + b"\0" * 18, EITHER)
    yield _bytes("zip-no-name.zip", _zip({"": ENGLISH.encode(), **text}), WORD)  # Found by fuzzing.
    yield _bytes("zip-junk-first.zip", b"junk" * 500 + good, WORD)
    yield _bytes("lie-docx.zip", docx(paragraphs(ENGLISH)))
    yield _bytes("lie-text.zip", ENGLISH.encode())
    yield from _web_archives()


def _web_archives() -> Iterator[Hostile]:
    record = warc_record(http(page().encode()))
    good, plain = warc(record), warc(record, packed=False)
    yield _bytes("warc-good.warc.gz", good, WORD)
    yield _bytes("warc-plain.warc", plain, WORD)
    yield _bytes("warc-cut.warc.gz", good[:-150], EITHER)
    yield _bytes("warc-cut-plain.warc", plain[:-100], WORD)
    for seed in range(6):
        yield _bytes(f"warc-flipped-{seed}.warc.gz", _flipped(good, 10, seed=seed), EITHER)
        yield _bytes(f"warc-flipped-{seed}.warc", _flipped(plain, 10, seed=seed), EITHER)
    huge = {"Content-Length": "99999999999999"}
    yield _bytes("warc-length.warc", warc(warc_record(http(page().encode()), fields=huge), packed=False), WORD)
    for name, length in {"negative": "-5", "words": "many", "none": ""}.items():
        fields = {"Content-Length": length}
        data = warc(warc_record(http(page().encode()), fields=fields), packed=False)
        yield _bytes(f"warc-length-{name}.warc", data, EITHER)
    yield _bytes("warc-header.warc", b"WARC/1.1\r\n" + b"X: " + b"x" * 3_000_000)
    yield _bytes("warc-headers.warc", b"WARC/1.1\r\n" + b"X: x\r\n" * 500_000)
    bomb = warc_record(http(zlib.compress(b"\0" * 300_000_000, 9), headers="Content-Encoding: deflate\r\n"))
    yield _bytes("warc-bomb.warc.gz", warc(bomb))
    yield _bytes("warc-bomb-gzip.warc.gz", warc(warc_record(http(b"\0" * 120_000_000))))
    chunks = warc_record(http(b"ffffffff\r\nx" * 1_000, headers="Transfer-Encoding: chunked\r\n"))
    yield _bytes("warc-chunks.warc.gz", warc(chunks), EITHER)
    yield _bytes("warc-no-head.warc.gz", warc(warc_record(b"x" * 200_000)))
    yield _bytes("warc-url.warc.gz", warc(warc_record(http(page().encode()), url="https://\x1b[2J\u202e")), WORD)
    yield _bytes("warc-brotli.warc.gz", warc(warc_record(http(b"x", headers="Content-Encoding: br\r\n"))))
    yield _bytes("lie-text.warc", ENGLISH.encode())
    yield _bytes("lie-gzip.warc.gz", b"\x1f\x8b\x08\0" + b"\0" * 50)
    yield _bytes("wacz-good.wacz", wacz(good), WORD)
    yield _bytes("wacz-digest.wacz", wacz(good, stated="sha256:" + "0" * 64), WORD)
    yield _bytes("wacz-index.wacz", _zip({"archive/a.warc.gz": good, "datapackage.json": b"[" * 200_000}), WORD)
    resources = b'{"resources": [1, null, {"path": 3}, {"path": "a", "hash": []}]}'
    yield _bytes("wacz-resources.wacz", _zip({"archive/a.warc.gz": good, "datapackage.json": resources}), WORD)
    yield _bytes("wacz-empty.wacz", _zip({"datapackage.json": b"{}"}))
    yield _bytes("wacz-cut.wacz", wacz(good)[:-30])
    yield _bytes("wacz-encrypted.wacz", _with_flag(wacz(good)))


def reports() -> Iterator[Hostile]:
    """Lines of `.jsonl` that are no reports; read as one document, each of these files is refused."""
    for name, line in report_lines().items():
        yield _bytes(f"jsonl-{name}.jsonl", line + b"\n")
    yield _sparse("jsonl-200mb.jsonl", b'{"text": "', 200_000_000)


def report_lines() -> dict[str, bytes]:
    """Lines that are no reports, by what is wrong with them."""
    return {
        "array": b'[{"text": "x"}]',
        "string": b'"text"',
        "deep-array": b'{"text": "x", "y": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "deep-object": b'{"text": "x", "y": ' + b'{"a": ' * 60 + b"1" + b"}" * 60 + b"}",
        "cut": b'{"text": "Ten people',
        "twice": b'{"text": "a", "text": "b"}',
        "half": b'{"text": "a \\ud800 b"}',
        "not-utf8": b'{"text": "\xff\xfe"}',
        "no-text": b'{"id": "x"}',
        "null-text": b'{"text": null}',
        "empty-text": b'{"text": " \\n"}',
        "number-text": b'{"text": 12}',
        "number-id": b'{"text": "a", "id": 12}',
        "id-controls": b'{"text": "a", "id": "a\\nb"}',
        "id-bidi": b'{"text": "a", "id": "a\\u202eb"}',
        "id-long": json.dumps({"text": "a", "id": "x" * 500}).encode(),
        "nan": b'{"text": "a", "n": NaN}',
        "trailing": b'{"text": "a"} {"text": "b"}',
        "comment": b'{"text": "a"} // x',
        "control": b'{"text": "a\x01b"}',
        "nul": b"\0" * 100,
        "single-quotes": b"{'text': 'a'}",
    }


def names() -> Iterator[Hostile]:
    """Names that play tricks on shells, terminals and paths."""
    for name in (
        "line\nbreak.txt",
        "escape\x1b[31mred.txt",
        "bell\x07.txt",
        "over\u202etxt.exe",
        "-rf.txt",
        "--help.txt",
        "$(reboot).txt",
        "`id`.txt",
        "a;b|c&d.txt",
        "..%2f..%2fetc%2fpasswd.txt",
        "'quote\".txt",
        " leading.txt",
        "<script>alert(1)</script>.txt".replace("/", "\u2215"),
        "تقرير عن سنّا.txt",
        "x" * 250 + ".txt",
        os.fsdecode(b"not-utf8-\xff\xfe.txt"),
    ):
        yield _bytes(name, ENGLISH.encode(), REFUSED if name.endswith("exe") else WORD)


def special() -> Iterator[Hostile]:
    """What is no file, or leads nowhere."""
    yield Hostile("pipe.txt", os.mkfifo)
    yield Hostile("folder.txt", lambda path: path.mkdir())
    yield Hostile("loop.txt", lambda path: path.symlink_to(path))
    yield Hostile("nowhere.txt", lambda path: path.symlink_to("not-there.txt"))
    yield Hostile("endless.txt", lambda path: path.symlink_to("/dev/zero"))
    yield Hostile("null.txt", lambda path: path.symlink_to("/dev/null"))
    yield Hostile("socket.txt", _socket)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(os.fspath(path))


def _flipped(data: bytes, flips: int, *, seed: int = 0) -> bytes:
    chance = random.Random(seed)
    out = bytearray(data)
    for _ in range(flips):
        out[chance.randrange(16, len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _zip(entries: dict[str, bytes], *, base: bytes = b"") -> bytes:
    out = io.BytesIO(base)
    with zipfile.ZipFile(out, "a" if base else "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in entries.items():
            # The same name twice is meant; a ZipInfo of its own keeps zipfile from warning.
            info = zipfile.ZipInfo(name)
            package.NameToInfo.pop(name, None)
            package.writestr(info, data)
    return out.getvalue()


def _with_flag(data: bytes) -> bytes:
    """Every entry of a zip marked as encrypted."""
    out = bytearray(data)
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = out.find(mark)
        while at >= 0:
            out[at + offset] |= 1
            at = out.find(mark, at + 4)
    return bytes(out)


def _with_size(data: bytes, size: int) -> bytes:
    """The directory of a zip saying that every entry unpacks to so much."""
    out = bytearray(data)
    at = out.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<I", out, at + 24, size)
        at = out.find(b"PK\x01\x02", at + 4)
    return bytes(out)


def _pdf_with_content(stream: bytes, entries: bytes) -> bytes:
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << >> /Contents 4 0 R >>",
            b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(stream), stream),
        ]
    )


def _pdf_form_loop() -> bytes:
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >> /Length 10 >>"
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] /MediaBox [0 0 9 9] >>",
            b"<< /Type /Page /Parent 2 0 R /Resources << /XObject << /F 5 0 R >> >> /Contents 4 0 R >>",
            b"<< /Length 5 >>\nstream\n/F Do\nendstream",
            form + b"\nstream\n/F Do /F Do\nendstream",
        ]
    )


def _locked(data: bytes) -> bytes:
    """A PDF that needs a password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt("open sesame", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# A page whose form draws itself, twice: pdfium goes on for years.
ENDLESS = next(one for one in pdfs() if one.name == "pdf-form-loop.pdf")
