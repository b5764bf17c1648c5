"""What happens goes to the organisation's learning record store: once, whole, whatever the store does.

The store is a server of the test's own on this machine, which takes what the specification lets it take.
"""

import json
import uuid
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from api.house import House
from coding.context import JobContext
from models.audit import AuditEvent
from models.columns import utc_now
from models.exercise import Outcome
from models.job import Job, JobState
from models.permissions import Actor
from models.xapi import JOB, forget_old_statements, take_up_statements, xapi_connection_of
from models.xapi_kept import ActorForm, StatementKind, StatementState, XapiStatement
from tests.conftest import People
from tests.lrs import KEY, SECRET, Lrs
from tests.training.xapi.rules import check_profile, matching_templates
from tests.web.conftest import Client, admin, work_off
from tests.web.xapi import complete_a_module, connect, later, lrs, note, outbox, settings
from training.exercises.attempts import Sent, WrittenWords, keep_written
from training.exercises.format import Written
from training.modules.load import shipped_library
from training.xapi.outbox import wait_after
from web.worker import Worker

__all__ = ["admin", "lrs", "settings"]


def test_what_somebody_learns_arrives_and_says_no_more_than_the_profile(
    house: House, people: People, admin: Actor, lrs: Lrs, worker: Worker, client: Client
) -> None:
    connect(house, admin, lrs)
    slug = complete_a_module(house, people.owner)
    work_off(worker)
    published = client(None).get("/xapi/profile")
    assert published.headers["content-type"].startswith("application/ld+json")
    check_profile(published.json())
    statements = list(lrs.kept.values())
    assert all(len(matching_templates(one, published.json())) == 1 for one in statements)
    done = [one for one in statements if one["verb"]["id"].endswith("/completed")]
    assert [one["object"]["id"].rsplit("/", 1)[1] for one in done] == [slug]
    progress = [
        next(iter(one["result"]["extensions"].values())) for one in statements
        if one["verb"]["id"].endswith("/progressed")
    ]  # fmt: skip
    assert progress == sorted(set(progress))
    assert len(progress) >= 3
    text = json.dumps(statements)
    assert not any(word in text for word in ("Olu", "olu.owner", str(people.owner.person_id), "Jodie", "score"))
    assert len({one["actor"]["account"]["name"] for one in statements}) == 1
    assert {one.state for one in outbox(house)} == {StatementState.SENT}


def test_one_worker_at_a_time_sends_what_waits(
    house: House, people: People, admin: Actor, lrs: Lrs, worker: Worker
) -> None:
    connect(house, admin, lrs)
    note(house, people.owner, 3)
    home, until = people.owner.organisation_id, utc_now() + timedelta(minutes=4)
    with house.database.write() as session:
        row = xapi_connection_of(session, home)
        assert row is not None
        row.sender_id, row.sender_until = uuid.uuid4(), until  # another worker has the first batch in its hands
        session.add(row)
    work_off(worker)
    assert lrs.kept == {}
    with house.database.write() as session:
        (later_job,) = session.exec(select(Job).where(col(Job.state) == JobState.WAITING)).all()
        assert (later_job.name, later_job.run_at) == (JOB, until), "one looks again, in case that worker is killed"
        later_job.run_at = utc_now()
        row = xapi_connection_of(session, home)
        assert row is not None
        row.sender_until = utc_now()
        session.add_all([row, later_job])
    work_off(worker)
    assert len(lrs.kept) == 3
    with house.database.read() as session:
        row = xapi_connection_of(session, home)
        assert row is not None
        assert (row.sender_id, row.sender_until) == (None, None), "free for the next"


def test_who_finds_nothing_more_is_no_sender_from_that_look_on(
    house: House, people: People, admin: Actor, lrs: Lrs, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what is noted right after that look would wait until the sender's time is over."""
    connect(house, admin, lrs)
    note(house, people.owner, 1)
    senders, usual = [], JobContext.finish

    def finish(self: JobContext, session: Session) -> None:
        row = xapi_connection_of(session, people.owner.organisation_id)
        senders.append((row.sender_id, row.sender_until) if row else None)
        usual(self, session)

    monkeypatch.setattr(JobContext, "finish", finish)
    work_off(worker)
    assert len(lrs.kept) == 1
    assert set(senders) == {(None, None)}


def test_without_a_store_nothing_is_noted(house: House, people: People) -> None:
    complete_a_module(house, people.owner)
    assert outbox(house) == []


def test_a_store_that_fails_again_and_again_gets_each_statement_once(
    house: House, people: People, admin: Actor, lrs: Lrs, worker: Worker
) -> None:
    connect(house, admin, lrs)
    note(house, people.owner, 120)
    lrs.answers = [503, 429, 500, 502]
    lrs.drops = 1
    for _ in range(8):
        work_off(worker)
        later(house)
    assert {one.state for one in outbox(house)} == {StatementState.SENT}
    assert len(lrs.kept) == 120
    assert lrs.again <= 50, "only what was sent without hearing an answer goes twice, as the same statement"
    with house.database.read() as session:
        row = xapi_connection_of(session, people.owner.organisation_id)
        assert row is not None
        assert (row.failures, row.problem, row.next_try_at) == (0, "", None)


def test_one_that_the_store_refuses_holds_no_other_up(
    house: House, people: People, admin: Actor, lrs: Lrs, worker: Worker, client: Client
) -> None:
    connect(house, admin, lrs)
    lrs.refuses = {"progressed"}
    complete_a_module(house, people.owner)
    work_off(worker)
    by_state = {state: [one for one in outbox(house) if one.state is state] for state in StatementState}
    assert {one.kind for one in by_state[StatementState.REFUSED]} == {StatementKind.MODULE_PROGRESSED}
    assert by_state[StatementState.WAITING] == []
    page = client(admin).get("/connections/xapi").text
    assert "it does not take this statement (400)" in page
    assert "Send the refused ones again" in page
    assert "1 of 1 needs you to look." in client(admin).get("/connections").text
    lrs.refuses = set()
    assert client(admin).post("/connections/xapi/again", follow_redirects=False).status_code == 303
    work_off(worker)
    assert {one.state for one in outbox(house)} == {StatementState.SENT}


def test_another_statement_under_the_same_number_is_told_apart_from_the_same_one(
    house: House, people: People, admin: Actor, lrs: Lrs, worker: Worker
) -> None:
    connect(house, admin, lrs)
    note(house, people.owner, 2)
    first, second = outbox(house)
    lrs.drops = 1
    work_off(worker)  # both are kept there, and nobody heard so
    lrs.kept[str(second.id)] |= {"verb": {"id": "http://adlnet.gov/expapi/verbs/failed"}}
    lrs.kept[str(first.id)] |= {"stored": "2026-11-27T00:00:00Z"}  # as real stores add to what they keep
    later(house)
    work_off(worker)
    states = {one.id: one.state for one in outbox(house)}
    assert states == {first.id: StatementState.SENT, second.id: StatementState.REFUSED}


def test_a_pause_gathers_and_a_wrong_secret_waits(
    house: House, people: People, admin: Actor, lrs: Lrs, worker: Worker, client: Client
) -> None:
    connect(house, admin, lrs)
    keeper = client(admin)
    keeper.post("/connections/xapi/pause", data={"paused": "yes"})
    note(house, people.owner, 3)
    work_off(worker)
    assert lrs.kept == {}
    keeper.post("/connections/xapi/pause", data={"paused": "no"})
    work_off(worker)
    assert len(lrs.kept) == 3
    form = {"endpoint": lrs.endpoint, "key": KEY, "secret": "wrong", "actor_form": "pseudonym"}
    keeper.post("/connections/xapi", data=form)
    note(house, people.owner, 1)
    work_off(worker)
    page = keeper.get("/connections/xapi").text
    assert "the key or the secret is wrong" in page
    assert "1 waiting, 3 arrived" in page
    keeper.post("/connections/xapi", data=form | {"secret": SECRET})
    work_off(worker)
    assert len(lrs.kept) == 4


def test_how_people_are_named_and_whether_scores_go_is_chosen(
    house: House, people: People, admin: Actor, lrs: Lrs, worker: Worker
) -> None:
    placed = next(one for one in shipped_library().exercises.values() if isinstance(one.exercise, Written))
    words = WrittenWords("You want this for Jodie.", ())

    def answer() -> dict[str, object]:
        with house.database.write() as session:
            row = keep_written(
                session, placed=placed, words=words, score=None, odd=None, coder="", sent=Sent(uuid.uuid4(), 9),
                by=people.owner,
            )  # fmt: skip
            row.outcome, row.met_share = Outcome.MET, 0.87
            sent = session.get_one(XapiStatement, max(outbox_ids(session), key=lambda one: one[1])[0])
            sent.facts = {**sent.facts, "outcome": "met", "met_share": 0.87}
            session.add(sent)
        work_off(worker)
        return list(lrs.kept.values())[-1]

    connect(house, admin, lrs)
    assert "score" not in json.dumps(answer())
    connect(house, admin, lrs, actor_form=ActorForm.EMAIL, sends_scores=True)
    made = answer()
    assert made["actor"] == {"objectType": "Agent", "mbox": "mailto:olu.owner@example.org"}
    assert made["result"] == {"duration": "PT9S", "score": {"scaled": 0.87}, "success": True}
    connect(house, admin, lrs, actor_form=ActorForm.ACCOUNT, home_page="https://lms.example.org")
    account = {"homePage": "https://lms.example.org", "name": "olu.owner@example.org"}
    assert answer()["actor"] == {"objectType": "Agent", "account": account}


def outbox_ids(session: object) -> list[tuple[uuid.UUID, object]]:
    return [(one.id, one.at) for one in session.exec(select(XapiStatement))]  # type: ignore[attr-defined]


def test_a_lost_job_is_taken_up_at_night(house: House, people: People, admin: Actor, lrs: Lrs, worker: Worker) -> None:
    connect(house, admin, lrs)
    note(house, people.owner, 1)
    with house.database.write() as session:
        for job in session.exec(select(Job).where(col(Job.name) == JOB)):
            session.delete(job)
    with house.database.write() as session:
        assert take_up_statements(session) == 1
    work_off(worker)
    assert len(lrs.kept) == 1


def test_waits_double_up_to_an_hour_and_a_store_may_ask_for_more() -> None:
    assert [wait_after(tries).total_seconds() for tries in (0, 1, 2, 6, 7, 50)] == [30, 60, 120, 1920, 3600, 3600]
    assert wait_after(0, asked=300) == timedelta(minutes=5)
    assert wait_after(0, asked=10**9) == timedelta(hours=1)


def test_what_has_not_arrived_says_no_more_than_is_chosen_now(
    house: House, people: People, admin: Actor, lrs: Lrs, worker: Worker
) -> None:
    connect(house, admin, lrs, actor_form=ActorForm.EMAIL)
    note(house, people.owner, 1)
    lrs.answers = [503]
    work_off(worker)
    assert "olu.owner@example.org" in json.dumps(outbox(house)[0].statement), "it was about to go"
    connect(house, admin, lrs)
    assert outbox(house)[0].statement is None
    work_off(worker)
    (kept,) = lrs.kept.values()
    assert "olu.owner@example.org" not in json.dumps(kept)


def test_what_does_not_arrive_in_a_year_is_given_up_and_that_is_said(
    house: House, people: People, admin: Actor, lrs: Lrs
) -> None:
    connect(house, admin, lrs)
    note(house, people.owner, 5)
    with house.database.write() as session:
        states = [StatementState.WAITING, StatementState.REFUSED, StatementState.SENT, StatementState.SENT]
        for row, state, days in zip(session.exec(select(XapiStatement)), states, (366, 366, 366, 400), strict=False):
            row.state, row.at = state, utc_now() - timedelta(days=days)
            row.changed_at = utc_now() - timedelta(days=days - 300)
            session.add(row)
    for _ in range(2):
        with house.database.write() as session:
            forget_old_statements(session)
    assert sorted(one.state for one in outbox(house)) == [StatementState.SENT, StatementState.WAITING]
    with house.database.read() as session:
        (event,) = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "statements_given_up"))
        assert event.details["statements"] == "2"
