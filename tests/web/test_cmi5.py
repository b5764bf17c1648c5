"""A module launched by cmi5: the system hears what the standard has it hear, in order and once, whatever its store
does. The system is a server of the test's own, which refuses all else."""

import json
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from api.house import House
from models.audit import AuditEvent
from models.cmi5 import Cmi5End, Cmi5Sending, Cmi5Session, Cmi5State, Cmi5Statement
from models.cmi5_sessions import IDLE, WATCH, take_up_sessions
from models.columns import utc_now
from models.job import Job
from models.keys import SessionKey
from models.permissions import Actor
from models.person import SignIn
from models.sweep import sweep_keys
from tests.cmi5_lms import Lms, launch_path
from tests.conftest import People
from tests.web.cmi5 import OTHER, SLUG, later, launch, learner, lms, outbox, press, publisher_id, sessions, settings
from tests.web.conftest import Client, PageClient, admin, work_off
from tests.web.xapi import complete_a_module
from web.worker import Worker

__all__ = ["admin", "learner", "lms", "settings"]
ALL = ["initialized", "completed", "passed", "terminated"]


def test_a_launch_from_beginning_to_end(
    house: House, people: People, lms: Lms, worker: Worker, learner: PageClient
) -> None:
    sent = launch(house, lms, returnURL="https://lms.example.org/course/7")
    page = learner.get(launch_path(SLUG, sent))
    assert "Olu of Learning" in page.text
    assert "Olu Owner" in page.text
    assert lms.requests == [], "looking asks nobody"
    assert press(learner, sent) == 303
    work_off(worker)
    (one,) = lms.sessions
    assert one.verbs == ["initialized"]
    assert "It hears when you have completed it and when you leave" in learner.get(f"/learn/{SLUG}").text
    complete_a_module(house, people.owner)
    work_off(worker)
    assert one.verbs == ALL[:3]
    page = learner.get(f"/learn/{SLUG}").text
    assert "Go back to Ferndale Learning" in page
    (row,) = sessions(house)
    answer = learner.post("/cmi5/end", data={"launch": str(row.id)})
    assert 'content="0;url=https://lms.example.org/course/7"' in answer.text
    assert "It hears that you have completed" in answer.text
    work_off(worker)
    assert (one.verbs, one.over) == (ALL, "terminated")
    text = json.dumps(lms.kept)
    assert not any(word in text for word in ("Olu", "olu.owner", str(people.owner.person_id), "score", "Jodie"))
    (row,) = sessions(house)
    assert (row.state, row.ended, row.sealed, row.template) == (Cmi5State.OVER, Cmi5End.FINISHED, b"", {})
    with house.database.read() as session:
        assert session.get(SessionKey, row.id) is None, "the token is forgotten"
        actions = [one.action for one in session.exec(select(AuditEvent))]
    assert [actions.count(name) for name in ("cmi5_linked", "cmi5_opened", "cmi5_told", "cmi5_ended")] == [1, 1, 4, 1]


def test_the_second_launch_knows_the_person_and_tells_completed_once(
    house: House, people: People, lms: Lms, worker: Worker, learner: PageClient
) -> None:
    complete_a_module(house, people.owner)
    first = launch(house, lms)
    assert press(learner, first) == 303
    work_off(worker)
    assert lms.sessions[0].verbs == ALL[:3], "what was completed before is told at once"
    again = launch(house, lms, again=first)
    page = learner.get(launch_path(SLUG, again)).text
    assert "Go on" in page
    assert "Both are me" not in page
    assert press(learner, again) == 303
    work_off(worker)
    assert (lms.sessions[0].verbs, lms.sessions[1].verbs) == (ALL, ["initialized"])
    other = launch(house, lms)
    assert press(learner, other) == 303
    work_off(worker)
    assert lms.sessions[2].verbs == ALL[:3], "another registration is told anew"


@pytest.mark.parametrize("mode", ["Browse", "Review"])
def test_who_only_looks_is_not_said_to_have_completed(
    house: House, people: People, lms: Lms, worker: Worker, mode: str, learner: PageClient
) -> None:
    assert press(learner, launch(house, lms, mode=mode)) == 303
    complete_a_module(house, people.owner)
    assert "It hears only that you came and left" in learner.get(f"/learn/{SLUG}").text
    learner.post("/cmi5/end", data={"launch": str(sessions(house)[0].id)})
    work_off(worker)
    assert lms.sessions[0].verbs == ["initialized", "terminated"]


def test_a_mark_that_the_system_asks_for_is_named_and_its_context_kept(
    house: House, people: People, lms: Lms, worker: Worker, learner: PageClient
) -> None:
    complete_a_module(house, people.owner)
    grouping = {"objectType": "Activity", "id": publisher_id(house)}
    mine = {"id": "https://lms.example.org/mine"}
    sent = launch(house, lms, masteryScore=0.8, activities={"grouping": grouping, "category": [mine]})
    assert press(learner, sent) == 303
    work_off(worker)
    assert lms.sessions[0].verbs == ALL[:3]
    assert all(mine in one["context"]["contextActivities"]["category"] for one in lms.kept.values())


def test_a_store_that_fails_and_drops_gets_each_statement_once(
    house: House, people: People, lms: Lms, worker: Worker, learner: PageClient
) -> None:
    complete_a_module(house, people.owner)
    lms.answers, lms.drops = [503, 429, 500], 1
    assert press(learner, launch(house, lms)) == 303
    learner.post("/cmi5/end", data={"launch": str(sessions(house)[0].id)})
    for _ in range(6):
        work_off(worker)
        later(house)
    assert lms.sessions[0].verbs == ALL
    assert lms.again == 1
    assert {one.state for one in outbox(house)} == {Cmi5Sending.SENT}


def test_a_worker_killed_between_two_statements(
    house: House, people: People, lms: Lms, worker: Worker, learner: PageClient
) -> None:
    """It had sent the first, and died before it could write that down: the next one sends the same again, and goes
    on."""
    complete_a_module(house, people.owner)
    assert press(learner, launch(house, lms)) == 303
    work_off(worker)
    with house.database.write() as session:
        first = next(one for one in outbox(house) if one.verb == "initialized")
        kept = session.get_one(type(first), first.id)
        kept.state = Cmi5Sending.WAITING
        session.add(kept)
        for job in session.exec(select(Job)):
            session.delete(job)
        take_up_sessions(session)
    work_off(worker)
    assert lms.again == 1
    assert lms.sessions[0].verbs == ALL[:3]


def test_who_closes_the_window_has_left_after_an_hour(
    house: House, people: People, lms: Lms, worker: Worker, learner: PageClient
) -> None:
    assert press(learner, launch(house, lms)) == 303
    work_off(worker)

    def after(minutes_silent: int) -> Cmi5Session:
        ago = utc_now() - timedelta(minutes=minutes_silent)
        with house.database.write() as session:
            session.exec(update(SignIn).values(seen_at=ago))
            begun = utc_now() - timedelta(minutes=130)
            session.exec(update(Cmi5Session).values(seen_at=ago, at=begun))
            session.exec(update(Cmi5Statement).values(at=begun))
        later(house, WATCH)
        work_off(worker)
        return sessions(house)[0]

    assert after(50).state is Cmi5State.OPEN
    row = after(70)
    assert (row.state, row.ended) == (Cmi5State.OVER, Cmi5End.IDLE)
    assert lms.sessions[0].verbs == ["initialized", "terminated"]
    ended = next(one for one in lms.kept.values() if one["verb"]["id"].endswith("terminated"))
    seconds = float(ended["result"]["duration"].removeprefix("PT").removesuffix("S"))
    assert 55 * 60 < seconds < 65 * 60, "an hour, not the hour that nobody was there"
    assert timedelta(hours=1) == IDLE
    page = learner.get(f"/learn/{SLUG}").text
    assert "takes it that you have left" in page
    complete_a_module(house, people.owner)
    work_off(worker)
    assert "It has not heard that you completed it" in learner.get(f"/learn/{SLUG}").text
    again = lms.sessions[0]
    sent = launch(house, lms, registration=again.registration, activity_id=again.activity_id)
    assert press(learner, sent) == 303
    work_off(worker)
    assert lms.sessions[1].verbs == ALL[:3]


def test_another_module_of_the_same_course_ends_the_one_before_first(
    house: House, lms: Lms, worker: Worker, learner: PageClient
) -> None:
    first = launch(house, lms)
    assert press(learner, first) == 303
    second = launch(house, lms, slug=OTHER.slug, registration=first["registration"])
    assert press(learner, second, OTHER.slug) == 303
    lms.answers = [503]
    for _ in range(3):
        work_off(worker)
        later(house)
    assert [one.verbs for one in lms.sessions] == [["initialized", "terminated"], ["initialized"]]
    assert lms.sessions[0].over == "terminated", "and not abandoned"


def test_a_token_that_is_no_good_any_more_is_forgotten_and_the_next_launch_tells(
    house: House, people: People, admin: Actor, lms: Lms, worker: Worker, client: Client, learner: PageClient
) -> None:
    first = launch(house, lms)
    assert press(learner, first) == 303
    work_off(worker)
    lms.closed = True
    complete_a_module(house, people.owner)
    for _ in range(6):
        work_off(worker)
        later(house)
    (row,) = sessions(house)
    assert (row.state, row.ended, row.sealed) == (Cmi5State.OVER, Cmi5End.CLOSED, b"")
    assert "it does not let Evoke in any more" in client(admin).get("/connections/cmi5").text
    assert "It has not heard that you completed it" in learner.get(f"/learn/{SLUG}").text
    lms.closed = False
    again = launch(house, lms, again=first)
    assert press(learner, again) == 303
    work_off(worker)
    assert lms.sessions[1].verbs == ALL[:3]


def test_a_job_that_was_lost_is_taken_up_at_night_and_old_rows_go(
    house: House, lms: Lms, worker: Worker, learner: PageClient
) -> None:
    assert press(learner, launch(house, lms)) == 303
    with house.database.write() as session:
        for job in session.exec(select(Job)):
            session.delete(job)
    with house.database.write() as session:
        take_up_sessions(session)
    work_off(worker)
    assert lms.sessions[0].verbs == ["initialized"]
    with house.database.write() as session:
        session.exec(update(SessionKey).values(created_at=utc_now() - timedelta(days=3)))
    assert sweep_keys(house.database) == 0, "the token's key is in use"
    with house.database.write() as session:
        session.exec(update(Cmi5Session).values(at=utc_now() - timedelta(hours=13)))
        take_up_sessions(session)
    work_off(worker)
    assert lms.sessions[0].verbs == ["initialized", "terminated"], "nobody stays half a day"
    with house.database.write() as session:
        session.exec(update(Cmi5Session).values(at=utc_now() - timedelta(days=91)))
        take_up_sessions(session)
    assert sessions(house) == []
    assert outbox(house) == []


def test_that_it_was_completed_is_remembered_as_long_as_it_could_be_told_twice(
    house: House, people: People, lms: Lms, worker: Worker, learner: PageClient
) -> None:
    complete_a_module(house, people.owner)
    assert press(learner, launch(house, lms)) == 303
    work_off(worker)
    with house.database.write() as session:
        session.exec(update(Cmi5Session).values(at=utc_now() - timedelta(days=400), state=Cmi5State.OVER))
        take_up_sessions(session)
    assert len(sessions(house)) == 1
    with house.database.read() as session:
        assert session.exec(select(Cmi5Session).where(col(Cmi5Session.state) == Cmi5State.OVER)).first()
