"""The role play as sound and turns, and a transcriber with the small Whisper, once for each file of tests."""

import pytest

from coding.speech.clips import SpeechTurn
from coding.speech.decode import decode
from coding.speech.diarize import speech_regions
from coding.speech.sound import Sound, sound_of_recording
from coding.speech.transcribe import Transcriber
from tests.coding.speech.hearing_aids import OPTIONS
from tests.fixtures import role_play


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    loaded = Transcriber(OPTIONS)
    loaded.load()
    return loaded


@pytest.fixture(scope="module")
def sound() -> Sound:
    with role_play.MONO.open("rb") as file:
        return sound_of_recording(decode(file))


@pytest.fixture(scope="module")
def turns(sound: Sound) -> list[SpeechTurn]:
    """Of nobody in particular: who spoke is another test's."""
    return [SpeechTurn(start, end, None) for start, end in speech_regions(sound, 0, OPTIONS.clip_seconds)]
