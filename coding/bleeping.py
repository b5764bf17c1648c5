"""How far the tone over names in a recording is, and putting it there once more when that failed."""

from enum import StrEnum

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from coding.hold import require_not_held
from models.audit import record_audit
from models.errors import EvokeError
from models.job import Job, JobState
from models.permissions import Actor, Permission
from models.practice import PracticeSession, Recording
from models.queue import UNFINISHED, enqueue
from models.session_permissions import require_session

NAME = "bleep_recording"


class Bleeping(StrEnum):
    NONE = ""
    WORKING = "working"
    FAILED = "failed"


class NothingToBleep(EvokeError):
    status = 409
    code = "nothing_to_bleep"


def bleeping_of(session: Session, practice: PracticeSession) -> Bleeping:
    """Of the last time it was asked for; NONE when it was not, or is done."""
    states = {job.state for job in _last_jobs(session, practice)}
    if states & set(UNFINISHED):
        return Bleeping.WORKING
    return Bleeping.FAILED if JobState.FAILED in states else Bleeping.NONE


def bleep_again(session: Session, *, practice: PracticeSession, by: Actor) -> None:
    """Raises NotFound, NotAllowed, NothingToBleep, UnderHold."""
    require_session(by, Permission.CHECK_NAMES, practice)
    require_not_held(session, practice)
    failed = [job for job in _last_jobs(session, practice) if job.state is JobState.FAILED]
    if not failed:
        raise NothingToBleep(
            "There is no tone to put over the names: it is there already, or somebody has tried again."
        )
    recordings = {str(one.id): one for one in _recordings(session, practice)}
    for job in failed:
        recording = recordings[job.args["recording_id"]]
        enqueue(session, NAME, organisation_id=practice.organisation_id, recording_id=recording.id)
    record_audit(
        session, action="bleep_tried_again", subject=practice, organisation_id=practice.organisation_id, by=by.person_id
    )


def _recordings(session: Session, practice: PracticeSession) -> list[Recording]:
    return list(session.exec(_RECORDINGS, params={"id": practice.id}))


_RECORDINGS = select(Recording).where(col(Recording.session_id) == bindparam("id"))


def _last_jobs(session: Session, practice: PracticeSession) -> list[Job]:
    """The newest of each recording that is there."""
    ids = [str(one.id) for one in _recordings(session, practice)]
    if not ids:
        return []
    about = col(Job.args)["recording_id"].as_string().in_(ids)
    found = select(Job).where(col(Job.name) == NAME, about).order_by(col(Job.created_at), col(Job.id))
    return list({job.args["recording_id"]: job for job in session.exec(found)}.values())
