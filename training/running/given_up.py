"""Jobs that were given up and that an administrator can have tried again: what they were, why, and what to do first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, or_, select

from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.job import Job, JobState
from models.lock import hold_lock
from models.permissions import Actor, Permission, require
from models.practice import PracticeSession, Recording, Stage
from models.queue import enqueue
from models.session_permissions import visible_sessions
from models.transcript import TranscriptVersion
from training.running.job_facts import FAILED_LATELY
from training.running.names import BY_THEMSELVES, OF_SESSIONS, in_words, queue_of

MOST = 500
MOST_LINKS = 5
_FIRST = {
    "SpeechModelMissing": "The speech model was missing. Fetch it first: `evoke speech models fetch NAME`.",
    "ModelUnreadable": "The coder could not be read. Put it back first, or choose another: `evoke model use NAME`.",
    "ChoiceNotKept": "The coder that was chosen could not be found. Choose one first: `evoke model use NAME`.",
    "NameModelUnusable": "The model of names could not be read. Correct `EVOKE_NAME_MODEL` first.",
    "TemporaryFolderFull": "The folder of temporary files was full. Make room first, or set `TMPDIR` to a larger disk.",
    "RecordingDamaged": "The recording’s file was damaged or missing. Put it back first, from a backup.",
    "RecordingLocked": "The master key was another one. Set the right one first.",
    "MailRefused": "The mail server refused the address. Correct it first, under People and teams.",
    "GaveUp": "It failed five times. The worker’s log says where.",
}
"""Why, by the name of the error. A session that stopped for any other reason is a matter of whoever added it."""


class NothingToTryAgain(EvokeError):
    status = 409
    code = "nothing_to_try_again"

    def __init__(self) -> None:
        super().__init__("None of these is given up any more. Perhaps somebody else has tried them again already.")


@dataclass(frozen=True)
class GivenUp:
    """Jobs of one name that ended for one reason, `why`. `sessions` are those of them that the reader may open, few."""

    name: str
    error: str
    words: str
    why: str
    jobs: int
    since: datetime
    can_try: bool
    sessions: tuple[UUID, ...]


def given_up(session: Session, actor: Actor) -> tuple[GivenUp, ...]:
    """Of the actor's organisation, and of none, in the last week. Sessions taken up since are not there."""
    groups: dict[tuple[str, str], list[Job]] = {}
    for job in _open(session, actor):
        groups.setdefault((job.name, _error(job)), []).append(job)
    return tuple(
        GivenUp(
            name, error, in_words(name), _why(name, error), len(jobs),
            min(one.finished_at or one.created_at for one in jobs), name not in BY_THEMSELVES,
            _to_open(session, actor, jobs),
        )
        for (name, error), jobs in groups.items()
    )  # fmt: skip


def try_again(session: Session, *, name: str, error: str, by: Actor) -> int:
    """Enqueues each job of a group anew; how many. Jobs are idempotent, so that one which was nearly done does no harm.

    Raises NothingToTryAgain, NotFound."""
    require(by, Permission.MANAGE_SETTINGS)
    hold_lock(session, "jobs tried again")  # of two who press it at once, the second finds none
    jobs = [one for one in _open(session, by) if (one.name, _error(one)) == (name, error)]
    if not jobs or name in BY_THEMSELVES:
        raise NothingToTryAgain
    practices = _sessions_of(session, jobs)
    for job in jobs:
        if (practice := practices.get(job.id)) is not None:
            practice.stage, practice.problem_code, practice.problem, practice.progress = Stage.QUEUED, None, None, 0
            session.add(practice)
        job.state = JobState.CANCELLED  # its successor stands for it
        session.add(job)
        again = enqueue(
            session, job.name, organisation_id=job.organisation_id,
            **{key: UUID(value) for key, value in job.args.items()},
        )  # fmt: skip
        record_audit(
            session, action="job_tried_again", subject=again, organisation_id=by.organisation_id, by=by.person_id,
            job=name,
        )  # fmt: skip
    return len(jobs)


def _why(name: str, error: str) -> str:
    if error not in _FIRST and queue_of(name) == "mail":
        return "The mail server did not take it. Look whether it answers first: `evoke doctor`."
    return _FIRST.get(error, "The worker’s log says why.")


def _error(job: Job) -> str:
    return (job.problem or "").rpartition(": ")[2]


def _open(session: Session, actor: Actor) -> list[Job]:
    theirs = or_(col(Job.organisation_id) == actor.organisation_id, col(Job.organisation_id).is_(None))
    lately = col(Job.finished_at) > utc_now() - FAILED_LATELY
    failed = select(Job).where(theirs, col(Job.state) == JobState.FAILED, lately)
    jobs = list(session.exec(failed.order_by(col(Job.finished_at).desc()).limit(MOST)))
    of_sessions = [one for one in jobs if one.name in OF_SESSIONS and _error(one) in _FIRST]
    stopped = {
        job_id for job_id, practice in _sessions_of(session, of_sessions).items() if practice.stage is Stage.STOPPED
    }  # fmt: skip
    seen: set[tuple[str, tuple[Any, ...]]] = set()
    found = []
    for job in jobs:  # the newest of each: one that was tried by hand failed once more
        same = (job.name, tuple(sorted(job.args.items())))
        if same not in seen and (job.name not in OF_SESSIONS or job.id in stopped):
            found.append(job)
        seen.add(same)
    return found


def _sessions_of(session: Session, jobs: Iterable[Job]) -> dict[UUID, PracticeSession]:
    """By the job's id, of those that are about a session which nobody withdrew."""
    about: dict[UUID, UUID] = {}
    for name, key in (("transcribe_recording", "recording_id"), ("code_transcript", "transcript_id")):
        wanted = {UUID(one.args[key]): one.id for one in jobs if one.name == name and key in one.args}
        table = Recording if name == "transcribe_recording" else TranscriptVersion
        for row_id, session_id in session.exec(select(table.id, table.session_id).where(col(table.id).in_(wanted))):
            about[wanted[row_id]] = session_id
    here = select(PracticeSession).where(
        col(PracticeSession.id).in_(set(about.values())), col(PracticeSession.withdrawn_at).is_(None)
    )
    practices = {one.id: one for one in session.exec(here)}
    return {job_id: practices[one] for job_id, one in about.items() if one in practices}


def _to_open(session: Session, actor: Actor, jobs: list[Job]) -> tuple[UUID, ...]:
    ids = {one.id for one in _sessions_of(session, jobs).values()}
    may = select(PracticeSession.id).where(visible_sessions(actor), col(PracticeSession.id).in_(ids))
    return tuple(session.exec(may.limit(MOST_LINKS)))
