"""The worker: runs jobs, one at a time. Its process is `web/worker_process.py`.

On SQLite it looks for the next job itself; on PostgreSQL `web/delivered_worker.py` has it brought by Procrastinate.
"""

import gc
import logging
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta

from coding.context import JobContext, Workshop
from coding.jobs import JobType
from coding.without_words import without_words
from models import queue
from models.changes import Changes
from models.columns import utc_now
from models.database import Database
from models.database_errors import DatabaseFull, DatabaseTrouble, DatabaseUnreachable, cause_of, may_be_ours, trouble_of
from models.deletion_ledger import check_places
from models.errors import EvokeError
from models.files_errors import FilesError
from models.job import Job
from models.job_queues import EVERY_QUEUE, JobQueue, Only
from models.origin import Channel, acting
from models.queue import MAX_ATTEMPTS, Claim, LeaseLost
from models.settings import Settings
from models.storage import Storage
from web.heartbeat import Heartbeat
from web.jobs import JOBS
from web.kept_figures import enter_kept_figures
from web.sweeps import Sweeps
from web.told_job import Outcome, Told, told_job

log = logging.getLogger("evoke.worker")
IDLE_SECONDS = 0.1
GLANCE_SECONDS = 0.025
"""Between two glances at whether something was written; then it looks."""
MOST_STARTS = 2 * MAX_ATTEMPTS
"""A job that was started more often than this takes its worker down with it, and the sessions behind it wait."""
PUT_OFF = timedelta(minutes=1)
"""Until a job is tried again that could not reach its files or the database, or that this worker does not know."""

WAITS = (1, 4, 15, 30)
"""Seconds between tries to give back a job whose database is away."""
LONGEST_PUT_OFF = timedelta(days=1)


@dataclass
class Worker:
    """`name` is its slot: a worker that starts in a slot knows that the slot's last holder is dead. `queues` are those
    it takes jobs from."""

    settings: Settings
    name: str
    queues: tuple[JobQueue, ...] = EVERY_QUEUE
    stopping: threading.Event = field(default_factory=threading.Event)
    held: Claim | None = field(default=None, init=False)
    busy: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        enter_kept_figures()
        check_places(self.settings)  # a setting that is wrong is said before work begins
        self.database = Database.of(self.settings)
        self.sweeps = Sweeps(self.settings, self.database)
        self.workshop = Workshop(self.settings, self.database, Storage(self.settings))

    @property
    def only(self) -> Only | None:
        return next((one for one in Only if one.queues == self.queues), None)

    def run(self) -> None:
        """Until told to stop. What a dead worker of this slot held is taken up at once."""
        queue.release_worker(self.database, self.name)
        with Heartbeat(self.settings, self.database, name=self.name, queues=self.queues, stopping=self.stopping):
            self.sweeps.all()
            if JobQueue.CPU in self.queues:
                self._load_coder()
                gc.collect()
                gc.freeze()  # what is loaded stays: no later search for garbage looks through it, while a session waits
            if self.database.is_sqlite:
                self._look_for_jobs()
            else:
                from web.delivered_worker import run_delivered  # which loads Procrastinate

                run_delivered(self)
        self.close()

    def _look_for_jobs(self) -> None:
        log.info("worker %s is ready", self.name)
        with Changes(self.database.url) as changes:
            while not self.stopping.is_set():
                self.sweeps.due()
                if not self.run_one():
                    self.tend()
                    self._wait(changes)

    def _wait(self, changes: Changes) -> None:
        """Until something was written, which may be a job, or it is time to look all the same: one may be due now."""
        until = time.monotonic() + IDLE_SECONDS
        while time.monotonic() < until and not self.stopping.wait(GLANCE_SECONDS):
            try:
                if changes.any():
                    return
            except sqlite3.Error:
                continue  # what is wrong is said where the next look finds it

    def tend(self) -> None:
        """Nothing, while a job runs: it has the tools."""
        if self.busy.acquire(blocking=False):
            try:
                self.workshop.tend()
            finally:
                self.busy.release()

    def close(self) -> None:
        self.workshop.close()
        self.database.close()

    def _load_coder(self) -> None:
        """Before the first session waits for it. Where it cannot be had, recordings are still written down, and each
        session that needs it says so."""
        try:
            _ = self.workshop.coder
        except EvokeError as error:
            log.error("%s", error.message)

    def run_one(self) -> bool:
        """Runs the next due job, if there is one."""
        with acting(Channel.WORKER):
            return self._run_one()

    def _run_one(self) -> bool:
        claimed = queue.claim(
            self.database, worker=self.name, lease_seconds=self.settings.job_lease_seconds, queues=self.queues
        )
        if claimed is not None:
            self.run_claimed(claimed)
        return claimed is not None

    def run_claimed(self, claimed: Claim) -> None:
        """Until it is done, given back or given up, or another's; raises nothing of the job's own."""
        log.info("job %s %s, attempt %d", claimed.name, claimed.job_id, claimed.attempts)
        done = threading.Event()
        keeper = threading.Thread(target=self._keep_lease, args=(claimed, done), daemon=True)
        keeper.start()
        try:
            with self.busy, told_job(claimed) as told:
                self.held = claimed
                self._run(claimed, told)
        finally:
            self.held = None
            done.set()
            keeper.join()

    def _run(self, claimed: Claim, told: Told) -> None:
        job_type = JOBS.get(claimed.name)
        try:
            if claimed.attempts > MOST_STARTS:
                raise GaveUp
            if job_type is None:
                raise NotKnownHere
            context = JobContext(self.workshop, claimed)
            job_type.run(context, **claimed.args)
            assert context.finished, f"{claimed.name} returned without finishing its job"
        except LeaseLost as error:
            told.ended(Outcome.LOST, error)
            log.warning("job %s %s was cancelled, or another worker has it", claimed.name, claimed.job_id)
        except FilesError as error:
            told.ended(Outcome.AGAIN, error)
            log.warning("job %s %s waits for the files: %s", claimed.name, claimed.job_id, error.code)
            self._put_off(claimed, error)
        except NotKnownHere as error:
            told.ended(Outcome.AGAIN, error)
            log.warning("no job is called %s here; it waits for a worker of a newer version", claimed.name)
            self._put_off(claimed, error)
        except EvokeError as error:
            told.ended(Outcome.STOPPED, error)
            self._stop(claimed, job_type, error)
        except Exception as error:
            trouble = trouble_of(error)
            if isinstance(trouble, DatabaseUnreachable | DatabaseFull) and not may_be_ours(error):
                told.ended(Outcome.AGAIN, error)
                log.warning("job %s %s waits for the database: %s", claimed.name, claimed.job_id, cause_of(error))
                self._wait_for_database(claimed, trouble)
                return
            told.ended(Outcome.STOPPED if claimed.attempts >= MAX_ATTEMPTS else Outcome.AGAIN, error)
            log.error("job %s %s failed\n%s", claimed.name, claimed.job_id, without_words(error))
            self._try_again(claimed, job_type, error)

    def _stop(self, claimed: Claim, job_type: JobType | None, error: EvokeError) -> None:
        """A person must do something first: trying again by itself would change nothing."""
        try:
            with self.database.write() as session:
                queue.give_up(session, claimed, problem=_problem(claimed, error))
                if job_type:
                    job_type.stopped(session, error, **claimed.args)
        except LeaseLost:
            log.warning("job %s was taken over before it could stop", claimed.job_id)

    def _try_again(self, claimed: Claim, job_type: JobType | None, error: Exception) -> None:
        if claimed.attempts >= MAX_ATTEMPTS:
            self._stop(claimed, job_type, GaveUp())
            return
        try:
            with self.database.write() as session:
                queue.give_back(session, claimed, problem=_problem(claimed, error))
        except LeaseLost:
            log.warning("job %s was taken over while it failed", claimed.job_id)

    def _put_off(self, claimed: Claim, error: Exception) -> None:
        """However long it takes until the files or the database can be reached, or a worker comes that knows the job:
        nothing is lost, and nobody could do anything here."""
        try:
            with self.database.write() as session:
                queue.give_back(session, claimed, problem=_problem(claimed, error), wait=PUT_OFF)
        except LeaseLost:
            log.warning("job %s was taken over while it waited", claimed.job_id)

    def _wait_for_database(self, claimed: Claim, trouble: DatabaseTrouble) -> None:
        """As `_put_off`, and it may take a while until even that can be written. A job that is a day old has its tries
        counted: perhaps it is what fills the disk."""
        for seconds in (*WAITS, None):
            try:
                with self.database.read() as session:
                    old = utc_now() - session.get_one(Job, claimed.job_id).created_at > LONGEST_PUT_OFF
                if old:
                    self._try_again(claimed, JOBS.get(claimed.name), trouble)
                else:
                    self._put_off(claimed, trouble)
                return
            except Exception as error:
                if trouble_of(error) is None:
                    raise
                if seconds is None or self.stopping.wait(seconds):
                    log.error("job %s stays until its lease is over: %s", claimed.job_id, cause_of(error))
                    return

    def _keep_lease(self, claimed: Claim, done: threading.Event) -> None:
        every = self.settings.job_lease_seconds / 3
        while not done.wait(every):
            self.sweeps.spoken()
            try:
                with self.database.write() as session:
                    queue.renew(session, claimed, lease_seconds=self.settings.job_lease_seconds)
            except LeaseLost:
                return
            except Exception as error:
                log.error("the lease of %s is not renewed; trying again\n%s", claimed.job_id, without_words(error))


def _problem(claimed: Claim, error: Exception) -> str:
    return f"{claimed.name}: {type(error).__name__}"


class NotKnownHere(Exception):
    """A website of a newer version asked for it, as while processes are replaced one by one."""


class GaveUp(EvokeError):
    code = "gave_up"

    def __init__(self) -> None:
        super().__init__(
            "Something went wrong on our side, several times in a row. Nothing is lost. "
            "Try again, and if it stops again ask your administrator to look at the worker's log."
        )
