"""What a launched module tells when two things happen at once, when a link is made anew, and when a store is shut for a
while."""

import threading
import time
from typing import Any

import pytest
from sqlmodel import col, select, update

from api.house import House
from models.audit import AuditEvent
from models.cmi5 import Cmi5End, Cmi5Link, Cmi5Sending, Cmi5Session, Cmi5State, Cmi5Statement, Cmi5Verb
from models.cmi5_launches import open_session
from models.cmi5_sessions import end_session, module_completed
from models.cmi5_systems import unlink
from models.columns import utc_now
from models.exercise import ExerciseAttempt
from models.permissions import Actor
from tests.cmi5_lms import Lms
from tests.conftest import People
from tests.web.cmi5 import MODULE, SLUG, later, launch, learner, lms, outbox, press, sessions, settings
from tests.web.conftest import PageClient, admin, work_off
from tests.web.xapi import complete_a_module
from training.modules.progress import progress_of, read_part
from web.worker import Worker

__all__ = ["admin", "learner", "lms", "settings"]
ALL = ["initialized", "completed", "passed", "terminated"]


def test_a_module_completed_at_the_very_moment_of_its_launch_is_told(
    house: House, people: People, lms: Lms, worker: Worker, learner: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither sees what the other has not committed yet."""
    opened = threading.Event()

    def then_open(*given: Any, **named: Any) -> None:
        open_session(*given, **named)
        opened.set()

    monkeypatch.setattr("training.cmi5.enter.open_session", then_open)
    sent = launch(house, lms)
    with house.database.write() as session:
        read_part(session, module=MODULE, number=1, by=people.owner)
    opening = threading.Thread(target=press, args=(learner, sent))
    with house.database.write() as session:
        row = progress_of(session, people.owner.person_id)[SLUG]
        row.completed_at, row.completed_edition = utc_now(), MODULE.edition
        session.add(row)
        module_completed(session, module=SLUG, person_id=people.owner.person_id)
        opening.start()
        opened.wait(1 if house.database.is_sqlite else 20)  # SQLite has one writer at a time
        time.sleep(0.5)
    opening.join()
    assert sessions(house)[0].state is Cmi5State.OPEN
    work_off(worker)
    assert lms.sessions[0].verbs == ALL[:3]


def test_two_who_end_a_launch_at_once_end_it_once(house: House, lms: Lms, worker: Worker, learner: PageClient) -> None:
    """The person by the button, and the job that finds nobody there."""
    assert press(learner, launch(house, lms)) == 303
    (launched,) = sessions(house)
    wrong: list[BaseException] = []

    def end(how: Cmi5End) -> None:
        try:
            with house.database.write() as session:
                row = session.get_one(Cmi5Session, launched.id)
                time.sleep(0.5)
                end_session(session, row, how=how, at=utc_now())
        except Exception as error:
            wrong.append(error)

    both = [threading.Thread(target=end, args=(how,)) for how in (Cmi5End.FINISHED, Cmi5End.IDLE)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert wrong == []
    work_off(worker)
    assert lms.sessions[0].verbs == ["initialized", "terminated"]
    with house.database.read() as session:
        assert list(session.exec(select(AuditEvent.action))).count("cmi5_ended") == 1


def test_a_link_that_is_undone_and_made_again_tells_completed_once(
    house: House, people: People, admin: Actor, lms: Lms, worker: Worker, learner: PageClient
) -> None:
    """Nothing is known here any more of what was told; the number of the statement says it."""
    complete_a_module(house, people.owner)
    first = launch(house, lms)
    assert press(learner, first) == 303
    work_off(worker)
    with house.database.write() as session:
        unlink(session, link_id=session.exec(select(Cmi5Link.id)).one(), by=admin)
    assert outbox(house) == []
    again = launch(house, lms, again=first)
    assert press(learner, again) == 303
    learner.post("/cmi5/end", data={"launch": str(sessions(house)[0].id)})
    for _ in range(5):
        work_off(worker)
        later(house)
    assert [one.verbs for one in lms.sessions] == [ALL[:3], ["initialized", "terminated"]]
    (row,) = sessions(house)
    assert row.ended is Cmi5End.FINISHED, "and not shut out"
    assert {one.state for one in outbox(house)} == {Cmi5Sending.SENT}


def test_a_store_that_was_away_and_then_shut_for_a_moment_loses_nothing(
    house: House, people: People, lms: Lms, worker: Worker, learner: PageClient
) -> None:
    complete_a_module(house, people.owner)
    lms.answers = [503, 503, 503, 503, 401]
    assert press(learner, launch(house, lms)) == 303
    for _ in range(7):
        work_off(worker)
        later(house)
    assert lms.sessions[0].verbs == ALL[:3]
    assert sessions(house)[0].state is Cmi5State.OPEN


def test_what_two_jobs_send_is_noted_once(house: House, lms: Lms, worker: Worker, learner: PageClient) -> None:
    """Of one registration several jobs may be at work: the store knows the statement, and the trail says so once."""
    assert press(learner, launch(house, lms)) == 303
    begun = lms.take

    def meanwhile(*given: object) -> int:
        with house.database.write() as session:
            session.exec(
                update(Cmi5Statement).where(col(Cmi5Statement.verb) == Cmi5Verb.INITIALIZED)
                .values(state=Cmi5Sending.SENT)
            )  # fmt: skip
        return begun(*given)  # type: ignore[arg-type]

    lms.take = meanwhile  # type: ignore[method-assign]
    work_off(worker)
    with house.database.read() as session:
        assert "cmi5_told" not in list(session.exec(select(AuditEvent.action)))


def test_an_exercise_that_completes_the_module_says_that_the_system_hears_it(
    house: House, people: People, lms: Lms, learner: PageClient
) -> None:
    complete_a_module(house, people.owner)
    with house.database.read() as session:
        attempt = session.exec(select(ExerciseAttempt).where(col(ExerciseAttempt.module) == SLUG)).first()
    assert attempt is not None
    result = f"/learn/{SLUG}/exercises/{attempt.exercise}/answers/{attempt.id}"
    told = "Ferndale Learning hears that you have completed this module"
    assert told not in learner.get(result).text
    assert press(learner, launch(house, lms)) == 303
    assert told in learner.get(result).text
    assert told in learner.get(f"/learn/{SLUG}/check").text
    learner.post("/cmi5/end", data={"launch": str(sessions(house)[0].id)})
    assert told not in learner.get(result).text
