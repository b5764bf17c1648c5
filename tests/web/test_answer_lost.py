"""The database wrote what was sent, and the connection broke before it said so: nothing of it is thrown away."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from api.house import House
from models.practice import PracticeSession
from tests.conftest import People
from tests.web.conftest import Client
from tests.web.resumable import begun, count, kept, send

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@contextmanager
def answers_lost() -> Iterator[None]:
    """Of commits that make a session."""

    def lose(session: Session) -> None:
        if any(isinstance(one, PracticeSession) for one in session.identity_map.values()):
            raise OperationalError("COMMIT", {}, OSError("the network is cut"), connection_invalidated=True)

    event.listen(Session, "after_commit", lose)
    try:
        yield
    finally:
        event.remove(Session, "after_commit", lose)


@on_sqlite
def test_a_recording_that_is_sent_again_with_its_key_is_there(
    client: Client, people: People, house: House, wav: bytes
) -> None:
    owner = client(people.owner)
    sent = {"data": {"agreement_confirmed": "yes"}, "headers": {"idempotency-key": "k1"}}
    with answers_lost():
        assert owner.post("/api/v1/sessions", files={"file": ("a.wav", wav)}, **sent).status_code == 500
    again = owner.post("/api/v1/sessions", files={"file": ("a.wav", wav)}, **sent)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert (count(house, PracticeSession), kept(house)) == (1, wav)


@on_sqlite
def test_pieces_that_are_finished_again_are_a_session_with_its_sound(
    client: Client, people: People, house: House, wav: bytes
) -> None:
    owner = client(people.owner)
    url = begun(owner, len(wav))
    assert send(owner, url, 0, wav).status_code == 204
    with answers_lost():
        assert owner.post(f"{url}/finish").status_code == 500
    assert owner.post(f"{url}/finish").status_code == 201
    assert (count(house, PracticeSession), kept(house)) == (1, wav)
