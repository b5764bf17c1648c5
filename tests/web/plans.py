"""What tests of the practice plan share."""

from uuid import UUID

import pytest
from sqlmodel import col, select

from api.house import House
from coding.context import Workshop
from models.plan import PlanChoice
from tests.coding.review.conftest import add_coded_session
from tests.coding.scripted_coder import ScriptedCoder
from tests.conftest import People
from training.plan.values import PlanExercise
from training.planning import history as history_module
from training.skills import Skill
from web.worker import Worker

ONE = pytest.mark.parametrize("database_kind", ["sqlite"])
CLOSED = "".join(
    f"Worker: Q Is it number {n}?\nParent: CT I want to change number {n}.\n" for n in range(8)
) + "Worker: SR You want to.\nParent: FN Yes.\n"  # fmt: skip
LIBRARY = tuple(
    PlanExercise(f"{skill.value.replace('_', '-')}-{n}", "a-module", skill, n % 3 + 1, "answer_the_parent")
    for skill in Skill for n in range(6)
)  # fmt: skip


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "exercises_for", lambda *_: LIBRARY)


@pytest.fixture
def coded(house: House, people: People, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """The owner's, with eight questions and one reflection, coded by the machine alone."""
    monkeypatch.setattr(Workshop, "coder", ScriptedCoder())
    return add_coded_session(house, worker, people.owner, talk=CLOSED)


def choices(house: House) -> list[PlanChoice]:
    with house.database.read() as session:
        return list(session.exec(select(PlanChoice).order_by(col(PlanChoice.id))))
