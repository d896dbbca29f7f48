"""Make the example's PDF, DOCX and e-mail files, and check its expected claims. Run by hand only.

The other reports of `src/sijill/example/reports/` are text and are edited where they lie; these four are binary or
encoded, so their words live here. Same words, same tools, same bytes out: dates, identifiers and boundaries are fixed.

    python tools/make_example.py make --fonts DIR     needs typst 0.15, python-docx 1.2; DIR holds Amiri (OFL 1.1)
    python tools/make_example.py check                needs pypdfium2, python-docx, trafilatura

Nothing here is needed to use Sijill: the files it makes are committed. Everything they say is invented.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import importlib
import io
import json
import re
import sys
import unicodedata
import zipfile
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / "src" / "sijill" / "example"
REPORTS = EXAMPLE / "reports"
MAX_FILE, MAX_FOLDER = 60_000, 400_000

# --- the ministry's statement: PDF, English, Western digits ---------------------------------------------------------

MINISTRY = """
#set document(title: "Statement 31/118: On the events at Tamrel market", author: "Ministry of Interior of Meravia",
  date: datetime(year: 2031, month: 3, day: 5))
#set page(paper: "a4", margin: 2.6cm,
  footer: align(center, text(8pt)[Ministry of Interior, 1 Citadel Hill, Port Averin]))
#set text(font: "Libertinus Serif", lang: "en", size: 11pt, ligatures: false, hyphenate: false)
#set par(justify: false, leading: 0.8em, spacing: 1.3em)
#align(center)[
  #text(9pt)[REPUBLIC OF MERAVIA] \\
  #text(15pt, weight: "bold")[Ministry of Interior] \\
  #text(9pt)[Press Office, Port Averin]
]
#line(length: 100%, stroke: 0.6pt)
#grid(columns: (1fr, 1fr), [Statement 31/118], align(right)[5 March 2031])
#v(0.6em)
#text(13pt, weight: "bold")[On the events at Tamrel market]

At 10:25 on Tuesday, 4 March 2031, mortar rounds fired by the armed group that calls itself the Heron Front fell on
the edge of Tamrel market, in Orlune district. 4 citizens were killed and 9 were injured. All of the injured are
being treated at the expense of the state.

The first police patrol, of 12 officers and 2 ambulances, arrived within 15 minutes. At 11:40 the patrol came under
fire on the road to Yelven; 1 police officer was wounded. 3 suspects were detained at Yelven the same afternoon.

No unit of the army or of the police fired artillery on 4 March. The figures put about by the organisation that
calls itself the Senna Valley Monitor, and repeated by some media, have no basis. The count given above rests on
death certificates confirmed by the public prosecutor. As of this morning there are no others.

Under Decree 14 of 2030 each bereaved family will receive 25,000 crowns. Applications may be made at 5 offices of
the Ministry until 30 June.

Citizens are asked to rely on official figures and not to pass on rumours. The free telephone line 199 is open 24
hours a day.

#v(1em)
#align(right)[For the Minister \\ The Head of the Press Office]
"""

# --- the hospital's bulletin: PDF, Arabic, Eastern Arabic digits ----------------------------------------------------
# Without vowel signs, tanwin and brackets, which make pdfium mirror words, and without kerning, which makes poppler
# split them: the example shows one fault of PDF readers (numbers reversed by pypdf's plain mode), not all of them.

HOSPITAL = """
#set document(title: "ضحايا القصف على سوق تامريل", author: "مستشفى منطقة أورلون",
  date: datetime(year: 2031, month: 3, day: 5))
#set page(paper: "a4", margin: 2.6cm)
#set text(font: "Amiri", lang: "ar", size: 13pt, hyphenate: false, kerning: false)
#set par(justify: false, leading: 0.9em, spacing: 1.4em)
#align(center)[
  #text(11pt)[جمهورية ميرافيا] \\
  #text(18pt, weight: "bold")[مستشفى منطقة أورلون] \\
  #text(11pt)[نشرة إحصائية رقم ٧]
]
#line(length: 100%, stroke: 0.6pt)
الأربعاء ٥ آذار ٢٠٣١

#text(14pt, weight: "bold")[الموضوع: ضحايا القصف على سوق تامريل]

استقبل المستشفى يوم الثلاثاء ٤ آذار ٢٠٣١ جثامين ١١ شخصا قتلوا في القصف الذي طال سوق تامريل صباح اليوم نفسه، بينهم ٣
أطفال وامرأتان.

واستقبل قسم الإسعاف ٢٦ جريحا، بينهم ٧ أطفال. وأجرت الطواقم تسع عمليات جراحية خلال الليل بعد استدعاء من كانوا في إجازة.

وكان المستشفى قد أعلن مساء الثلاثاء حصيلة أولية بلغت ١٤ قتيلا. وبعد مراجعة السجلات تبين أن ٣ أسماء أدرجت مرتين، عند
المدخل ثم في القسم، وعليه فإن العدد الصحيح هو ١١ قتيلا.

ولا تشمل هذه الأرقام من دفنهم ذووهم قبل نقلهم إلى المستشفى، ولا من تلقوا العلاج في مراكز أخرى. ويعتذر المستشفى عن عدم
نشر الأسماء احتراما لرغبة العائلات.

#text(weight: "bold")[الاحتياجات العاجلة]

#table(columns: (1fr, auto), stroke: 0.5pt, inset: 7pt,
  [وحدات دم من مختلف الزمر], [٤٢],
  [محاليل وريدية، كيس], [٢٠٠],
  [وقود لمولد الكهرباء، لتر في اليوم], [٣٥٠],
)

يستقبل بنك الدم المتبرعين يوميا من الساعة ٨ صباحا حتى ٦ مساء. الهاتف ٠٨٠٠٤١١

#align(left)[مديرة المستشفى \\ ليني ماريك]
"""

# --- the UN mission's update: DOCX ----------------------------------------------------------------------------------

UN_TITLE = "Flash update no. 3: Senna valley"
UN_AUTHOR = "UN mission in Meravia"
UN_DATE = "As of Friday 7 March 2031, 18:00"
UN_PROTECTION = """
Tamrel. The mission has verified the deaths of nine civilians in the shelling of the market on 4 March. Verification
goes on, and the number is likely to rise.

Dorvin, Upper Senna district. Satellite images taken on 5 and 7 March show that at least 14 homes burnt down in
between. The mission has asked for access to the village and has not yet received it.

About 1,200 people have been displaced from Dorvin since 6 March, by the mission's estimate, most of them to Corvel
and Ostrel.

According to the Senna Valley Monitor, at least 22 people were detained in Dorvin, two of them boys under 16, and
three men are missing. The mission has asked the Interior Ministry for a list of those held.

Peldra. The mission has received a report of a woman killed by gunfire on 5 March and is following it up.
"""
UN_RESPONSE = """
Two convoys reached Corvel on 7 March. Four of the nine water points in the town work; the others need parts worth 3
million crowns. No member of the mission's staff was harmed this week.
"""
UN_ITEMS = (
    ("Item", "Delivered", "Still needed"),
    ("Blankets", "600", "900"),
    ("Family tents", "120", "180"),
    ("Drinking water, litres a day", "15,000", "9,000"),
)
UN_NOTE = """
The mission reports a death as verified when three sources of different kinds confirm it. This update does not say
who is responsible. Figures of earlier updates are replaced by those given here.
"""

# --- the monitor's bulletin: e-mail ---------------------------------------------------------------------------------

BULLETIN = """
SENNA VALLEY MONITOR

Bulletin no. 212, Tuesday 4 March 2031

Tamrel, Orlune district: shelling of the weekly market

The Senna Valley Monitor has documented the killing of at least 11 civilians, including three children and two
women, when five artillery shells hit the market in Tamrel this morning. At least 24 others were wounded, and one
trader is missing.

Two teams worked apart, one at the market and one with the families, and then compared their lists. A death enters
our list with a name, an age, a place and two sources that do not know of each other. The names are kept back until
every family has been told.

The craters, measured at three points, show that the shells came from the north-west, where the army holds Karsen
Ridge. The army denies that it fired. On what we know tonight we hold the Meravian army responsible, and we will say
so if that changes.

This brings to 11 the number of civilians killed in the Senna valley since Monday 3 March, the first day without the
truce.

Agencies have carried a figure of 14 dead, given by Orlune District Hospital. We could not confirm it. Some may have
been entered twice, at the gate and again in the ward.

Messages going round on phones speak of a second attack on the east bank. They are untrue: no one was killed in
Yelven or in Corvel.

Please do not pass on photographs of the wounded. They have families, and the families have phones.
"""
FOOTER = (
    "You receive this because you subscribed to svm-bulletin (1,140 readers).\n"
    "To leave the list, write to svm-bulletin-leave@lists.svm.example"
)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text that was wrapped to fit this file, a line each."""
    return [" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n")]


def pdf(source: str, fonts: Path) -> bytes:
    """Typeset one PDF; system fonts are ignored, so that every machine embeds the same ones."""
    typst = importlib.import_module("typst")  # by name: it is no dependency, so type checkers need not find it
    stamp = int(dt.datetime(2031, 3, 5, 9, tzinfo=dt.UTC).timestamp())
    return bytes(
        typst.compile(source.encode(), format="pdf", font_paths=[str(fonts)], ignore_system_fonts=True, timestamp=stamp)
    )


def docx() -> bytes:
    """Write the update with python-docx, then zip its parts again under one fixed time."""
    import docx as python_docx

    document = python_docx.Document()
    properties, written = document.core_properties, dt.datetime(2031, 3, 7, 18, tzinfo=dt.UTC)
    properties.title, properties.author, properties.last_modified_by = UN_TITLE, UN_AUTHOR, UN_AUTHOR
    properties.created = properties.modified = written
    properties.language, properties.comments, properties.revision = "en", "", 1
    document.add_paragraph(UN_AUTHOR)
    document.add_heading(UN_TITLE, level=1)
    document.add_paragraph(UN_DATE)
    document.add_heading("Protection of civilians", level=2)
    for item in paragraphs(UN_PROTECTION):
        document.add_paragraph(item, style="List Bullet")
    document.add_heading("Response", level=2)
    document.add_paragraph(*paragraphs(UN_RESPONSE))
    table = document.add_table(rows=0, cols=len(UN_ITEMS[0]), style="Light Grid Accent 1")
    for row in UN_ITEMS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_heading("Note on figures", level=2)
    document.add_paragraph(*paragraphs(UN_NOTE))
    raw = io.BytesIO()
    document.save(raw)
    return rezipped(raw.getvalue())


def rezipped(raw: bytes) -> bytes:
    """The same parts in the same order, each dated 1 January 1980: no clock shows in the bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type, part.external_attr, part.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            new.writestr(part, old.read(name), compresslevel=9)
    return out.getvalue()


def eml() -> bytes:
    """The bulletin as a list server sends it: plain text and HTML side by side, quoted-printable."""
    message = EmailMessage(policy=policy.SMTP.clone(linesep="\n", max_line_length=78))
    message["Return-Path"] = "<svm-bulletin-bounces@lists.svm.example>"
    message["Date"] = "Tue, 04 Mar 2031 21:30:00 +0000"
    message["From"] = "Senna Valley Monitor <bulletins@svm.example>"
    message["To"] = "svm-bulletin@lists.svm.example"
    message["Subject"] = "[svm-bulletin] No. 212: shelling of the market in Tamrel"
    message["Message-ID"] = "<bulletin-212.20310304@lists.svm.example>"
    message["List-Id"] = "Bulletins of the Senna Valley Monitor <svm-bulletin.lists.svm.example>"
    message["List-Unsubscribe"] = "<mailto:svm-bulletin-leave@lists.svm.example>"
    texts = paragraphs(BULLETIN)
    plain = "\n\n".join((*texts, "-- \n" + FOOTER)) + "\n"
    marked_up = "\n".join(f"<p>{text}</p>".replace("\n", "<br>\n") for text in (*texts, FOOTER))
    html = f'<html lang="en"><body>\n{marked_up}\n</body></html>\n'
    message.set_content(plain, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary("=_svm_bulletin_212")
    return message.as_bytes()


def make(fonts: Path) -> None:
    """Write the four files."""
    made = {
        "0305-interior-statement.pdf": pdf(MINISTRY, fonts),
        "0305-hospital-bulletin-ar.pdf": pdf(HOSPITAL, fonts),
        "0307-un-update.docx": docx(),
        "0304-svm-bulletin.eml": eml(),
    }
    for name, data in made.items():
        (REPORTS / name).write_bytes(data)
        print(f"{len(data):7,} bytes  {name}")


# --- the check ------------------------------------------------------------------------------------------------------


def squeezed(text: str) -> str:
    """Text with every run of white space as one space, for comparing across line breaks and no-break spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def texts_of(path: Path) -> dict[str, str]:
    """The document names and texts in one file, by the plainest reader of its kind."""
    if path.suffix == ".jsonl":
        reports = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return {report["id"]: report["text"] for report in reports}
    if path.suffix == ".html":
        import trafilatura

        return {path.stem: trafilatura.extract(path.read_text(encoding="utf-8")) or ""}
    if path.suffix == ".pdf":
        import pypdfium2

        with pypdfium2.PdfDocument(path) as document:
            return {path.stem: "\n".join(page.get_textpage().get_text_range() for page in document)}
    if path.suffix == ".docx":
        import docx as python_docx

        return {path.stem: "\n".join(p.text for p in python_docx.Document(str(path)).paragraphs)}
    if path.suffix == ".eml":
        body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
        return {path.stem: body.get_content() if body else ""}
    return {path.stem: path.read_text(encoding="utf-8").split("\n---\n", 1)[1].lstrip("\n")}


def faults(row: dict[str, str], texts: dict[str, str]) -> list[str]:
    """What is wrong with one row of expected.csv: its words must stand in the report, and its numbers make sense."""
    text = squeezed(texts.get(row["document"], ""))
    context, count, wrong = squeezed(row["context"]), squeezed(row["count_text"]), []
    if text.count(context) != 1:
        wrong.append(f"context stands {text.count(context)} times in the report")
    if context.count(count) != 1:
        wrong.append(f"count_text stands {context.count(count)} times in context")
    if row["place"] and squeezed(row["place"]) not in text:
        wrong.append(f"place {row['place']!r} is not in the report")
    low, high = (int(row[end]) if row[end] else None for end in ("low", "high"))
    open_ends = {"exact": "", "about": "", "between": "", "at_least": "high", "at_most": "low", "vague": "both"}
    found = {(False, False): "", (False, True): "high", (True, False): "low", (True, True): "both"}
    if open_ends[row["qualifier"]] != found[low is None, high is None]:
        wrong.append(f"{row['qualifier']} with low {low}, high {high}")
    for day in (row["date_start"], row["date_end"]):
        if day:
            dt.date.fromisoformat(day)
    return wrong


def check() -> int:
    """Print what is wrong with the example; return how many faults."""
    texts = {name: text for path in sorted(REPORTS.iterdir()) for name, text in texts_of(path).items()}
    with (EXAMPLE / "expected.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = [f"{row['document']}: {row['context']!r}: {fault}" for row in rows for fault in faults(row, texts)]
    wrong += [f"{name}: no expected claim" for name in sorted(set(texts) - {row["document"] for row in rows})]
    sizes = {path: path.stat().st_size for path in EXAMPLE.rglob("*") if path.is_file()}
    wrong += [f"{path.name}: {size:,} bytes" for path, size in sizes.items() if size > MAX_FILE]
    if sum(sizes.values()) > MAX_FOLDER:
        wrong.append(f"the folder holds {sum(sizes.values()):,} bytes")
    for name, text in sorted(texts.items()):
        expected = sum(row["document"] == name for row in rows)
        print(f"{len(text.split()):4} words  {expected:3} expected claims  {name}", file=sys.stderr)
    print("\n".join(wrong) or f"{len(rows)} expected claims in {len(texts)} reports: all well")
    return len(wrong)


def main() -> int:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("make", help="write the four files").add_argument("--fonts", type=Path, required=True)
    verbs.add_parser("check", help="check expected.csv against the reports")
    options = parser.parse_args()
    if options.verb == "make":
        make(options.fonts)
        return 0
    return 1 if check() else 0


if __name__ == "__main__":
    raise SystemExit(main())
