"""Where a voice is, and which stretches of it nobody put into words."""

import numpy as np
import pytest

from coding.speech.clips import Clip
from coding.speech.decode import RATE, decode
from coding.speech.heard import Word
from coding.speech.sound import Channels, Sound, sound_of_recording
from coding.speech.voice import Voice, level_of, speech_levels
from tests.coding.speech.making import stored, tone, voice
from tests.fixtures import role_play


def words(*times: tuple[float, float]) -> list[Word]:
    return [Word(start, end, "word", 0.9) for start, end in times]


def every_second(start: float, end: float) -> list[Word]:
    return words(*((at, at + 0.8) for at in np.arange(start, end, 1.0)))


def test_a_real_voice_is_found_and_noise_hum_and_silence_are_not() -> None:
    with role_play.MONO.open("rb") as file:
        spoken = sound_of_recording(decode(file)).clip(0, 0.0, 6.0)
    noise = np.random.default_rng(0).normal(0, 0.1, 5 * RATE).astype(np.float32)

    assert 4 < Voice(spoken, 0.0).seconds < 6
    for quiet in (noise, tone(5.0, hertz=50.0)[0], np.zeros(5 * RATE, np.float32)):
        assert Voice(quiet, 0.0).runs == []


def test_noise_and_hum_are_steady_and_speech_is_not() -> None:
    with role_play.MONO.open("rb") as file:
        spoken = sound_of_recording(decode(file)).clip(0, 0.4, 6.0)
    noise = np.random.default_rng(0).normal(0, 0.1, 5 * RATE).astype(np.float32)

    assert not Voice(spoken, 0.0).steady
    for even in (noise, tone(5.0, hertz=50.0)[0], np.zeros(5 * RATE, np.float32), np.zeros(9, np.float32)):
        assert Voice(even, 0.0).steady


def test_a_clip_without_words_is_lost_from_one_second_of_voice() -> None:
    assert voice(5.0, (1.0, 2.1)).lost([]) == [(1.0, 2.1)]
    assert voice(5.0, (1.0, 1.9)).lost([]) == []


def test_beside_words_a_stretch_is_lost_from_two_seconds_of_voice() -> None:
    said = every_second(0.0, 4.0)

    assert voice(10.0, (0.0, 7.0)).lost(said) == [(pytest.approx(4.1), 7.0)]
    assert voice(10.0, (0.0, 5.9)).lost(said) == []
    assert voice(10.0, (0.0, 4.0)).lost(said) == []


def test_pauses_do_not_hide_a_lost_stretch() -> None:
    assert voice(20.0, (0.0, 4.0), (6.0, 7.2), (8.0, 9.2)).lost(every_second(0.0, 4.0)) == [(6.0, 9.2)]


def test_a_word_stretched_over_what_was_skipped_does_not_hide_it() -> None:
    said = [*every_second(0.0, 4.0), *words((4.0, 9.0)), *every_second(9.0, 12.0)]

    ((start, end),) = voice(12.0, (0.0, 12.0)).lost(said)

    assert 4.5 < start < 5 < 8 < end < 8.5


def test_loudness_is_that_of_the_talk_and_not_of_the_pauses() -> None:
    half_silent = np.concatenate([tone(2.0)[0], np.zeros(2 * RATE, np.float32)])

    assert level_of(half_silent) == pytest.approx(level_of(tone(4.0)[0]), abs=0.5)
    assert level_of(tone(1.0)[0] / 10) == pytest.approx(level_of(tone(1.0)[0]) - 20, abs=0.1)
    assert level_of(np.zeros(RATE, np.float32)) == level_of(np.zeros(0, np.float32)) == -120.0


def test_each_channel_has_its_own_loudness_and_one_odd_clip_does_not_change_it() -> None:
    loud, quiet = tone(6.0)[0], tone(6.0)[0] / 10
    loud[: 2 * RATE] /= 1000
    sound = Sound(stored(np.stack([loud, quiet])), Channels.SEPARATE)
    clips = [Clip(at, at + 2.0, 0, 0) for at in (0.0, 2.0, 4.0)]

    found = speech_levels(sound, [*clips, Clip(0.0, 2.0, 1, 1)])

    assert found[0] == pytest.approx(level_of(tone(2.0)[0]), abs=0.5)
    assert found[1] == pytest.approx(found[0] - 20, abs=0.5)
