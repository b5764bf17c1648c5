"""What the model makes up, confuses or leaves out is marked, heard again or left out."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from coding.speech.clips import SpeechTurn
from coding.speech.decode import RATE
from coding.speech.heard import Flag
from coding.speech.sound import Channels, Sound
from coding.speech.transcribe import Transcriber
from tests.coding.speech.hearing_aids import OPTIONS, standing
from tests.coding.speech.making import stored


class Confused:
    """The small Whisper, but names to listen for are as a loud noise to it, as they are to some models."""

    def __init__(self, whisper: Any) -> None:
        self.model, self.whisper = whisper.model, whisper

    def transcribe(self, audio: "np.ndarray[Any, Any]", **options: Any) -> tuple[list[Any], Any]:
        noise = np.random.default_rng(0).normal(0, 0.1 if options.get("hotwords") else 0.0, len(audio))
        segments, told = self.whisper.transcribe(audio + noise.astype(np.float32), **options)
        return list(segments), told


def test_names_that_only_confuse_the_model_are_left_out(
    transcriber: Transcriber, sound: Sound, turns: list[SpeechTurn]
) -> None:
    confused = Transcriber(OPTIONS)
    confused._model = Confused(transcriber._model)
    without = transcriber.transcribe(sound, turns[:2])

    assert confused.transcribe(sound, turns[:2], hotwords="Ferndale, Sam") == without


def test_names_that_nobody_says_are_not_written_down(
    transcriber: Transcriber, sound: Sound, turns: list[SpeechTurn]
) -> None:
    texts = [
        [segment.text for segment, _ in transcriber.transcribe(sound, turns[:2], hotwords=names).segments]
        for names in (None, "Ferndale, Sam")
    ]

    assert texts[0] == texts[1] == ["What worries you about your drinking?", "I usually have four drinks after work."]


class Inventive:
    """The small Whisper, but where it hears nobody it says what it once heard, as larger ones do."""

    def __init__(self, whisper: Any, once: "np.ndarray[Any, Any]") -> None:
        self.model, self.whisper, self.once = whisper.model, whisper, once

    def transcribe(self, audio: "np.ndarray[Any, Any]", **options: Any) -> tuple[list[Any], Any]:
        segments = list(self.whisper.transcribe(audio, **options)[0])
        if not segments:
            return self.transcribe(self.once, **options)
        return segments, None


@pytest.mark.parametrize("kind", ["silence", "hiss", "hum"])
def test_words_made_up_where_nobody_speaks_are_marked(transcriber: Transcriber, sound: Sound, kind: str) -> None:
    size = 5 * RATE
    made = {
        "silence": np.zeros(size),
        "hiss": np.random.default_rng(0).normal(0, 0.1, size),
        "hum": 0.1 * np.sin(2 * np.pi * 50 * np.arange(size) / RATE),
    }[kind]
    speech = sound.clip(0, 0.0, 7.0)
    both = Sound(stored(np.concatenate([made.astype(np.float32), speech])[None]), Channels.ONE)

    inventive = Transcriber(OPTIONS)
    inventive._model = Inventive(transcriber._model, sound.clip(0, 0.0, 2.9))
    found = inventive.transcribe(both, [SpeechTurn(0.0, 5.0, 0), SpeechTurn(5.4, 11.1, 1)])

    over_noise, over_speech = found.clips
    assert over_noise.segments
    assert all(Flag.MAYBE_SILENCE in one.flags for one in over_noise.segments)
    assert over_noise.tries == 1  # there is no voice to hear again
    assert all(one.flags == () for one in over_speech.segments)


class Forgetful:
    """The small Whisper, but of a clip it hears with time stamps it gives only the first sentence."""

    def __init__(self, whisper: Any) -> None:
        self.model, self.whisper = whisper.model, whisper

    def transcribe(self, audio: "np.ndarray[Any, Any]", **options: Any) -> tuple[list[Any], Any]:
        segments, told = self.whisper.transcribe(audio, **options)
        return list(segments)[: 9 if options.get("without_timestamps") else 1], told


def test_words_that_whisper_left_out_are_found_by_hearing_their_stretch_alone(
    transcriber: Transcriber, sound: Sound
) -> None:
    forgetful = Transcriber(replace(OPTIONS, clip_seconds=8.0))
    transcriber.load()
    forgetful._model = Forgetful(transcriber._model)

    (heard,) = forgetful.transcribe(sound, [SpeechTurn(20.444, 28.132, 0)]).clips

    assert heard.tries == 2
    assert [one.text for one in heard.segments][:2] == [
        "Thank you for being so honest with me.", "How confident are you that you could change?"
    ]  # fmt: skip
    assert heard.segments[0].end <= heard.segments[1].start


def test_a_voice_without_words_is_kept_as_a_stretch_and_second_hearings_are_bounded(sound: Sound) -> None:
    """Two minutes of a voice in which this Whisper hears nothing."""
    transcriber, stand = standing(replace(OPTIONS, language="en", clip_seconds=6.0))
    stand.hears = False
    voice = Sound(stored(np.resize(sound.clip(0, 0.0, 6.0), 120 * RATE)[None]), Channels.ONE)
    turns = [SpeechTurn(start, start + 6.0, 0) for start in range(0, 120, 6)]

    found = transcriber.transcribe(voice, turns)

    assert all([one.flags for one in heard.segments] == [(Flag.NO_WORDS,)] for heard in found.clips)
    assert {one.text for heard in found.clips for one in heard.segments} == {""}
    again = [heard.clip.seconds for heard in found.clips if heard.tries == 2]
    assert sum(again) == 60  # half a minute and a quarter of the speech
    assert len(stand.asked) == len(turns) + len(again)
    assert found.doubtful_share == 1.0

    stand.asked.clear()
    transcriber.transcribe(voice, turns, done=found.clips[:10])
    assert len(stand.asked) == 10  # what was heard twice before counts
