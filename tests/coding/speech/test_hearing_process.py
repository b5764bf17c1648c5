"""The process that hears: when it is started anew, and what is told when it ends by itself."""

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any
from unittest import mock

import psutil
import pytest

from coding.speech.device import usable_device
from coding.speech.errors import NotARecording, SpeechModelMissing
from coding.speech.hearing_process import Bounds, HearingEnded, HearingFailed, HearingProcess
from coding.transcript.parsed import ParsedTranscript
from models.settings import Settings
from tests.fixtures.role_play import MONO, WHISPER

OPENER = "tests.coding.speech.making.open_plain_file"


def settings(model: Path, folder: Path) -> dict[str, str]:
    return Settings(_env_file=None, data_dir=folder, whisper_model=str(model), whisper_device="cpu").as_environment()


@pytest.fixture
def process(tmp_path: Path):  # type: ignore[no-untyped-def]
    one = HearingProcess(settings(WHISPER, tmp_path))
    yield one
    one.end()


def hear(process: HearingProcess, path: Path = MONO, **options: Any) -> ParsedTranscript:
    process.load()
    return process.hear(
        opener=options.pop("opener", OPENER), args=[str(path)], transcript_id="x", turns=None, done=(), options={},
        on_progress=options.pop("on_progress", lambda share: None), on_turns=lambda turns: None,
        on_clip=lambda clip: None, check=options.pop("check", lambda: None),
    )  # fmt: skip


@pytest.mark.slow
def test_one_process_for_many_recordings_until_it_is_due(process: HearingProcess) -> None:
    process.bounds = Bounds(recordings=2)
    shares: list[float] = []
    first = hear(process, on_progress=shares.append)
    pid = process.pid
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert len(first.turns) > 2
    assert hear(process) == first
    assert process.pid is None
    assert pid is not None
    assert not psutil.pid_exists(pid)

    process.bounds = Bounds(growth=0)
    hear(process)
    assert process.pid is None  # the first recording always takes some memory

    process.bounds = Bounds(idle=0.2)
    process.load()
    process.tend()
    assert process.pid is not None
    time.sleep(0.3)
    process.tend()
    assert process.pid is None


def test_a_recordings_own_fault_leaves_the_process_as_it_was(process: HearingProcess, tmp_path: Path) -> None:
    (tmp_path / "text.mp3").write_bytes(b"no sound in here " * 999)
    process.load()
    pid = process.pid
    with pytest.raises(NotARecording):
        hear(process, tmp_path / "text.mp3")
    assert process.pid == pid
    with pytest.raises(HearingFailed):
        hear(process, tmp_path / "gone.mp3")
    assert process.pid is None


def test_what_the_check_raises_ends_it_at_once(process: HearingProcess) -> None:
    process.load()
    pid = process.pid
    assert pid is not None

    def no_longer_wanted() -> None:
        raise TimeoutError

    os.kill(pid, signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        hear(process, check=no_longer_wanted)
    assert time.monotonic() - started < 1.0
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_model_that_crashes_its_loader_is_named(
    process: HearingProcess, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is made to end as a native library ends it, before it can load anything."""
    send = HearingProcess._send

    def crash(self: HearingProcess, request: Any) -> None:
        assert self.pid is not None
        os.kill(self.pid, number)
        send(self, request)

    monkeypatch.setattr(HearingProcess, "_send", crash)
    with pytest.raises(SpeechModelMissing, match="ends the program that loads it"):
        process.load()
    assert process.pid is None


def test_killed_while_it_loads_it_is_nobodys_fault(process: HearingProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    send = HearingProcess._send

    def kill(self: HearingProcess, request: Any) -> None:
        send(self, request)
        assert self.pid is not None
        os.kill(self.pid, signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(HearingProcess, "_send", kill)
        with pytest.raises(HearingEnded):
            process.load()
    assert process.load().startswith("faster-whisper ")


def test_a_broken_model_is_named_and_a_mended_one_loads(tmp_path: Path) -> None:
    folder = shutil.copytree(WHISPER, tmp_path / "whisper")
    weights = (folder / "model.bin").read_bytes()
    (folder / "model.bin").write_bytes(weights[:-1])
    process = HearingProcess(settings(folder, tmp_path))
    with pytest.raises(SpeechModelMissing, match="is not complete"):
        process.load()
    (folder / "model.bin").write_bytes(weights)
    try:
        assert str(folder) in process.load()
    finally:
        process.end()


def test_a_device_is_tried_before_it_is_used(caplog: pytest.LogCaptureFixture) -> None:
    assert usable_device("cpu") == "cpu"
    assert usable_device("cuda:7") == "cpu"
    assert "cuda:7 cannot be used" in caplog.text
    caplog.clear()
    assert usable_device("cuda:7", seconds=0.01) == "cpu"
    assert "took more than 0.01 seconds" in caplog.text


def test_a_trial_of_a_device_ends_at_once_when_nobody_wants_it_any_more(tmp_path: Path) -> None:
    class NotWanted(Exception):
        pass

    def check() -> None:
        raise NotWanted

    process = HearingProcess(settings(WHISPER, tmp_path), device="cuda:7")
    with mock.patch("coding.speech.device._LOOK_EVERY", 0.01), pytest.raises(NotWanted):
        process.load(check=check)
    assert process.pid is None
    running = [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]
    assert [one for one in running if "coding.speech.device_child" in one.cmdline()] == []


def test_the_small_model_that_tries_a_device_runs() -> None:
    from coding.speech.device_child import try_device

    assert try_device("cpu") == "cpu"
