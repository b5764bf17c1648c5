"""Machines and the workers on them, as `docs/operators-workers.md` advises."""

from dataclasses import dataclass

from models.job_queues import EVERY_QUEUE, JobQueue, Only

OF_A_HEARING_WORKER = 2
"""Cores. With a GPU too, for what a GPU does not do."""
OF_THE_WEBSITE = 2
"""Cores of a single machine, for the website and the database; on two cores they are shared."""


@dataclass(frozen=True)
class Worker:
    gpu: bool = False
    queues: tuple[JobQueue, ...] = EVERY_QUEUE


@dataclass(frozen=True)
class Machine:
    """With the website and SQLite on it, or for workers alone. On two cores one worker takes all jobs. On more some
    hear (`--only speech`, one for each GPU where there is one), and the others have one core each and do the rest
    (`--only other`), at least one for 16 cores; a single one may stand on the website's cores, behind it."""

    cores: int
    gpus: int = 0
    website: bool = False

    def workers(self, lost: int = 0) -> tuple[Worker, ...]:
        """With so many GPUs lost, in whose place the processor hears."""
        free = self.cores - OF_THE_WEBSITE if self.website else self.cores
        whole = self.gpus - min(lost, self.gpus)
        if self.cores <= OF_A_HEARING_WORKER:
            return (Worker(gpu=whole > 0),)
        hearing = self.gpus or max(1, (free - max(1, free // 16)) // OF_A_HEARING_WORKER)
        others = max(1, free - OF_A_HEARING_WORKER * hearing)
        heard_by = tuple(Worker(number < whole, Only.SPEECH.queues) for number in range(hearing))
        return (*heard_by, *(Worker(queues=Only.OTHER.queues),) * others)


def workers_of(machines: tuple[Machine, ...], lost: int = 0) -> tuple[Worker, ...]:
    """Of all, where the first has lost so many GPUs."""
    first, *others = machines
    return (*first.workers(lost), *(worker for one in others for worker in one.workers()))
