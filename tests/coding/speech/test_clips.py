"""Clips: nothing is heard twice on a channel, nothing is left out, and none is longer than what is heard at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.speech.clips import Clip, SpeechTurn, clips_of


@st.composite
def turns_of_a_conversation(draw: st.DrawFn) -> list[SpeechTurn]:
    seconds = st.floats(0, 120, allow_nan=False)
    speakers = draw(st.sampled_from([(None,), (0, 1), (None, 0, 1)]))
    found = []
    for _ in range(draw(st.integers(0, 25))):
        start = draw(seconds)
        length = draw(st.one_of(st.floats(0.05, 4), st.floats(4, 40)))
        found.append(SpeechTurn(start, start + length, draw(st.sampled_from(speakers)), draw(st.integers(0, 1))))
    return found


LONGEST = st.floats(1, 30)


@settings(max_examples=60, deadline=None)
@given(turns_of_a_conversation(), LONGEST)
def test_clips_of_one_channel_do_not_overlap(turns: list[SpeechTurn], longest: float) -> None:
    clips = clips_of(turns, longest)

    for channel in (0, 1):
        ends = 0.0
        for clip in (clip for clip in clips if clip.channel == channel):
            assert clip.start >= ends
            ends = clip.end


@settings(max_examples=60, deadline=None)
@given(turns_of_a_conversation(), LONGEST)
def test_no_clip_is_longer_than_is_heard_at_once_and_none_is_empty(turns: list[SpeechTurn], longest: float) -> None:
    for clip in clips_of(turns, longest):
        assert 0 < clip.seconds <= longest + 0.002
        assert clip.seconds == clip.end - clip.start


@settings(max_examples=60, deadline=None)
@given(turns_of_a_conversation(), LONGEST)
def test_all_speech_lies_in_clips_of_its_channel(turns: list[SpeechTurn], longest: float) -> None:
    clips = clips_of(turns, longest)

    for turn in turns:
        at = turn.start
        for clip in (clip for clip in clips if clip.channel == turn.channel):
            if clip.start <= at + 0.002 and clip.end > at:
                at = clip.end
        assert at >= turn.end - 0.002


@settings(max_examples=60, deadline=None)
@given(turns_of_a_conversation(), LONGEST)
def test_clips_come_in_order_of_time_and_only_of_voices_that_spoke(turns: list[SpeechTurn], longest: float) -> None:
    clips = clips_of(turns, longest)

    assert [clip.start for clip in clips] == sorted(clip.start for clip in clips)
    assert {(clip.channel, clip.speaker) for clip in clips} <= {(turn.channel, turn.speaker) for turn in turns}


@pytest.mark.parametrize(
    ("gap", "speaker", "clips"), [(0.5, 0, 1), (0.7, 0, 2), (0.7, None, 1), (1.9, None, 1), (2.1, None, 2)]
)
def test_neighbouring_turns_are_heard_together_over_short_pauses(gap: float, speaker: int | None, clips: int) -> None:
    turns = [SpeechTurn(1.0, 2.0, speaker), SpeechTurn(2.0 + gap, 3.5 + gap, speaker)]

    assert len(clips_of(turns, 8.0)) == clips


def test_voices_are_never_heard_together() -> None:
    turns = [SpeechTurn(1.0, 2.0, 0), SpeechTurn(2.1, 3.0, 1), SpeechTurn(3.1, 4.0, 0)]

    assert [clip.speaker for clip in clips_of(turns, 30.0)] == [0, 1, 0]


def test_a_turn_within_the_last_one_does_not_shorten_it() -> None:
    turns = [SpeechTurn(0.0, 8.0, None), SpeechTurn(2.0, 3.0, None), SpeechTurn(8.5, 9.5, None)]

    assert clips_of(turns, 9.0) == [Clip(0.0, 8.0, 0, None), Clip(8.5, 9.5, 0, None)]


def test_people_on_two_channels_may_speak_at_once() -> None:
    turns = [SpeechTurn(0.0, 4.0, 0, 0), SpeechTurn(1.0, 3.0, 1, 1)]

    assert clips_of(turns, 8.0) == [Clip(0.0, 4.0, 0, 0), Clip(1.0, 3.0, 1, 1)]


def test_an_unbroken_turn_is_cut_in_equal_parts() -> None:
    assert clips_of([SpeechTurn(10.0, 22.0, 1)], 8.0) == [Clip(10.0, 16.0, 0, 1), Clip(16.0, 22.0, 0, 1)]


def test_no_turns_make_no_clips() -> None:
    assert clips_of([], 8.0) == []
