"""A worker that is told to stop: it ends its present job, or hands it back in time."""

import logging
import os
import threading
import time
from typing import TYPE_CHECKING

from coding.without_words import without_words
from models import queue
from models.queue import LeaseLost
from models.trace import hand_over

if TYPE_CHECKING:
    from web.worker import Worker

log = logging.getLogger("evoke.worker")
LET_GO_SECONDS = 3
"""From handing a job back to the end of the process: what the job has under way, it may end by itself."""


def drain(worker: "Worker") -> None:
    """The worker stops when its present job is done. One that takes longer than is allowed is handed back for another
    worker to go on with, and the process ends."""
    worker.stopping.set()
    threading.Thread(target=_let_go, args=(worker,), daemon=True).start()


def _let_go(worker: "Worker") -> None:
    time.sleep(worker.settings.drain_seconds)
    held = worker.held
    if held is not None:
        try:
            with worker.database.write() as session:
                queue.hand_back(session, held)
            log.info("job %s %s is handed back", held.name, held.job_id)
        except LeaseLost:
            pass  # it has just ended
        except Exception as error:
            log.error("job %s is not handed back; its lease will end\n%s", held.job_id, without_words(error))
    time.sleep(LET_GO_SECONDS)
    hand_over()
    os._exit(0)  # a thread cannot be ended, and what it has not written by now is another's to write
