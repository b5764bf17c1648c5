"""Two clicks on Send: one has put the chunks together and deleted them while the other was at it."""

from typing import Any

import pytest
from sqlmodel import select

import api.send_recording
from api.house import House
from models.practice import PracticeSession
from tests.conftest import People
from tests.web.chunks import begin, files, put_all, send, webm
from tests.web.conftest import Client


def test_both_get_the_one_session(
    client: Client, people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = client(people.owner)
    url = begin(owner)
    chunks = put_all(owner, url, webm(4.0))
    assembled, first = api.send_recording._assemble, []

    def after_another(*args: Any) -> Any:
        if not first:
            first.append(None)
            first.append(send(client(people.owner), url, chunks).json()["id"])
        return assembled(*args)

    monkeypatch.setattr(api.send_recording, "_assemble", after_another)
    answer = send(owner, url, chunks)
    assert (answer.status_code, answer.json()["id"]) == (201, first[1])
    with house.database.read() as session:
        assert len(session.exec(select(PracticeSession)).all()) == 1
    assert len(files(house)) == 1
