from collections import Counter

import pytest
from sqlmodel import col, select

from api.house import House
from coding.corpus.load import demo_conversations
from models.certificate import Certificate
from models.coding import CodedBy
from models.cohort import Cohort
from models.columns import utc_now
from models.exercise import ExerciseAttempt, Outcome
from models.feedback import Feedback, FeedbackMessage
from models.figures import FigureSnapshot, SessionFigure
from models.job import Job, JobState
from models.name_check import NameCheck
from models.organisation import Organisation, Team
from models.person import Person, PersonState, Role, RoleGrant
from models.practice import PracticeSession, SessionKind, Stage
from models.review import Review, ReviewState
from models.settings import Settings
from tests.conftest import People
from tests.web.conftest import PageClient, work_off
from web.app import create_app
from web.demo import DEMO_PASSWORD, DEMO_TRAINEE_EMAIL, NotEmpty, plant_demo
from web.worker import Worker


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_demo_is_planted_once_and_coded_like_any_upload(house: House, settings: Settings, worker: Worker) -> None:
    lines = plant_demo(house.database, settings)
    assert plant_demo(house.database, settings) == lines
    assert any(DEMO_TRAINEE_EMAIL in line and DEMO_PASSWORD in line for line in lines)
    with house.database.read() as session:
        assert len(session.exec(select(Team)).all()) == 3
        roles = Counter(grant.role for grant in session.exec(select(RoleGrant)))
        assert (roles[Role.TRAINEE], roles[Role.COACH], roles[Role.LEAD]) == (8, 6, 1)
        states = Counter(person.state for person in session.exec(select(Person)))
        assert states == {PersonState.ACTIVE: 9, PersonState.INVITED: 1, PersonState.LEFT: 1}
        assert session.exec(select(Organisation)).one().is_demo
    work_off(worker)
    assert len(demo_conversations()) == 24
    with house.database.read() as session:
        assert {one.stage for one in session.exec(select(PracticeSession))} == {Stage.READY}
        assert {job.state for job in session.exec(select(Job))} == {JobState.DONE}
        unchecked = [check for check in session.exec(select(NameCheck)) if check.checked_at is None]
        assert len(unchecked) == 3, "one of each team; a simulated talk names nobody"
        reviews = session.exec(select(Review)).all()
        assert {review.state for review in reviews} == {ReviewState.SIGNED_OFF}
        assert sum(not review.blind for review in reviews) == 18, "all but the newest of each trainee"
        assert len({review.closed_at.date() for review in reviews if review.closed_at and not review.blind}) == 3
        [talk] = session.exec(select(PracticeSession).where(col(PracticeSession.kind) == SessionKind.SIMULATED))
        assert talk.held_on < utc_now().date()
        [learned] = session.exec(select(Certificate)).all()
        assert (learned.module, learned.person_id) == ("open-questions", talk.practitioner_id)
        tries = session.exec(select(ExerciseAttempt)).all()
        assert sorted(one.number for one in tries) == [1, 1, 1, 2], "three exercises, one of them again"
        assert {one.outcome for one in tries} >= {Outcome.NOT_YET, Outcome.MET}
        assert len(session.exec(select(Cohort)).all()) == 1
        told = session.exec(select(Feedback)).all()
        assert len(told) >= 12
        assert all(one.sent_at for one in told)
        read = {one.session_id: one.read_at for one in told}
        messages = session.exec(select(FeedbackMessage)).all()
        assert messages
        for one in messages:
            opened = read[one.session_id]
            assert opened is not None
            assert opened < one.at, "nobody answers what they have not read"
        counted = session.exec(select(SessionFigure.counted_on).where(col(SessionFigure.coded_by) == CodedBy.PERSON))
        assert len({day.replace(day=1) for day in counted}) >= 3, "over the months, not all on the day of planting"
        assert session.exec(select(FigureSnapshot)).all(), "and the lead finds them worked out"
    with PageClient(create_app(settings), base_url="http://evoke.test") as visitor:
        form = {"email": DEMO_TRAINEE_EMAIL, "password": DEMO_PASSWORD}
        home = visitor.post("/sign-in", data=form)
        assert "Child protection visit between core groups" in home.text
        assert (home.text.count("Ready to read"), home.text.count("Reviewed")) == (2, 3)
        assert "Practise now (5 minutes)" in visitor.get("/plan").text, "what was learned long ago leaves today's to do"
        for row in visitor.get("/api/v1/sessions").json()["sessions"]:
            assert visitor.get(f"/sessions/{row['id']}").status_code == 200


def test_the_demo_never_goes_into_an_installation_in_use(house: House, settings: Settings, people: People) -> None:
    with pytest.raises(NotEmpty):
        plant_demo(house.database, settings)
    with house.database.read() as session:
        assert len(session.exec(select(Team)).all()) == 2
