"""What the channels of a recording are, and what one voice's channel holds."""

import numpy as np
import pytest
from numpy.typing import NDArray

from coding.speech.decode import RATE, Decoded, decode
from coding.speech.sound import Channels, Sound, kind_of_channels, sound_of_recording
from tests.coding.speech.making import stored
from tests.fixtures import role_play

Samples = NDArray[np.float32]


def conversation(seconds: int = 20, *, bleed: float = 0.02, hiss: float = 0.001) -> Samples:
    """Two people speak a second each in turn (as noise), each nearer to one of two microphones."""
    rng = np.random.default_rng(0)
    said = np.zeros((2, seconds * RATE), np.float32)
    for second in range(seconds):
        said[second % 2, second * RATE : (second + 1) * RATE] = rng.normal(0, 0.1, RATE)
    mixed = said + bleed * said[::-1] + rng.normal(0, hiss, said.shape)
    return (np.rint(mixed * 32_768) / 32_768).astype(np.float32)  # as 16 bits hold it


def test_one_channel_is_one() -> None:
    assert kind_of_channels(stored(conversation()[:1])) is Channels.ONE


@pytest.mark.parametrize("factor", [1.0, -1.0, 0.5])
def test_the_same_sound_twice_is_dual_mono_whatever_its_sign_or_volume(factor: float) -> None:
    one = conversation()[0]

    assert kind_of_channels(stored(np.stack([one, factor * one]))) is Channels.SAME


def test_dual_mono_may_have_hiss_of_its_own_on_each_channel() -> None:
    hiss = np.random.default_rng(1).normal(0, 0.006, (2, 20 * RATE)).astype(np.float32)

    assert kind_of_channels(stored(conversation(bleed=1.0)[0] + hiss)) is Channels.SAME


@pytest.mark.parametrize("silent", [0, 1])
@pytest.mark.parametrize("hiss", [0.0, 0.0003])
def test_a_channel_with_nothing_but_faint_hiss_is_silent(silent: int, hiss: float) -> None:
    samples = conversation(bleed=1.0)
    samples[silent] = np.random.default_rng(1).normal(0, hiss, samples.shape[1])

    assert kind_of_channels(stored(samples)) is Channels.ONE_SILENT


@pytest.mark.parametrize("bleed", [0.0, 0.02, 0.2])
def test_a_person_on_each_channel_is_separate(bleed: float) -> None:
    assert kind_of_channels(stored(conversation(bleed=bleed))) is Channels.SEPARATE


@pytest.mark.parametrize("bleed", [0.55, 0.8])
def test_two_microphones_in_one_room_are_mixed(bleed: float) -> None:
    assert kind_of_channels(stored(conversation(bleed=bleed))) is Channels.MIXED


def test_somebody_on_one_side_only_is_not_separate() -> None:
    samples = conversation()
    samples[1] *= 0.05  # the second is hardly there, and never leads

    assert kind_of_channels(stored(samples)) is Channels.MIXED


def test_two_silent_channels_are_no_two_people() -> None:
    assert kind_of_channels(stored(np.zeros((2, RATE), np.float32))) is Channels.ONE_SILENT


def test_the_role_plays_are_what_they_are() -> None:
    with role_play.STEREO.open("rb") as stereo, role_play.MONO.open("rb") as mono:
        assert sound_of_recording(decode(stereo)).kind is Channels.SEPARATE
        assert sound_of_recording(decode(mono)).kind is Channels.ONE


def rms(samples: Samples) -> float:
    return float(np.sqrt((samples**2).mean()))


def test_on_separate_channels_the_other_persons_bleed_is_silenced_and_the_own_voice_kept() -> None:
    samples = conversation(bleed=0.1)
    sound = Sound(stored(samples), Channels.SEPARATE)

    for second in (4, 5, 60 // 4):
        speaking = second % 2
        heard = sound.clip(speaking, second + 0.1, second + 0.9)
        assert np.array_equal(heard, samples[speaking, int((second + 0.1) * RATE) : int((second + 0.9) * RATE)])
        assert rms(sound.clip(1 - speaking, second + 0.1, second + 0.9)) == 0.0


def test_both_at_once_stay_on_their_channels() -> None:
    said = np.random.default_rng(0).integers(-3_000, 3_000, (2, RATE * 2))
    samples = (said / 32_768).astype(np.float32)
    sound = Sound(stored(samples), Channels.SEPARATE)

    for channel in (0, 1):
        assert np.array_equal(sound.clip(channel, 0.5, 1.5), samples[channel, RATE // 2 : RATE * 3 // 2])


def test_gating_is_the_same_wherever_a_clip_begins() -> None:
    sound = Sound(stored(conversation(bleed=0.1)), Channels.SEPARATE)
    whole = sound.clip(0, 0, sound.seconds)

    for start in (0.0, 0.013, 1.9871, 3.3333):
        first = round(start * RATE)
        assert np.array_equal(sound.clip(0, start, start + 2.5), whole[first : first + round(2.5 * RATE)])


def test_a_gated_clip_leaves_the_recording_as_it_is() -> None:
    sound = Sound(stored(conversation(bleed=0.1)), Channels.SEPARATE)
    before = sound.samples.read(0, 20 * RATE)

    sound.clip(0, 0, 20)

    assert np.array_equal(sound.samples.read(0, 20 * RATE), before)


def test_mixed_channels_are_heard_together_and_a_silent_one_not_at_all() -> None:
    samples = conversation(bleed=0.6)
    silent = np.stack([np.zeros_like(samples[0]), samples[1]])

    assert np.allclose(Sound(stored(samples), Channels.MIXED).clip(0, 1, 2), samples[:, RATE : 2 * RATE].mean(axis=0))
    assert np.array_equal(Sound(stored(silent), Channels.ONE_SILENT).clip(0, 1, 2), samples[1, RATE : 2 * RATE])


def test_an_inverted_copy_does_not_cancel_the_sound() -> None:
    one = conversation()[0]
    sound = sound_of_recording(Decoded(stored(np.stack([one, -one])), RATE, 0, None, 20.0))

    assert sound.channels == 1
    assert rms(sound.clip(0, 0, 20)) == pytest.approx(rms(one))


@pytest.mark.parametrize("kind", list(Channels))
@pytest.mark.parametrize(
    ("start", "end", "length"), [(-1.0, 0.5, 8_000), (0.95, 9.0, 800), (1.0, 2.0, 0), (0.5, 0.5, 0)]
)
def test_a_clip_beyond_the_ends_is_what_there_is(kind: Channels, start: float, end: float, length: int) -> None:
    channels = 1 if kind is Channels.ONE else 2
    sound = Sound(stored(conversation(1)[:channels]), kind)

    clip = sound.clip(0, start, end)

    assert clip.shape == (length,)
    assert clip.dtype == np.float32


def test_blocks_of_a_long_recording_meet_without_a_seam() -> None:
    """Energies are taken by the minute: 61 seconds have one boundary, and its frames count like all others."""
    samples = conversation(122, bleed=0.1)
    sound = Sound(stored(samples), Channels.SEPARATE)

    assert kind_of_channels(stored(samples)) is Channels.SEPARATE
    assert rms(sound.clip(1, 60.1, 60.9)) == 0.0
    assert np.array_equal(sound.clip(1, 59.1, 59.9), samples[1, int(59.1 * RATE) : int(59.9 * RATE)])
