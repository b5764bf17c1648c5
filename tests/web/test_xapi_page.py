"""The page of the learning record store, and what is kept of it."""

from sqlmodel import select

from api.house import House
from models.audit import AuditEvent
from models.keys import SessionKey
from models.permissions import Actor
from models.person import Person
from models.sweep import sweep_keys
from models.xapi import xapi_connection_of
from tests.conftest import People
from tests.lrs import KEY, SECRET, Lrs
from tests.web.conftest import Client, admin, client, work_off
from tests.web.xapi import complete_a_module, connect, lrs, note, outbox, settings
from training.own_data import own_data
from web.worker import Worker

__all__ = ["admin", "client", "lrs", "settings"]


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
