"""Speech to words with the small Whisper, which really knows the sentences of the role play."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.speech_score import word_error_rate
from coding.speech.clips import SpeechTurn
from coding.speech.decode import RATE, decode
from coding.speech.diarize import speech_regions
from coding.speech.errors import SpeechModelMissing
from coding.speech.heard import Flag, HeardClip
from coding.speech.sound import Channels, Sound, sound_of_recording
from coding.speech.transcribe import Transcriber, WhisperOptions
from tests.coding.speech.making import stored
from tests.fixtures import role_play

OPTIONS = WhisperOptions(model=str(role_play.WHISPER), device="cpu", clip_seconds=8.0)


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    return Transcriber(OPTIONS)


@pytest.fixture(scope="module")
def sound() -> Sound:
    with role_play.MONO.open("rb") as file:
        return sound_of_recording(decode(file))


@pytest.fixture(scope="module")
def turns(sound: Sound) -> list[SpeechTurn]:
    """Of nobody in particular: who spoke is another test's."""
    return [SpeechTurn(start, end, None) for start, end in speech_regions(sound, 0, OPTIONS.clip_seconds)]


def heard_twice(heard: HeardClip) -> None:
    raise AssertionError(f"{heard.clip} was heard again")


SAID = " ".join(text for _, text in role_play.LINES)


def test_the_role_play_is_heard_word_for_word(transcriber: Transcriber, sound: Sound, turns: list[SpeechTurn]) -> None:
    found = transcriber.transcribe(sound, turns)

    heard = " ".join(segment.text for segment, _ in found.segments)
    assert word_error_rate(SAID, heard) <= 0.05
    assert found.seconds == pytest.approx(29, abs=0.1)
    assert found.model == OPTIONS.model
    assert {clip.language for clip in found.clips} == {"en"}
    assert found.doubtful_share < 0.2
    for clip in found.clips:
        for segment in clip.segments:
            assert clip.clip.start <= segment.start <= segment.end <= clip.clip.end
            assert " ".join(word.text for word in segment.words) == segment.text
            for word in segment.words:
                assert clip.clip.start <= word.start <= word.end <= clip.clip.end
                assert 0 <= word.probability <= 1


def test_progress_rises_to_one_and_each_clip_is_handed_over(
    transcriber: Transcriber, sound: Sound, turns: list[SpeechTurn]
) -> None:
    progress: list[float] = []
    clips: list[HeardClip] = []

    found = transcriber.transcribe(sound, turns, on_progress=progress.append, on_clip=clips.append)

    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0.0, 1.0)
    assert len(set(progress)) > len(clips)  # one step for each clip, none of them empty
    assert tuple(clips) == found.clips


def test_a_killed_job_hears_only_what_is_missing(
    transcriber: Transcriber, sound: Sound, turns: list[SpeechTurn]
) -> None:
    class Killed(Exception):
        pass

    kept: list[str] = []

    def keep(heard: HeardClip) -> None:
        kept.append(json.dumps(heard.as_json()))
        if len(kept) == 2:
            raise Killed

    with pytest.raises(Killed):
        transcriber.transcribe(sound, turns, on_clip=keep)
    done = [HeardClip.from_json(json.loads(one)) for one in kept]
    marked = replace(done[0], segments=(replace(done[0].segments[0], text="kept from before"),))
    heard_again: list[HeardClip] = []
    progress: list[float] = []

    found = transcriber.transcribe(
        sound, turns, on_clip=heard_again.append, on_progress=progress.append, done=[marked, done[1]]
    )

    assert found.clips[0] == marked
    assert found.clips[1] == done[1]
    assert tuple(heard_again) == found.clips[2:]
    assert len(heard_again) >= 2
    assert progress == sorted(progress)
    assert transcriber.transcribe(sound, turns, done=found.clips, on_clip=heard_twice) == found


def test_kept_clips_of_other_turns_are_not_mixed_in(
    transcriber: Transcriber, sound: Sound, turns: list[SpeechTurn]
) -> None:
    first = transcriber.transcribe(sound, turns[:1])

    found = transcriber.transcribe(sound, turns[2:3], done=first.clips)

    assert len(found.clips) == 1
    assert found.clips[0].clip.start == turns[2].start


def test_nobody_speaks(transcriber: Transcriber, sound: Sound) -> None:
    progress: list[float] = []

    found = transcriber.transcribe(sound, [], on_progress=progress.append)

    assert found.clips == ()
    assert (progress[0], progress[-1]) == (0.0, 1.0)


def test_a_clip_too_short_to_hear_is_finished_and_empty(transcriber: Transcriber) -> None:
    blink = Sound(stored(np.zeros((1, RATE), np.float32)), Channels.ONE)

    found = transcriber.transcribe(blink, [SpeechTurn(0.99, 1.5, None)])

    assert [clip.segments for clip in found.clips] == [()]


def test_a_batch_holds_at_least_one_clip() -> None:
    with pytest.raises(ValueError, match="batch_size"):
        WhisperOptions(model="small.en", batch_size=0)


@pytest.mark.parametrize("seconds", [0.0, 0.5, 31.0])
def test_clips_are_no_longer_than_whisper_hears(seconds: float) -> None:
    with pytest.raises(ValueError, match="clip_seconds"):
        WhisperOptions(model="small.en", clip_seconds=seconds)


def test_a_missing_model_is_named_before_anything_is_heard(sound: Sound, tmp_path: Path) -> None:
    with pytest.raises(SpeechModelMissing, match="does not exist"):
        Transcriber(replace(OPTIONS, model=str(tmp_path / "nothing"))).transcribe(sound, [])


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    folder = shutil.copytree(role_play.WHISPER, tmp_path / "whisper")
    weights = (role_play.WHISPER / "model.bin").read_bytes()  # of the right length, and a part has a name nobody knows
    (folder / "model.bin").write_bytes(weights.replace(b"decoder/layer_norm/gamma", b"decoder/layer_norm/gimmy"))

    with pytest.raises(SpeechModelMissing) as refusal:
        Transcriber(replace(OPTIONS, model=str(folder))).load()

    assert f"The speech model in {folder} could not be loaded on cpu" in refusal.value.message


class Stand:
    """Stands for a Whisper of many languages; it hears Welsh and says what it was asked."""

    def __init__(self) -> None:
        self.model = SimpleNamespace(is_multilingual=True)
        self.hears = True
        self.detected: list[float] = []
        self.asked: list[dict[str, Any]] = []

    def detect_language(self, audio: "np.ndarray[Any, Any]") -> tuple[str, float, list[tuple[str, float]]]:
        self.detected.append(len(audio) / RATE)
        return "cy", 0.9, [("cy", 0.9)]

    def transcribe(self, audio: "np.ndarray[Any, Any]", **options: Any) -> tuple[list[Any], Any]:
        self.asked.append(options)
        word = SimpleNamespace(start=-0.2, end=99.0, word=" Bore ", probability=0.3)
        segment = SimpleNamespace(
            start=-0.1, end=99.0, text="  Bore   da ", words=[word], avg_logprob=-0.1, no_speech_prob=0.0
        )
        return [segment] if self.hears else [], SimpleNamespace(language="cy")


def standing(options: WhisperOptions = OPTIONS) -> tuple[Transcriber, Stand]:
    transcriber, stand = Transcriber(options), Stand()
    transcriber._model = stand
    return transcriber, stand


SILENCE = Sound(stored(np.zeros((1, 90 * RATE), np.float32)), Channels.ONE)
MANY = [SpeechTurn(start, start + 6.0, None) for start in range(0, 90, 9)]


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
