"""What is told of each job: a line in the log when it ends, and a span of the trace that asked for it."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from models.queue import Claim
from models.trace import span
from web.logs import facts

log = logging.getLogger("evoke.jobs")


class Outcome(StrEnum):
    """`LOST`: it was cancelled, or another worker has it. `STOPPED`: a person must do something first. `AGAIN`: it
    failed and is tried again later."""

    DONE = "done"
    LOST = "lost"
    STOPPED = "stopped"
    AGAIN = "again"


@dataclass
class Told:
    """`error` is the name of what went wrong, never its message."""

    outcome: Outcome = Outcome.DONE
    error: str = ""

    def ended(self, outcome: Outcome, error: BaseException) -> None:
        self.outcome, self.error = outcome, type(error).__name__


@contextmanager
def told_job(claimed: Claim) -> Iterator[Told]:
    told, begun = Told(), time.monotonic()
    job_id = str(claimed.job_id)
    with span(
        f"job {claimed.name}", parent=claimed.traceparent, job_id=job_id, attempt=claimed.attempts, **claimed.args
    ) as traced:  # fmt: skip
        try:
            yield told
        finally:
            traced.note(outcome=told.outcome.value)
            if told.error:
                traced.failed(told.error)
            ms = round(1000 * (time.monotonic() - begun))
            log.info(
                "job %s %s: %s, attempt %d, %d ms", claimed.name, job_id, told.outcome.value, claimed.attempts, ms,
                extra=facts(
                    job=claimed.name, job_id=job_id, attempt=claimed.attempts, ms=ms, outcome=told.outcome.value,
                    **({"why": told.error} if told.error else {}),
                ),
            )  # fmt: skip
