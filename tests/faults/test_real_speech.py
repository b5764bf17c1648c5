"""`make test-real-speech`: what it measures with a model that is here, and what it says where none can be had."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import LINEAR_CODER
from tests.fixtures.role_play import WHISPER


def real_speech(tmp_path: Path, model: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "EVOKE_WHISPER_MODEL": model, "EVOKE_DATA_DIR": str(tmp_path / "data"), "HF_HUB_CACHE": str(tmp_path / "cache"),
        "HF_ENDPOINT": "http://127.0.0.1:9", "EVOKE_CODER": LINEAR_CODER, "EVOKE_WHISPER_DEVICE": "cpu",
    }  # fmt: skip
    command = [sys.executable, "-m", "benchmarks.real_speech"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1200)


@pytest.mark.slow
def test_it_measures_with_the_model_that_is_named(tmp_path: Path) -> None:
    done = real_speech(tmp_path, str(WHISPER))
    lines = done.stdout.splitlines()
    assert lines[0] == f"Speech model: {WHISPER}"
    for what in ("word error", "speaker confusion", "turns with the right role"):
        assert sum(f": {what}: " in line for line in lines) == 2, done.stdout + done.stderr
    assert lines[-1] == "All targets are met.", done.stdout
    assert done.returncode == 0


def test_a_model_that_cannot_be_fetched_is_said_and_is_no_success(tmp_path: Path) -> None:
    done = real_speech(tmp_path, "small.en")
    assert done.returncode == 1
    assert 'Not measured. The speech model "small.en" could not be fetched' in done.stderr
    assert "evoke speech models fetch small.en" in done.stderr
    assert "EVOKE_WHISPER_MODEL" in done.stderr
    assert "word error" not in done.stdout


def test_a_folder_that_is_no_model_is_said(tmp_path: Path) -> None:
    done = real_speech(tmp_path, str(tmp_path / "nothing"))
    assert done.returncode == 1
    assert f"Not measured. The speech model folder {tmp_path / 'nothing'} does not exist." in done.stderr
