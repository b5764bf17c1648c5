"""Voices told apart by the real sherpa-onnx, with models too small to be good at it."""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from coding.speech.decode import RATE, decode
from coding.speech.diarize import diarizer_for, speech_regions
from coding.speech.errors import SpeechModelMissing
from coding.speech.hear import hear
from coding.speech.options import method_of, whisper_options
from coding.speech.sherpa import EMBEDDING, SEGMENTATION, BySherpa, check_sherpa_models
from coding.speech.sound import Channels, Sound, sound_of_recording
from coding.speech.transcribe import Transcriber, WhisperOptions
from tests.coding.speech.making import stored
from tests.conftest import settings_of_tests
from tests.fixtures import role_play, two_minutes
from tests.fixtures.sherpa_models import FOLDER

LONGEST = 8.0


@pytest.fixture(scope="module")
def one_after_the_other() -> tuple[Sound, float]:
    """All that the practitioner says, then all that the client says, on one channel; and where that is."""
    with two_minutes.STEREO.open("rb") as file:
        both = sound_of_recording(decode(file))
    said = [
        np.concatenate([both.clip(channel, *region) for region in speech_regions(both, channel, LONGEST)])
        for channel in (0, 1)
    ]
    return Sound(stored(np.concatenate(said)[None]), Channels.ONE), len(said[0]) / RATE


def test_each_has_their_part_and_no_speech_is_left_out(one_after_the_other: tuple[Sound, float]) -> None:
    sound, change = one_after_the_other
    turns = BySherpa(LONGEST, FOLDER).diarize(sound, 2)
    assert {turn.speaker for turn in turns} == {0, 1}
    assert all(one.end <= other.start for one, other in pairwise(turns))
    wrong = sum(
        min(turn.end, change) - turn.start if turn.speaker else turn.end - max(turn.start, change)
        for turn in turns
        if (turn.start < change if turn.speaker else turn.end > change)
    )
    assert wrong < 2
    regions = sum(end - start for start, end in speech_regions(sound, 0, LONGEST))
    assert sum(turn.end - turn.start for turn in turns) == pytest.approx(regions, abs=0.1)


def test_only_one_channel_is_given_to_it(one_after_the_other: tuple[Sound, float]) -> None:
    sound, _ = one_after_the_other
    assert diarizer_for(sound, LONGEST, FOLDER) == BySherpa(LONGEST, FOLDER)
    assert diarizer_for(Sound(sound.samples, Channels.SEPARATE), LONGEST, FOLDER) != BySherpa(LONGEST, FOLDER)
    assert BySherpa(LONGEST, FOLDER).diarize(Sound(stored(np.zeros((1, 5 * RATE), np.float32)), Channels.ONE)) == []


def test_a_recording_is_heard_with_it(tmp_path: Path) -> None:
    settings = settings_of_tests(tmp_path, whisper_model=str(role_play.WHISPER), sherpa_models=str(FOLDER))
    options = whisper_options(settings, "cpu")
    assert "sherpa-onnx" in method_of(options)
    assert settings.as_environment()["EVOKE_SHERPA_MODELS"] == str(FOLDER.resolve())
    with role_play.MONO.open("rb") as file:
        heard = hear(file, transcriber=Transcriber(options))
    assert len(heard.transcript("talk").turns) >= 1


def missing(folder: Path) -> str:
    with pytest.raises(SpeechModelMissing) as error:
        check_sherpa_models(folder)
    return error.value.message


def test_what_is_wrong_with_the_folder_is_said_before_anything_is_decoded(tmp_path: Path) -> None:
    assert f"There is no {SEGMENTATION}" in missing(tmp_path)
    (tmp_path / SEGMENTATION).write_bytes((FOLDER / SEGMENTATION).read_bytes())
    assert f"There is no {EMBEDDING}" in missing(tmp_path)
    (tmp_path / EMBEDDING).write_bytes((FOLDER / EMBEDDING).read_bytes()[:100])
    assert "is not a whole ONNX model" in missing(tmp_path)
    (tmp_path / EMBEDDING).write_bytes((FOLDER / SEGMENTATION).read_bytes())
    assert "does not say framework, output_dim" in missing(tmp_path)
    options = WhisperOptions(model=str(role_play.WHISPER), device="cpu", sherpa_models=tmp_path)
    with role_play.MONO.open("rb") as file, pytest.raises(SpeechModelMissing):
        hear(file, transcriber=Transcriber(options))
    assert file.closed


def test_the_package_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sherpa_onnx", None)
    assert "pip install 'evoke[sherpa]'" in missing(FOLDER)
