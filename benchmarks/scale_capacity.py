"""How long people wait for what they upload, on machines of several sizes: a made-up traffic of 5, 50 and 500 teams
through the queue's own rule (`models.queue`), with service times that were measured. It is a simulation: lines are for
information, and say what they rest on in `docs/capacity.md`.

`python -m benchmarks.scale_capacity` prints the table of that page.
"""

import heapq
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure, for_information

HOUR = 3600.0
DAY = 24 * HOUR
TEAMS, CORES, GPUS = (5, 50, 500), (2, 8, 32), (0, 1, 2)


@dataclass(frozen=True)
class Measured:
    """What the simulation rests on. Seconds, unless a name says otherwise; None was not measured, and prints as such.

    Hearing: `benchmarks/hearing_speed.py`, November 2026; two threads of an Intel Xeon with AMX, an NVIDIA H200. The
    rest: `benchmarks/results.json` of that month, x86_64 with two cores, in the areas that are named."""

    hears_a_second: float = 3.6
    """Seconds of speech: `small.en`, int8, two threads."""
    gpu_hears_a_second: float = 259.0
    """Seconds of speech: `large-v3-turbo`, float16, eight clips at once."""
    heard_again: float = 1.25
    """Times: doubtful clips are heard twice, at most a quarter more."""
    around_hearing: float = 1.133
    """Times what hearing takes, from the sealed file to the transcript: `speech`."""
    who_speaks_of_a_second: float = 0.0193
    """On one core, whatever hears: `speech`."""
    decoding_of_a_second: float = 1 / 236
    """MP3 of two channels, whatever hears: `speech`."""
    transcript: float = 0.65
    """From a transcript to its codes: `foundation`. A recording has it too."""
    database_bytes_of_2000: float = 164_950_016.0
    """SQLite with 2,000 sessions of 250 utterances, as `benchmarks/programme.py` makes them."""
    listening_copy_an_hour: float = 21.6e6
    """Bytes: `review`."""
    whole_way_with_a_gpu: float | None = None
    """Seconds of machine for one second of speech, from upload to coded, where a GPU hears."""
    smaller_gpu_hears_a_second: float | None = None
    """Seconds of speech, of a card with 16 GB."""


@dataclass(frozen=True)
class Traffic:
    """Assumptions, not measurements: change them to yours. A team of some twenty people adds `a_week` conversations;
    `spoken` of them are recordings of `minutes` (mean; between a half and one and a half of it), the others text."""

    a_week: float = 10.0
    spoken: float = 0.55
    minutes: float = 30.0
    on_friday_afternoon: float = 0.4
    teams_of_an_authority: int = 20


@dataclass(frozen=True)
class Machine:
    """A worker has two cores. Two cores are the website's and the database's from four on; on two they are shared. Each
    worker with a GPU has its two cores too, for what a GPU does not do."""

    cores: int
    gpus: int

    @property
    def workers(self) -> int:
        return max(1, (self.cores - 2) // 2)

    def speeds(self, lost: int = 0) -> list[bool]:
        """Of each worker whether it has a GPU."""
        with_one = min(max(0, self.gpus - lost), self.workers)
        return [number < with_one for number in range(self.workers)]


@dataclass(order=True)
class Upload:
    """`seconds` of speech, 0 of a text."""

    at: float
    authority: int
    seconds: float
    done: float = field(default=0.0, compare=False)


def week_of(teams: int, traffic: Traffic, *, seed: int, weeks: int = 2) -> list[Upload]:
    """From Monday midnight on. On Friday from 13 to 17 what that day brings together, else evenly from 9 to 17."""
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


def seconds_of(one: Upload, *, gpu: bool, known: Measured) -> float:
    """Of one worker's time. Where the whole way with a GPU was not measured: the hearing by what the card hears, the
    rest as on the processor."""
    if gpu and known.whole_way_with_a_gpu is not None:
        return known.transcript + one.seconds * known.whole_way_with_a_gpu
    hears = known.gpu_hears_a_second if gpu else known.hears_a_second
    a_second = known.heard_again * known.around_hearing / hears
    return known.transcript + one.seconds * (a_second + known.who_speaks_of_a_second + known.decoding_of_a_second)


def run(uploads: Sequence[Upload], workers: Sequence[bool], known: Measured = Measured()) -> list[float]:
    """Seconds from each upload to its codes, in the order of `uploads`, which are in the order in which they come.

    The next job is that of the authority with fewest running, of these whose last one began longest ago, of these whose
    upload is the oldest; of free workers one with a GPU takes it first."""
    waiting: dict[int, list[int]] = {}
    running, begun = dict[int, int](), dict[int, float]()
    free, busy = sorted(range(len(workers)), key=lambda one: not workers[one]), list[tuple[float, int, int]]()
    came, done = 0, [0.0] * len(uploads)
    while came < len(uploads) or busy:
        arrives = uploads[came].at if came < len(uploads) else float("inf")
        if busy and busy[0][0] <= arrives:
            now, worker, number = heapq.heappop(busy)
            running[uploads[number].authority] -= 1
            free = sorted([*free, worker], key=lambda one: not workers[one])
        else:
            now = arrives
            waiting.setdefault(uploads[came].authority, []).append(came)
            came += 1
        while free and waiting:
            turn = min(waiting, key=lambda one: (running.get(one, 0), begun.get(one, -1.0), waiting[one][0]))
            number, worker = waiting[turn].pop(0), free.pop(0)
            if not waiting[turn]:
                del waiting[turn]
            running[turn], begun[turn] = running.get(turn, 0) + 1, now
            ends = now + seconds_of(uploads[number], gpu=workers[worker], known=known)
            done[number] = ends - uploads[number].at
            heapq.heappush(busy, (ends, worker, number))
    return done


@dataclass(frozen=True)
class Waits:
    """Minutes from upload to codes, of recordings: the median, and what 19 of 20 wait at most."""

    teams: int
    machine: Machine
    lost: int
    median: float
    most: float


def waits(traffic: Traffic = Traffic(), known: Measured = Measured()) -> Iterator[Waits]:
    """Of all sizes, and of each with a GPU also with one fewer, as where a card is lost and nobody is there to see to
    it before the week is over."""
    for teams in TEAMS:
        uploads = week_of(teams, traffic, seed=teams)
        for cores in CORES:
            for gpus in GPUS:
                machine = Machine(cores, gpus)
                if gpus > machine.workers:
                    continue
                for lost in (0, 1) if gpus else (0,):
                    took = run(uploads, machine.speeds(lost), known)
                    spoken = [one / 60 for upload, one in zip(uploads, took, strict=True) if upload.seconds]
                    cut = quantiles(spoken, n=20)
                    yield Waits(teams, machine, lost, cut[9], cut[18])


def measure() -> Iterator[Figure | NotMeasured]:
    known, traffic = Measured(), Traffic()
    for one in waits(traffic, known):
        if one.lost == 0 and one.machine.gpus < 2:
            gpus = f", {one.machine.gpus} GPU" if one.machine.gpus else ""
            name = f"simulated: {one.teams} teams on {one.machine.cores} cores{gpus}, upload to codes, 95th percentile"
            yield for_information(name, one.most, "min")
    for name, value, unit in per_recording(traffic, known):
        yield for_information(name, value, unit)
    for name, constant in (
        ("one second of speech with a GPU, the whole way", known.whole_way_with_a_gpu),
        ("speech a card of 16 GB hears in a second", known.smaller_gpu_hears_a_second),
    ):
        if constant is None:
            yield NotMeasured(name, "for information", "its constant in `Measured` is empty")


def per_recording(traffic: Traffic, known: Measured) -> Iterator[tuple[str, float, str]]:
    """What one recording of the mean length costs, as hours of machine, and what a thousand sessions take."""
    seconds = traffic.minutes * 60
    of_two_cores = seconds_of(Upload(0.0, 0, seconds), gpu=False, known=known)
    yield f"a recording of {traffic.minutes:g} minutes, hours of one core", 2 * of_two_cores / HOUR, "h"
    yield "recordings coded an hour by one core", HOUR / (2 * of_two_cores), "an hour"
    heard = seconds * known.heard_again * known.around_hearing / known.gpu_hears_a_second
    yield f"a recording of {traffic.minutes:g} minutes, hours of one GPU for hearing", heard / HOUR, "h"
    yield "recordings heard an hour by one GPU", HOUR / heard, "an hour"
    yield "database of 1,000 sessions", known.database_bytes_of_2000 / 2 / 1e6, "MB"
    copies = 1000 * traffic.spoken * traffic.minutes / 60 * known.listening_copy_an_hour
    yield "listening copies of 1,000 sessions", copies / 1e6, "MB"


def table() -> Iterator[str]:
    """For `docs/capacity.md`."""
    yield "| teams | cores | GPUs | half within | 95 of 100 within | and with one GPU lost |"
    yield "|---|---|---|---|---|---|"
    found = list(waits())
    fewer = {(one.teams, one.machine): one for one in found if one.lost}
    for one in found:
        if not one.lost:
            worse = fewer.get((one.teams, one.machine))
            yield (
                f"| {one.teams} | {one.machine.cores} | {one.machine.gpus} | {shown(one.median)} | {shown(one.most)} | "
                f"{shown(worse.most) if worse else '–'} |"
            )


def shown(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.0f} h" if minutes < 2880 else "over two days"


if __name__ == "__main__":
    print("\n".join(table()))
    for what, amount, of in per_recording(Traffic(), Measured()):
        print(f"{what}: {amount:.3g} {of}")
