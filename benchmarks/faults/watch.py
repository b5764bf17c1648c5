"""How long jobs stand still that could go on: looked at twice a second, all through a campaign."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from models.columns import utc_now
from models.database import Database
from models.job import Job, JobState
from models.practice import PracticeSession, Stage
from models.queue import UNFINISHED

_EVERY = 0.5
_OWN_TIME = ("nightly", "practice_mails")
"""Jobs that wait for an hour of the day."""


@dataclass(frozen=True)
class Seen:
    """At one moment: `due` are jobs that wait and could begin, or whose lease is over, with the time each is due at;
    `begun` are all that were ever claimed, with that time and when it last was. `left` are jobs and sessions that are
    not at their end. `names` are of the jobs in `due`."""

    due: Mapping[UUID, datetime]
    begun: Mapping[UUID, tuple[datetime, datetime]]
    left: int
    names: Mapping[UUID, str] = field(default_factory=dict)


def look(database: Database) -> Seen:
    now = utc_now()
    with database.read() as session:
        unfinished = session.exec(select(Job).where(col(Job.state).in_(UNFINISHED))).all()
        jobs = [(one.id, one.name, one.state, one.run_at, one.lease_until) for one in unfinished]
        claims = session.exec(select(Job.id, Job.run_at, Job.started_at).where(col(Job.started_at).is_not(None))).all()
        working = session.exec(
            select(PracticeSession.id).where(col(PracticeSession.stage).in_(Stage.working()))
        ).all()  # fmt: skip
    begun = {job: (run_at, at) for job, run_at, at in claims if at is not None}
    held = {job for job, _, state, _, until in jobs if state is JobState.RUNNING and until is not None and until >= now}
    due = {
        job: run_at
        for job, _, state, run_at, _ in jobs
        if job not in held and (state is JobState.RUNNING or run_at <= now)
    }
    ours = [job for job, name, *_ in jobs if name not in _OWN_TIME or job in due]
    return Seen(due, begun, len(ours) + len(working), {job: name for job, name, *_ in jobs if job in due})


@dataclass
class Watch:
    """`longest` is the longest time, in seconds, in which one job was due and neither it nor any that was due before it
    was claimed, whatever the reason: no worker, no database, a delivery that was lost, others that went first or a dead
    worker's lease. A queue that moves on excuses those behind it. `which` says which job that was, and when. `left` is
    of the last look; None before any."""

    database: Database
    longest: float = 0.0
    which: str = ""
    left: int | None = None
    _begun: Mapping[UUID, tuple[datetime, datetime]] = field(default_factory=dict)
    _since: dict[UUID, float] = field(default_factory=dict)
    _names: Mapping[UUID, str] = field(default_factory=dict)
    _first: float | None = None
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def note(self, seen: Seen, now: float) -> None:
        """`now` is in seconds of any clock that goes evenly. What was due until now counts, also what is over by now:
        after a look that failed it may have been due all the while."""
        if self._first is None:
            self._first = now
        if self.stands(now) > self.longest:
            self.longest = self.stands(now)
            job = min(self._since, key=self._since.__getitem__)
            self.which = f"{self._names.get(job, 'a job')}, until {now - self._first:.0f} s after the first look"
        claimed = [run_at for job, (run_at, at) in seen.begun.items() if self._begun.get(job, (run_at, None))[1] != at]
        first = min(claimed, default=None)
        self.left, self._begun, self._names = seen.left, seen.begun, seen.names
        self._since = {
            job: now if first is not None and first <= run_at else self._since.get(job, now)
            for job, run_at in seen.due.items()
        }

    def stands(self, now: float) -> float:
        """For how long one stands still now."""
        return max((now - since for since in self._since.values()), default=0.0)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(_EVERY):
            try:
                self.note(look(self.database), time.monotonic())
            except DBAPIError:
                continue  # the database is just being killed; the time counts
