"""The thread under a session's feedback: messages of the practitioner and the coaches, and what of it was read."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlmodel import Session, col, select

from coding.feedback.kept import keep_message
from coding.feedback.notices import notify
from coding.feedback.text import AlreadyRead, FeedbackWrong, read_words
from coding.retention import require_words
from models.audit import record_audit
from models.columns import utc_now
from models.database import Database
from models.errors import EvokeError, NotFound
from models.feedback import Feedback, FeedbackMessage
from models.permissions import Actor, Permission
from models.practice import PracticeSession
from models.session_permissions import require_session


class NoFeedbackYet(EvokeError):
    status = 409
    code = "no_feedback_yet"


def write_message(
    session: Session, *, practice: PracticeSession, words: str, client_id: UUID, by: Actor
) -> FeedbackMessage:
    """Under feedback that was sent. The same `client_id` again is the message it was.

    Raises NotFound, NotAllowed, WordsWent, NoFeedbackYet, FeedbackWrong.
    """
    require_session(by, Permission.TALK_ABOUT_FEEDBACK, practice)
    require_words(session, practice)
    known = select(FeedbackMessage).where(
        col(FeedbackMessage.session_id) == practice.id, col(FeedbackMessage.client_id) == client_id
    )
    if (sent := session.exec(known).first()) is not None:
        if sent.by_id != by.person_id:
            raise FeedbackWrong({"words": "This message has the number of another. Load the page again and send it."})
        return sent
    writers = session.exec(select(Feedback.by_id).where(_sent(practice.id)).distinct()).all()
    if not writers:
        raise NoFeedbackYet("There is no feedback on this session yet. Write here once it is sent.")
    words = read_words(words, field="words", missing="Write what you want to say.")
    row = FeedbackMessage(session_id=practice.id, by_id=by.person_id, client_id=client_id)
    keep_message(session, row, words)
    session.flush()
    _record(session, "feedback_message_sent", row, practice, by)
    notify(session, practice, {practice.practitioner_id, *writers} - {by.person_id}, about=row.id)
    return row


def take_back_message(session: Session, *, practice: PracticeSession, message_id: UUID, by: Actor) -> None:
    """It is gone as if it had not been sent. Raises NotFound, NotAllowed, AlreadyRead."""
    require_session(by, Permission.TALK_ABOUT_FEEDBACK, practice)
    row = session.get(FeedbackMessage, message_id, with_for_update=True)
    if row is None or row.session_id != practice.id or row.by_id != by.person_id:
        raise NotFound("There is no such message of yours. Perhaps you have taken it back already.")
    if row.read_at is not None:
        raise AlreadyRead("It has been read already, so it cannot be taken back. Write another one.")
    _record(session, "feedback_message_taken_back", row, practice, by)
    session.delete(row)
    session.flush()


def note_read(database: Database, practice: PracticeSession, *, by: Actor, messages: bool = True) -> None:
    """Before a page shows it. What is for the reader counts as read from then on: feedback and a coach's messages for
    the practitioner, theirs for a coach. Takes no write lock where there is nothing new."""
    with database.read() as session:
        if not _unread(session, practice, by, messages):
            return
    with database.write() as session:
        new = _unread(session, practice, by, messages, lock=True)  # nobody takes it back meanwhile
        for row in new:
            row.read_at = utc_now()
            session.add(row)
            action = "feedback_read" if isinstance(row, Feedback) else "feedback_message_read"
            _record(session, action, row, practice, by)


def _unread(
    session: Session, practice: PracticeSession, by: Actor, messages: bool, *, lock: bool = False
) -> list[Feedback | FeedbackMessage]:
    found: list[Feedback | FeedbackMessage] = []
    mine = practice.practitioner_id == by.person_id
    if mine:
        given = session.exec(_UNREAD.with_for_update() if lock else _UNREAD, params={"id": practice.id}).all()
        found.extend(given)
    if messages:
        theirs = select(FeedbackMessage).where(*unread_by(practice, mine=mine))
        written = session.exec(theirs.with_for_update() if lock else theirs).all()
        found.extend(written)
    return found


def unread_by(practice: PracticeSession, *, mine: bool) -> Collection[ColumnElement[bool]]:
    """Conditions for messages of the other side: `mine` where the practitioner reads."""
    theirs = col(FeedbackMessage.by_id) == practice.practitioner_id
    return (
        col(FeedbackMessage.session_id) == practice.id, col(FeedbackMessage.read_at).is_(None),
        ~theirs if mine else theirs,
    )  # fmt: skip


def _sent(session_id: UUID | BindParameter[UUID]) -> ColumnElement[bool]:
    return (col(Feedback.session_id) == session_id) & col(Feedback.sent_at).is_not(None)


_UNREAD = select(Feedback).where(_sent(bindparam("id")), col(Feedback.read_at).is_(None))


def _record(
    session: Session, action: str, row: Feedback | FeedbackMessage, practice: PracticeSession, by: Actor
) -> None:
    record_audit(
        session, action=action, subject=row, organisation_id=practice.organisation_id, by=by.person_id,
        session_id=str(practice.id),
    )  # fmt: skip
