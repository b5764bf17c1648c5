"""Keeping the note of a session, and taking it away."""

from collections.abc import Collection, Mapping

from sqlmodel import Session

from coding.feedback.text import cleaned, too_long
from coding.hold import is_held
from coding.retention import require_words
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.permissions import Actor, Permission
from models.person import Person
from models.practice import PracticeSession
from models.session_permissions import require_session
from models.workbook import NoteWords, WorkbookNote, keep_note_words, note_of, note_words
from training.workbook.draft import Conversation, draft_note
from training.workbook.headings import HEADINGS, Heading, NoteKind

MOST_WORDS = 4000
"""Characters under one heading."""
MOST_QUOTED = 8
FORMS = ("docx", "json", "copy")
"""How a note is taken away: as a file, or on the clipboard."""


class NoteWrong(EvokeError):
    """`fields` maps each field at fault to its sentence."""

    code = "note_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class NoteUnderHold(EvokeError):
    status = 409
    code = "under_hold"

    def __init__(self) -> None:
        super().__init__(
            "This session is under a legal hold, so the note stays as it is until the hold is lifted. It can be read, "
            "copied and downloaded. What you have just written is not kept: copy it somewhere safe."
        )
        self.fields = {"note": self.message}


def read_texts(texts: Mapping[str, str], kind: NoteKind) -> dict[Heading, str]:
    """Of the headings of this kind alone. Raises NoteWrong."""
    read = {one: cleaned(texts.get(one.value, "")) for one in HEADINGS[kind]}
    wrong = {one.value: sentence for one, text in read.items() if (sentence := too_long(text, MOST_WORDS))}
    if wrong:
        raise NoteWrong(wrong)
    return read


def save_note(
    session: Session, *, practice: PracticeSession, conversation: Conversation, texts: Mapping[Heading, str],
    quoted: Collection[int], by: Actor,
) -> WorkbookNote | None:  # fmt: skip
    """The same again changes nothing. Lines that may not be quoted are dropped. None for the untouched draft of a
    session under a hold, of which nothing is kept.

    Raises NotFound, NotAllowed, WordsWent, NoteUnderHold, NoteWrong.
    """
    require_session(by, Permission.WRITE_WORKBOOK_NOTE, practice)
    require_words(session, practice)  # which also locks: two clicks are one
    row, words = note_of(session, practice.id), _words(conversation, texts, quoted)
    if row is not None and note_words(session, row) == words:
        return row
    if is_held(session, practice.id):
        draft = draft_note(conversation)
        if row is None and words == _words(conversation, draft.texts, draft.quoted):
            return None
        raise NoteUnderHold
    if len(words.quoted) > MOST_QUOTED:
        raise NoteWrong({"quote": f"Choose at most {MOST_QUOTED} lines to quote. A note is short."})
    action = "workbook_note_changed" if row else "workbook_note_made"
    row = row or WorkbookNote(session_id=practice.id, by_id=by.person_id)
    keep_note_words(session, row, words)
    row.changed_at = utc_now()
    session.flush()
    _record(session, action, row, practice, by)
    return row


def _words(conversation: Conversation, texts: Mapping[Heading, str], quoted: Collection[int]) -> NoteWords:
    lines = () if conversation.withheld else conversation.lines
    chosen = tuple(line.id for line in lines if line.under and line.id in quoted)
    return NoteWords({heading.value: text for heading, text in texts.items()}, chosen)


def delete_note(session: Session, *, practice: PracticeSession, by: Actor) -> None:
    """The next one begins from the draft. Raises NotFound, NotAllowed, NoteUnderHold."""
    require_session(by, Permission.WRITE_WORKBOOK_NOTE, practice)
    session.refresh(practice, with_for_update=True)
    row = note_of(session, practice.id)
    if row is None:
        return
    if is_held(session, practice.id):
        raise NoteUnderHold
    session.delete(row)
    _record(session, "workbook_note_deleted", row, practice, by)


def note_taken(session: Session, *, practice: PracticeSession, form: str, by: Actor) -> None:
    """Before it is given out."""
    assert form in FORMS
    record_audit(
        session, action="workbook_note_taken", subject=practice, organisation_id=practice.organisation_id,
        by=by.person_id, form=form,
    )  # fmt: skip


def plan_note_taken(session: Session, *, person: Person, form: str) -> None:
    """Of one's own plan; nothing of it is kept."""
    assert form in FORMS
    record_audit(
        session, action="plan_note_taken", subject=person, organisation_id=person.organisation_id, by=person.id,
        form=form,
    )  # fmt: skip


def _record(session: Session, action: str, row: WorkbookNote, practice: PracticeSession, by: Actor) -> None:
    record_audit(
        session, action=action, subject=row, organisation_id=practice.organisation_id, by=by.person_id,
        session_id=str(practice.id),
    )  # fmt: skip
