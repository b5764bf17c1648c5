"""What a learning platform's gradebook is told, and when."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from time import sleep

import pytest
from sqlmodel import select

from api.house import House
from coding.review.sign_off import sign_off_change, sign_off_review
from coding.review.steps import Rate, Recode
from coding.scheme.summary import GlobalRating
from models.job import Job
from models.lti import GradeState, LtiGrade, LtiLineItem, LtiPlatform, LtiScores
from models.lti_grades import JOB, module_target, open_column, role_play_signed, target_done
from models.permissions import Actor
from models.person import Person
from models.practice import PracticeSession
from models.review import Review
from tests.coding.review.conftest import Bench, add_coded_session, bench
from tests.conftest import CONVERSATION, People, work_off
from tests.lti_platform import FakePlatform
from tests.training.simulated.conftest import ByHeart
from tests.web.conftest import Client
from tests.web.lti import MODULE, OWNER, add, launched, platform, settings
from tests.web.test_parents import REFLECTION, at_the_desk, begun, form
from training.own_data import own_data
from web.worker import Worker

__all__ = ["bench", "platform", "settings"]


def complete(house: House, person: Actor) -> None:
    with house.database.write() as session:
        target_done(session, target=module_target(MODULE), person_id=person.person_id)


def try_now(house: House, worker: Worker) -> None:
    """What waits for a later try."""
    with house.database.write() as session:
        for job in session.exec(select(Job).where(Job.name == JOB)):
            job.run_at = job.created_at
            session.add(job)
    work_off(worker)


def test_a_completed_module_is_told_to_the_gradebook_also_after_the_platform_was_away(
    client: Client, platform: FakePlatform, house: House, people: People, worker: Worker
) -> None:
    launched(client(None), platform, email=OWNER, target=f"module:{MODULE}", column=True)
    complete(house, people.owner)
    platform.down = 1
    work_off(worker)
    assert platform.scores == []
    try_now(house, worker)
    (told,) = platform.scores
    assert (told["userId"], told["scoreGiven"], told["scoreMaximum"]) == ("user-1", 1.0, 1)
    assert (told["activityProgress"], told["gradingProgress"]) == ("Completed", "FullyGraded")
    complete(house, people.owner)
    work_off(worker)
    assert len(platform.scores) == 1


def test_a_score_that_the_platform_has_already_has_arrived_and_one_it_refuses_says_why(
    client: Client, platform: FakePlatform, house: House, people: People, admin: Actor, worker: Worker
) -> None:
    launched(client(None), platform, email=OWNER, target=f"module:{MODULE}", column=True)
    complete(house, people.owner)
    platform.scores_say = 403
    work_off(worker)
    with house.database.read() as session:
        grade = session.exec(select(LtiGrade)).one()
        at = f"/connections/lti/{session.exec(select(LtiPlatform)).one().id}"
    assert grade.state is GradeState.GIVEN_UP
    page = client(admin).get(at).text
    assert "Why something was not taken: it answered 403." in page
    platform.scores_say = 409
    assert "is sent again" in client(admin).post(f"{at}/send-anew").text
    work_off(worker)
    with house.database.read() as session:
        assert session.exec(select(LtiGrade)).one().state is GradeState.SENT


def test_a_role_play_is_told_without_a_score_until_a_coach_signs_it_off(
    client: Client, platform: FakePlatform, house: House, people: People, worker: Worker, admin: Actor
) -> None:
    add(house, admin, platform, scores=LtiScores.SIGNED)
    visitor = client(None)
    landed = launched(visitor, platform, email=OWNER, target="role-play", column=True)
    assert landed.url.path == "/sessions/new"
    file = {"file": ("good.txt", CONVERSATION.encode())}
    answer = visitor.post("/api/v1/sessions", data={"kind": "role_play", "agreement_confirmed": "yes"}, files=file)
    assert answer.status_code == 201
    work_off(worker)
    (told,) = platform.scores
    assert told["activityProgress"] == "Submitted"
    assert "scoreGiven" not in told
    with house.database.write() as session:
        (grade,) = session.exec(select(LtiGrade)).all()
        assert grade.session_id is not None
        assert grade.state is GradeState.SENT
        role_play_signed(session, session_id=grade.session_id, ratings=[3, 4, 4, 5])
    work_off(worker)
    assert platform.scores[-1]["scoreGiven"] == 0.8


def test_a_coachs_sign_off_is_told_with_the_mean_of_the_four_ratings_and_a_contested_code_sends_nothing(
    client: Client, platform: FakePlatform, house: House, people: People, worker: Worker, admin: Actor, bench: Bench
) -> None:
    add(house, admin, platform, scores=LtiScores.SIGNED)
    launched(client(None), platform, email=OWNER, target="role-play", column=True)
    practice_id = add_coded_session(house, worker, people.owner)
    handed_in = replace(bench, practice_id=practice_id)
    review_id = handed_in.begin()
    rated = {one.value: 4 for one in GlobalRating} | {GlobalRating.EMPATHY.value: 2}
    handed_in.take(review_id, *(Rate(name, value) for name, value in rated.items()))
    assert "scoreGiven" not in platform.scores[-1]
    with house.database.write() as session:
        review = session.get_one(Review, review_id)
        sign_off_review(session, review=review, expected=review.steps, by=bench.coach)
    work_off(worker)
    assert platform.scores[-1]["scoreGiven"] == 0.7
    assert platform.scores[-1]["gradingProgress"] == "FullyGraded"
    told = len(platform.scores)
    with house.database.write() as session:
        after = session.get_one(Review, review_id)
        practice = session.get_one(PracticeSession, practice_id)
        sign_off_change(session, practice=practice, after=after, steps=[Recode("0", "GI")], by=bench.coach)
    work_off(worker)
    assert len(platform.scores) == told


@pytest.mark.parametrize(
    ("goal", "rated", "score"),
    [
        ("drink less", {GlobalRating.EMPATHY: 5}, None),
        ("drink less", {one: 5 for one in GlobalRating if one is not GlobalRating.SOFTENING_SUSTAIN_TALK}, None),
        ("", {GlobalRating.EMPATHY: 5}, None),
        ("", {GlobalRating.EMPATHY: 5, GlobalRating.PARTNERSHIP: 3}, 0.8),
    ],
    ids=["one of four", "three of four", "one of two", "both that need no change goal"],
)  # fmt: skip
def test_a_mean_is_told_only_of_all_the_ratings_that_the_session_allows(
    client: Client, platform: FakePlatform, house: House, people: People, worker: Worker, admin: Actor, bench: Bench,
    goal: str, rated: dict[GlobalRating, int], score: float | None,
) -> None:  # fmt: skip
    add(house, admin, platform, scores=LtiScores.SIGNED)
    launched(client(None), platform, email=OWNER, target="role-play", column=True)
    handed_in = replace(bench, practice_id=add_coded_session(house, worker, people.owner, goal=goal))
    review_id = handed_in.begin()
    handed_in.take(review_id, *(Rate(one.value, value) for one, value in rated.items()))
    with house.database.write() as session:
        review = session.get_one(Review, review_id)
        sign_off_review(session, review=review, expected=review.steps, by=bench.coach)
    work_off(worker)
    told = platform.scores[-1]
    assert (told["activityProgress"], told.get("scoreGiven")) == ("Completed", score)
    assert told["gradingProgress"] == ("NotReady" if score is None else "FullyGraded")


def test_a_finished_talk_is_told_once(
    client: Client, platform: FakePlatform, house: House, people: People, worker: Worker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    visitor = client(None)
    launched(visitor, platform, email=OWNER, target="parent:wine-at-night", column=True)
    at_the_desk(visitor, ByHeart(), monkeypatch)
    talk = begun(visitor)
    visitor.post(talk, data=form(visitor.get(talk).text) | {"said": REFLECTION})
    work_off(worker)
    assert platform.scores == []
    visitor.post(f"{talk}/finish")
    work_off(worker)
    (told,) = platform.scores
    assert (told["userId"], told["scoreGiven"], told["activityProgress"]) == ("user-1", 1.0, "Completed")
    assert REFLECTION not in str(told)
    with house.database.read() as session:
        account = own_data(session, session.get_one(Person, people.owner.person_id))["account"]
    (known,), (said,) = account["known_to_learning_platforms_as"], account["told_to_learning_platforms"]
    assert (known["platform"], known["subject"]) == ("Ferndale Learning", "user-1")
    assert (said["platform"], said["about"], said["score_of_1"]) == ("Ferndale Learning", "parent:wine-at-night", 1.0)


def test_two_who_open_an_activity_for_the_first_time_at_once_both_get_their_column(
    platform: FakePlatform, house: House, people: People
) -> None:
    def opened(person: Actor, held: float) -> None:
        with house.database.write() as session:
            row = session.exec(select(LtiPlatform)).one()
            open_column(
                session, platform=row, address=platform.column, target=f"module:{MODULE}", person_id=person.person_id,
                subject=str(person.person_id),
            )  # fmt: skip
            begun.set()
            sleep(held)

    begun = Event()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(opened, people.owner, 0.5)
        assert begun.wait(10)
        second = pool.submit(opened, people.teammate, 0)
        first.result(20)
        second.result(20)
    with house.database.read() as session:
        assert len(session.exec(select(LtiLineItem)).all()) == 1
        assert {one.person_id for one in session.exec(select(LtiGrade))} == {
            people.owner.person_id, people.teammate.person_id,
        }  # fmt: skip
