"""Language, batches and clips: what reaches the model, and what comes back."""

from dataclasses import replace

import pytest

from coding.speech.clips import SpeechTurn
from coding.speech.heard import Flag, HeardClip
from coding.speech.sound import Sound
from coding.speech.transcribe import Transcriber, WhisperOptions
from tests.coding.speech.hearing_aids import MANY, OPTIONS, SILENCE, heard_twice, standing


def test_a_batch_holds_at_least_one_clip() -> None:
    with pytest.raises(ValueError, match="batch_size"):
        WhisperOptions(model="small.en", batch_size=0)


@pytest.mark.parametrize("seconds", [0.0, 0.5, 31.0])
def test_clips_are_no_longer_than_whisper_hears(seconds: float) -> None:
    with pytest.raises(ValueError, match="clip_seconds"):
        WhisperOptions(model="small.en", clip_seconds=seconds)


def test_one_language_is_found_for_the_whole_recording_from_half_a_minute_of_it() -> None:
    transcriber, stand = standing()

    found = transcriber.transcribe(SILENCE, MANY)

    assert stand.detected == [30.0]
    assert {options["language"] for options in stand.asked} == {"cy"}
    assert {clip.language for clip in found.clips} == {"cy"}


def test_a_language_that_is_given_or_was_found_before_is_not_looked_for() -> None:
    transcriber, stand = standing(replace(OPTIONS, language="en"))
    heard = transcriber.transcribe(SILENCE, MANY)
    assert {options["language"] for options in stand.asked} == {"en"}
    assert stand.detected == []

    transcriber, stand = standing()
    transcriber.transcribe(SILENCE, MANY, done=heard.clips[:1])
    assert {options["language"] for options in stand.asked} == {"en"}
    assert stand.detected == []


def test_clips_do_not_infect_each_other_and_options_arrive() -> None:
    transcriber, stand = standing(replace(OPTIONS, hotwords="Ferndale", beam_size=3))

    transcriber.transcribe(SILENCE, MANY[:1])

    asked = stand.asked[0]
    assert asked["condition_on_previous_text"] is False
    assert asked["word_timestamps"] is True
    assert (asked["hotwords"], asked["beam_size"]) == ("Ferndale", 3)


def test_times_beyond_the_clip_are_brought_back_into_it_and_doubt_is_flagged() -> None:
    transcriber, _ = standing()

    segment = transcriber.transcribe(SILENCE, [SpeechTurn(9.0, 15.0, None)]).clips[0].segments[0]

    assert (segment.start, segment.end) == (9.0, 15.0)
    word = segment.words[0]
    assert (word.start, word.end, word.text) == (9.0, 15.0, "Bore")
    assert segment.text == "Bore da"
    assert segment.flags == (Flag.LOW_PROBABILITY, Flag.MAYBE_SILENCE)  # it is said over silence


def test_batches_hear_the_same_words_as_clips_one_by_one(
    transcriber: Transcriber, sound: Sound, turns: list[SpeechTurn]
) -> None:
    """Three and then one: the last batch is not full, and each clip is handed over for itself."""
    together = Transcriber(replace(OPTIONS, batch_size=3))
    clips: list[HeardClip] = []
    progress: list[float] = []

    found = together.transcribe(sound, turns, on_clip=clips.append, on_progress=progress.append)

    alone = transcriber.transcribe(sound, turns)
    assert [[one.text for one in heard.segments] for heard in found.clips] == [
        [one.text for one in heard.segments] for heard in alone.clips
    ]
    assert tuple(clips) == found.clips
    assert len(set(progress)) == len(clips) + 1
    for heard in found.clips:
        for segment in heard.segments:
            assert heard.clip.start <= segment.start <= segment.end <= heard.clip.end
            for word in segment.words:
                assert type(word.start) is type(word.end) is float
                assert heard.clip.start <= word.start <= word.end <= heard.clip.end
    assert together.transcribe(sound, turns, done=found.clips, on_clip=heard_twice) == found


def test_batches_take_clips_that_are_too_short_or_reach_beyond_the_end(sound: Sound) -> None:
    end = sound.seconds
    odd = [SpeechTurn(1.0, 1.01, 0), SpeechTurn(3.0, 5.7, 1), SpeechTurn(end - 0.01, end + 3, 0)]

    found = Transcriber(replace(OPTIONS, batch_size=8)).transcribe(sound, odd)

    assert [bool(heard.segments) for heard in found.clips] == [False, True, False]
