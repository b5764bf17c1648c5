"""Room for recordings: in the queue, for which one made in the browser is kept, and in the database."""

import pytest
from sqlmodel import select

from api.house import House
from models.practice import Recording
from models.recording_in_progress import RecordingInProgress
from models.settings import Settings
from tests.conftest import People
from tests.fixtures.role_play import MONO
from tests.web.chunks import begin, put_all, send, webm
from tests.web.conftest import Client, PageClient


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"waiting_recordings": 1})


def add_file(owner: PageClient) -> str:
    details = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "drink less"}
    answer = owner.post("/api/v1/sessions", data=details, files={"file": (MONO.name, MONO.read_bytes())})
    return str(answer.json()["id"])


def test_a_recording_that_finds_no_room_stays_kept_and_is_sent_later(
    client: Client, people: People, house: House
) -> None:
    owner = client(people.owner)
    waiting = add_file(owner)
    url = begin(owner)
    chunks = put_all(owner, url, webm(2))
    refused = send(owner, url, chunks)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_waiting")
    assert "stays kept for 7 days" in refused.json()["detail"]
    assert owner.get(url).json()["state"] == "open"
    assert len([key for key in sorted(house.storage.keys()) if "in-progress" not in key]) == 1

    assert owner.post(f"/api/v1/sessions/{waiting}/stop").status_code == 202
    assert send(owner, url, chunks).status_code == 201


def test_a_recording_may_be_larger_than_two_gigabytes(client: Client, people: People, house: House) -> None:
    owner, size = client(people.owner), 3 << 30
    url = begin(owner)
    add_file(owner)
    with house.database.write() as session:
        session.exec(select(RecordingInProgress)).one().size_bytes = size
        session.exec(select(Recording)).one().size_bytes = size
    assert owner.get(url).json()["size_bytes"] == size
    with house.database.read() as session:
        assert session.exec(select(Recording)).one().size_bytes == size
