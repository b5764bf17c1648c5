"""The simulation of waits: its queues give turns as the real ones do, and the page shows what it says."""

import random
import uuid
from pathlib import Path

import pytest

from api.house import House
from benchmarks.capacity import tables
from benchmarks.capacity.known import Measured, Traffic
from benchmarks.capacity.machines import Machine, Worker, workers_of
from benchmarks.capacity.traffic import CODE, HEAR, Upload, month_of, run, seconds_of
from benchmarks.capacity.turns import Job, PostgresqlTurns, SqliteTurns, Turns
from benchmarks.capacity.waits import RECOMMENDED, fewest, waits
from models import queue
from models.job_queues import EVERY_QUEUE, JobQueue, Only

PAGE = Path(__file__).parents[1] / "docs" / "capacity.md"
RULES = {"sqlite": SqliteTurns, "postgresql": PostgresqlTurns}
KNOWN = Measured()


class RealQueue:
    """As the rules are asked, of a database."""

    def __init__(self, house: House) -> None:
        self.house, self.authorities = house, [uuid.uuid4() for _ in range(4)]
        self.jobs, self.held = dict[uuid.UUID, Job](), dict[int, queue.Claim]()

    def add(self, job: Job) -> None:
        with self.house.database.write() as session:
            whose = self.authorities[job.authority]
            self.jobs[queue.enqueue(session, job.name, organisation_id=whose, about=uuid.uuid4()).id] = job

    def take(self, queues: tuple[JobQueue, ...]) -> Job | None:
        claimed = queue.claim(self.house.database, worker="one", lease_seconds=600, queues=queues)
        if claimed is None:
            return None
        job = self.jobs[claimed.job_id]
        self.held[job.number] = claimed
        return job

    def end(self, job: Job) -> None:
        with self.house.database.write() as session:
            queue.finish(session, self.held.pop(job.number))


def order(turns: Turns, *, seed: int, steps: int = 120) -> list[int]:
    """In which jobs are taken, where authorities of different zeal add some for a while, and then none until nothing
    waits, and workers of three kinds come and go. 0 is a worker that finds nothing."""
    dice, taken, held = random.Random(seed), list[int](), list[Job]()
    for number in range(1, steps + 1):
        many = dice.choice((0, 1, 2, 3)) if number % 40 <= 15 else dice.random() < 0.1
        for one in range(many):
            authority = dice.choice((0, 0, 0, 0, 1, 1, 2, 3))
            turns.add(Job(10 * number + one, dice.choice((HEAR, CODE, "send_webhooks")), authority))
        if held and dice.random() < 0.5:
            turns.end(held.pop(dice.randrange(len(held))))
        job = turns.take(dice.choice((EVERY_QUEUE, EVERY_QUEUE, Only.SPEECH.queues, Only.OTHER.queues)))
        taken.append(job.number if job else 0)
        held += [job] if job else []
    return taken


@pytest.mark.parametrize("seed", [8, 12])
def test_turns_are_given_as_by_the_real_queue(house: House, database_kind: str, seed: int) -> None:
    simulated = {kind: order(rule(), seed=seed) for kind, rule in RULES.items()}
    assert simulated["sqlite"] != simulated["postgresql"]  # or nothing could be told from it
    assert order(RealQueue(house), seed=seed) == simulated[database_kind]


@pytest.mark.parametrize(("kind", "heard"), [("sqlite", 2), ("postgresql", 3)])
def test_a_hundred_recordings_of_one_authority_hardly_delay_another(kind: str, heard: int) -> None:
    """On PostgreSQL the turn that is served next was given before the other came."""
    uploads = [*(Upload(0.0, 0, 600.0) for _ in range(100)), Upload(1.0, 1, 600.0)]
    workers = [Worker(queues=Only.SPEECH.queues), Worker(queues=Only.OTHER.queues)]
    took = run(uploads, workers, RULES[kind](), KNOWN)
    one, coded = seconds_of(HEAR, 600.0, known=KNOWN), seconds_of(CODE, 600.0, known=KNOWN)
    assert took[-1] == pytest.approx(heard * one + coded - 1.0)
    assert max(took) == pytest.approx(101 * one + coded)


def test_nobody_waits_where_there_is_room_and_a_card_is_taken_first() -> None:
    uploads = [Upload(0.0, 0, 600.0), Upload(0.0, 1, 600.0), Upload(0.0, 2, 0.0)]
    workers = [Worker(queues=Only.OTHER.queues), Worker(queues=Only.SPEECH.queues), Worker(True, Only.SPEECH.queues)]
    took = run(uploads, workers, PostgresqlTurns(), KNOWN)
    coded = seconds_of(CODE, 600.0, known=KNOWN)
    assert took[0] == pytest.approx(seconds_of(HEAR, 600.0, gpu=True, known=KNOWN) + coded)
    assert took[1] == pytest.approx(seconds_of(HEAR, 600.0, known=KNOWN) + coded)
    assert took[2] == KNOWN.text


def test_workers_of_machines() -> None:
    hears, card, rest = (
        Worker(queues=Only.SPEECH.queues),
        Worker(True, Only.SPEECH.queues),
        Worker(queues=Only.OTHER.queues),
    )
    assert Machine(2, website=True).workers() == (Worker(),)
    assert Machine(4, website=True).workers() == (hears, rest)
    assert Machine(8, 2, website=True).workers() == (card, card, rest, rest)
    assert Machine(8, 2, website=True).workers(lost=1) == (card, hears, rest, rest)
    assert workers_of((Machine(4, 1), Machine(4, 1)), lost=1) == (hears, rest, rest, card, rest, rest)
    whole = Machine(32).workers()
    assert sum(2 if one == hears else 1 for one in whole) == 32
    assert whole.count(rest) == 2


def test_the_traffic_is_as_it_says() -> None:
    traffic = Traffic()
    uploads = month_of(50, traffic, seed=1)
    assert len(uploads) == 2000
    assert uploads == sorted(uploads)
    friday = [one for one in uploads if (one.at / 86400) % 7 // 1 == 4 and (one.at % 86400) / 3600 >= 13]
    assert len(friday) / 4 / 4 == pytest.approx(50 * traffic.an_hour_of_friday, rel=0.1)
    assert {one.authority for one in uploads} == {0, 1}


def test_fewest_is_the_fewest() -> None:
    machine = Machine(8)
    many = fewest(50, machine, 30)
    assert waits(50, (machine,) * many).most <= 30 < waits(50, (machine,) * (many - 1)).most


def test_the_page_shows_what_is_reckoned() -> None:
    page = PAGE.read_text()
    for reckoned in (tables.an_hour, tables.storage, tables.costs, tables.traffic, tables.one_machine):
        assert "\n".join(reckoned()) in page, reckoned.__name__


@pytest.mark.slow
def test_the_page_shows_what_is_simulated() -> None:
    page = PAGE.read_text()
    for name, table in tables.tables().items():
        assert table in page, name


@pytest.mark.slow
def test_what_is_recommended_is_quick_enough_also_with_one_lost() -> None:
    for one in RECOMMENDED:
        assert one.waits().most <= (30 if one.website else 120)
        fewer = one.one_lost()
        assert fewer is None or fewer.most <= 120
