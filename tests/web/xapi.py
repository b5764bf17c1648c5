"""A learning record store of the test's own, connected, and something to tell it."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import col, select

from api.house import House
from models.columns import utc_now
from models.exercise import Outcome
from models.job import Job, JobState
from models.permissions import Actor
from models.settings import Settings
from models.xapi import JOB, note_statement, xapi_connection_of
from models.xapi_connection import ConnectionDetails, set_connection
from models.xapi_kept import StatementKind, XapiStatement
from tests.lrs import KEY, SECRET, Lrs, running_lrs
from training.exercises.attempts import Sent, WrittenWords, keep_chosen, keep_written
from training.exercises.format import Written
from training.modules.load import shipped_library
from training.modules.progress import answer_check, complete_if_done, mark_as_read, read_part


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"outgoing_allowed": "127.0.0.0/8"})


@pytest.fixture
def lrs() -> Iterator[Lrs]:
    with running_lrs() as one:
        yield one


def connect(house: House, admin: Actor, lrs: Lrs, **more: object) -> None:
    details = ConnectionDetails(lrs.endpoint, KEY, SECRET, **more)  # type: ignore[arg-type]
    with house.database.write() as session:
        set_connection(session, details=details, settings=house.settings, by=admin)


def complete_a_module(house: House, who: Actor) -> str:
    module = shipped_library().modules[0]
    with house.database.write() as session:
        read_part(session, module=module, number=1, by=who)
        mark_as_read(session, module=module, by=who)
        answers = {number: one.answer for number, one in enumerate(module.head.check, 1)}
        answer_check(session, module=module, answers=answers, by=who)
    answer_exercises(house, who)
    return module.slug


def answer_exercises(house: House, who: Actor, many: int = 3) -> None:
    module = shipped_library().modules[0]
    for one in module.exercises[:many]:
        placed = shipped_library().exercises[one.id]
        words = WrittenWords("I hear how much you want this for Jodie.", ())
        with house.database.write() as session:
            sent = Sent(uuid.uuid4(), 12)
            if isinstance(one, Written):
                row = keep_written(
                    session, placed=placed, words=words, score=None, odd=None, coder="", sent=sent, by=who
                )
            else:
                row = keep_chosen(session, placed=placed, choice="1", sent=sent, by=who)
            row.outcome = Outcome.PARTLY  # as the coder would have it
            session.add(row)
            complete_if_done(session, module=module, by=who)


def outbox(house: House) -> list[XapiStatement]:
    with house.database.read() as session:
        return list(session.exec(select(XapiStatement).order_by(col(XapiStatement.at), col(XapiStatement.id))))


def note(house: House, who: Actor, many: int) -> None:
    for _ in range(many):
        with house.database.write() as session:
            facts = {"module": "affirming", "title": "Affirming", "edition": "1"}
            note_statement(
                session, kind=StatementKind.MODULE_COMPLETED, organisation_id=who.organisation_id,
                person_id=who.person_id, subject_id=uuid.uuid4(), facts=facts,
            )  # fmt: skip


def later(house: House) -> None:
    """As if the wait were over."""
    with house.database.write() as session:
        for job in session.exec(select(Job).where(col(Job.name) == JOB, col(Job.state) == JobState.WAITING)):
            job.run_at = utc_now() - timedelta(seconds=1)
            session.add(job)
            row = xapi_connection_of(session, job.organisation_id)  # type: ignore[arg-type]
            assert row is not None
            row.next_try_at = None
            session.add(row)
