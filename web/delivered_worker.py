"""A worker on PostgreSQL: Procrastinate's, with one task, which runs the job that a delivery names.

Procrastinate brings what is due (at once, by LISTEN/NOTIFY), and its heartbeat tells others that this worker lives.
What a worker may write is still decided by its lease of the job's row.
"""

import asyncio
import logging
import random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import make_url

from coding.without_words import without_words
from models import delivery_schema, queue
from models.connection_cut import ITS_END, OUR_END
from models.delivery import STALLED_SECONDS, TASK
from models.origin import Channel, acting
from models.settings import Settings

if TYPE_CHECKING:
    from procrastinate import App
    from psycopg import AsyncConnection

    from web.worker import Worker

log = logging.getLogger("evoke.worker")
POLL_SECONDS = 1.0
"""Between two looks for what has become due by itself, or where nothing can be listened to."""
HEARTBEAT_SECONDS = 5.0
LOOK_SECONDS = 30.0
"""Between two looks for what lost its delivery."""
TEND_SECONDS = 0.5
LONGEST_WAIT = 10.0


def run_delivered(worker: "Worker") -> None:
    """Until the worker is told to stop. Raises QueueTablesDiffer."""
    with worker.database.read() as session:
        delivery_schema.check(session.connection())
    logging.getLogger("procrastinate").setLevel(logging.ERROR)  # what it says of its jobs, the worker says itself
    asyncio.run(_run(worker))


async def _run(worker: "Worker") -> None:
    """A connection that breaks ends Procrastinate's worker, not ours: it begins anew, at longer and longer intervals,
    and a job that runs meanwhile goes on."""
    app = make_app(worker)
    beside = [asyncio.create_task(_tend(worker)), asyncio.create_task(_look(worker))]
    wait = 0.0
    while not worker.stopping.is_set():
        try:
            await _serve(worker, app)
            wait = 0.0
        except Exception as error:
            wait = min(LONGEST_WAIT, max(1.0, wait * 2))
            log.error("no jobs are brought; trying again in %.0f s\n%s", wait, without_words(error))
        if wait:
            await asyncio.to_thread(worker.stopping.wait, wait)
    for one in beside:
        one.cancel()
    await asyncio.gather(*beside, return_exceptions=True)


async def _serve(worker: "Worker", app: "App") -> None:
    """Returns when the worker is told to stop and its last job has ended, or when Procrastinate gives up."""
    async with app.open_async():
        work = asyncio.create_task(
            app.run_worker_async(
                queues=[one.value for one in worker.queues],
                name=worker.name,
                concurrency=1,
                fetch_job_polling_interval=POLL_SECONDS,
                listen_notify=bool(worker.settings.direct_url),
                delete_jobs="always",
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
            )
        )
        log.info("worker %s is ready", worker.name)
        told = asyncio.create_task(_told_to_stop(worker))
        try:
            await asyncio.wait((work, told), return_when=asyncio.FIRST_COMPLETED)
            work.cancel()  # which lets the present job end
            await asyncio.gather(work, return_exceptions=True)
        finally:
            told.cancel()
    if not work.cancelled() and (error := work.exception()):
        raise error


async def _told_to_stop(worker: "Worker") -> None:
    while not worker.stopping.is_set():
        await asyncio.sleep(0.1)


def make_app(worker: "Worker") -> "App":
    from procrastinate import App, PsycopgConnector

    app = App(connector=PsycopgConnector(**connection_of(worker.settings)))

    @app.task(name=TASK)
    def run(job: str) -> None:
        """In a thread of its own. It fails only where the database does."""
        with acting(Channel.WORKER):
            with worker.database.write() as session:
                claimed = queue.take(
                    session, UUID(job), worker=worker.name, lease_seconds=worker.settings.job_lease_seconds
                )
            if claimed is not None:
                worker.run_claimed(claimed)

    return app


def connection_of(settings: Settings) -> dict[str, Any]:
    """For psycopg's pool: one connection fetches and ends, one sends heartbeats; it listens on one more. Behind a
    pooler that no address leads past, nothing is prepared and nothing lasts beyond a transaction."""
    address = make_url(settings.direct_url or settings.url)
    _, words = address.get_dialect()().create_connect_args(address)
    words.pop("context", None)  # SQLAlchemy's own
    pool: dict[str, Any] = {"min_size": 1, "max_size": 3, "kwargs": {**words, **OUR_END}}
    if settings.direct_url:
        return pool | {"configure": _prepare}
    pool["kwargs"]["prepare_threshold"] = None
    return pool


async def _prepare(connection: "AsyncConnection[Any]") -> None:
    """Fetched, ended, alive: of all three nothing is lost if a server without power forgets the last of them."""
    await connection.execute(f"{ITS_END}; SET synchronous_commit = off", prepare=False)
    await connection.commit()


async def _tend(worker: "Worker") -> None:
    """Whatever goes wrong: a worker that went on without it would sweep no more."""
    while True:
        try:
            await asyncio.to_thread(worker.sweeps.due)
            await asyncio.to_thread(worker.tend)
        except Exception as error:
            log.error("the worker's tools are not tended; trying again\n%s", without_words(error))
        await asyncio.sleep(TEND_SECONDS)


async def _look(worker: "Worker") -> None:
    """The first at once: a worker that starts may be the first after a long time."""
    while True:
        try:
            found = await asyncio.to_thread(queue.reconcile, worker.database)
            if found:
                log.warning("%d jobs had lost their delivery and got one anew", found)
        except Exception as error:
            log.error("lost deliveries are not looked for; trying again\n%s", without_words(error))
        await asyncio.sleep(LOOK_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311  so that workers do not look together
