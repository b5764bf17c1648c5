"""The note as a Word document, with real headings for screen readers and for whoever pastes it into a case system."""

import io
from collections.abc import Sequence
from datetime import datetime

from training.workbook.finish import EMPTY, Finished, in_marks


def note_as_docx(
    note: Finished, *, facts: Sequence[tuple[str, str]], author: str, at: datetime
) -> bytes:  # fmt: skip
    from docx import Document  # some 13 MB, which the website holds only once somebody has taken a note away
    from docx.shared import Cm, Pt

    document = Document()
    about = document.core_properties
    about.title, about.author, about.last_modified_by, about.language = note.title, author, author, "en-GB"
    about.comments, about.created, about.modified = "", at.replace(tzinfo=None), at.replace(tzinfo=None)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(12)
    for section in document.sections:
        section.left_margin = section.right_margin = Cm(2.5)
    document.add_heading(note.title, level=1)
    if note.warning:
        document.add_paragraph().add_run(note.warning).bold = True
    for name, value in facts:
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        line.add_run(f"{name}: ").bold = True
        line.add_run(value)
    for one in note.sections:
        document.add_heading(one.title, level=2)
        for text in (EMPTY if one.empty else one.text).split("\n"):
            if text.strip():
                document.add_paragraph(text)
        for quotation in one.quotations:
            document.add_paragraph(in_marks(quotation), style="Quote")
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
