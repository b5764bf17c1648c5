"""A made-up month of uploads, and their way through a queue."""

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from benchmarks.capacity.known import HOUR, Measured, Traffic
from benchmarks.capacity.machines import Worker
from benchmarks.capacity.turns import Job, Turns

DAY = 24 * HOUR
HEAR, CODE, COPY = "transcribe_recording", "code_transcript", "make_listening_copy"


@dataclass(order=True)
class Upload:
    """`seconds` of speech, 0 of a text."""

    at: float
    authority: int
    seconds: float
    done: float = field(default=0.0, compare=False)


def month_of(teams: int, traffic: Traffic, *, seed: int, weeks: int = 4) -> list[Upload]:
    """From Monday midnight on."""
    dice, found = random.Random(seed), []
    authorities = max(1, teams // traffic.teams_of_an_authority)
    for _ in range(round(teams * traffic.a_week * weeks)):
        day, begins = dice.randrange(5), 9.0
        if dice.random() < traffic.on_friday_afternoon:
            day, begins = 4, 13.0
        at = dice.randrange(weeks) * 7 * DAY + day * DAY + dice.uniform(begins, 17.0) * HOUR
        speech = dice.uniform(0.5, 1.5) * traffic.minutes * 60 if dice.random() < traffic.spoken else 0.0
        found.append(Upload(at, dice.randrange(authorities), speech))
    return sorted(found)


def seconds_of(name: str, speech: float, *, gpu: bool = False, known: Measured) -> float:
    """Of one worker's time, for a job about so many seconds of speech (0: a text). Where the whole way with a GPU was
    not measured: the hearing by what the card hears, the rest as on the processor. Coding takes as long as the talk is,
    compared with that of the text that was measured."""
    if name == CODE:
        return known.text * (speech / 60 / known.text_minutes if speech else 1.0)
    if name == COPY:
        return speech * known.listening_copy_of_a_second
    if gpu and known.whole_way_with_a_gpu is not None:
        return speech * known.whole_way_with_a_gpu
    heard = known.heard_again * known.around_hearing / (known.gpu_hears_a_second if gpu else known.hears_a_second)
    return speech * (heard + known.who_speaks_of_a_second + known.decoding_of_a_second)


def run(uploads: Sequence[Upload], workers: Sequence[Worker], turns: Turns, known: Measured) -> list[float]:
    """Seconds from each upload to its codes, in the order of `uploads`, which are in the order in which they come.

    A recording is heard, then coded, then copied for listening at once, as if its names were checked by then. Of free
    workers one with a GPU takes a job first, and one that takes few queues before one that takes all."""
    kinds = sorted(set(workers), key=lambda one: (not one.gpu, len(one.queues)))
    free, numbers = [workers.count(one) for one in kinds], count()
    busy, came, took = list[tuple[float, int, int, Job]](), 0, [0.0] * len(uploads)
    while came < len(uploads) or busy:
        if came < len(uploads) and (not busy or uploads[came].at < busy[0][0]):
            one, now = uploads[came], uploads[came].at
            turns.add(Job(next(numbers), HEAR if one.seconds else CODE, one.authority, came))
            came += 1
        else:
            now, _, kind, job = heapq.heappop(busy)
            turns.end(job)
            free[kind] += 1
            if job.name == CODE:
                took[job.upload] = now - uploads[job.upload].at
            if following := _after(job, uploads[job.upload]):
                turns.add(Job(next(numbers), following, job.authority, job.upload))
        for kind, worker in enumerate(kinds):
            while free[kind] and (taken := turns.take(worker.queues)):
                free[kind] -= 1
                ends = now + seconds_of(taken.name, uploads[taken.upload].seconds, gpu=worker.gpu, known=known)
                heapq.heappush(busy, (ends, taken.number, kind, taken))
    return took


def _after(job: Job, upload: Upload) -> str | None:
    if job.name == HEAR:
        return CODE
    return COPY if job.name == CODE and upload.seconds else None
