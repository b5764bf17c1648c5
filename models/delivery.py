"""How jobs come to workers on PostgreSQL: by Procrastinate's tables and functions, in the caller's own transaction.

A delivery is a row of `procrastinate_jobs` that names one of our jobs and nothing else. What may be written and by
whom is decided by the job's own row, its lease and token; so a delivery that comes twice does nothing the second time,
and one that is lost is made anew by `reconcile`. Whoever only enqueues needs SQL alone: nothing here imports
Procrastinate.

**Turns.** Procrastinate fetches by priority, which is given once, when a job is deferred. To share a queue fairly
between organisations it comes from a turn, by start-time fair queueing (Goyal, Vin and Cheng 1997): a job's turn is one
more than its organisation's last in this queue, but never less than the turn that is served now. An organisation with a
hundred jobs waiting so has a hundred turns in a row, and one that comes later begins at the present one. What was
cancelled was never served: its turns are the organisation's again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import event, inspect, text
from sqlmodel import Session, col, select

from models.columns import utc_now
from models.job import Job, JobState
from models.job_queues import JobQueue, place_of

TASK = "evoke.run"
STALLED_SECONDS = 30
"""A worker whose heartbeat is older is dead, or might as well be."""
CLOCKS_DIFFER = timedelta(seconds=5)
"""By so much at most between machines: what one enqueued as due now, another may take though its clock is behind."""
_WAITING = "jobs to deliver"
_ONE_LOOK = "reconcile deliveries"
_MOST = 1000


@dataclass(frozen=True)
class Delivery:
    id: int
    job_id: UUID


def delivers(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def deliver(session: Session, job: Job) -> None:
    """With the caller's commit, and at the time that the job has by then."""
    session.info.setdefault(_WAITING, []).append(job)


@event.listens_for(Session, "before_commit")
def _deliver_waiting(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint; the transaction itself is not over
    jobs: list[Job] = session.info.pop(_WAITING, [])
    kept = {job.id: job for job in jobs if inspect(job).persistent and job.state is JobState.WAITING}
    if kept:  # what a savepoint's end undid is not in the session any more
        session.flush()
        defer(session, list(kept.values()))


_DEFER = text("""
    SELECT procrastinate_defer_jobs_v1(ARRAY(
        SELECT ROW(one.queue, CAST(:task AS varchar), one.priority, NULL, NULL,
                   jsonb_build_object('job', one.job), one.at)::procrastinate_job_to_defer_v1
        FROM unnest(CAST(:queues AS varchar[]), CAST(:priorities AS integer[]), CAST(:jobs AS text[]),
                    CAST(:times AS timestamptz[])) AS one(queue, priority, job, at)))
""")


def defer(session: Session, jobs: Sequence[Job]) -> None:
    """Now, in this transaction."""
    now = utc_now()
    times: list[datetime | None] = [job.run_at if job.run_at > now else None for job in jobs]
    places = [place_of(job.name) for job in jobs]
    session.connection().execute(_DEFER, {
        "task": TASK, "queues": [one.queue.value for one in places], "jobs": [str(job.id) for job in jobs],
        "priorities": [one.ahead - job.turn for one, job in zip(places, jobs, strict=True)], "times": times,
    })  # fmt: skip


_SERVED_NOW = """
    coalesce(
        (SELECT turn FROM job WHERE queue = :queue AND state = 'waiting' AND run_at <= :now ORDER BY turn LIMIT 1),
        (SELECT min(first.turn) FROM unnest(CAST(:others AS varchar[])) AS other(queue), LATERAL (
            SELECT turn FROM job WHERE job.queue = other.queue AND state = 'waiting' AND run_at <= :now
            ORDER BY turn LIMIT 1) AS first),
        (SELECT max(turn) FROM job), 0)
"""
"""A queue that was empty goes on where the others are, so that a worker of several takes turns between them."""


_NEXT_TURN, _NEXT_TURN_OF_NOBODY = (
    text(
        f"SELECT greatest({_SERVED_NOW}, (SELECT max(turn) + 1 FROM job WHERE queue = :queue AND {theirs} "  # noqa: S608
        "AND state <> 'cancelled'))"
    )
    for theirs in ("organisation_id = :organisation", "organisation_id IS NULL")
)


def next_turn(session: Session, *, queue: JobQueue, organisation_id: UUID | None) -> int:
    """Of another job of that organisation. Two transactions at once may get the same one: then who is deferred first
    goes first. Three look-ups in indexes, whatever waits."""
    values = {
        "queue": queue.value, "now": utc_now(), "others": [one.value for one in JobQueue if one is not queue],
    }  # fmt: skip
    if organisation_id is None:
        return int(session.connection().execute(_NEXT_TURN_OF_NOBODY, values).scalar_one())
    return int(session.connection().execute(_NEXT_TURN, values | {"organisation": organisation_id}).scalar_one())


_FETCH = text("SELECT id, args ->> 'job' FROM procrastinate_fetch_job_v2(CAST(:queues AS varchar[]), NULL)")


def fetch(session: Session, queues: Collection[JobQueue]) -> Delivery | None:
    """What Procrastinate's worker would get next. It is somebody else's again if the transaction does not commit."""
    number, job = session.connection().execute(_FETCH, {"queues": [one.value for one in queues]}).one()
    return None if number is None else Delivery(number, UUID(job))


def end(session: Session, delivery: Delivery) -> None:
    session.connection().execute(
        text("SELECT procrastinate_finish_job_v1(:id, 'succeeded', true)"), {"id": delivery.id}
    )


_TAKE = text("""
    UPDATE job SET state = 'running', worker = :worker, lease_token = :token, lease_until = :until, started_at = :now,
        attempts = attempts + 1
    WHERE id = :id AND (state = 'waiting' AND run_at <= :soon OR state = 'running' AND lease_until < :now)
    RETURNING name, args, attempts, traceparent, set_config('synchronous_commit', 'off', true)
""")
"""The commit does not wait for the disk. Where a server without power forgets a claim, the job waits again, and its
holder's next write fails for its token; what rests on a claim waits for the disk, and for all that came before it."""


def take(
    session: Session, job_id: UUID, *, worker: str, token: UUID, lease_seconds: int
) -> tuple[str, dict[str, str], int, str | None] | None:
    """Name, arguments, attempts and trace of the job that is named; None where it is over, not due or another's."""
    now = utc_now()
    values = {"id": job_id, "worker": worker, "token": token, "now": now, "soon": now + CLOCKS_DIFFER}
    row = session.connection().execute(_TAKE, values | {"until": now + timedelta(seconds=lease_seconds)}).one_or_none()
    return None if row is None else (row[0], dict(row[1]), row[2], row[3])


_STALLED = text("""
    SELECT delivery.id, job.state IN ('waiting', 'running') AND NOT EXISTS (
               SELECT 1 FROM procrastinate_jobs other
               WHERE other.args ->> 'job' = delivery.args ->> 'job' AND other.status = 'todo'),
           job.lease_until
    FROM procrastinate_jobs delivery
    LEFT JOIN procrastinate_workers worker ON worker.id = delivery.worker_id
    LEFT JOIN job ON CAST(job.id AS text) = delivery.args ->> 'job'
    WHERE delivery.status = 'doing' AND delivery.task_name = :task
      AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :stalled))
    FOR UPDATE OF delivery SKIP LOCKED
""")
"""What its worker ends just now is not stalled, and what is found stays as it is until it is dealt with."""
_LOST = text("""
    SELECT id FROM job
    WHERE (state = 'waiting' AND run_at <= :now OR state = 'running' AND lease_until < :now) AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs delivery WHERE delivery.args ->> 'job' = CAST(job.id AS text)
        AND (delivery.status = 'todo' AND coalesce(delivery.scheduled_at, :now) <= :now
             OR delivery.status = 'doing' AND job.state = 'waiting' AND EXISTS (
                 SELECT 1 FROM procrastinate_events event WHERE event.job_id = delivery.id
                 AND event.type = 'started' AND event.at > now() - make_interval(secs => :stalled))))
    ORDER BY run_at LIMIT :most
""")
"""A worker takes its job up at once. One that lives but could not, nor end the delivery, as the database was away for a
moment, will not come back to it."""


def reconcile(session: Session) -> int:
    """Gives each job that is due a delivery, where none is on its way: how many got one. A dead worker's deliveries are
    fetched again once its leases are over. One worker looks at a time; another that comes meanwhile finds nothing."""
    connection = session.connection()
    only = connection.execute(text("SELECT pg_try_advisory_xact_lock(hashtext(:name))"), {"name": _ONE_LOOK})
    if not only.scalar_one():
        return 0
    for number, wanted, lease_until in connection.execute(
        _STALLED, {"task": TASK, "stalled": STALLED_SECONDS}
    ).all():  # fmt: skip
        if wanted:
            again = text("SELECT procrastinate_retry_job_v2(:id, :at, NULL, NULL, NULL)")
            connection.execute(again, {"id": number, "at": max(lease_until or utc_now(), utc_now())})
        else:
            connection.execute(text("SELECT procrastinate_finish_job_v1(:id, 'failed', true)"), {"id": number})
    values = {"now": utc_now(), "most": _MOST, "stalled": STALLED_SECONDS}
    lost = connection.execute(_LOST, values).scalars().all()
    jobs = session.exec(select(Job).where(col(Job.id).in_(lost))).all() if lost else []
    if jobs:
        defer(session, jobs)
    return len(jobs)
