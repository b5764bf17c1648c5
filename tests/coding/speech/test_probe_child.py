"""Probing in a child process: what goes wrong there stays there."""

import time
from pathlib import Path

import pytest

from coding.speech.errors import EmptyRecording, NotARecording, RecordingTooLong, RecordingUnreadable
from coding.speech.probe import Probe, probe
from coding.speech.probe_child import run_probe_child
from tests.coding.speech.making import tone, write_sound

MAKING = "tests.coding.speech.making"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "recording.mp3"
    data = write_sound(tone(20.0), 16_000, "mp3", "libmp3lame")
    path.write_bytes(data[: len(data) // 2])  # so that there is a note to carry over
    return path


@pytest.mark.parametrize("opener", [f"{MAKING}:open_plain_file", f"{MAKING}.open_plain_file"])
def test_the_child_answers_what_the_parent_would_find(recording: Path, opener: str) -> None:
    with recording.open("rb") as file:
        expected = probe(file)

    found = run_probe_child([str(recording)], opener=opener)

    assert isinstance(found, Probe)
    assert found == expected
    assert found.notes


def test_what_a_library_prints_does_not_disturb_the_answer(recording: Path) -> None:
    assert run_probe_child([str(recording)], opener=f"{MAKING}:open_with_noise").codec == "mp3float"


@pytest.mark.parametrize(("data", "error"), [(b"", EmptyRecording), (b"P: Hello. C: Hi.\n" * 99, NotARecording)])
def test_refusals_come_back_as_themselves(tmp_path: Path, data: bytes, error: type[Exception]) -> None:
    path = tmp_path / "recording.wav"
    path.write_bytes(data)

    with pytest.raises(error):
        run_probe_child([str(path)], opener=f"{MAKING}:open_plain_file")


def test_a_refusal_brings_its_facts(recording: Path) -> None:
    with pytest.raises(RecordingTooLong) as refusal:
        run_probe_child([str(recording)], opener=f"{MAKING}:open_plain_file", limit_minutes=0.1)

    assert refusal.value.facts["limit"] == 0.1
    assert "0.1" in refusal.value.message


def test_a_crash_of_the_child_is_an_unreadable_recording() -> None:
    with pytest.raises(RecordingUnreadable):
        run_probe_child([], opener=f"{MAKING}:open_and_crash")


def test_a_child_that_takes_too_long_is_killed() -> None:
    started = time.monotonic()

    with pytest.raises(RecordingUnreadable):
        run_probe_child([], opener=f"{MAKING}:open_and_sleep", timeout=2)

    assert time.monotonic() - started < 15


def test_a_file_that_exhausts_memory_exhausts_only_the_child() -> None:
    with pytest.raises(RecordingUnreadable):
        run_probe_child([], opener=f"{MAKING}:open_and_fill_memory")


@pytest.mark.parametrize(
    ("opener", "words"),
    [
        (f"{MAKING}:open_nothing", "FileNotFoundError: no such recording"),
        (f"{MAKING}:no_such_function", "AttributeError"),
        ("no_such_module:open", "ModuleNotFoundError"),
    ],
)
def test_a_fault_of_the_opener_is_not_blamed_on_the_recording(opener: str, words: str) -> None:
    with pytest.raises(RuntimeError, match=words):
        run_probe_child([], opener=opener)


def test_the_child_sees_the_settings_it_is_given(recording: Path) -> None:
    opener = f"{MAKING}:open_what_the_environment_names"

    assert run_probe_child([], opener=opener, environment={"RECORDING_TO_OPEN": str(recording)}).format == "mp3"
    with pytest.raises(RuntimeError, match="RECORDING_TO_OPEN"):
        run_probe_child([], opener=opener)
