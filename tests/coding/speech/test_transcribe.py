"""Speech to words with the small Whisper, which really knows the sentences of the role play."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.speech_score import word_error_rate
from coding.speech.clips import SpeechTurn
from coding.speech.decode import RATE
from coding.speech.errors import SpeechModelMissing
from coding.speech.heard import HeardClip
from coding.speech.sound import Channels, Sound
from coding.speech.transcribe import Transcriber
from tests.coding.speech.hearing_aids import OPTIONS, SAID, heard_twice
from tests.coding.speech.making import stored
from tests.fixtures import role_play


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
