"""Word documents, honest and hostile."""

import io
import struct
import zipfile

import pytest

from coding.transcript.docx_archive import MAX_MEMBERS, MAX_PART
from coding.transcript.errors import DocxBroken, DocxUnsafe, NoSpeakers, NotATranscript, NoWords
from coding.transcript.read import read_transcripts
from tests.coding.transcript.rendering import as_docx

SAID = [("Worker", "How was the week?"), ("Mum", "Long.")]
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _packed(body: str, *, before: str = "", main: str = "word/document.xml") -> bytes:
    xml = f'<?xml version="1.0"?>{before}<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
    return _zip({"[Content_Types].xml": b"<Types/>", main: xml.encode()})


def _zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _said(data: bytes) -> list[tuple[str, str]]:
    (read,) = read_transcripts("a.docx", data)
    return [(turn.speaker_label, turn.text) for turn in read.turns]


def test_tables_with_headings_times_and_numbers() -> None:
    import docx

    for heading in (("Time", "Speaker", "Text"), None):
        document = docx.Document()
        document.add_paragraph("Role play")
        table = document.add_table(rows=0, cols=3)
        for row in ([heading] if heading else []) + [
            ("00:01", "Anna", "Hello.\nHow are you?"),
            ("00:04", "Ben", "Fine."),
        ]:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        out = io.BytesIO()
        document.save(out)
        (read,) = read_transcripts("a.docx", out.getvalue())
        assert [(turn.speaker_label, turn.text, turn.start) for turn in read.turns] == [
            ("Anna", "Hello. How are you?", 1.0),
            ("Ben", "Fine.", 4.0),
        ]


def test_a_table_for_layout_is_read_as_lines() -> None:
    import docx

    document = docx.Document()
    document.add_table(rows=1, cols=1).rows[0].cells[0].text = "Worker: Hello.\nMum: Hi."
    out = io.BytesIO()
    document.save(out)
    assert _said(out.getvalue()) == [("Worker", "Hello."), ("Mum", "Hi.")]


def test_insertions_count_deletions_do_not_and_breaks_part_lines() -> None:
    body = (
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>Worker: How </w:t></w:r><w:ins><w:r><w:t>was it?</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>are you?</w:delText></w:r></w:del></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:r><w:t>Mum: Long.</w:t><w:br/><w:t>Worker: I see.</w:t></w:r></w:p>"
    )
    assert _said(_packed(body)) == [("Worker", "How was it?"), ("Mum", "Long."), ("Worker", "I see.")]


def test_the_main_part_may_have_another_name() -> None:
    whole = _packed(_paragraph("Worker: Hello.") + _paragraph("Mum: Hi."), main="word/document2.xml")
    relation = (
        b'<Relationships><Relationship Type="http://x/officeDocument" Target="word/document2.xml"/></Relationships>'
    )
    out = io.BytesIO(whole)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("_rels/.rels", relation)
    assert _said(out.getvalue()) == [("Worker", "Hello."), ("Mum", "Hi.")]


def test_a_small_file_that_unpacks_to_much_is_refused() -> None:
    bomb = _zip({"[Content_Types].xml": b"", "word/document.xml": b" " * (MAX_PART - 1)})
    assert len(bomb) < 40_000
    with pytest.raises(DocxUnsafe):
        read_transcripts("a.docx", bomb)


def test_a_bomb_beside_the_text_is_refused_too() -> None:
    with pytest.raises(DocxUnsafe):
        read_transcripts("a.docx", _zip({"[Content_Types].xml": b"", "word/document.xml": b"", "x": b"0" * 20_000_000}))


def test_a_directory_that_lies_about_sizes_is_found_out_while_inflating() -> None:
    honest = _zip({"[Content_Types].xml": b"", "word/document.xml": b" " * 5_000_000})
    at = honest.rindex(b"PK\x01\x02")  # the last entry of the directory is the document
    lying = bytearray(honest)
    lying[at + 24 : at + 28] = struct.pack("<I", 1000)
    with pytest.raises((DocxUnsafe, DocxBroken)):
        read_transcripts("a.docx", bytes(lying))


def test_thousands_of_members_are_refused() -> None:
    members = {f"word/{number}": b"" for number in range(MAX_MEMBERS)}
    with pytest.raises(DocxUnsafe):
        read_transcripts("a.docx", _zip({"[Content_Types].xml": b"", **members}))


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE d [<!ENTITY a "ha">]>',
        '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
def test_entities_are_refused(before: str) -> None:
    with pytest.raises(DocxUnsafe):
        read_transcripts("a.docx", _packed(_paragraph("Worker: Hi"), before=before))


@pytest.mark.parametrize(
    "data",
    [
        as_docx(SAID)[:2000],
        b"PK\x03\x04",
        b"Worker: Hello.\nMum: Hi.\n",
        _packed("<w:p><w:r>"),
        _zip({"[Content_Types].xml": b"", "word/other.xml": b"<x/>"}),
    ],
    ids=["cut short", "only a mark", "text", "broken XML", "no document"],
)
def test_broken_files_are_named(data: bytes) -> None:
    with pytest.raises(DocxBroken, match=r"save it again as \.docx"):
        read_transcripts("a.docx", data)


def test_other_zip_files_are_no_word_documents() -> None:
    with pytest.raises(NotATranscript, match="not a Word document"):
        read_transcripts("a.docx", _zip({"[Content_Types].xml": b"", "xl/workbook.xml": b"<x/>"}))


def test_deep_nesting_is_survived() -> None:
    deep = "<w:sdt>" * 20_000 + _paragraph("Worker: Hello.") + _paragraph("Mum: Hi.") + "</w:sdt>" * 20_000
    assert _said(_packed(deep)) == [("Worker", "Hello."), ("Mum", "Hi.")]


def test_documents_without_words_or_speakers_are_named() -> None:
    with pytest.raises(NoWords):
        read_transcripts("a.docx", _packed(_paragraph(" ")))
    with pytest.raises(NoSpeakers):
        read_transcripts("a.docx", _packed(_paragraph("Just a story.")))
