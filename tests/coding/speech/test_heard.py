"""What was heard is kept as JSON and comes back as it was."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.speech.clips import Clip
from coding.speech.heard import Flag, HeardClip, Segment, Transcription, Word

SECONDS = st.floats(0, 7_200, allow_nan=False)
WORDS = st.builds(Word, SECONDS, SECONDS, st.text(min_size=1), st.floats(0, 1))
SEGMENTS = st.builds(
    Segment, SECONDS, SECONDS, st.text(), st.lists(WORDS, max_size=4).map(tuple), st.floats(-5, 0), st.floats(0, 1),
    st.lists(st.sampled_from(Flag), unique=True).map(tuple),
)  # fmt: skip
CLIPS = st.builds(Clip, SECONDS, SECONDS, st.integers(0, 1), st.none() | st.integers(0, 1))
HEARD = st.builds(
    HeardClip, CLIPS, st.lists(SEGMENTS, max_size=3).map(tuple), st.sampled_from(["en", "cy", ""]), st.integers(1, 2)
)


@given(HEARD)
def test_a_heard_clip_comes_back_from_json_as_it_was(heard: HeardClip) -> None:
    again = HeardClip.from_json(json.loads(json.dumps(heard.as_json())))

    assert again == heard
    assert hash(again) == hash(heard)
    assert all(type(flag) is Flag for segment in again.segments for flag in segment.flags)


def test_a_clip_kept_before_tries_were_counted_was_heard_once() -> None:
    kept = HeardClip(Clip(0, 9, 0, None), (), "en", 2).as_json()
    del kept["tries"]

    assert HeardClip.from_json(kept).tries == 1


def segment(start: float, end: float, *flags: Flag) -> Segment:
    return Segment(start, end, f"from {start}", (), -0.1, 0.0, flags)


def test_segments_come_in_order_of_time_with_their_speakers() -> None:
    first = HeardClip(Clip(0, 9, 0, 0), (segment(0, 2), segment(5, 9)), "en")
    second = HeardClip(Clip(3, 4, 1, 1), (segment(3, 4),), "en")

    found = Transcription((first, second), 10.0, "tiny").segments

    assert [(one.start, speaker) for one, speaker in found] == [(0, 0), (3, 1), (5, 0)]


def test_the_doubtful_share_is_one_of_time() -> None:
    heard = HeardClip(Clip(0, 9, 0, None), (segment(0, 6), segment(6, 8, Flag.LOOP, Flag.TOO_FAST)), "en")

    assert Transcription((heard,), 100.0, "tiny").doubtful_share == pytest.approx(2 / 8)
    assert Transcription((), 100.0, "tiny").doubtful_share == 0.0
    assert Transcription((HeardClip(Clip(0, 1, 0, None), (segment(1, 1),), "en"),), 9.0, "x").doubtful_share == 0.0
