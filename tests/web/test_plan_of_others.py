"""What a coach sees of the plans of others and suggests, the authority's rule, and who sees none of it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from api.house import House
from coding.feedback.point import FeedbackWords, Point
from coding.feedback.write import save_feedback
from coding.review.sign_off import sign_off_review
from models.columns import utc_now
from models.double_coding import DoubleCoding
from models.errors import NotFound
from models.permissions import Actor, Permission
from models.person import Person, RoleGrant
from models.practice import PracticeSession
from models.review import Review
from models.sweep import sweep_keys
from tests.coding.review.conftest import Bench, bench
from tests.conftest import People
from tests.web.conftest import Client, admin, client
from tests.web.plans import ONE, choices, coded, library
from tests.web.test_audit import noted
from training.planning.figures import past_sessions
from training.planning.kept import require_plan_of

__all__ = ["admin", "bench", "client", "coded", "library"]


def test_a_coach_sees_what_each_needs_and_suggests(client: Client, people: People, house: House, coded: UUID) -> None:
    coach, path = client(people.colleague), f"/plan/team/{people.owner.person_id}"
    page = coach.get("/plan/team").text
    assert "Olu Owner: reflections" in page
    assert "Toni Teammate: open questions" in page
    assert "Cass Coach:" not in page
    assert "What each of them needs next" in coach.get("/").text
    assert "you reflected 0.1 times" in coach.get(path).text
    wrong = coach.post(path, data={"skill": "affirming", "note": " "})
    assert (wrong.status_code, "Say in a sentence why" in wrong.text) == (422, True)
    kept = coach.post(path, data={"skill": "juggling", "note": "You do it with <children>."})
    assert "You do it with &lt;children&gt;." in kept.text
    assert "Shorten this by" in coach.post(path, data={"skill": "affirming", "note": "x" * 401}).text
    coach.post(path, data={"skill": "affirming", "note": "You do it with <children>."})
    owner = client(people.owner).get("/plan").text
    assert "Your coach suggests that you practise affirming." in owner
    assert "Cass Coach suggests" in owner
    assert "You do it with &lt;children&gt;." in owner
    assert b"You do it" not in choices(house)[-1].note
    client(people.owner).post("/plan/skill", data={"skill": "autonomy"})
    assert "by their own choice" in coach.get(path).text
    assert "Cass Coach suggests" not in coach.post(f"{path}/undo").text
    client(people.owner).post("/plan/skill/undo")
    assert "you reflected 0.1 times" in client(people.owner).get("/plan").text


@ONE
def test_owner_colleague_and_stranger(client: Client, people: People, house: House, coded: UUID) -> None:
    path = f"/plan/team/{people.owner.person_id}"
    for who in (people.owner, people.teammate, people.lead, people.stranger, people.stranger_coach):
        assert client(who).get(path).status_code == 404
        assert client(who).post(path, data={"skill": "affirming", "note": "No."}).status_code == 404
        assert client(who).post(f"{path}/undo").status_code == 404
    assert client(people.owner).get("/plan/team").status_code == 404
    assert "Nobody is in the teams you coach yet." not in client(people.stranger_coach).get("/plan/team").text
    assert "Olu" not in client(people.stranger_coach).get("/plan/team").text
    assert "reflected" not in client(people.teammate).get("/plan").text
    with house.database.write() as session:
        with pytest.raises(NotFound):
            require_plan_of(session, people.colleague.person_id, Permission.SUGGEST_SKILL, by=people.colleague)
        session.get_one(Person, people.owner.person_id).left_at = utc_now()
    assert client(people.colleague).get(path).status_code == 404


@ONE
def test_a_coach_sees_nothing_of_what_they_may_not_see(people: People, house: House, coded: UUID) -> None:
    """A session of another team, and one that they are still to code blind."""
    today = utc_now().date()
    with house.database.write() as session:
        seen = past_sessions(session, people.owner.person_id, reader=people.colleague, today=today)
        assert [one.id for one in seen] == [str(coded)]
        practice = session.get_one(PracticeSession, coded)
        practice.team_id = None
        session.flush()
        assert past_sessions(session, people.owner.person_id, reader=people.colleague, today=today) == ()
        assert len(past_sessions(session, people.owner.person_id, reader=people.owner, today=today)) == 1


def test_a_signed_off_session_its_feedback_and_the_blind_coach(client: Client, bench: Bench, people: People) -> None:
    review_id, house = bench.begin(), bench.house
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, bench.practice_id)
        sign_off_review(session, review=session.get_one(Review, review_id), expected=0, by=bench.coach)
        words = FeedbackWords((Point("Good."),), Point("Try to name the strength.", rule="name_a_strength"))
        save_feedback(session, practice=practice, words=words, send=True, by=bench.coach)
    owner = client(people.owner).get("/plan").text
    assert "Your coach’s last feedback gave you this to try: affirming." in owner
    assert "1 session with a coach’s feedback in the last six months" in owner
    today = utc_now().date()
    with house.database.write() as session:
        [one] = past_sessions(session, people.owner.person_id, reader=bench.second, today=today)
        assert one.signed_off
        session.add(
            DoubleCoding(
                organisation_id=practice.organisation_id, session_id=practice.id, first_review_id=review_id,
                percent=100, second_id=bench.second.person_id,
            )
        )  # fmt: skip
        session.flush()
        assert past_sessions(session, people.owner.person_id, reader=bench.second, today=today) == ()
    blind = client(bench.second).get(f"/plan/team/{people.owner.person_id}").text
    assert "last feedback" not in blind


@ONE
def test_when_feedback_is_long_ago_both_are_told(client: Client, people: People, house: House) -> None:
    with house.database.write() as session:
        for who in (people.owner, people.teammate):
            for grant in session.exec(select(RoleGrant).where(col(RoleGrant.person_id) == who.person_id)):
                grant.started_at = utc_now() - timedelta(days=70)
                session.add(grant)
    assert "The next one is due now:" in client(people.owner).get("/plan").text
    assert "Feedback is due: a session that your coach can look at" in client(people.owner).get("/").text
    assert client(people.colleague).get("/plan/team").text.count("Feedback due") == 2


@ONE
def test_the_rule_is_the_administrators(client: Client, people: People, house: House, admin: Actor) -> None:
    one = client(admin)
    wrong = one.post("/plan/rule", data={"feedback_days": "3", "gap_days": "x", "time_zone": "Ferndale"})
    assert wrong.status_code == 422
    assert "from 14 to 180" in wrong.text
    assert "from 7 to 90" in wrong.text
    assert "such as Europe/London" in wrong.text
    for days in ("90", "45"):
        one.post("/plan/rule", data={"feedback_days": days, "gap_days": "21", "time_zone": "Europe/Dublin"})
    assert 'value="45"' in one.get("/plan/rule").text
    assert "Feedback is due after 45 days" in client(people.colleague).get("/plan/team").text
    assert "In the time of Europe/Dublin" in client(people.owner).get("/plan").text
    assert client(people.colleague).get("/plan/rule").status_code == 404
    assert len(noted(house, "plan_rule_set")) == 2


@ONE
def test_a_coachs_sentence_outlives_the_sweep_of_keys(client: Client, people: People, house: House) -> None:
    client(people.colleague).post(
        f"/plan/team/{people.owner.person_id}", data={"skill": "affirming", "note": "You do it with children."}
    )
    sweep_keys(house.database, older_than_hours=0)
    assert "You do it with children." in client(people.owner).get("/plan").text
