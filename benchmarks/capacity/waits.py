"""How long people wait on given machines, and the fewest machines on which they need not wait longer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from statistics import quantiles

from benchmarks.capacity.known import Measured, Prices, Traffic
from benchmarks.capacity.machines import Machine, workers_of
from benchmarks.capacity.traffic import month_of, run
from benchmarks.capacity.turns import PostgresqlTurns, SqliteTurns

TEAMS = (5, 50, 500)
MONTHS = (1, 2, 3)
"""Seeds of as many months; the worst of them counts."""
HOURS_A_MONTH = 730
A_FIFTH = replace(Measured(), gpu_hears_a_second=Measured().gpu_hears_a_second / 5)
"""A card a fifth as fast: assumed."""


@dataclass(frozen=True)
class Waits:
    """Minutes from upload to codes: of recordings the median and what 19 of 20 wait at most, of texts the latter."""

    median: float
    most: float
    texts: float


@cache
def waits(
    teams: int, machines: tuple[Machine, ...], *, lost: int = 0, traffic: Traffic = Traffic(),
    known: Measured = Measured(),
) -> Waits:  # fmt: skip
    """One machine with a website has SQLite, several have PostgreSQL. A GPU that is lost is lost for the whole month,
    as where nobody is there to see to it."""
    found = list[Waits]()
    for month in MONTHS:
        uploads = month_of(teams, traffic, seed=month)
        turns = SqliteTurns() if machines[0].website else PostgresqlTurns()
        took = run(uploads, workers_of(machines, lost), turns, known)
        of_all = list(zip(uploads, took, strict=True))
        spoken = quantiles([one / 60 for upload, one in of_all if upload.seconds], n=20)
        texts = quantiles([one / 60 for upload, one in of_all if not upload.seconds], n=20)
        found.append(Waits(spoken[9], spoken[18], texts[18]))
    return Waits(*(max(values) for values in zip(*((one.median, one.most, one.texts) for one in found), strict=True)))


def fewest(teams: int, machine: Machine, minutes: float, *, known: Measured = Measured()) -> int:
    """Worker machines of this kind, so that 95 of 100 recordings are coded within so many minutes."""
    return next(many for many in count(1) if waits(teams, (machine,) * many, known=known).most <= minutes)


@dataclass(frozen=True)
class Installation:
    """`website` are machines for the website and the database alone; without any they are on the one of the workers."""

    teams: int
    website: tuple[Machine, ...]
    workers: tuple[Machine, ...]

    def waits(self) -> Waits:
        return waits(self.teams, self.workers)

    def one_lost(self) -> Waits | None:
        """A worker machine or a card, whichever is worse; of one machine its card. None where nothing is left."""
        found = [waits(self.teams, self.workers[1:])] if len(self.workers) > 1 else []
        if self.workers[0].gpus:
            found.append(waits(self.teams, self.workers, lost=1))
        return max(found, key=lambda one: one.most, default=None)

    def a_month(self, prices: Prices = Prices()) -> float:
        """Pounds, with all machines running day and night; without files."""
        machines = (*self.website, *self.workers)
        an_hour = sum(one.cores * prices.core_hour + one.gpus * prices.gpu_hour for one in machines)
        return an_hour * HOURS_A_MONTH


def recordings_a_month(teams: int, traffic: Traffic = Traffic()) -> float:
    return teams * traffic.a_week * traffic.spoken * traffic.sessions_weeks_a_year / 12


OF_32, OF_8, WITH_A_CARD = Machine(32), Machine(8), Machine(4, 1)
RECOMMENDED = (
    Installation(5, (), (Machine(4, website=True),)),
    Installation(50, (Machine(4),), (OF_8,) * 3),
    Installation(50, (Machine(4),), (WITH_A_CARD,) * 2),
    Installation(500, (Machine(4),) * 3, (OF_32,) * 5),
    Installation(500, (Machine(4),) * 3, (WITH_A_CARD,) * 5),
)
ALONE = tuple(
    Installation(teams, (), (Machine(cores, gpus, website=True),))
    for teams, sizes in ((5, ((2, 0), (4, 0), (4, 1))), (50, ((8, 0), (16, 0), (32, 0), (4, 1), (8, 2))))
    for cores, gpus in sizes
)
SEVERAL = ((50, OF_8, Measured()), (50, WITH_A_CARD, Measured()), (500, OF_32, Measured()),
           (500, WITH_A_CARD, Measured()), (500, WITH_A_CARD, A_FIFTH))  # fmt: skip
LONGEST, SHORTEST = 120.0, 30.0
"""Minutes within which 95 of 100 recordings should be coded."""


def several() -> Iterator[tuple[int, Machine, Measured, int]]:
    """From the fewest machines for the longer of these waits to the fewest for the shorter, and two at least."""
    for teams, machine, known in SEVERAL:
        least, enough = (fewest(teams, machine, minutes, known=known) for minutes in (LONGEST, SHORTEST))
        for many in range(least, max(enough, 2) + 1):
            yield teams, machine, known, many
