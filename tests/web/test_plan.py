"""The plan's pages: the person's own, their coach's, and for strangers none; choices, pausing, and what is kept."""

import re
from dataclasses import replace
from uuid import UUID

import pytest
from sqlmodel import delete, select

from api.house import House
from models.columns import new_id, utc_now
from models.exercise import ExerciseAttempt, Outcome
from models.permissions import Actor
from models.person import Person
from models.plan import ChosenBy, PlanChoice, PlanSource
from models.practice import PracticeSession
from tests.coding.review.conftest import bench
from tests.conftest import People, work_off
from tests.web.conftest import Client, admin, client
from tests.web.plans import LIBRARY, ONE, choices, coded, library
from tests.web.test_audit import noted
from tests.web.test_withdrawal import ALL
from training.modules.load import shipped_library
from training.own_data import own_data
from training.plan.values import Attempt
from training.planning import history as history_module
from training.planning.attempts import attempts_of, exercises_for
from training.planning.history import now_for, plan_of, rule_for
from training.planning.kept import keep_choice
from training.skills import Skill
from web.render import render
from web.worker import Worker

__all__ = ["admin", "bench", "client", "coded", "library"]


@ONE
def test_one_exercise_of_today_leads_to_the_next(client: Client, people: People) -> None:
    owner = client(people.owner)
    assert "/learn/a-module/exercises/open-questions-0?plan=yes" in owner.get("/plan").text
    on = {}
    for after in ("", "open-questions-0", "reflections-0", "affirming-0"):
        on[after] = owner.get(f"/plan/next?after={after}", follow_redirects=False).headers["location"]
    assert on == {
        "": "/learn/a-module/exercises/open-questions-0?plan=yes",
        "open-questions-0": "/learn/a-module/exercises/reflections-0?plan=yes",
        "reflections-0": "/learn/a-module/exercises/affirming-0?plan=yes",
        "affirming-0": "/plan",
    }


@ONE
def test_with_no_session_it_begins_by_finding_out(client: Client, people: People) -> None:
    owner = client(people.owner)
    home = owner.get("/").text
    assert "Practise now (5 minutes)" in home
    assert "A few short exercises show where you stand." in home
    page = owner.get("/plan").text
    assert "Find out where you stand" in page
    assert "/learn/a-module/exercises/open-questions-0" in page
    assert page.count("first steps") == 3
    assert "Your skill just now: open questions." in owner.get("/").text
    assert "Practise now" not in client(people.lead).get("/").text


def test_the_weakest_skill_of_a_conversation_and_why(client: Client, people: People, house: House, coded: UUID) -> None:
    page = client(people.owner).get("/plan").text
    said = "you reflected 0.1 times for each question (likely 0.0 to 1.1), and once or more is fair."
    assert f"In your last role play {said}" in page
    assert "only the machine coded it, so it counts half" in page
    client(people.owner).get("/plan")
    [kept] = choices(house)
    assert (kept.skill, kept.chosen_by, kept.by_id) == ("reflections", ChosenBy.EVOKE, None)
    with house.database.read() as session:
        assert [one.session_id for one in session.exec(select(PlanSource))] == [coded]
    assert [row.details["skill"] for row in noted(house, "plan_made")] == ["reflections"]


@ONE
def test_another_skill_and_undo(client: Client, people: People, house: House, coded: UUID) -> None:
    owner = client(people.owner)
    assert owner.post("/plan/skill", data={"skill": "affirming"}, follow_redirects=False).status_code == 303
    page = owner.get("/plan").text
    assert "You chose to practise affirming." in page
    assert "Your skill just now: affirming." in owner.get("/").text
    owner.post("/plan/skill", data={"skill": "summaries"})
    assert owner.post("/plan/skill", data={"skill": "juggling"}).status_code == 422
    assert "Choose a skill from the list" in owner.post("/plan/skill", data={"skill": ""}).text
    page = owner.post("/plan/skill/undo").text
    assert "Your choice is taken back." in page
    assert "you reflected 0.1 times" in page
    assert [one.skill for one in choices(house) if one.ended_at] == ["affirming", "summaries"]


@ONE
def test_pausing(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    page = owner.post("/plan/pause", data={"paused": "yes"}).text
    assert "You paused your plan on" in page
    assert "Practise now" not in page
    assert "Your practice plan is paused." in owner.get("/").text
    assert "Practise now (5 minutes)" in owner.post("/plan/pause").text
    assert [row.action for row in noted(house, "plan_paused", "plan_resumed")] == ["plan_paused", "plan_resumed"]


@ONE
def test_what_is_done_today_is_ticked_off(
    client: Client, people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = [Attempt(one.id, one.skill, one.level, True, utc_now()) for one in LIBRARY[:12:6]]
    monkeypatch.setattr(history_module, "attempts_of", lambda *_: tuple(done))
    page = client(people.owner).get("/plan").text
    assert page.count(">Done</strong>") == 2
    assert "Go on practising" in page
    more = Attempt(LIBRARY[1].id, LIBRARY[1].skill, LIBRARY[1].level, True, utc_now())
    monkeypatch.setattr(history_module, "attempts_of", lambda *_: (*done, more))
    page = client(people.owner).get("/plan").text
    assert "Done for today." in page
    assert "The next exercises wait on" in page


@ONE
def test_a_plan_of_a_session_that_went_meanwhile_is_not_kept(people: People, house: House, coded: UUID) -> None:
    with house.database.write() as session:
        person = session.get_one(Person, people.owner.person_id)
        now = now_for(rule_for(session, person.organisation_id))
        plan, history = plan_of(session, person, reader=people.owner, now=now)
        gone = replace(history, sessions=(*history.sessions, replace(history.sessions[0], id=str(new_id()))))
        assert keep_choice(session, person=person, plan=plan, history=gone) is None
        assert keep_choice(session, person=person, plan=plan, history=history) is not None
        session.get_one(PracticeSession, coded).withdrawn_at = utc_now()
        session.exec(delete(PlanSource))
        session.exec(delete(PlanChoice))
        assert keep_choice(session, person=person, plan=plan, history=history) is None


def test_a_session_that_goes_takes_what_was_made_from_it(
    client: Client, people: People, house: House, worker: Worker, coded: UUID
) -> None:
    owner = client(people.owner)
    owner.get("/plan")
    owner.post("/plan/skill", data={"skill": "affirming"})
    owner.post(f"/sessions/{coded}/withdraw", data=ALL)
    assert [one.skill for one in choices(house)] == ["affirming"]
    owner.post("/plan/skill/undo")
    assert "Find out where you stand" in owner.get("/plan").text
    work_off(worker)
    with house.database.read() as session:
        assert session.exec(select(PlanSource)).all() == []
        assert session.get(PracticeSession, coded) is None


@ONE
def test_a_copy_of_ones_data_has_the_plan(client: Client, people: People, house: House) -> None:
    client(people.colleague).post(
        f"/plan/team/{people.owner.person_id}", data={"skill": "affirming", "note": "You do it with children."}
    )
    client(people.owner).get("/plan")
    client(people.owner).post("/plan/reminders", data={"reminders": "yes", "days": ["0", "4"], "hour": "8"})
    assert "1 choice of a skill" in client(people.owner).get("/your-data").text
    with house.database.read() as session:
        data = own_data(session, session.get_one(Person, people.owner.person_id))
        theirs = own_data(session, session.get_one(Person, people.colleague.person_id))
    [choice] = data["practice_plan"]
    assert (choice["skill"], choice["chosen_by"], choice["note"]) == (
        "affirming",
        "a coach",
        "You do it with children.",
    )
    assert (data["practice_reminders"]["weekdays"], data["practice_reminders"]["hour"]) == ([1, 5], 8)
    assert [one["skill"] for one in theirs["skills_suggested"]] == ["affirming"]
    assert "You do it" not in str(theirs)
    paper = render("data_paper.html", nonce="", person=None, data=data)
    assert "You do it with children." in paper
    assert "Reminders are on" in paper


def tried(house: House, who: Actor, href: str, outcome: Outcome, number: int = 1) -> None:
    _, _, module, _, exercise = href.removesuffix("?plan=yes").split("/")
    placed = shipped_library().exercises[exercise]
    with house.database.write() as session:
        session.add(
            ExerciseAttempt(
                person_id=who.person_id, organisation_id=who.organisation_id, client_id=new_id(), module=module,
                edition="1", exercise=exercise, kind=placed.exercise.kind, skill=placed.exercise.skill, number=number,
                scored=outcome, outcome=outcome,
            )
        )  # fmt: skip


@ONE
def test_from_todays_exercises_to_the_next_day(
    client: Client, people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the modules that ship: every link opens, and what was tried is ticked off."""
    monkeypatch.setattr(history_module, "exercises_for", exercises_for)
    owner = client(people.owner)
    links = re.findall(r'<li><a class="govuk-link" href="(/learn/[^"]+)', owner.get("/plan").text)
    assert len(links) == 3
    assert {owner.get(link).status_code for link in links} == {200}
    module = re.search(r'To read up on it: <a class="govuk-link" href="([^"]+)', owner.get("/plan").text)
    assert module is not None
    assert owner.get(module[1]).status_code == 200
    tried(house, people.owner, links[0], Outcome.MET)
    tried(house, people.owner, links[1], Outcome.NOT_SCORED)
    page = owner.get("/plan").text
    assert page.count(">Done</strong>") == 1
    tried(house, people.owner, links[2], Outcome.UNSURE)
    with house.database.read() as session:
        kept = attempts_of(session, people.owner.person_id, people.owner.organisation_id)
        assert [one.met for one in kept] == [True, None]
    still = re.findall(r'<li><a class="govuk-link" href="(/learn/[^"]+)', owner.get("/plan").text)
    assert len(still) == 1
    assert still == [links[1]]  # what could not be scored is still to do
    tried(house, people.owner, still[0], Outcome.NOT_YET, number=2)
    assert "Done for today." in owner.get("/plan").text


def test_every_skill_has_something_to_practise_at_each_start() -> None:
    for skill in Skill:
        assert len(shipped_library().exercises_for(skill)) >= 3, skill
        assert shipped_library().modules_for(skill), skill
