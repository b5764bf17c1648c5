"""Whose job is next: the rules of the two queues, without a database. `tests/test_capacity.py` holds each against the
real one (`models/queue.py` on SQLite, `models/delivery.py` on PostgreSQL)."""

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

from models.job_queues import JobQueue, place_of


@dataclass(frozen=True)
class Job:
    """`number` is the order in which jobs are added; `upload` is what it is about."""

    number: int
    name: str
    authority: int
    upload: int = 0
    queue: JobQueue = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "queue", place_of(self.name).queue)


class Turns(Protocol):
    def add(self, job: Job) -> None: ...
    def take(self, queues: Collection[JobQueue]) -> Job | None: ...
    def end(self, job: Job) -> None: ...


class SqliteTurns:
    """Turns are given when a worker asks: to the authority with fewest jobs running, of these whose last one began
    longest ago, of these whose job is the oldest."""

    def __init__(self) -> None:
        self.waiting: dict[int, dict[JobQueue, deque[Job]]] = {}
        self.running, self.begun = Counter[int](), dict[int, int]()
        self.taken = 0

    def add(self, job: Job) -> None:
        self.waiting.setdefault(job.authority, defaultdict(deque))[job.queue].append(job)

    def take(self, queues: Collection[JobQueue]) -> Job | None:
        first = [job for theirs in self.waiting.values() if (job := self._oldest(theirs, queues))]
        if not first:
            return None
        job = min(first, key=lambda one: (self.running[one.authority], self.begun.get(one.authority, -1), one.number))
        self.waiting[job.authority][job.queue].popleft()
        self.running[job.authority] += 1
        self.taken += 1
        self.begun[job.authority] = self.taken
        return job

    def _oldest(self, theirs: dict[JobQueue, deque[Job]], queues: Collection[JobQueue]) -> Job | None:
        heads = [jobs[0] for queue, jobs in theirs.items() if jobs and queue in queues]
        return min(heads, key=lambda one: one.number, default=None)

    def end(self, job: Job) -> None:
        self.running[job.authority] -= 1


class PostgresqlTurns:
    """Turns are given when a job is added: one more than its authority's last in that queue, and never less than the
    turn that is served now. No job here goes ahead of its queue."""

    def __init__(self) -> None:
        self.waiting: dict[JobQueue, list[tuple[int, int, Job]]] = defaultdict(list)
        self.last: dict[tuple[int, JobQueue], int] = {}
        self.highest = 0

    def add(self, job: Job) -> None:
        theirs = (job.authority, job.queue)
        turn = max(self._served_now(job.queue), self.last.get(theirs, -1) + 1)
        self.last[theirs], self.highest = turn, max(self.highest, turn)
        heapq.heappush(self.waiting[job.queue], (turn, job.number, job))

    def _served_now(self, queue: JobQueue) -> int:
        """A queue that was empty goes on where the others are."""
        if self.waiting[queue]:
            return self.waiting[queue][0][0]
        return min((jobs[0][0] for jobs in self.waiting.values() if jobs), default=self.highest)

    def take(self, queues: Collection[JobQueue]) -> Job | None:
        first = min((jobs[0] for queue, jobs in self.waiting.items() if jobs and queue in queues), default=None)
        if first is None:
            return None
        heapq.heappop(self.waiting[first[2].queue])
        return first[2]

    def end(self, job: Job) -> None:
        """Who has how many running does not count."""
