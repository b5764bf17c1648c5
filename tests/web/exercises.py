"""What tests of exercises share: the coding desk with the coder that ships, and exercises of the modules."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from sqlmodel import col, select

from api.house import House
from coding.coder.desk import CodingDesk, Patience
from models.exercise import ExerciseAttempt
from models.settings import Settings
from tests.conftest import People
from tests.web.conftest import Client, PageClient
from training.exercises.chosen import shown_order
from training.exercises.format import AnswerTheParent, HearTheChangeTalk, OrderTheSummary, SpotTheCode
from training.modules.load import Placed, shipped_library

T = TypeVar("T")


@pytest.fixture(scope="session")
def shipped_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodingDesk]:
    folder: Path = tmp_path_factory.mktemp("desk")
    settings = Settings(_env_file=None, data_dir=folder, coder="")  # type: ignore[call-arg]
    desk = CodingDesk(settings, Patience(answer=180))
    yield desk
    desk.end()


def with_desk(client: PageClient, desk: Any) -> PageClient:
    """The site of this client codes with `desk`."""
    client.app.state.house = replace(client.app.state.house, desk=desk)  # type: ignore[attr-defined]
    return client


def first_of(kind: str) -> Placed:
    return next(one for one in shipped_library().exercises.values() if one.exercise.kind == kind)


def address_of(placed: Placed) -> str:
    return f"/learn/{placed.module.slug}/exercises/{placed.exercise.id}"


REFLECT = next(
    one for one in shipped_library().exercises.values()
    if isinstance(one.exercise, AnswerTheParent) and set(one.exercise.want.any_of) <= {"SR", "CR"}
)  # fmt: skip
WHERE = address_of(REFLECT)
EXERCISE = REFLECT.exercise
assert isinstance(EXERCISE, AnswerTheParent)


@pytest.fixture
def trainee(client: Client, people: People, shipped_desk: CodingDesk) -> PageClient:
    return with_desk(client(people.owner), shipped_desk)


def send(client: PageClient, answer: str, where: str = WHERE, **fields: str) -> str:
    """The page of what became of it."""
    sent = client.post(where, data={"answer": answer, "client_id": str(uuid4()), "begun": "1"} | fields)
    assert sent.status_code == 200, sent.text
    return sent.text


def attempts(house: House) -> list[ExerciseAttempt]:
    with house.database.read() as session:
        return list(session.exec(select(ExerciseAttempt).order_by(col(ExerciseAttempt.at))))


def shown(text: str) -> str:
    return text.replace("'", "&#39;").replace('"', "&#34;")


def fields_of(placed: Placed, *, right: bool) -> dict[str, str]:
    exercise = placed.exercise
    if isinstance(exercise, SpotTheCode):
        wrong = next(one for one in exercise.options if one is not exercise.answer)
        return {"choice": exercise.answer if right else wrong}
    if isinstance(exercise, HearTheChangeTalk):
        return {f"piece-{at}": (one.code if right else "ST") for at, one in enumerate(exercise.pieces)}
    assert isinstance(exercise, OrderTheSummary)
    order = range(len(exercise.pieces)) if right else shown_order(exercise)
    return {f"piece-{piece}": str(at + 1) for at, piece in enumerate(order)}
