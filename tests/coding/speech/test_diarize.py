"""Who speaks when, as far as the sound tells: on the role plays, whose times are known."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from coding.speech import diarize
from coding.speech.decode import RATE, decode
from coding.speech.diarize import ByChannel, Unknown, diarizer_for, speech_regions
from coding.speech.sound import Channels, Sound, sound_of_recording
from tests.coding.speech.making import stored
from tests.fixtures import role_play


@pytest.fixture(scope="module")
def mono() -> Sound:
    with role_play.MONO.open("rb") as file:
        return sound_of_recording(decode(file))


@pytest.fixture(scope="module")
def stereo() -> Sound:
    with role_play.STEREO.open("rb") as file:
        return sound_of_recording(decode(file))


def test_the_channels_decide_how_voices_are_told_apart(mono: Sound, stereo: Sound) -> None:
    assert diarizer_for(mono, 8.0) == Unknown(8.0)
    assert diarizer_for(stereo, 8.0) == ByChannel(8.0)
    assert diarizer_for(Sound(stereo.samples, Channels.MIXED), 8.0) == Unknown(8.0)


def test_each_channel_is_a_person(stereo: Sound) -> None:
    turns = ByChannel(8.0).diarize(stereo)

    speakers = [turn.speaker for turn in turns]
    assert speakers == [turn.channel for turn in turns]
    changes = [speakers[0], *(after for before, after in pairwise(speakers) if before != after)]
    assert changes == [0 if who == "practitioner" else 1 for who, _ in role_play.LINES]
    assert [turn.start for turn in turns] == sorted(turn.start for turn in turns)


def test_one_channel_leaves_the_speakers_open_and_finds_the_same_speech(mono: Sound, stereo: Sound) -> None:
    turns = Unknown(8.0).diarize(mono)

    assert {(turn.speaker, turn.channel) for turn in turns} == {(None, 0)}
    spoken = sum(turn.end - turn.start for turn in turns)
    assert spoken == pytest.approx(sum(turn.end - turn.start for turn in ByChannel(8.0).diarize(stereo)), rel=0.05)
    assert len(turns) >= len(role_play.LINES)


def test_silence_and_hiss_are_no_speech() -> None:
    hiss = np.random.default_rng(0).normal(0, 0.003, (1, 20 * RATE)).astype(np.float32)

    assert Unknown(8.0).diarize(Sound(stored(np.zeros_like(hiss)), Channels.ONE)) == []
    assert Unknown(8.0).diarize(Sound(stored(hiss), Channels.ONE)) == []


@pytest.mark.parametrize("longest", [3.0, 8.0])
def test_speech_without_a_pause_is_parted(mono: Sound, longest: float) -> None:
    """The sentences one after the other without the silence between them."""
    spoken = [mono.clip(0, start + 0.1, end - 0.1) for start, end in speech_regions(mono, 0, 8.0)]
    unbroken = Sound(stored(np.concatenate(spoken)[None]), Channels.ONE)

    regions = list(speech_regions(unbroken, 0, longest))

    assert max(end - start for start, end in regions) <= longest + 0.1
    assert sum(end - start for start, end in regions) >= 0.9 * unbroken.seconds


def test_speech_on_both_sides_of_a_blocks_edge_is_found_where_it_is(
    mono: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    def share(regions: Iterable[tuple[float, float]]) -> NDArray[np.bool_]:
        marks = np.zeros(30 * 100, bool)
        for start, end in regions:
            marks[int(start * 100) : int(end * 100)] = True
        return marks

    expected = share(speech_regions(mono, 0, 8.0))
    monkeypatch.setattr(diarize, "_VAD_BLOCK", 4.5)  # an edge within the second line, and five more
    assert 0 < (share(speech_regions(mono, 0, 8.0)) != expected).mean() < 0.08


@pytest.mark.parametrize("samples", [0, 1, 100, 511, 513])
def test_hardly_any_sound_is_no_speech(samples: int) -> None:
    assert list(speech_regions(Sound(stored(np.zeros((1, samples), np.float32)), Channels.ONE), 0, 8.0)) == []
