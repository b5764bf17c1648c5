"""What happens goes to the organisation's learning record store: once, whole, whatever the store does; and its page.

The store is a server of the test's own on this machine, which takes what the specification lets it take.
"""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import col, select

from api.house import House
from models.audit import AuditEvent
from models.columns import utc_now
from models.exercise import Outcome
from models.job import Job, JobState
from models.keys import SessionKey
from models.permissions import Actor
from models.person import Person
from models.settings import Settings
from models.sweep import sweep_keys
from models.xapi import JOB, note_statement, take_up_statements, xapi_connection_of
from models.xapi_connection import ConnectionDetails, set_connection
from models.xapi_kept import ActorForm, StatementKind, StatementState, XapiStatement
from tests.conftest import People
from tests.lrs import KEY, SECRET, Lrs, running_lrs
from tests.training.xapi.rules import check_profile, matching_templates
from tests.web.conftest import Client, admin, client, work_off
from training.exercises.attempts import Sent, WrittenWords, keep_chosen, keep_written
from training.exercises.format import Written
from training.modules.load import shipped_library
from training.modules.progress import answer_check, complete_if_done, mark_as_read, read_part
from training.own_data import own_data
from training.xapi.outbox import wait_after
from web.worker import Worker

__all__ = ["admin", "client"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"outgoing_allowed": "127.0.0.0/8"})


@pytest.fixture
def lrs() -> Iterator[Lrs]:
    with running_lrs() as one:
        yield one


def connect(house: House, admin: Actor, lrs: Lrs, **more: object) -> None:
    details = ConnectionDetails(lrs.endpoint, KEY, SECRET, **more)  # type: ignore[arg-type]
    with house.database.write() as session:
        set_connection(session, details=details, settings=house.settings, by=admin)


def complete_a_module(house: House, who: Actor) -> str:
    module = shipped_library().modules[0]
    with house.database.write() as session:
        read_part(session, module=module, number=1, by=who)
        mark_as_read(session, module=module, by=who)
        answers = {number: one.answer for number, one in enumerate(module.head.check, 1)}
        answer_check(session, module=module, answers=answers, by=who)
    answer_exercises(house, who)
    return module.slug


def answer_exercises(house: House, who: Actor, many: int = 3) -> None:
    module = shipped_library().modules[0]
    for one in module.exercises[:many]:
        placed = shipped_library().exercises[one.id]
        words = WrittenWords("I hear how much you want this for Jodie.", ())
        with house.database.write() as session:
            sent = Sent(uuid.uuid4(), 12)
            if isinstance(one, Written):
                row = keep_written(
                    session, placed=placed, words=words, score=None, odd=None, coder="", sent=sent, by=who
                )
            else:
                row = keep_chosen(session, placed=placed, choice="1", sent=sent, by=who)
            row.outcome = Outcome.PARTLY  # as the coder would have it
            session.add(row)
            complete_if_done(session, module=module, by=who)


def outbox(house: House) -> list[XapiStatement]:
    with house.database.read() as session:
        return list(session.exec(select(XapiStatement).order_by(col(XapiStatement.at), col(XapiStatement.id))))


def note(house: House, who: Actor, many: int) -> None:
    for _ in range(many):
        with house.database.write() as session:
            facts = {"module": "affirming", "title": "Affirming", "edition": "1"}
            note_statement(
                session, kind=StatementKind.MODULE_COMPLETED, organisation_id=who.organisation_id,
                person_id=who.person_id, subject_id=uuid.uuid4(), facts=facts,
            )  # fmt: skip


def later(house: House) -> None:
    """As if the wait were over."""
    with house.database.write() as session:
        for job in session.exec(select(Job).where(col(Job.name) == JOB, col(Job.state) == JobState.WAITING)):
            job.run_at = utc_now() - timedelta(seconds=1)
            session.add(job)
            row = xapi_connection_of(session, job.organisation_id)  # type: ignore[arg-type]
            assert row is not None
            row.next_try_at = None
            session.add(row)


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


def test_the_page_says_what_is_wrong_and_keeps_what_was_entered(client: Client, admin: Actor) -> None:
    keeper = client(admin)
    empty = keeper.get("/connections/xapi")
    assert "Never a word of a conversation" in empty.text
    assert "Test it" not in empty.text
    sent = {"endpoint": "http://lrs.example.org", "key": "a:b", "actor_form": "account"}
    wrong = keeper.post("/connections/xapi", data=sent)
    assert wrong.status_code == 422
    for words in ("begins with https://", "Enter the key", "Enter the secret", "address of your learning system"):
        assert words in wrong.text
    assert 'value="http://lrs.example.org"' in wrong.text
    assert keeper.post("/connections/xapi/test").status_code == 409
    assert keeper.post("/connections/xapi/pause", data={"paused": "yes"}).status_code == 409


def test_the_test_button_says_what_happened_in_words(client: Client, admin: Actor, house: House, lrs: Lrs) -> None:
    connect(house, admin, lrs)
    works = client(admin).post("/connections/xapi/test").text
    assert "knows xAPI 1.0.3" in works
    assert "The connection works" in works
    assert len(lrs.kept) == 1
    assert SECRET not in works
    lrs.answers = [403]
    assert "It did not take a test statement" in client(admin).post("/connections/xapi/test").text


def test_a_secret_meant_for_one_store_never_goes_to_another(
    client: Client, admin: Actor, house: House, lrs: Lrs
) -> None:
    connect(house, admin, lrs)
    sent = {"endpoint": "https://other.example.org/xapi", "key": KEY, "secret": "", "actor_form": "pseudonym"}
    assert client(admin).post("/connections/xapi", data=sent).status_code == 422
    sent["endpoint"] = lrs.endpoint
    assert client(admin).post("/connections/xapi", data=sent, follow_redirects=False).status_code == 303
    assert "The connection works" in client(admin).post("/connections/xapi/test").text


def test_stopping_forgets_the_secret_and_what_waits_and_keys_survive_the_sweep(
    client: Client, admin: Actor, house: House, people: People, lrs: Lrs, worker: Worker
) -> None:
    connect(house, admin, lrs)
    with house.database.read() as session:
        row = xapi_connection_of(session, admin.organisation_id)
        assert row is not None
    sweep_keys(house.database, older_than_hours=-1)
    note(house, people.owner, 2)
    client(admin).post("/connections/xapi/end")
    work_off(worker)
    assert lrs.kept == {}
    assert outbox(house) == []
    with house.database.read() as session:
        assert session.get(SessionKey, row.id) is None
        actions = set(session.exec(select(AuditEvent.action)))
    assert {"xapi_connection_set", "xapi_connection_ended"} <= actions


def test_administrators_see_that_something_went_and_not_of_whom(
    client: Client, admin: Actor, house: House, people: People, lrs: Lrs, worker: Worker
) -> None:
    connect(house, admin, lrs)
    complete_a_module(house, people.owner)
    work_off(worker)
    page = client(admin).get("/connections/xapi").text
    assert "Completed a module" in page
    assert "Olu" not in page
    for who in (people.owner, people.colleague, people.lead, people.stranger):
        assert client(who).get("/connections/xapi").status_code == 404
    with house.database.read() as session:
        told = own_data(session, session.get_one(Person, people.owner.person_id))["told_to_learning_record_store"]
    assert {"Completed a module", "Answered an exercise"} <= {one["what"] for one in told}


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
