"""Done again after a restore: the end of what never became a session, in the form the backup has of it."""

from uuid import UUID

from sqlmodel import Session

from coding.end_live_sessions import delete_live_session
from coding.restore.again import Again, who_did
from models.conversation import Conversation, ConversationState, forget_conversation
from models.deletion_ledger import Entry
from models.in_progress import InProgress, forget
from models.live import LiveSession
from models.recording_in_progress import RecordingInProgress
from models.resumable_upload import ResumableUpload

_THROWN_AWAY: dict[type[InProgress], str] = {
    RecordingInProgress: "recording_thrown_away", ResumableUpload: "upload_thrown_away"
}  # fmt: skip


class NotYetASession(Exception):
    """The backup has it from before it was one, with what was agreed to then."""


def end_before_it_was_one(session: Session, entry: Entry) -> bool:
    """Throws away what the backup has under the id of a session that came after it: its sound or its pieces, as they
    came bit by bit, or the talk."""
    by, found = who_did(session, entry.by), open_ones(session, entry.subject_id)
    for one in found:
        if isinstance(one, Conversation):
            forget_conversation(session, one, action="conversation_thrown_away", by=by)
        else:
            forget(session, one, action=_THROWN_AWAY[type(one)], by=by)
    return bool(found)


def open_ones(session: Session, session_id: UUID) -> list[InProgress | Conversation]:
    bits = [(kind, session.get(kind, session_id)) for kind in _THROWN_AWAY]
    found: list[InProgress | Conversation] = [one for kind, one in bits if one is not None and one.state is kind.OPEN]
    talk = session.get(Conversation, session_id)
    return found + ([talk] if talk is not None and talk.state is not ConversationState.FINISHED else [])


def _conversation(session: Session, entry: Entry) -> bool:
    found = session.get(Conversation, entry.subject_id)
    if found is None or found.state is ConversationState.FINISHED:
        return False
    forget_conversation(session, found, action=entry.action, by=who_did(session, entry.by))
    return True


def _in_progress(kind: type[InProgress]) -> Again:
    def again(session: Session, entry: Entry) -> bool:
        found = session.get(kind, entry.subject_id)
        if found is None or found.state is not kind.OPEN:
            return False
        forget(session, found, action=entry.action, by=who_did(session, entry.by))
        return True

    return again


def _live(session: Session, entry: Entry) -> bool:
    found = session.get(LiveSession, entry.subject_id)
    if found is None:
        return False
    delete_live_session(session, found, by=who_did(session, entry.by))
    return True


AGAIN: dict[str, Again] = {
    "conversation_thrown_away": _conversation, "live_session_deleted": _live,
    **{action: _in_progress(kind) for kind, action in _THROWN_AWAY.items()},
}  # fmt: skip
