"""What was recorded in the browser waits for room as an added file does, and stays kept meanwhile."""

import pytest

from api.house import House
from models.settings import Settings
from tests.conftest import People
from tests.fixtures.role_play import MONO
from tests.web.conftest import Client
from tests.web.test_recording_in_progress import begin, put_all, send, webm


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"waiting_recordings": 1})


def test_a_recording_that_finds_no_room_stays_kept_and_is_sent_later(
    client: Client, people: People, house: House
) -> None:
    owner = client(people.owner)
    details = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "drink less"}
    files = {"file": (MONO.name, MONO.read_bytes())}
    waiting = owner.post("/api/v1/sessions", data=details, files=files).json()["id"]
    url = begin(owner)
    chunks = put_all(owner, url, webm(2))
    refused = send(owner, url, chunks)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_waiting")
    assert "stays kept for 7 days" in refused.json()["detail"]
    assert owner.get(url).json()["state"] == "open"
    assert len([key for key in house.storage.keys() if "in-progress" not in key]) == 1

    assert owner.post(f"/api/v1/sessions/{waiting}/stop").status_code == 202
    assert send(owner, url, chunks).status_code == 201
