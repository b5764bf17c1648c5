"""The database wrote what was sent, and the connection broke before it said so: nothing of it is thrown away."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from api.house import House
from models.practice import PracticeSession
from models.resumable_upload import ResumableUpload
from tests.conftest import People
from tests.web.conftest import Client
from tests.web.resumable import begun, count, kept, send

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@contextmanager
def answers_lost(of: type = PracticeSession) -> Iterator[None]:
    """Of commits of transactions that have one in hand."""

    def lose(session: Session) -> None:
        if any(isinstance(one, of) for one in session.identity_map.values()):
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
        lost = owner.post("/api/v1/sessions", files={"file": ("a.wav", wav)}, **sent)
    assert (lost.status_code, lost.json()["code"]) == (503, "database_unreachable")
    assert "look first, before you send it again" in lost.json()["detail"]
    assert "retry-after" not in lost.headers, "a program that sends again by itself might do it twice"
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
        assert owner.post(f"{url}/finish").status_code == 503
    assert owner.post(f"{url}/finish").status_code == 201
    assert (count(house, PracticeSession), kept(house)) == (1, wav)


@on_sqlite
def test_a_piece_that_was_kept_is_there_and_the_next_goes_on_from_it(
    client: Client, people: People, house: House, wav: bytes
) -> None:
    owner = client(people.owner)
    url, half = begun(owner, len(wav)), len(wav) // 2
    with answers_lost(ResumableUpload):
        assert send(owner, url, 0, wav[:half]).status_code == 503
    assert owner.head(url).headers["upload-offset"] == str(half)
    assert send(owner, url, half, wav[half:]).status_code == 204
    assert owner.post(f"{url}/finish").status_code == 201
    assert (count(house, PracticeSession), kept(house)) == (1, wav)
