"""The way of a recording: sealed as it comes, looked into, transcribed, coded; and what happens without a model."""

import base64
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import starlette.formparsers
from pydantic import SecretStr
from sqlmodel import select

from api.house import House
from models.practice import Recording
from models.settings import Settings
from tests.conftest import People
from tests.fixtures.role_play import LINES, MONO, STEREO, WHISPER
from tests.web.conftest import Client, work_off
from web.worker import Worker

DETAILS = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "drink less"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"whisper_model": str(WHISPER), "whisper_download": False})


def upload(client, path: Path) -> str:  # type: ignore[no-untyped-def]
    answer = client.post("/api/v1/sessions", data=DETAILS, files={"file": (path.name, path.read_bytes())})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"])


def words(text: str) -> list[str]:
    return [word.strip(".,?!").lower() for word in text.split()]


@pytest.mark.parametrize(("database_kind", "path"), [("sqlite", MONO), ("postgresql", STEREO)])
def test_a_recording_becomes_a_coded_session(client: Client, people: People, worker: Worker, path: Path) -> None:
    owner = client(people.owner)
    url = upload(owner, path)
    assert "Writing down what was said" in owner.get(url.removeprefix("/api/v1")).text
    assert work_off(worker) == 2  # transcribed, then coded
    read = owner.get(url).json()
    assert (read["stage"], read["progress"], read["has_recording"]) == ("ready", 100, True)
    heard = [(turn["role"], " ".join(u["text"] for u in turn["utterances"])) for turn in read["turns"]]
    assert [role for role, _ in heard] == [role for role, _ in LINES]
    said, right = [words(text) for _, text in heard], [words(text) for _, text in LINES]
    wrong = sum(a != b for one, two in zip(said, right, strict=True) for a, b in zip(one, two, strict=False))
    assert wrong <= 2
    assert all(turn["started"] < turn["ended"] for turn in read["turns"])
    assert any("by how they sound" in note for note in read["notes"]) == (path == MONO)


def test_no_clear_byte_of_a_recording_lies_on_disk(
    client: Client, people: People, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A temporary file without a name could not be found afterwards, so none may be made at all."""

    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("an upload made a temporary file")

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr(starlette.formparsers, "SpooledTemporaryFile", refuse)
    upload(client(people.owner), MONO)
    clear = MONO.read_bytes()
    pieces = [clear[at : at + 64] for at in range(0, len(clear) - 64, 4096)]
    stored = [path.read_bytes() for path in (settings.data_dir / "files").rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert not any(piece in stored[0] for piece in pieces)


def test_without_a_model_the_session_says_so_and_keeps_the_recording(
    client: Client, people: People, settings: Settings, house: House, tmp_path: Path
) -> None:
    owner = client(people.owner)
    missing = tmp_path / "no-model"
    poor = Worker(settings.model_copy(update={"whisper_model": str(missing)}), "poor")
    url = upload(owner, MONO)
    assert work_off(poor) == 1
    stopped = owner.get(url).json()
    assert (stopped["stage"], stopped["problem_code"]) == ("stopped", "speech_model_missing")
    page = owner.get(url.removeprefix("/api/v1")).text
    assert "EVOKE_WHISPER_MODEL" in page
    assert "The recording is kept" in page
    with house.database.read() as session:
        recording = session.exec(select(Recording)).one()
    assert house.storage.keys() == [recording.storage_key]
    shutil.copytree(WHISPER, missing)
    assert owner.post(f"{url}/retry").status_code == 202
    assert work_off(poor) == 2
    assert owner.get(url).json()["stage"] == "ready"
    poor.close()


def harm(path: Path) -> None:
    """Damages the last chunk only: the start still reads."""
    sealed = bytearray(path.read_bytes())
    sealed[-20] ^= 1
    path.write_bytes(sealed)


@pytest.mark.parametrize("lose", [harm, Path.unlink], ids=["damaged", "missing"])
def test_a_damaged_recording_stops_at_once_and_nothing_untrue_is_said(
    client: Client, people: People, worker: Worker, house: House, lose: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    owner = client(people.owner)
    url = upload(owner, MONO)
    [key] = house.storage.keys()
    lose(house.settings.data_dir / "files" / key)
    assert work_off(worker) == 1
    stopped = owner.get(url).json()
    assert (stopped["stage"], stopped["problem_code"]) == ("stopped", "recording_damaged")
    page = owner.get(url.removeprefix("/api/v1")).text
    assert "Add it again" in page
    assert "recording is kept" not in page
    assert "still kept" not in page
    assert "Nothing is lost" not in page
    assert key in caplog.text


@pytest.mark.slow
def test_another_master_key_is_not_taken_for_damage(
    client: Client, people: People, settings: Settings, worker: Worker
) -> None:
    owner = client(people.owner)
    url = upload(owner, MONO)
    other = SecretStr(base64.b64encode(bytes(32)).decode())
    locked = Worker(settings.model_copy(update={"master_key": other}), "locked")
    assert work_off(locked) == 1
    locked.close()
    assert owner.get(url).json()["problem_code"] == "recording_locked"
    assert "the recording is still kept" in owner.get(url.removeprefix("/api/v1")).text
    assert owner.post(f"{url}/retry").status_code == 202
    assert work_off(worker) == 2
    assert owner.get(url).json()["stage"] == "ready"
