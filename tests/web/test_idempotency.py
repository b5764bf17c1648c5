"""A request that names itself makes one session, however often it is sent."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, func, select

from api.house import House
from models.columns import utc_now
from models.idempotency import (
    IN_FLIGHT_FOR,
    IdempotentRequest,
    InFlight,
    begin_request,
    forget_old_requests,
    forget_request,
    keep_answer,
)
from models.practice import PracticeSession
from tests.conftest import CONVERSATION, People
from tests.web.conftest import Client, PageClient

AGREED = {"kind": "role_play", "agreement_confirmed": "yes"}
JSON = {
    "agreement_confirmed": True,
    "turns": [{"speaker": "Worker", "text": "What brings you?"}, {"speaker": "Parent", "text": "I want to stop."}],
}


def sessions(house: House) -> int:
    with house.database.read() as session:
        return session.exec(select(func.count()).select_from(PracticeSession)).one()


def upload(one: PageClient, key: str, text: str = CONVERSATION, **more: str):  # type: ignore[no-untyped-def]
    file = {"file": ("talk.txt", text.encode())}
    return one.post("/api/v1/sessions", data=AGREED | more, files=file, headers={"idempotency-key": key})


@pytest.mark.parametrize("sends", ["json", "file"])
def test_the_same_again_is_the_same_answer(client: Client, people: People, house: House, sends: str) -> None:
    one = client(people.owner)
    headers = {"idempotency-key": "k1"}
    answers = [
        one.post("/api/v1/sessions", json=JSON, headers=headers) if sends == "json" else upload(one, "k1")
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert "idempotency-replayed" not in answers[0].headers
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert sessions(house) == 1


def test_another_request_under_the_key_is_refused(client: Client, people: People, house: House) -> None:
    one = client(people.owner)
    assert upload(one, "k1").status_code == 201
    for again in (upload(one, "k1", CONVERSATION + "Worker: Well.\n"), upload(one, "k1", title="Other")):
        assert (again.status_code, again.json()["code"]) == (422, "idempotency_key_reused")
    other = client(people.colleague)
    assert upload(other, "k1").status_code == 201, "a key is its sender's own"
    assert sessions(house) == 2


def test_what_was_refused_uses_up_no_key(client: Client, people: People, house: House) -> None:
    one = client(people.owner)
    refused = upload(one, "k1", "no speakers here")
    assert refused.status_code == 422
    assert upload(one, "k1").status_code == 201
    assert sessions(house) == 1


def test_nor_where_the_database_could_not_be_told_that_it_has_ended(
    client: Client, people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is answered as what it was, and whoever sends it again waits for nobody."""

    def busy(_session: object, _request_id: object) -> None:
        raise OperationalError("DELETE", {}, Exception("database is locked"))

    one = client(people.owner)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("api.once.forget_request", busy)
        refused = upload(one, "k1", "no speakers here")
        assert (refused.status_code, refused.json()["code"]) == (422, "no_speakers")
        with house.database.read() as session:
            assert session.exec(select(func.count(col(IdempotentRequest.id)))).one() == 1
    assert upload(one, "k1").status_code == 201
    assert sessions(house) == 1


def test_one_that_is_under_way_is_a_409(client: Client, people: People, house: House) -> None:
    one = client(people.owner)
    with house.database.write() as session:
        begun = begin_request(session, person_id=people.owner.person_id, route="POST /api/v1/sessions?", key="k1").id
    again = upload(one, "k1")
    assert (again.status_code, again.json()["code"]) == (409, "idempotency_in_flight")
    with house.database.write() as session:
        row = session.get_one(IdempotentRequest, begun)
        row.begun_at = utc_now() - timedelta(hours=2)  # its process is dead
    assert upload(one, "k1").status_code == 201


def test_a_slow_one_whose_place_was_taken_makes_nothing(people: People, house: House) -> None:
    sent = {"person_id": people.owner.person_id, "route": "POST /api/v1/sessions?", "key": "k1"}
    with house.database.write() as session:
        slow = begin_request(session, **sent)
        slow.begun_at = utc_now() - IN_FLIGHT_FOR
        slow_id = slow.id
    with house.database.write() as session:
        begin_request(session, **sent)
    with house.database.write() as session, pytest.raises(InFlight):
        keep_answer(session, request_id=slow_id, fingerprint="f", status=201, answer={})
    with house.database.write() as session:
        forget_request(session, slow_id)
        assert session.exec(select(func.count(col(IdempotentRequest.id)))).one() == 1, "the other is under way"


@pytest.mark.parametrize("key", ["", "a key", "k" * 101])
def test_odd_keys_are_refused(client: Client, people: People, house: House, key: str) -> None:
    answer = upload(client(people.owner), key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_wrong")
    assert sessions(house) == 0


def test_keys_are_forgotten_after_a_day(client: Client, people: People, house: House) -> None:
    one = client(people.owner)
    upload(one, "k1")
    with house.database.write() as session:
        for row in session.exec(select(IdempotentRequest)):
            row.begun_at = utc_now() - timedelta(hours=25)
            assert set(row.answer) == {"id", "stage", "url", "sessions"}, "no word of anybody"
    with house.database.write() as session:
        forget_old_requests(session)
        assert session.exec(select(func.count(col(IdempotentRequest.id)))).one() == 0
    assert upload(one, "k1").status_code == 201
    assert sessions(house) == 2


def test_without_a_key_nothing_is_kept(client: Client, people: People, house: House) -> None:
    one = client(people.owner)
    for _ in range(2):
        assert one.post("/api/v1/sessions", json=JSON).status_code == 201
    assert sessions(house) == 2
