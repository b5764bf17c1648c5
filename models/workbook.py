"""The note that a practitioner writes of a signed-off session, for a family's workbook or as practice."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, Session, SQLModel, col, delete, select

from models.columns import UtcDateTime, new_id, utc_now
from models.sealed import open_from, seal_into


class WorkbookNote(SQLModel, table=True):
    """One for a session, its practitioner's. `sealed` has what they wrote, under the session's key (see `NoteWords`):
    it goes with the session, and with what was said in it."""

    __tablename__ = "workbook_note"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", unique=True)
    by_id: UUID = Field(foreign_key="person.id", index=True)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


@dataclass(frozen=True)
class NoteWords:
    """`texts` by heading. Of the lines that are quoted only the ids are kept: the words stay in the transcript, and go
    into the note each time it is given out, as long as they may."""

    texts: dict[str, str] = field(default_factory=dict)
    quoted: tuple[int, ...] = ()


def note_of(session: Session, session_id: UUID) -> WorkbookNote | None:
    return session.exec(select(WorkbookNote).where(col(WorkbookNote.session_id) == session_id)).first()


def keep_note_words(session: Session, row: WorkbookNote, words: NoteWords) -> None:
    """Raises WordsGone."""
    seal_into(session, row, asdict(words), session_id=row.session_id)
    session.add(row)


def note_words(session: Session, row: WorkbookNote) -> NoteWords:
    """Raises WordsGone."""
    kept = open_from(session, row, session_id=row.session_id)
    return NoteWords(dict(kept["texts"]), tuple(kept["quoted"]))


def forget_note(session: Session, session_id: UUID) -> None:
    """All that it holds are words about what was said."""
    session.exec(delete(WorkbookNote).where(col(WorkbookNote.session_id) == session_id))
