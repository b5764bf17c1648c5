"""The suggestions' table: what it refuses, and that a house from before it gains it and loses nothing."""

from uuid import UUID

import pytest
from alembic import command
from sqlalchemy.exc import IntegrityError
from sqlmodel import delete, select

from api.house import House
from coding.actions import add_transcript_session
from coding.coding_words import coding_words
from coding.details import SessionDetails
from coding.transcript.read import read_transcripts
from models.coding import GLOBALS, CodeRow, Coding, SuggestedGlobal
from models.columns import utc_now
from models.migrations import alembic_config, upgrade
from models.practice import SessionKind
from tests.conftest import CONVERSATION, People, work_off
from web.worker import Worker


@pytest.fixture
def coding_id(house: House, people: People, worker: Worker) -> UUID:
    (parsed,) = read_transcripts("talk.txt", CONVERSATION.encode())
    details = SessionDetails(
        practitioner_id=people.owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
        agreement_confirmed=True, change_goal="drink less",
    )  # fmt: skip
    with house.database.write() as session:
        add_transcript_session(session, details=details, parsed=parsed, name="talk", by=people.owner)
    assert work_off(worker) == 1
    with house.database.read() as session:
        return session.exec(select(Coding)).one().id


def test_each_coding_keeps_one_suggestion_a_rating(house: House, coding_id: UUID) -> None:
    with house.database.read() as session:
        kept = session.exec(select(SuggestedGlobal).where(SuggestedGlobal.coding_id == coding_id)).all()
        reasons = coding_words(session, session.get_one(Coding, coding_id)).global_reasons
    assert {one.name for one in kept} == set(GLOBALS)
    assert len(kept) == len(GLOBALS)
    assert all(one.low is None and "Too short" in reasons[one.name] for one in kept)
    assert {one.model_version for one in kept} == {"globals-1"}


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("warmth", 3, 4), ("empathy", 4, 3), ("empathy", 0, 3), ("empathy", 4, 6), ("empathy", 3, None),
     ("empathy", None, 3)],
)  # fmt: skip
def test_a_range_that_cannot_be_is_refused(
    house: House, coding_id: UUID, name: str, low: int | None, high: int | None
) -> None:
    kept = SuggestedGlobal(coding_id=coding_id, name=name, low=low, high=high, model_version="globals-1")
    with house.database.write() as session:
        session.exec(delete(SuggestedGlobal))
    with house.database.write() as session:
        session.add(kept)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_a_house_from_before_gains_the_table_and_loses_nothing(house: House, coding_id: UUID) -> None:
    command.downgrade(alembic_config(house.database), "0001")
    with pytest.raises(Exception, match="suggested_global"), house.database.read() as session:
        session.exec(select(SuggestedGlobal)).all()
    upgrade(house.database)
    with house.database.read() as session:
        assert session.exec(select(SuggestedGlobal)).all() == []
        assert session.get_one(Coding, coding_id).model_version
        assert session.exec(select(CodeRow).where(CodeRow.coding_id == coding_id)).all()
