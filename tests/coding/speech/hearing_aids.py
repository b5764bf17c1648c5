"""A model that stands in for Whisper, and what the role play says: for the tests of hearing."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from coding.speech.clips import SpeechTurn
from coding.speech.decode import RATE
from coding.speech.heard import HeardClip
from coding.speech.sound import Channels, Sound
from coding.speech.transcribe import Transcriber, WhisperOptions
from tests.coding.speech.making import stored
from tests.fixtures import role_play

OPTIONS = WhisperOptions(model=str(role_play.WHISPER), device="cpu", clip_seconds=8.0)


def heard_twice(heard: HeardClip) -> None:
    raise AssertionError(f"{heard.clip} was heard again")


SAID = " ".join(text for _, text in role_play.LINES)


class Stand:
    """Stands for a Whisper of many languages; it hears Welsh and says what it was asked."""

    def __init__(self) -> None:
        self.model = SimpleNamespace(is_multilingual=True)
        self.hears = True
        self.detected: list[float] = []
        self.asked: list[dict[str, Any]] = []

    def detect_language(self, audio: "np.ndarray[Any, Any]") -> tuple[str, float, list[tuple[str, float]]]:
        self.detected.append(len(audio) / RATE)
        return "cy", 0.9, [("cy", 0.9)]

    def transcribe(self, audio: "np.ndarray[Any, Any]", **options: Any) -> tuple[list[Any], Any]:
        self.asked.append(options)
        word = SimpleNamespace(start=-0.2, end=99.0, word=" Bore ", probability=0.3)
        segment = SimpleNamespace(
            start=-0.1, end=99.0, text="  Bore   da ", words=[word], avg_logprob=-0.1, no_speech_prob=0.0
        )
        return [segment] if self.hears else [], SimpleNamespace(language="cy")


def standing(options: WhisperOptions = OPTIONS) -> tuple[Transcriber, Stand]:
    transcriber, stand = Transcriber(options), Stand()
    transcriber._model = stand
    return transcriber, stand


SILENCE = Sound(stored(np.zeros((1, 90 * RATE), np.float32)), Channels.ONE)
MANY = [SpeechTurn(start, start + 6.0, None) for start in range(0, 90, 9)]
