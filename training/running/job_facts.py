"""What the queue says of itself: what waits since when, what runs, and how long jobs took in the last hour."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from models.job import Job, JobState
from models.practice import Recording
from models.queue import UNFINISHED
from models.transcript import UtteranceRow
from training.running.names import queue_of

LATELY = timedelta(hours=1)
FAILED_LATELY = timedelta(days=7)
MOST_ENDED = 400
MOST_SAMPLED = 20
"""Of the last hour's jobs so many are looked into: a scrape stays cheap however much was done."""


@dataclass(frozen=True)
class Standing:
    """Jobs of one name that are not done. `due` wait for a worker, the first since `oldest`; `later` wait for their
    time; `again` of both failed before, twice at least."""

    name: str
    due: int = 0
    later: int = 0
    running: int = 0
    again: int = 0
    oldest: datetime | None = None

    @property
    def queue(self) -> str:
        return queue_of(self.name)


@dataclass(frozen=True)
class Took:
    """Jobs of one name that ended well in the last hour; how long they took, in seconds, by their last attempt."""

    name: str
    jobs: int
    median: float
    p95: float


@dataclass(frozen=True)
class Failed:
    """Jobs of one name that were given up in the last week; `last` is when that happened for the last time."""

    name: str
    jobs: int
    last: datetime

    @property
    def queue(self) -> str:
        return queue_of(self.name)


def standings(session: Session, *, now: datetime) -> tuple[Standing, ...]:
    waits = col(Job.state) == JobState.WAITING
    due, later = waits & (col(Job.run_at) <= now), waits & (col(Job.run_at) > now)
    rows = session.exec(
        select(  # type: ignore[call-overload]
            Job.name,
            func.count(case((due, 1))),
            func.count(case((later, 1))),
            func.count(case((col(Job.state) == JobState.RUNNING, 1))),
            func.count(case((waits & (col(Job.attempts) >= 2), 1))),
            func.min(case((due, col(Job.run_at)))),
        )
        .where(col(Job.state).in_(UNFINISHED))
        .group_by(col(Job.name))
        .order_by(col(Job.name))
    )
    return tuple(Standing(*row) for row in rows)


def failed_lately(session: Session, *, now: datetime) -> tuple[Failed, ...]:
    """Reads failed jobs alone, by `ix_job_due`, which begins with their state, however many were done in the week."""
    ended = (col(Job.finished_at) > now - FAILED_LATELY) & (col(Job.state) == JobState.FAILED)
    rows = select(Job.name, func.count(), func.max(Job.finished_at)).where(ended).group_by(col(Job.name))
    return tuple(Failed(name, jobs, last) for name, jobs, last in session.exec(rows.order_by(col(Job.name))) if last)


def took_lately(session: Session, *, now: datetime) -> tuple[Took, ...]:
    done = (col(Job.finished_at) > now - LATELY) & (col(Job.state) == JobState.DONE)
    rows = select(Job.name, Job.started_at, Job.finished_at).where(done).order_by(col(Job.finished_at).desc())
    seconds: dict[str, list[float]] = {}
    for name, started, finished in session.exec(rows.limit(MOST_ENDED)):
        if started is not None and finished is not None:
            seconds.setdefault(name, []).append(max(0.0, (finished - started).total_seconds()))
    return tuple(
        Took(name, len(all_), quantile(all_, 0.5), quantile(all_, 0.95)) for name, all_ in sorted(seconds.items())
    )


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that `share` of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Pace:
    """Of the last hour. `real_time`: seconds of work for a second of recording, below 1 where a worker hears faster
    than people talk. `utterances`: coded in a second of a coder's work. None where nothing was done."""

    real_time: float | None
    utterances: float | None


def pace(session: Session, *, now: datetime) -> Pace:
    heard = _sampled(session, "transcribe_recording", "recording_id", now)
    lengths = dict(
        session.exec(
            select(Recording.id, Recording.seconds).where(
                col(Recording.id).in_(heard), col(Recording.seconds).is_not(None)
            )
        ).all()
    )
    coded = _sampled(session, "code_transcript", "transcript_id", now)
    counts = dict(
        session.exec(
            select(UtteranceRow.transcript_id, func.count())
            .where(col(UtteranceRow.transcript_id).in_(coded))
            .group_by(col(UtteranceRow.transcript_id))
        ).all()
    )
    recorded, worked = sum(length or 0 for length in lengths.values()), _sum(heard[one] for one in lengths)
    utterances, coding = sum(counts.values()), _sum(coded[one] for one in counts)
    return Pace(worked / recorded if recorded else None, utterances / coding if coding else None)


def _sampled(session: Session, name: str, key: str, now: datetime) -> dict[UUID, float]:
    """Seconds that the last of such jobs took, by what they were about."""
    done = (col(Job.finished_at) > now - LATELY) & (col(Job.state) == JobState.DONE) & (col(Job.name) == name)
    rows = select(Job.args, Job.started_at, Job.finished_at).where(done).order_by(col(Job.finished_at).desc())
    return {
        UUID(args[key]): (finished - started).total_seconds()
        for args, started, finished in session.exec(rows.limit(MOST_SAMPLED))
        if key in args and started is not None and finished is not None
    }


def _sum(seconds: Iterable[float]) -> float:
    return sum(max(0.0, one) for one in seconds)
