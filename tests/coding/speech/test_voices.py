"""Telling voices apart: on voices made of numbers, and the encoder on synthetic speech."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from coding.speech.decode import decode
from coding.speech.diarize import speech_regions
from coding.speech.listen import frames_in, voiced_of, windows_in
from coding.speech.sound import Sound, sound_of_recording
from coding.speech.voice_encoder import WINDOW, VoiceEncoder, spectrum_of
from coding.speech.voices import WINDOW_FRAMES, Voiced, most_likely_voices, voices_of
from tests.fixtures import role_play, two_minutes


@pytest.fixture(scope="module")
def mono() -> Sound:
    with role_play.MONO.open("rb") as file:
        return sound_of_recording(decode(file))


def made_up(turns: list[tuple[int, int]], *, seed: int = 0) -> tuple[Voiced, NDArray[np.int64]]:
    """Voices as (voice, frames); each has a direction of its own among the windows, and timbre."""
    rng = np.random.default_rng(seed)
    truth = np.concatenate([np.full(frames, voice) for voice, frames in turns])
    ends = np.cumsum([frames for _, frames in turns])
    regions = [(2 * (end - frames), 2 * end) for end, (_, frames) in zip(ends.tolist(), turns, strict=True)]
    places = np.array([one for region in regions for one in windows_in(*region, 50)]) // 2
    voices = truth[np.minimum(places[:, 0] + WINDOW_FRAMES // 2, len(truth) - 1)]
    windows = np.abs(np.eye(256)[voices * 3] + rng.normal(0, 0.04, (len(voices), 256)))
    windows /= np.linalg.norm(windows, axis=1, keepdims=True)
    timbre = rng.normal(0, 1, (len(truth), 19)) + 0.7 * truth[:, None]
    after_pause = np.isin(np.arange(len(truth)), [0, *ends[:-1]])
    voiced = Voiced(
        timbre.astype(np.float16), np.zeros(len(truth), np.float16), after_pause, windows.astype(np.float32),
        places[:, 0], places[:, 1:],
    )  # fmt: skip
    return voiced, truth


def share_right(found: NDArray[np.int64], truth: NDArray[np.int64]) -> float:
    names = itertools.permutations(range(int(truth.max()) + 1))
    return max(float((np.array(name)[found] == truth).mean()) for name in names)


@pytest.mark.parametrize("speakers", [2, 3])
def test_voices_are_told_apart(speakers: int) -> None:
    turns = [(number % speakers, 150 + 37 * (number % 4)) for number in range(24)]
    voiced, truth = made_up(turns)

    assert share_right(voices_of(voiced, speakers), truth) >= 0.99


def test_one_voice_or_hardly_any_speech_is_one_person() -> None:
    voiced, truth = made_up([(0, 400), (1, 400)])
    assert set(voices_of(voiced, 1)) == {0}
    voiced, truth = made_up([(0, 90), (1, 60)])
    assert set(voices_of(voiced, 2)) == {0}
    assert len(voices_of(voiced, 2)) == len(truth)


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5), st.sampled_from([0.5, 4.0])), min_size=1, max_size=7),
)
def test_no_other_sequence_of_voices_is_likelier(frames: list[tuple[float, float, float]]) -> None:
    scores = np.array([frame[:2] for frame in frames])
    change = np.array([frame[2] for frame in frames])

    def total(path: tuple[int, ...]) -> float:
        switched = [after != before for before, after in itertools.pairwise(path)]
        return float(scores[np.arange(len(path)), path].sum() - change[1:][switched].sum())

    best = max(map(total, itertools.product((0, 1), repeat=len(frames))))

    found = most_likely_voices(scores.astype(np.float64), change)
    assert total(tuple(found.tolist())) == pytest.approx(best)


@pytest.mark.parametrize("length", [2, 158, 160, 162, 400, 1000])
def test_every_frame_of_a_region_is_stood_for_and_windows_stay_inside(length: int) -> None:
    placed = windows_in(600, 600 + length, 50)

    covered = np.zeros(length, int)
    for start, first, last in placed:
        covered[first - 600 : last - 600] += 1
        assert length < WINDOW or 600 <= start <= 600 + length - WINDOW
        assert start % 2 == 0
    assert covered.min() >= 1
    assert windows_in(600, 600, 50) == []


def test_the_encoder_puts_what_one_voice_says_closer_together_than_what_two_say() -> None:
    with two_minutes.STEREO.open("rb") as file:
        stereo = sound_of_recording(decode(file))
    encoder = VoiceEncoder()

    def voice(channel: int, start: float) -> NDArray[np.float32]:
        regions = [one for one in speech_regions(stereo, channel, 28.0) if one[0] >= start]
        spectrum = spectrum_of(np.concatenate([stereo.clip(channel, *one) for one in regions])[: 12 * 16_000], 0.1)
        windows = encoder.windows(spectrum, np.arange(0, len(spectrum) - WINDOW, 80))
        assert np.allclose(np.linalg.norm(windows, axis=1), 1, atol=1e-5)
        middle: NDArray[np.float32] = windows.mean(axis=0)
        return middle / np.linalg.norm(middle)

    first, second = voice(0, 0), voice(1, 0)
    assert min(first @ voice(0, 60), second @ voice(1, 60)) > first @ second + 0.05


def test_a_quiet_recording_is_heard_as_a_loud_one(mono: Sound) -> None:
    samples = mono.clip(0, *next(speech_regions(mono, 0, 28.0))) / 10
    loudness = float(np.sqrt(np.mean(samples**2)))

    assert loudness < 10**-1.5  # else neither is made louder
    assert np.allclose(spectrum_of(samples / 50, loudness / 50), spectrum_of(samples, loudness), rtol=1e-3)


def test_speech_is_the_same_whether_it_is_worked_on_at_once_or_in_pieces(
    mono: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    regions = list(speech_regions(mono, 0, 28.0))
    whole = voiced_of(mono, regions)
    monkeypatch.setattr("coding.speech.listen._AT_ONCE", 300)

    pieces = voiced_of(mono, regions)

    assert len(whole.timbre) == sum(map(frames_in, regions))
    assert int(whole.after_pause.sum()) == len(regions)
    assert np.array_equal(pieces.starts, whole.starts)
    assert np.allclose(pieces.windows, whole.windows, atol=1e-5)
    assert np.array_equal(pieces.timbre, whole.timbre)
