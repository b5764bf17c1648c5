"""How long jobs stand still that could go on: looked at twice a second, all through a campaign."""

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
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
    """At one moment: `due` are jobs that wait and could begin, or whose lease is over. `works` where a job runs under a
    lease that is not over: others may have to wait for it. `left` are jobs and sessions that are not at their end;
    `begun` is when the last job was claimed."""

    due: frozenset[UUID]
    works: bool
    left: int
    begun: datetime | None = None


def look(database: Database) -> Seen:
    now = utc_now()
    with database.read() as session:
        unfinished = session.exec(select(Job).where(col(Job.state).in_(UNFINISHED))).all()
        jobs = [(one.id, one.name, one.state, one.run_at, one.lease_until) for one in unfinished]
        begun = session.exec(select(func.max(Job.started_at))).one()
        working = session.exec(
            select(PracticeSession.id).where(col(PracticeSession.stage).in_(Stage.working()))
        ).all()  # fmt: skip
    held = {job for job, _, state, _, until in jobs if state is JobState.RUNNING and until is not None and until >= now}
    due = {job for job, _, state, run_at, _ in jobs if job not in held and (state is JobState.RUNNING or run_at <= now)}
    ours = [job for job, name, *_ in jobs if name not in _OWN_TIME or job in due]
    return Seen(frozenset(due), bool(held), len(ours) + len(working), begun)


@dataclass
class Watch:
    """`longest` is the longest time, in seconds, in which one job was due and nothing at all was worked on, whatever
    the reason: no worker, no database, or a delivery that was lost. `left` is of the last look; None before any."""

    database: Database
    longest: float = 0.0
    left: int | None = None
    _begun: datetime | None = None
    _since: dict[UUID, float] = field(default_factory=dict)
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def note(self, seen: Seen, now: float) -> None:
        """`now` is in seconds of any clock that goes evenly."""
        self.left = seen.left
        goes_on, self._begun = seen.works or seen.begun != self._begun, seen.begun
        self._since = {} if goes_on else {job: self._since.get(job, now) for job in seen.due}
        self.longest = max(self.longest, self.stands(now))

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
