"""The job queue of the embedded profile: rows with leases.

A job is claimed under a lock (SELECT … FOR UPDATE SKIP LOCKED on PostgreSQL, BEGIN IMMEDIATE on SQLite), so two workers
never hold one lease. Whoever claims gets a fresh token; a worker that was thought dead and comes back fails every later
write, which is an UPDATE that checks it.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, or_, update
from sqlmodel import Session, col, select

from models.columns import utc_now
from models.database import Database
from models.job import Job, JobState

MAX_ATTEMPTS = 5


class LeaseLost(Exception):
    """Another worker has taken the job over; what this one was about to write must not be written."""


@dataclass(frozen=True)
class Claim:
    job_id: UUID
    name: str
    args: dict[str, str]
    attempts: int
    token: UUID


def enqueue(session: Session, name: str, **ids: UUID) -> Job:
    """Adds the job in the caller's transaction: it runs if, and only if, that commits."""
    job = Job(name=name, args={key: str(value) for key, value in ids.items()})
    session.add(job)
    session.flush()
    return job


def claim(database: Database, *, worker: str, lease_seconds: int) -> Claim | None:
    """Takes the longest-due job that waits, or whose holder's lease has run out."""
    now = utc_now()
    due = or_(
        (col(Job.state) == JobState.WAITING) & (col(Job.run_at) <= now),
        (col(Job.state) == JobState.RUNNING) & (col(Job.lease_until) < now),
    )
    with database.read() as session:
        if session.exec(select(Job.id).where(due).limit(1)).first() is None:
            return None  # an idle worker takes no write lock
    with database.write() as session:
        candidates = select(Job).where(due).order_by(col(Job.run_at), col(Job.id)).limit(1)
        job = session.exec(candidates.with_for_update(skip_locked=True)).first()
        if job is None:
            return None
        job.state, job.worker, job.lease_token = JobState.RUNNING, worker, uuid4()
        job.lease_until = now + timedelta(seconds=lease_seconds)
        job.attempts += 1
        return Claim(job.id, job.name, dict(job.args), job.attempts, job.lease_token)


def _held(claimed: Claim) -> tuple[object, ...]:
    return (col(Job.id) == claimed.job_id, col(Job.lease_token) == claimed.token, col(Job.state) == JobState.RUNNING)


def _change(session: Session, claimed: Claim, **values: object) -> None:
    statement = update(Job).where(*_held(claimed)).values(**values)  # type: ignore[arg-type]
    result = session.exec(statement)
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise LeaseLost(claimed.name)


def renew(session: Session, claimed: Claim, *, lease_seconds: int) -> None:
    """Holds the job longer. Written at the start of a stage's own transaction, it also proves the job is still ours."""
    _change(session, claimed, lease_until=utc_now() + timedelta(seconds=lease_seconds))


def is_held(session: Session, claimed: Claim) -> bool:
    """Looks only, and takes no write lock: for a stage that asks often."""
    return session.exec(select(Job.id).where(*_held(claimed))).first() is not None  # type: ignore[arg-type]


def finish(session: Session, claimed: Claim) -> None:
    _change(session, claimed, state=JobState.DONE, finished_at=utc_now(), lease_until=None, problem=None)


def give_back(session: Session, claimed: Claim, *, problem: str) -> None:
    """Tries again later: after 5, 20, 80, 320 seconds."""
    wait = timedelta(seconds=5 * 4 ** (claimed.attempts - 1))
    _change(session, claimed, state=JobState.WAITING, run_at=utc_now() + wait, lease_until=None, problem=problem)


def give_up(session: Session, claimed: Claim, *, problem: str) -> None:
    _change(session, claimed, state=JobState.FAILED, finished_at=utc_now(), lease_until=None, problem=problem)


def release_worker(database: Database, worker: str) -> int:
    """Frees at once what a dead worker of this name held. Only for whoever knows that it is dead: its supervisor."""
    with database.write() as session:
        statement = (
            update(Job)
            .where(col(Job.state) == JobState.RUNNING, col(Job.worker) == worker)
            .values(state=JobState.WAITING, lease_until=None, lease_token=None)
        )
        result = session.exec(statement)
        assert isinstance(result, CursorResult)
        return result.rowcount
