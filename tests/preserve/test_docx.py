import io

import docx as python_docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sijill.core.document import Metadata, Reading
from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.reading import read_bytes
from tests.preserve.documents import ARABIC, ENGLISH, W, docx, paragraphs


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Reading:
    return read_bytes(data, name="a.docx", limits=limits)


def codes(reading: Reading) -> list[str]:
    return [note.code for note in reading.notes]


def run(words: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{words}</w:t></w:r>"


def cell(*texts: str) -> str:
    return f"<w:tc><w:tcPr/>{paragraphs(*texts)}</w:tc>"


def test_paragraphs_and_tables_in_their_order() -> None:
    rows = f"<w:tr>{cell('Senna', 'Old')}{cell('12')}</w:tr><w:tr>{cell('Dorvin')}{cell('5')}</w:tr>"
    table = f"<w:tbl><w:tblPr/>{rows}</w:tbl>"
    reading = read(docx(paragraphs(ENGLISH) + table + paragraphs(ARABIC), title="Bulletin"))
    assert reading.text == f"{ENGLISH}\nSenna Old\t12\nDorvin\t5\n{ARABIC}"
    assert reading.metadata == Metadata(title="Bulletin", language="en")
    assert reading.reader.startswith("docx@1+lxml-")


def test_foot_and_endnotes_come_last() -> None:
    line = f"<w:footnote w:type='separator'>{paragraphs('---')}</w:footnote>"
    notes = f"<w:footnotes {W}>{line}<w:footnote>{paragraphs('Of whom 3 children.')}</w:footnote></w:footnotes>"
    ends = f"<w:endnotes {W}><w:endnote>{paragraphs('Count of 9 March.')}</w:endnote></w:endnotes>"
    data = docx(paragraphs("12 killed."), parts={"word/footnotes.xml": notes, "word/endnotes.xml": ends})
    assert read(data).text == "12 killed.\n\nOf whom 3 children.\n\nCount of 9 March."


def test_comments_are_never_read() -> None:
    comments = f"<w:comments {W}><w:comment>{paragraphs('Or was it 13?')}</w:comment></w:comments>"
    body = "<w:p><w:commentRangeStart w:id='0'/>" + run("12 killed") + "<w:commentReference w:id='0'/></w:p>"
    assert read(docx(body, parts={"word/comments.xml": comments})).text == "12 killed"


def test_insertions_are_read_and_deletions_are_not_and_that_is_said() -> None:
    body = f"<w:p>{run('Dead: ')}<w:del><w:r><w:delText>10</w:delText></w:r></w:del><w:ins>{run('12')}</w:ins></w:p>"
    reading = read(docx(body))
    assert reading.text == "Dead: 12"
    assert [(note.code, note.severe) for note in reading.notes] == [("tracked_changes", True)]


def test_hidden_words_are_left_out_and_that_is_said() -> None:
    unhidden = run(".", "<w:vanish w:val='0'/>")
    reading = read(docx(f"<w:p>{run('12 killed')}{run(' (13)', '<w:vanish/>')}{unhidden}</w:p>"))
    assert reading.text == "12 killed."
    assert codes(reading) == ["hidden_text"]


def test_text_boxes_are_read_once() -> None:
    box = f"<w:txbxContent>{paragraphs('In the box: 12')}</w:txbxContent>"
    both = (
        "<mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    assert (
        read(docx(f"<w:p>{run('Before')}<w:r>{both}</w:r></w:p>" + paragraphs("After"))).text
        == "Before\nIn the box: 12\nAfter"
    )


def test_what_is_within_controls_and_links_is_read() -> None:
    body = (
        f"<w:sdt><w:sdtContent>{paragraphs('In a control: 12')}</w:sdtContent></w:sdt>"
        f"<w:p><w:hyperlink>{run('linked')}</w:hyperlink>{run(' and ')}<w:fldSimple>{run('34')}</w:fldSimple></w:p>"
        f"<w:p><w:r><w:instrText>PAGE</w:instrText><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/></w:r></w:p>"
    )
    assert read(docx(body)).text == "In a control: 12\nlinked and 34\na\tb\nc-"


def test_rows_within_controls_are_read() -> None:
    row = f"<w:tr>{cell('1')}<w:sdt><w:sdtContent>{cell('2')}</w:sdtContent></w:sdt></w:tr>"
    table = f"<w:tbl><w:sdt><w:sdtContent>{row}</w:sdtContent></w:sdt></w:tbl>"
    assert read(docx(table)).text == "1\t2"


def test_the_day_of_the_last_change_is_the_date() -> None:
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dcterms="http://purl.org/dc/terms/"><dcterms:modified>{}</dcterms:modified></cp:coreProperties>'
    )
    reading = read(docx(paragraphs(ENGLISH), parts={"docProps/core.xml": core.format("2031-03-09T18:00:00Z")}))
    assert (reading.metadata.published, codes(reading)) == ("2031-03-09T18:00:00+00:00", ["date_from_file"])
    stock = read(docx(paragraphs(ENGLISH), parts={"docProps/core.xml": core.format("2013-12-23T23:15:00Z")}))
    assert (stock.metadata.published, stock.notes) == (None, ())


WORDS = st.text(
    alphabet=st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="\u2028\u2029"), max_size=30
)


@settings(max_examples=25, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6), st.lists(st.lists(WORDS, min_size=2, max_size=2), max_size=3))
def test_another_program_writes_what_we_read(lines: list[str], rows: list[list[str]]) -> None:
    """python-docx writes the file; the words are read back in their order."""
    document = python_docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if rows:
        table = document.add_table(rows=0, cols=2)
        for row in rows:
            for one, words in zip(table.add_row().cells, row, strict=True):
                one.text = words
    document.add_paragraph("The end.")
    out = io.BytesIO()
    document.save(out)
    expected = [*lines, *("\t".join(words if words.strip() else "" for words in row) for row in rows), "The end."]
    assert read(out.getvalue()).text == "\n".join(expected).strip("\n")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (docx(paragraphs("a" * 30_000_000)), "unpacks to more than"),
        (docx(paragraphs(ENGLISH), parts={f"x{i}": "" for i in range(60)}), "parts, where 50 are allowed"),
        (docx(paragraphs("&e;"), prolog="<!DOCTYPE x [<!ENTITY e 'twelve'>]>"), "it declares entities"),
        (docx("<w:p>"), "its XML cannot be read"),
        (docx(paragraphs(ENGLISH))[:-100], "it cannot be unpacked"),
        (docx("<w:sdt>" * 60 + "</w:sdt>" * 60), "nested too deeply"),
        (docx(""), "no text in it"),
    ],
)
def test_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=r"a\.docx: ") as caught:
        read(data, Limits(max_parts=50))
    assert reason in caught.value.reason
    assert caught.value.hint
