"""A worker's process, from its start to its last line. `evoke serve` keeps one alive; more may be started by hand."""

import os
import signal

from coding.transcript.identifiers.name_model import check_name_model
from models.files_check import check_files
from models.job_queues import EVERY_QUEUE, JobQueue
from models.moving.state import require_whole
from models.running import run_on
from models.settings import Settings
from models.trace import hand_over
from web.drain import drain
from web.logs import set_up_logs
from web.parent import end_with_parent
from web.telemetry import set_up_traces
from web.worker import Worker

BEHIND_PAGES = 10
"""How much nicer a worker is than the website whose machine it shares: who waits for a page is served first."""


def _stand_behind_pages() -> None:
    """And so do the processes that it starts. Not on Windows, which knows no such number."""
    if hasattr(os, "nice"):
        os.nice(BEHIND_PAGES)


def run_worker(
    settings: Settings, *, name: str, parent: int | None, queues: tuple[JobQueue, ...] = EVERY_QUEUE
) -> None:  # fmt: skip
    """The process's main loop. With `parent`, it ends when that process does, so that no worker is left behind.
    Raises NameModelUnusable, SettingsWrong, QueueTablesDiffer."""
    set_up_logs(settings)
    set_up_traces("evoke-worker")
    check_name_model(settings.name_model)
    if parent is None:  # who started it has looked
        check_files(settings)
    else:
        _stand_behind_pages()
    run_on(settings)
    worker = Worker(settings, name, queues)
    if parent is None:
        require_whole(worker.database)

    def stop(_signal: int, _frame: object) -> None:
        if not worker.stopping.is_set():  # told twice, it does it once
            drain(worker)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    end_with_parent(parent)
    try:
        worker.run()
    finally:
        hand_over()
