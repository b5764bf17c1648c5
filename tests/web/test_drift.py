"""The chart of one coach's codes over the months: theirs and the lead's alone."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlmodel import Session

from coding.actions import add_transcript_session
from coding.details import SessionDetails
from coding.transcript.read import read_transcripts
from models.coding import CodedBy, Coding
from models.double_coding import DoubleCoding
from models.permissions import Actor
from models.person import Person
from models.practice import SessionKind
from models.review import Review, ReviewState
from tests.coding.double.conftest import Twice, bench, twice
from tests.conftest import CONVERSATION, People
from tests.web.conftest import Client, client
from training.own_data import own_data

__all__ = ["bench", "client", "twice"]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def add_coded_twice(
    session: Session, owner: Actor, coaches: Sequence[Actor], at: datetime, *, lines: int, differ: int
) -> UUID:
    """Both sign-offs at `at`, without any line behind them."""
    details = SessionDetails(
        practitioner_id=owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=at.date(), agreement_confirmed=True,
        title="Planted",
    )  # fmt: skip
    parsed = read_transcripts("talk.txt", CONVERSATION.encode())[0]
    practice = add_transcript_session(session, details=details, parsed=parsed, name="t", by=owner)
    from coding.transcript.versions import latest_transcript

    version = latest_transcript(session, practice.id)
    assert version is not None
    made = []
    for number, coach in enumerate(coaches):
        coding = Coding(transcript_id=version.id, coded_by=CodedBy.PERSON, person_id=coach.person_id)
        session.add(coding)
        session.flush()
        review = Review(
            session_id=practice.id, transcript_id=version.id, coding_id=coding.id, reviewer_id=coach.person_id,
            state=ReviewState.SIGNED_OFF, closed_at=at, made_coding_id=coding.id, blind=number == 1,
        )  # fmt: skip
        session.add(review)
        session.flush()
        made.append(review)
    session.add(
        DoubleCoding(
            organisation_id=practice.organisation_id, session_id=practice.id, first_review_id=made[0].id, percent=10,
            second_id=coaches[1].person_id, second_review_id=made[1].id, signed_at=at, compared={}, lines=lines,
            differ=differ,
        )
    )  # fmt: skip
    session.flush()
    return practice.id


def plant_months(twice: Twice, people: People, differ: Sequence[int]) -> None:
    """Two sessions of 100 lines a month."""
    with twice.house.database.write() as session:
        for month, number in enumerate(differ):
            for day in (3, 17):
                at = datetime(2025 + month // 12, month % 12 + 1, day, tzinfo=UTC)
                add_coded_twice(session, people.owner, (twice.coach, twice.second), at, lines=100, differ=number)


def test_only_the_coach_and_the_lead_see_it(twice: Twice, client: Client, people: People) -> None:
    plant_months(twice, people, [20, 21, 19, 20, 22, 18, 20, 60])
    path = f"/agreement/drift/{twice.coach.person_id}"
    for actor in (twice.second, people.owner, people.teammate, people.stranger, people.stranger_coach):
        assert client(actor).get(path).status_code == 404
    assert path not in client(twice.second).get("/agreement").text
    assert path in client(people.lead).get("/agreement").text
    assert path in client(twice.coach).get("/agreement").text
    for actor in (twice.coach, people.lead):
        page = client(actor).get(path).text
        assert "In the first months 20 in 100 lines were coded differently" in page
        assert "Something may have changed in August 2025." in page
        assert page.count("evoke-drift__signal") == 1
        assert page.count("evoke-drift__month") == 7
        assert "More differ than the first months let one expect" in page
        assert page.count("Nothing new") == 7
    assert "Your coding over the months" in client(twice.coach).get(path).text
    assert f"Coding of {twice.coach.name}" in client(people.lead).get(path).text


def test_with_few_sessions_there_are_no_limits_and_with_none_no_chart(
    twice: Twice, client: Client, people: People
) -> None:
    path = f"/agreement/drift/{twice.coach.person_id}"
    coach = client(twice.coach)
    empty = coach.get(path).text
    assert "No session of this coach has been coded twice yet." in empty
    assert "<svg" not in empty
    plant_months(twice, people, [0, 30])
    page = coach.get(path).text
    assert "that takes 10 sessions in the first 6 months" in page
    assert page.count("none yet") == 2
    assert page.count("Too early to say") == 2
    assert "Nothing new" not in page
    assert "evoke-drift__limits" not in page


def test_ones_own_copy_holds_it(twice: Twice, people: People) -> None:
    plant_months(twice, people, [20])
    with twice.house.database.read() as session:
        for actor, months in ((twice.coach, 2), (twice.second, 2), (people.owner, 0)):
            copy = own_data(session, session.get_one(Person, actor.person_id))
            assert len(copy["coded_twice"]) == months
        copy = own_data(session, session.get_one(Person, twice.coach.person_id))
        assert copy["coded_twice"][0] == {"month": "2025-01", "lines": 100, "coded_otherwise": 20}
