"""Stopping the work on a session, so that it can be taken up again where it was."""

from uuid import UUID

from sqlmodel import Session, col, select

from models.audit import record_audit
from models.errors import EvokeError
from models.permissions import Actor, Permission
from models.practice import STOPPED_BY_PERSON, PracticeSession, Recording, Stage
from models.queue import cancel
from models.session_permissions import require_session
from models.transcript import TranscriptVersion
from models.webhook import say_happened
from models.webhook_kept import Happened


class NothingToStop(EvokeError):
    status = 409
    code = "nothing_to_stop"


def stop_working(session: Session, *, practice: PracticeSession, by: Actor) -> None:
    """Its worker ends within a second and writes nothing more. What was heard so far is kept.

    Raises NothingToStop, NotFound, NotAllowed."""
    require_session(by, Permission.CHANGE_SESSION, practice)
    # Jobs first: whoever ends one holds it while it changes the session, and the other way round they could wait for
    # each other.
    while cancel(session, organisation_id=practice.organisation_id, ids=subjects_of(session, practice.id)):
        session.flush()
    session.refresh(practice)
    if practice.stage not in Stage.working():
        raise NothingToStop("Nothing is being done with this session just now, so there is nothing to stop.")
    recordings = select(Recording.id).where(col(Recording.session_id) == practice.id)
    kept = "recording" if session.exec(recordings.limit(1)).first() else "transcript"
    practice.stage, practice.problem_code = Stage.STOPPED, STOPPED_BY_PERSON
    practice.problem = f"{by.name} stopped this. The {kept} is kept; start again when you like."
    session.add(practice)
    record_audit(
        session, action="session_stopped", subject=practice, organisation_id=practice.organisation_id, by=by.person_id
    )
    say_happened(
        session, Happened.SESSION_STOPPED, organisation_id=practice.organisation_id, session_id=practice.id
    )  # fmt: skip


def subjects_of(session: Session, practice_id: UUID) -> list[UUID]:
    """What its jobs are about."""
    recordings = select(Recording.id).where(col(Recording.session_id) == practice_id)
    transcripts = select(TranscriptVersion.id).where(col(TranscriptVersion.session_id) == practice_id)
    return [*session.exec(recordings), *session.exec(transcripts)]
