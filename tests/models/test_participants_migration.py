"""What participants were called in the clear is sealed, and gone from the database's files."""

from dataclasses import replace
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import text
from sqlmodel import select

from api.house import House
from coding.actions import SessionDetails, add_transcript_session
from coding.forget_words import forget_words
from coding.ledger import Ledger, TookPart
from coding.transcript.read import read_transcripts
from models.columns import utc_now
from models.consent import Participant, Who
from models.keys import shred_session_key
from models.migrations import alembic_config, upgrade
from models.practice import PracticeSession, SessionKind
from models.session_words import NAME_DELETED, participant_label
from tests.conftest import People
from tests.models.test_sealing_migration import bytes_of_the_database

LABEL = "Wilhelmina the grandmother"


@pytest.fixture
def held(house: House, people: People) -> UUID:
    """Somebody who has not agreed, so it is held back and says so."""
    (parsed,) = read_transcripts("talk.txt", b"Worker: What happened?\nOther: It broke.\n")
    details = SessionDetails(
        practitioner_id=people.owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
        agreement_confirmed=True, title="A talk", change_goal="",
    )  # fmt: skip
    details = replace(details, ledger=Ledger((TookPart(Who.FAMILY_MEMBER, LABEL),)), hold=True)
    with house.database.write() as session:
        return add_transcript_session(session, details=details, parsed=parsed, name="talk", by=people.owner).id


def labels(house: House) -> list[str]:
    with house.database.read() as session:
        return [participant_label(session, one) for one in session.exec(select(Participant)).all()]


def test_labels_are_sealed_and_what_was_there_in_the_clear_is_gone(house: House, held: UUID) -> None:
    assert labels(house) == [LABEL]
    assert LABEL.encode() not in bytes_of_the_database(house)
    with house.database.read() as session:
        assert "“Person 1” has not agreed" in (session.get_one(PracticeSession, held).problem or "")

    command.downgrade(alembic_config(house.database), "0018")
    with house.database.write() as session:
        assert session.connection().execute(text("SELECT label FROM participant")).scalar_one() == LABEL
        session.connection().execute(text(f"UPDATE practice_session SET problem = '“{LABEL}” has not agreed.'"))

    upgrade(house.database)
    assert labels(house) == [LABEL]
    with house.database.read() as session:
        assert session.get_one(PracticeSession, held).problem == "“Person 1” has not agreed."
    assert LABEL.encode() not in bytes_of_the_database(house)


def test_names_go_with_the_words_and_with_the_key(house: House, held: UUID) -> None:
    with house.database.write() as session:
        forget_words(session, session.get_one(PracticeSession, held))
    assert labels(house) == [NAME_DELETED]
    with house.database.write() as session:
        shred_session_key(session, held)
    assert labels(house) == [NAME_DELETED]
