"""What people listen to has the times of the transcript, every voice, and a picture that shows where it is loud."""

import io

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from coding.speech.errors import NoSound
from coding.speech.listening_copy import BITS_A_SECOND, make_listening_copy
from models.listening_copy_kept import PEAKS_A_SECOND
from tests.coding.speech.making import tone, write_sound

RATE = 16_000
MOMENTS = (1.0, 5.0, 12.5)
"""When the recordings here have a short beep, in seconds."""


def beeps(*, channels: int = 1, seconds: float = 20.0) -> NDArray[np.float32]:
    """Silence with three beeps of 40 ms, on each channel those that are its turn."""
    samples = np.zeros((channels, int(seconds * RATE)), np.float32)
    for number, moment in enumerate(MOMENTS):
        at = int(moment * RATE)
        samples[number % channels, at : at + RATE // 25] = tone(0.04)[0] / 4
    return samples


def copied(sound: bytes) -> tuple[NDArray[np.float32], bytes, bytes]:
    """The samples of the copy as a player decodes it, its bytes, and its peaks."""
    out = io.BytesIO()
    made = make_listening_copy(io.BytesIO(sound), out)
    with av.open(io.BytesIO(out.getvalue())) as file:
        assert file.format.name == "mp3"
        found = [frame.to_ndarray() for frame in file.decode(audio=0)]
    samples = np.concatenate(found, axis=1)
    assert samples.shape[0] == 1
    assert made.seconds == pytest.approx(20.0, abs=0.1)
    return samples[0], out.getvalue(), made.peaks


def begins(samples: NDArray[np.float32], moment: float) -> float:
    """When, near the moment, it is first a quarter as loud as it gets; in seconds."""
    first = int((moment - 0.3) * RATE)
    near = np.abs(samples[first : first + int(0.6 * RATE)])
    return float((first + int(np.argmax(near > near.max() / 4))) / RATE)


@pytest.mark.parametrize(
    ("channels", "container", "codec", "coded_rate"),
    [(1, "wav", "pcm_s16le", 16_000), (2, "webm", "libopus", 48_000), (1, "mp3", "libmp3lame", 44_100)],
)
def test_its_times_are_those_of_the_recording(channels: int, container: str, codec: str, coded_rate: int) -> None:
    samples, mp3, peaks = copied(write_sound(beeps(channels=channels), RATE, container, codec, coded_rate))
    for moment in MOMENTS:
        assert begins(samples, moment) == pytest.approx(moment, abs=0.04)
    assert len(mp3) * 8 / BITS_A_SECOND == pytest.approx(20.0, abs=0.15)  # a moment lies where its share says
    assert np.abs(samples).max() > 0.5  # a quiet recording is made louder
    loud = {round(at / PEAKS_A_SECOND, 1) for at, peak in enumerate(peaks) if peak > 128}
    assert {min(loud, key=lambda one, m=moment: abs(one - m)) for moment in MOMENTS} <= loud  # type: ignore[misc]
    assert all(min(abs(one - moment) for moment in MOMENTS) <= 0.12 for one in loud)
    assert max(peaks) == 255
    assert len(peaks) == pytest.approx(20 * PEAKS_A_SECOND, abs=3)


def test_the_same_sound_with_its_sign_turned_is_heard() -> None:
    one = beeps()
    samples, _, _ = copied(write_sound(np.concatenate([one, -one]), RATE, "wav", "pcm_s16le"))
    assert np.abs(samples).max() > 0.5


def test_silence_does_not_become_noise() -> None:
    faint = np.random.default_rng(1).normal(0, 1e-4, (1, 20 * RATE)).astype(np.float32)
    samples, _, peaks = copied(write_sound(faint, RATE, "wav", "pcm_s16le"))
    assert np.abs(samples).max() < 0.02
    assert max(peaks) == 255


def test_no_sound_is_told() -> None:
    with pytest.raises(NoSound):
        make_listening_copy(io.BytesIO(write_sound(tone(0.01), RATE, "wav", "pcm_s16le")), io.BytesIO())
