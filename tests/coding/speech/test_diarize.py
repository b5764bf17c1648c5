"""Who speaks when, as far as the sound tells: on the role plays, whose times are known."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.speech_score import Stretch, speaker_score
from coding.speech import diarize
from coding.speech.decode import RATE, decode
from coding.speech.diarize import ByChannel, ByVoice, diarizer_for, speech_regions, turns_of
from coding.speech.sound import Channels, Sound, sound_of_recording
from coding.speech.voices import FRAME
from tests.coding.speech.making import stored
from tests.fixtures import role_play, two_minutes


@pytest.fixture(scope="module")
def mono() -> Sound:
    with role_play.MONO.open("rb") as file:
        return sound_of_recording(decode(file))


@pytest.fixture(scope="module")
def stereo() -> Sound:
    with role_play.STEREO.open("rb") as file:
        return sound_of_recording(decode(file))


def test_the_channels_decide_how_voices_are_told_apart(mono: Sound, stereo: Sound) -> None:
    assert diarizer_for(mono, 8.0) == ByVoice(8.0)
    assert diarizer_for(stereo, 8.0) == ByChannel(8.0)
    assert diarizer_for(Sound(stereo.samples, Channels.MIXED), 8.0) == ByVoice(8.0)


def test_each_channel_is_a_person(stereo: Sound) -> None:
    turns = ByChannel(8.0).diarize(stereo)

    speakers = [turn.speaker for turn in turns]
    assert speakers == [turn.channel for turn in turns]
    changes = [speakers[0], *(after for before, after in pairwise(speakers) if before != after)]
    assert changes == [0 if who == "practitioner" else 1 for who, _ in role_play.LINES]
    assert [turn.start for turn in turns] == sorted(turn.start for turn in turns)


def test_voices_on_one_channel_are_told_apart(mono: Sound, stereo: Sound) -> None:
    turns = ByVoice(8.0).diarize(mono)

    assert {turn.channel for turn in turns} == {0}
    truth = [Stretch(turn.start, turn.end, str(turn.speaker)) for turn in ByChannel(8.0).diarize(stereo)]
    score = speaker_score(truth, [Stretch(turn.start, turn.end, str(turn.speaker)) for turn in turns])
    assert score.confusion <= 0.02
    assert turns[0].speaker == 0  # numbered as they are first heard
    assert turns == sorted(turns, key=lambda turn: turn.start)
    assert all(one.end <= other.start for one, other in pairwise(turns))


@pytest.mark.slow
def test_as_many_voices_as_are_said_to_speak(mono: Sound) -> None:
    assert {turn.speaker for turn in ByVoice(8.0).diarize(mono, speakers=1)} == {0}
    assert {turn.speaker for turn in ByVoice(8.0).diarize(mono, speakers=3)} <= {0, 1, 2}
    assert ByVoice(8.0).diarize(mono, speakers=2) == ByVoice(8.0).diarize(mono)


@pytest.mark.slow
def test_two_microphones_in_one_room_are_heard_as_one() -> None:
    with two_minutes.STEREO.open("rb") as file:
        stereo = sound_of_recording(decode(file))
    left, right = stereo.samples.read(0, stereo.samples.length)
    room = Sound(stored(np.stack([left + 0.7 * right, 0.6 * left + right])), Channels.MIXED)
    truth = [Stretch(turn.start, turn.end, str(turn.speaker)) for turn in ByChannel(8.0).diarize(stereo)]

    turns = diarizer_for(room, 8.0).diarize(room)

    found = [Stretch(turn.start, turn.end, str(turn.speaker)) for turn in turns]
    assert speaker_score(truth, found).confusion <= 0.02


@pytest.mark.parametrize("quiet", [[33, 42], [28, 36], [37, 37], [20, 55]])
def test_two_changes_of_voice_close_together_stay_apart_and_in_order(quiet: list[int]) -> None:
    """A voice of 0.3 seconds between two others, with the quietest frames anywhere near the changes."""
    labels = np.repeat([0, 1, 0], [30, 15, 35])
    level = np.zeros(80, np.float16)
    level[quiet] = -5
    region = (2.0, 2.0 + 80 * FRAME)

    turns = list(turns_of([region], level, labels))

    assert [turn.speaker for turn in turns] == [0, 1, 0]
    assert all(one.end == other.start for one, other in pairwise(turns))
    assert (turns[0].start, turns[-1].end) == region
    assert turns[1].end > turns[1].start


def test_silence_and_hiss_are_no_speech() -> None:
    hiss = np.random.default_rng(0).normal(0, 0.003, (1, 20 * RATE)).astype(np.float32)

    assert ByVoice(8.0).diarize(Sound(stored(np.zeros_like(hiss)), Channels.ONE)) == []
    assert ByVoice(8.0).diarize(Sound(stored(hiss), Channels.ONE)) == []


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
