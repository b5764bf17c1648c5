"""The owner's session, coded by a worker and with its names checked, for a coach to review."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from api.house import House
from coding.actions import SessionDetails, add_transcript_session
from coding.check_names import finish_check
from coding.context import Workshop
from coding.review.actions import Stepped, begin_review, take_steps
from coding.review.steps import Step
from coding.transcript.read import read_transcripts
from models.columns import new_id, utc_now
from models.double_coding import DoubleCodingRule
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import Role
from models.practice import PracticeSession, SessionKind
from models.review import Review
from tests.coding.scripted_coder import ScriptedCoder
from tests.conftest import People, add_person, work_off
from web.worker import Worker

CONVERSATION = """\
Worker: Q What would you like us to talk about today?
Parent: CT I want to stop drinking at weekends, the kids have noticed.
Worker: CR You've seen it's getting to the children and that worries you.
Parent: ST I don't know if I can though, all my mates drink.
Worker: Emphasize It's up to you. Q What has helped before?
Parent: CT Going to my sister's on a Friday.
"""


@dataclass(frozen=True)
class Bench:
    """`coach` and `second` both coach the team; `coach` practises in it too."""

    house: House
    practice_id: UUID
    coach: Actor
    second: Actor

    def begin(self, by: Actor | None = None) -> UUID:
        with self.house.database.write() as session:
            practice = session.get_one(PracticeSession, self.practice_id)
            return begin_review(session, practice=practice, by=by or self.coach).id

    def take(self, review_id: UUID, *steps: Step, expected: int | None = None) -> Stepped:
        with self.house.database.write() as session:
            review = session.get_one(Review, review_id)
            given = [(new_id(), step) for step in steps]
            at = review.steps if expected is None else expected
            return take_steps(session, review=review, steps=given, expected=at, by=self.coach)


def add_coded_session(
    house: House, worker: Worker, by: Actor, *, goal: str = "drink less at weekends", talk: str = CONVERSATION
) -> UUID:
    """Of `by`, with its names checked."""
    details = SessionDetails(
        practitioner_id=by.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(), agreement_confirmed=True,
        title="Tuesday", change_goal=goal,
    )  # fmt: skip
    parsed = read_transcripts("talk.txt", talk.encode())[0]
    with house.database.write() as session:
        practice_id = add_transcript_session(session, details=details, parsed=parsed, name="t", by=by).id
    work_off(worker)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, practice_id)
        finish_check(session, practice=practice, no_names=(), more=(), bleep=False, by=by)
    return practice_id


@pytest.fixture
def bench(house: House, people: People, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Coded by a script: the tests are not about what a coder finds."""
    monkeypatch.setattr(Workshop, "coder", ScriptedCoder())
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        team = session.get_one(Team, people.team.id)
        second = add_person(session, home, "Sid Second", team=team, role=Role.COACH, role_team=team)
        session.add(DoubleCodingRule(organisation_id=home.id, percent=0, seed=b"nothing is drawn"))
    return Bench(house, add_coded_session(house, worker, people.owner), people.colleague, second)
