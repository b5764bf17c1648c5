"""What brings two workers to one job: a pause past the lease, deliveries that come twice, and a clock that jumps."""

import signal
import time
from contextlib import suppress

import psutil
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from benchmarks.faults.fault import Fault, Scene
from benchmarks.faults.site import Site
from models.database import Database
from models.delivery import defer, delivers
from models.job import Job
from models.queue import UNFINISHED

COMES_SECONDS = 60.0
"""For a worker that can be paused."""


class PausedWorker(Fault):
    """As a virtual machine that is moved, or one that has no memory left."""

    name, words = "paused-worker", "a worker stands still for longer than its lease, and then goes on with its job"

    def begin(self, scene: Scene) -> None:
        self.seconds = scene.lease_seconds + 4
        self.paused: list[psutil.Process] = []
        worker = _a_worker(scene)
        self.paused = [worker, *worker.children(recursive=True)]
        self._tell(signal.SIGSTOP)

    def end(self, scene: Scene) -> None:
        self._tell(signal.SIGCONT)

    def _tell(self, number: signal.Signals) -> None:
        for one in self.paused:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(number)


def _a_worker(scene: Scene) -> psutil.Process:
    """As soon as there is one: all may just have been killed. Raises TimeoutError."""
    until = time.monotonic() + COMES_SECONDS
    while not (workers := scene.site.workers()):
        if time.monotonic() > until:
            raise TimeoutError("no worker is there")
        time.sleep(0.05)
    return scene.rng.choice(workers)


class Twice(Fault):
    name, words = "twice", "jobs are delivered again and again, and uploads that were accepted are sent again"
    seconds = 4.0

    def begin(self, scene: Scene) -> None:
        self.database = Database.of(scene.site.settings)

    def hold(self, scene: Scene) -> None:
        scene.uploads.send_again(scene.rng)
        with suppress(DBAPIError), self.database.write() as session:  # it may just be dead
            if delivers(session):
                jobs = session.exec(select(Job).where(col(Job.state).in_(UNFINISHED))).all()
                defer(session, [one for one in jobs for _ in range(2)])

    def end(self, scene: Scene) -> None:
        self.database.close()


class Clock(Fault):
    """Forward by two leases, as when a machine that slept asks for the time, and back."""

    name, words = (
        "clock",
        "the clock jumps by more than a lease forward, then back behind the right time, then is right",
    )

    def impossible(self, site: Site) -> str:
        return "" if site.clock.wanted else "the processes were started without it"

    def begin(self, scene: Scene) -> None:
        self.held = 0
        scene.site.clock.set(2 * scene.lease_seconds)

    def hold(self, scene: Scene) -> None:
        self.held += 1
        if self.held == round(self.seconds / 0.2) // 2:
            scene.site.clock.set(-scene.lease_seconds)

    def end(self, scene: Scene) -> None:
        scene.site.clock.set(0)
