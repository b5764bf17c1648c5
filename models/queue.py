"""The job queue: rows with leases. On SQLite workers look for the next one themselves; on PostgreSQL Procrastinate
brings it to them (`models/delivery.py`).

A job is claimed under a lock (BEGIN IMMEDIATE on SQLite, an UPDATE of its row on PostgreSQL), so two workers never hold
one lease. Whoever claims gets a fresh token; a worker that was thought dead and comes back fails every later write,
which is an UPDATE that checks it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, CursorResult, func, or_, update
from sqlmodel import Session, col, select

from models import delivery
from models.columns import utc_now
from models.database import Database
from models.job import Job, JobState
from models.job_queues import ANSWER_JOBS, EVERY_QUEUE, RECORDING_JOBS, SPEECH_JOBS, JobQueue, Only, is_in, place_of
from models.trace import traceparent

__all__ = ["ANSWER_JOBS", "RECORDING_JOBS", "SPEECH_JOBS", "Only"]  # and all that is below
MAX_ATTEMPTS = 5
UNFINISHED = (JobState.WAITING, JobState.RUNNING)
NEVER = datetime.min.replace(tzinfo=UTC)


class LeaseLost(Exception):
    """The job was cancelled, or another worker has taken it over; what this one was about to write must not be
    written."""


@dataclass(frozen=True)
class Claim:
    job_id: UUID
    name: str
    args: dict[str, str]
    attempts: int
    token: UUID
    traceparent: str | None = None


def enqueue(session: Session, name: str, *, organisation_id: UUID | None = None, **ids: UUID) -> Job:
    """Adds the job in the caller's transaction: it runs if, and only if, that commits. `organisation_id` is whose turn
    it takes. A trace that is under way goes on in the job."""
    place = place_of(name)
    args = {key: str(value) for key, value in ids.items()}
    job = Job(name=name, args=args, organisation_id=organisation_id, queue=place.queue, traceparent=traceparent())
    if delivery.delivers(session):
        job.turn = delivery.next_turn(session, queue=place.queue, organisation_id=organisation_id)
        delivery.deliver(session, job)
    session.add(job)
    session.flush()
    return job


def claim(
    database: Database, *, worker: str, lease_seconds: int, only: Only | None = None,
    queues: Collection[JobQueue] = EVERY_QUEUE,
) -> Claim | None:  # fmt: skip
    """Takes a job that waits and is due, or whose holder's lease has run out: spoken answers before all others, and of
    the organisation whose turn it is the one that is due longest. On PostgreSQL it is the next delivery, or what
    should have had one."""
    wanted = only.queues if only is not None else tuple(queues)
    if not database.is_sqlite:
        found = _claim_delivered(database, worker, lease_seconds, wanted)
        if found is None and reconcile(database):
            found = _claim_delivered(database, worker, lease_seconds, wanted)
        return found
    now = utc_now()
    due = _is_due(now)
    if set(wanted) != set(EVERY_QUEUE):
        due = due & is_in(wanted)
    with database.read() as session:
        if session.exec(select(Job.id).where(due).limit(1)).first() is None:
            return None  # an idle worker takes no write lock
    first = col(Job.name).in_(ANSWER_JOBS)
    with database.write() as session:
        job = _next(session, due & first) or _next(session, due & ~first)
        return _take(job, worker, now, lease_seconds) if job is not None else None


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        (col(Job.state) == JobState.WAITING) & (col(Job.run_at) <= now),
        (col(Job.state) == JobState.RUNNING) & (col(Job.lease_until) < now),
    )


def _claim_delivered(
    database: Database, worker: str, lease_seconds: int, queues: Collection[JobQueue]
) -> Claim | None:  # fmt: skip
    with database.write() as session:
        while (brought := delivery.fetch(session, queues)) is not None:
            delivery.end(session, brought)
            found = take(session, brought.job_id, worker=worker, lease_seconds=lease_seconds)
            if found is not None:
                return found
    return None


def take(session: Session, job_id: UUID, *, worker: str, lease_seconds: int) -> Claim | None:
    """The job that a delivery names. None where it is over, or not due, or another's: there is nothing to do then."""
    token = uuid4()
    found = delivery.take(session, job_id, worker=worker, token=token, lease_seconds=lease_seconds)
    if found is None:
        return None
    name, args, attempts, trace = found
    return Claim(job_id, name, args, attempts, token, trace)


def reconcile(database: Database) -> int:
    """On PostgreSQL, what lost its delivery gets one anew: how many did."""
    if database.is_sqlite:
        return 0
    with database.write() as session:
        return delivery.reconcile(session)


def _next(session: Session, due: ColumnElement[bool]) -> Job | None:
    for organisation_id in _turns(session, due):
        candidates = select(Job).where(due, col(Job.organisation_id).is_not_distinct_from(organisation_id))
        candidates = candidates.order_by(col(Job.run_at), col(Job.id)).limit(1)
        job = session.exec(candidates.with_for_update(skip_locked=True)).first()
        if job is not None:
            return job
    return None


def _take(job: Job, worker: str, now: datetime, lease_seconds: int) -> Claim:
    job.state, job.worker, job.lease_token = JobState.RUNNING, worker, uuid4()
    job.lease_until, job.started_at = now + timedelta(seconds=lease_seconds), now
    job.attempts += 1
    return Claim(job.id, job.name, dict(job.args), job.attempts, job.lease_token, job.traceparent)


def _turns(session: Session, due: ColumnElement[bool]) -> list[UUID | None]:
    """The organisations that have a job due: first who has fewest running, of these whose last one began longest ago,
    of these whose job is due longest. One upload of a hundred recordings so delays nobody else by more than one."""
    longest_due = select(Job.organisation_id, func.min(Job.run_at)).where(due).group_by(col(Job.organisation_id))
    waits = dict(session.exec(longest_due).all())
    if len(waits) <= 1:
        return list(waits)
    running: dict[UUID | None, int] = {}
    begun: dict[UUID | None, datetime] = {}
    for organisation in waits:
        same = col(Job.organisation_id).is_not_distinct_from(organisation)
        live = select(func.count()).select_from(Job).where(same, col(Job.state) == JobState.RUNNING, ~due)
        running[organisation] = session.exec(live).one()
        last = select(Job.started_at).where(same, col(Job.started_at).is_not(None))
        begun[organisation] = session.exec(last.order_by(col(Job.started_at).desc()).limit(1)).first() or NEVER
    return sorted(waits, key=lambda one: (running[one], begun[one], waits[one]))


def waiting_for(session: Session, organisation_id: UUID, names: Collection[str]) -> int:
    """How many jobs of these names the organisation has that are not done, those that run included."""
    unfinished = select(func.count()).select_from(Job).where(
        col(Job.organisation_id) == organisation_id, col(Job.name).in_(names), col(Job.state).in_(UNFINISHED)
    )  # fmt: skip
    return session.exec(unfinished).one()


def cancel(session: Session, *, organisation_id: UUID, ids: Collection[UUID]) -> int:
    """Ends every unfinished job that is about one of `ids`; how many there were. Whoever holds one can write no more,
    and hears of it when it next looks. A job that was just ending may have enqueued another by then: call it again
    until it finds none."""
    wanted = {str(one) for one in ids}
    theirs = or_(col(Job.organisation_id) == organisation_id, col(Job.organisation_id).is_(None))
    unfinished = select(Job.id, Job.args).where(theirs, col(Job.state).in_(UNFINISHED))
    found = [job_id for job_id, args in session.exec(unfinished) if wanted & set(args.values())]
    session.exec(
        update(Job)
        .where(col(Job.id).in_(found), col(Job.state).in_(UNFINISHED))
        .values(state=JobState.CANCELLED, finished_at=utc_now(), lease_until=None, lease_token=None)
    )
    return len(found)


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


def give_back(session: Session, claimed: Claim, *, problem: str, wait: timedelta | None = None) -> None:
    """Tries again later: after 5, 20, 80, 320 seconds. With `wait` after that, and this attempt does not count: the
    fault lies with what every job needs, and ends when that is there again."""
    attempts = claimed.attempts if wait is None else claimed.attempts - 1
    run_at = utc_now() + (wait or timedelta(seconds=5 * 4 ** (claimed.attempts - 1)))
    _change(
        session, claimed, state=JobState.WAITING, run_at=run_at, lease_until=None, problem=problem, attempts=attempts
    )  # fmt: skip
    if delivery.delivers(session):
        job = session.get_one(Job, claimed.job_id, populate_existing=True)
        job.turn = delivery.next_turn(session, queue=place_of(job.name).queue, organisation_id=job.organisation_id)
        delivery.deliver(session, job)


def hand_back(session: Session, claimed: Claim) -> None:
    """For a worker that must go: another takes the job up at once, in its old turn, and nothing is counted."""
    _change(session, claimed, state=JobState.WAITING, attempts=claimed.attempts - 1, lease_until=None, lease_token=None)
    if delivery.delivers(session):
        delivery.deliver(session, session.get_one(Job, claimed.job_id, populate_existing=True))


def give_up(session: Session, claimed: Claim, *, problem: str) -> None:
    _change(session, claimed, state=JobState.FAILED, finished_at=utc_now(), lease_until=None, problem=problem)


def release_worker(database: Database, worker: str) -> int:
    """Frees at once what a dead worker of this name held. Only for whoever knows that it is dead: its supervisor."""
    with database.write() as session:
        held = select(Job).where(col(Job.state) == JobState.RUNNING, col(Job.worker) == worker).with_for_update()
        jobs = session.exec(held).all()
        for job in jobs:
            job.state, job.lease_until, job.lease_token = JobState.WAITING, None, None
            if delivery.delivers(session):
                delivery.deliver(session, job)
        return len(jobs)
