"""A practice conversation of two minutes, from upload to coded session: the words, who said them, and in which role."""

from pathlib import Path

import pytest

from benchmarks.role_play import DETAILS, judge
from models.settings import Settings
from tests.conftest import People
from tests.fixtures import two_minutes
from tests.fixtures.role_play import WHISPER
from tests.web.conftest import Client, work_off
from web.worker import Worker


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"whisper_model": str(WHISPER), "whisper_download": False})


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("path", [two_minutes.MONO, two_minutes.STEREO], ids=["one channel", "a channel each"])
def test_two_minutes_of_talk_become_a_session(client: Client, people: People, worker: Worker, path: Path) -> None:
    owner = client(people.owner)
    answer = owner.post("/api/v1/sessions", data=DETAILS, files={"file": (path.name, path.read_bytes())})
    assert answer.status_code == 201, answer.text
    assert work_off(worker) == 2  # transcribed, then coded

    session = owner.get(answer.json()["url"]).json()

    assert session["stage"] == "ready"
    judged = judge(session, two_minutes.SAID, two_minutes.truth())
    assert judged.words <= 0.12
    assert judged.roles == 1
    assert judged.speakers.confusion <= 0.02
