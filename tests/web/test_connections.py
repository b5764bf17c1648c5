"""Administrators connect another system: the pages and the API, and who must not."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from api.house import House
from models.columns import new_id, utc_now
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role
from models.webhook import say_happened
from models.webhook_kept import Happened, Webhook, WebhookState
from tests.conftest import People, add_person, work_off
from tests.web.conftest import Client, PageClient
from tests.webhook_receiver import Receiver
from web.pages.connections import KINDS
from web.worker import Worker

HOOKS = "/connections/webhooks"
API = "/api/v1/webhooks"
SHOWN = re.compile(r'<code class="evoke-secret">(whsec_[^<]+)</code>')


@pytest.fixture
def receiver(house: House) -> Iterator[Receiver]:
    house.settings.outgoing_allowed = "localhost"
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def admin(house: House, people: People) -> Actor:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, home, "Ada Admin", role=Role.ADMINISTRATOR)


@pytest.fixture
def desk(client: Client, admin: Actor) -> PageClient:
    return client(admin)


def only(session: Session) -> Webhook:
    return session.exec(select(Webhook)).one()


def add(desk: PageClient, house: House, receiver: Receiver) -> str:
    desk.post(HOOKS, data={"address": receiver.address, "events": ["session.ready", "module.completed"]})
    with house.database.read() as session:
        return f"{HOOKS}/{only(session).id}"


def happen(house: House, people: People) -> UUID:
    session_id = new_id()
    with house.database.write() as session:
        say_happened(
            session, Happened.SESSION_READY, organisation_id=people.owner.organisation_id, session_id=session_id
        )  # fmt: skip
    return session_id


def test_an_empty_hub_and_what_stands_in_it(desk: PageClient, house: House, receiver: Receiver) -> None:
    assert 'href="/connections"' in desk.get("/administration").text
    hub = desk.get("/connections").text
    assert "Nothing is connected yet" in hub
    assert all(f'href="{one.href}"' in hub for one in KINDS)
    assert "There is none" in desk.get(HOOKS).text
    path = add(desk, house, receiver)
    hub = desk.get("/connections").text
    assert "Not used yet" in hub
    assert "One thing is connected, and nothing is wrong with it." in hub
    assert all(f'href="{one.href}"' in hub for one in KINDS)
    desk.post(f"{path}/test")
    assert ">Working<" in desk.get("/connections").text
    with house.database.write() as session:
        only(session).state, only(session).failing_since = WebhookState.FAILING, utc_now()
    hub = desk.get("/connections").text
    assert ">Stopped<" in hub
    assert "1 of 1 needs you to look." in hub
    assert "Let it go on" in desk.get(path).text


def test_adding_shows_the_secret_once(desk: PageClient, house: House, receiver: Receiver) -> None:
    wrong = desk.post(HOOKS, data={"address": "https://10.0.0.1/"})
    assert wrong.status_code == 422
    assert "private network" in wrong.text
    assert "Choose what it is told" in wrong.text
    made = desk.post(HOOKS, data={"address": receiver.address, "events": "session.ready"})
    assert made.status_code == 201
    (secret,) = SHOWN.findall(made.text)
    with house.database.read() as session:
        path = f"{HOOKS}/{only(session).id}"
    assert secret not in desk.get(path).text
    renewed = desk.post(f"{path}/secret")
    assert SHOWN.findall(renewed.text) not in ([], [secret])
    assert "End the old secret now" in desk.get(path).text
    desk.post(f"{path}/old-secret/end")
    assert "End the old secret now" not in desk.get(path).text


def test_a_test_says_in_words_what_happened(desk: PageClient, house: House, receiver: Receiver) -> None:
    path = add(desk, house, receiver)
    assert "It works: localhost" in desk.post(f"{path}/test").text
    receiver.answer = lambda number: 401
    assert "it answered 401. Check the secret" in desk.post(f"{path}/test").text
    house.settings.outgoing_allowed = ""
    assert "inside a private network" in desk.post(f"{path}/test").text
    assert len(receiver.came) == 2
    assert desk.get(path).text.count("A test") == 3


def test_one_that_stopped_is_tested_before_it_goes_on(desk: PageClient, house: House, receiver: Receiver) -> None:
    path = add(desk, house, receiver)
    receiver.answer = lambda number: 410 if number == 1 else 200
    desk.post(f"{path}/test")
    assert "Evoke has stopped sending here: nothing arrived since" in desk.get(path).text
    assert "The last test arrived" in desk.post(f"{path}/test").text
    assert "The last test arrived" in desk.get(path).text
    assert "It goes on" in desk.post(f"{path}/resume").text


def test_the_log_and_sending_again(
    desk: PageClient, house: House, people: People, receiver: Receiver, worker: Worker
) -> None:
    path = add(desk, house, receiver)
    receiver.answer = lambda number: 500 if number == 1 else 200
    happen(house, people)
    work_off(worker)
    page = desk.get(path).text
    assert "not yet, after 1 try: it answered 500" in page
    (number,) = re.findall(r'name="number" value="(\d+)"', page)
    assert "1 is being sent again" in desk.post(f"{path}/redeliver", data={"number": number}).text
    work_off(worker)
    assert "arrived" in desk.get(path).text
    assert "1 is being sent again" in desk.post(f"{path}/redeliver", data={"hours": "24"}).text
    work_off(worker)
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1
    assert len(receiver.came) == 3
    for _ in range(30):
        happen(house, people)
    first = desk.get(path).text
    assert first.count('name="number"') == 25
    (more,) = re.findall(r"before=(\d+)", first)
    assert desk.get(f"{path}?before={more}").text.count('name="number"') == 6
    assert desk.get(f"{path}?before=x&sent=y").status_code == 200


def test_pausing_changing_and_removing(desk: PageClient, house: House, receiver: Receiver) -> None:
    path = add(desk, house, receiver)
    assert "It is paused" in desk.post(f"{path}/pause").text
    assert desk.post(f"{path}/redeliver", data={"hours": "1"}).status_code == 409
    assert "It goes on" in desk.post(f"{path}/resume").text
    assert desk.post(path, data={"address": "nonsense", "events": "session.added"}).status_code == 422
    desk.post(path, data={"address": receiver.address + "/new", "events": "session.added"})
    with house.database.read() as session:
        assert (only(session).address, only(session).events) == (receiver.address + "/new", ["session.added"])
    assert "There is none" in desk.post(f"{path}/remove").text


def test_who_must_not(
    client: Client, desk: PageClient, house: House, people: People, receiver: Receiver, admin: Actor
) -> None:
    path = add(desk, house, receiver)
    with house.database.write() as session:
        away = session.get_one(Organisation, people.stranger.organisation_id)
        elsewhere = add_person(session, away, "Eli Elsewhere", role=Role.ADMINISTRATOR)
    assert client(elsewhere).get(path).status_code == 404
    assert receiver.address.split("/")[2] not in client(elsewhere).get(HOOKS).text
    for actor in (people.owner, people.colleague, people.lead):
        for page in ("/connections", HOOKS, path):
            assert client(actor).get(page).status_code == 404


def test_a_program_manages_webhooks(
    desk: PageClient, house: House, people: People, receiver: Receiver, worker: Worker, client: Client
) -> None:
    made = desk.post(API, json={"address": receiver.address, "events": ["session.ready"]})
    assert made.status_code == 201
    one = made.json()
    assert one["secret"].startswith("whsec_")
    assert "secret" not in desk.get(API).json()[0]
    assert desk.post(API, json={"address": "https://127.0.0.1/", "events": ["x"]}).status_code == 422
    ids = [happen(house, people) for _ in range(3)]
    work_off(worker)
    told = desk.get(f"{API}/{one['id']}/deliveries").json()
    assert [row["data"]["session_id"] for row in told["deliveries"]] == [str(each) for each in reversed(ids)]
    assert {row["state"] for row in told["deliveries"]} == {"delivered"}
    number = told["deliveries"][0]["number"]
    again = f"{API}/{one['id']}/redeliver"
    assert desk.post(again, json={"number": number}).json() == {"deliveries": 1}
    assert desk.post(again, json={"since": "2020-01-01T00:00:00Z"}).json() == {"deliveries": 3}
    assert desk.post(again, json={"since": "2020-01-01T00:00:00"}).status_code == 422, "a moment has a zone"
    assert client(people.owner).get(API).status_code == 404
    assert client(people.stranger_coach).delete(f"{API}/{one['id']}").status_code == 404
    assert desk.delete(f"{API}/{one['id']}").status_code == 204
    assert desk.get(API).json() == []


def test_what_is_told_of_a_session_from_its_first_moment(
    desk: PageClient, house: House, people: People, receiver: Receiver, worker: Worker, client: Client
) -> None:
    desk.post(API, json={"address": receiver.address, "events": [one.value for one in Happened.to_choose()]})
    file = {"file": ("talk.txt", b"Worker: What would help?\nParent: I want to stop drinking.\n")}
    sent = client(people.owner).post(
        "/api/v1/sessions", data={"kind": "role_play", "agreement_confirmed": "yes", "title": "Nettle soup"}, files=file
    )
    assert sent.status_code == 201, sent.text
    work_off(worker)
    with house.database.read() as session:
        assert session.exec(select(Webhook).where(col(Webhook.failing_since).is_not(None))).first() is None
    told = [body.decode() for _, body in receiver.came]
    assert [re.findall(r'"type":"([^"]+)"', one)[0] for one in told] == ["session.added", "session.ready"]
    assert not any(word in one for one in told for word in ("drinking", "Nettle", "Olu"))
