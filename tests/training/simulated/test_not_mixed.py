"""Simulated conversations stay apart: from the queue, from what is coded twice, from every figure about people."""

from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from models.conversation import Conversation
from models.double_coding import DoubleCoding
from models.machine_check import MachineCheck
from models.practice import PracticeSession, SessionKind
from tests.coding.double.conftest import Twice, bench, twice
from tests.conftest import People, work_off
from training.queue_view import build_queue_view
from training.waits_for_review import waiting_count
from web.worker import Worker

__all__ = ["bench", "twice"]


@pytest.fixture
def make_simulated(twice: Twice, people: People) -> Callable[[], None]:
    """The coded session becomes what a talk with a simulated parent became."""

    def make() -> None:
        with twice.house.database.write() as session:
            session.exec(
                update(PracticeSession)
                .where(col(PracticeSession.id) == twice.practice_id)
                .values(kind=SessionKind.SIMULATED)
            )
            session.add(
                Conversation(
                    id=twice.practice_id, organisation_id=people.owner.organisation_id,
                    person_id=people.owner.person_id, scenario="wine-at-night", scenario_version=1, seed="1",
                )
            )  # fmt: skip

    return make


def test_it_waits_for_no_coach_until_one_takes_it_up(
    twice: Twice, people: People, make_simulated: Callable[[], None]
) -> None:
    with twice.house.database.read() as session:
        assert waiting_count(session, twice.coach) == 1
    make_simulated()
    with twice.house.database.read() as session:
        assert waiting_count(session, twice.coach) == 0
        assert build_queue_view(session, twice.coach).next is None
    twice.begin()
    with twice.house.database.read() as session:
        assert waiting_count(session, twice.coach) == 1


def test_it_is_neither_coded_twice_nor_a_measure_of_the_machine(
    twice: Twice, people: People, worker: Worker, make_simulated: Callable[[], None]
) -> None:
    make_simulated()
    twice.sign(twice.coach)
    work_off(worker)
    with twice.house.database.read() as session:
        assert session.exec(select(DoubleCoding)).all() == []
        assert session.exec(select(MachineCheck)).all() == []
