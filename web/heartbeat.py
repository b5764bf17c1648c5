"""A worker says every few seconds that it lives, which coder it uses, and whether it could hear a recording."""

import contextlib
import logging
import threading
import time

from coding.coder.in_use import ChoiceNotKept, coder_in_use
from coding.speech.ready import Ready, speech_ready
from coding.without_words import without_words
from models.columns import utc_now
from models.database import Database
from models.job_queues import JobQueue
from models.settings import Settings
from models.worker_beat import EVERY_SECONDS, Beat, beat, no_longer

log = logging.getLogger("evoke.worker")
LOOK_AT_MODEL_SECONDS = 60.0


class Heartbeat:
    """A thread beside the worker's work, which may take an hour. `stopping` is the worker's own: it is told to stop."""

    def __init__(
        self, settings: Settings, database: Database, *, name: str, queues: tuple[JobQueue, ...],
        stopping: threading.Event,
    ) -> None:  # fmt: skip
        self.settings, self.database, self.name, self.queues, self.stopping = settings, database, name, queues, stopping
        self._started_at = utc_now()
        self._looked, self._speech = 0.0, Ready(False)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()
        with contextlib.suppress(Exception), self.database.write() as session:  # silence says the same, a minute later
            no_longer(session, self.name)

    def _run(self) -> None:
        while True:
            try:
                with self.database.write() as session:
                    beat(session, self.said(), stopping=self.stopping.is_set())
            except Exception as error:
                log.error("the worker cannot say that it lives; trying again\n%s", without_words(error))
            if self._ended.wait(EVERY_SECONDS):
                return

    def said(self) -> Beat:
        ready, problem = self._speech_ready()
        return Beat(self.name, ",".join(self.queues), self._coder(), ready, problem, self._started_at)

    def _coder(self) -> str:
        try:
            return coder_in_use(self.settings).name[:100]
        except ChoiceNotKept:
            return ""

    def _speech_ready(self) -> tuple[bool | None, str]:
        """Whether a speech model lies there, by its files alone."""
        if JobQueue.GPU not in self.queues and JobQueue.ANSWERS not in self.queues:
            return None, ""
        if not self._looked or time.monotonic() - self._looked > LOOK_AT_MODEL_SECONDS:
            self._looked, self._speech = time.monotonic(), speech_ready(self.settings)
        return self._speech.ready, self._speech.problem
