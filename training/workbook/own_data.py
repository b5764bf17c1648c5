"""The note of a session in a copy of what is held about its practitioner."""

from typing import Any

from sqlmodel import Session

from coding.feedback.lines import signed_lines
from coding.review.sign_off import signed_off
from models.audit_hash import plain
from models.practice import PracticeSession
from models.workbook import note_of, note_words
from training.workbook.headings import HEADINGS
from training.workbook.material import heading_of, kind_of


def note_data(session: Session, practice: PracticeSession) -> dict[str, Any] | None:
    """What they wrote; lines that others said are named by their number alone. None where there is no note. Raises
    WordsGone."""
    row, review = note_of(session, practice.id), signed_off(session, practice.id)
    if row is None or review is None:
        return None
    words = note_words(session, row)
    quoted = [line for line in signed_lines(session, review) if line.id in words.quoted]
    return {
        "made_at": plain(row.made_at),
        "changed_at": plain(row.changed_at),
        "headings": [
            {
                "title": shown.title,
                "text": words.texts.get(heading.value, ""),
                "lines": [line.number for line in quoted if heading_of(line) is heading],
            }
            for heading, shown in HEADINGS[kind_of(practice)].items()
        ],
    }
