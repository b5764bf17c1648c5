"""Several sound tracks of one recording, and when one of them begins."""

import io
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from coding.speech.decode import RATE, decode
from coding.speech.errors import RecordingTooLong
from coding.speech.sound import Channels, kind_of_channels, sound_of_recording
from coding.speech.tracks import Track, audible, together
from tests.coding.speech.making import pitch, samples_of, stored, tone
from tests.coding.speech.odd_making import SECONDS, film
from tests.coding.speech.test_sound import conversation


def test_a_single_track_stays_as_it_is() -> None:
    one = stored(tone(1.0, channels=2))

    assert audible([one]) == [0]
    assert together([one]) is one


@pytest.mark.parametrize("silent", [np.zeros((1, RATE), np.float32), np.zeros((2, 0), np.float32), tone(1.0) * 0.001])
def test_of_a_track_with_sound_and_silent_ones_the_former_is_audible(silent: Any) -> None:
    assert audible([stored(silent), stored(tone(1.0, channels=2)), stored(silent)]) == [1]


def test_all_silent_tracks_are_silence() -> None:
    tracks = [stored(np.zeros((1, RATE), np.float32)), stored(np.zeros((1, 2 * RATE), np.float32))]

    assert audible(tracks) == [0, 1]
    found = together(tracks)
    assert (found.channels, found.length) == (2, 2 * RATE)


def test_microphone_and_far_end_become_the_two_people_of_a_call() -> None:
    said = conversation(62)

    found = together([stored(said[:1]), stored(said[1:])])

    assert np.array_equal(found.read(0, found.length), said)
    assert kind_of_channels(found) is Channels.SEPARATE


def test_a_first_track_that_already_holds_the_mix_is_heard_once() -> None:
    said = conversation()

    found = together([stored(said.sum(axis=0, keepdims=True)), stored(said[:1]), stored(said[1:])])

    assert kind_of_channels(found) is Channels.SAME


def test_tracks_of_different_length_and_channels_are_laid_side_by_side() -> None:
    found = together([stored(tone(2.0, channels=2)), stored(tone(63.0, hertz=1_000))])

    assert found.length == 63 * RATE
    both = found.read(0, found.length)
    assert not both[0, 2 * RATE :].any()
    assert np.allclose(both[0, : 2 * RATE], tone(2.0, channels=2).mean(axis=0), atol=1e-4)
    assert np.allclose(both[1], tone(63.0, hertz=1_000)[0], atol=1e-4)


def test_the_two_tracks_of_a_film_are_two_channels() -> None:
    data = film("mp4", "mpeg4", [("aac", 16_000, tone(SECONDS)), ("aac", 16_000, tone(SECONDS, hertz=880))])

    decoded = decode(io.BytesIO(data))

    assert [pitch(channel[:RATE]) for channel in samples_of(decoded)] == pytest.approx([440, 880], abs=2)
    assert sound_of_recording(decoded).samples is decoded.samples


def test_the_length_and_the_remarks_are_those_of_the_track_that_is_heard() -> None:
    """A silent track that goes on to the end does not hide that the talk is missing there."""
    silence = np.zeros((1, 20 * RATE), np.float32)
    talk, silent = ("pcm_s16le", 16_000, tone(10.0)), ("pcm_s16le", 16_000, silence)
    by_container = decode(io.BytesIO(film("matroska", "mpeg4", [talk, silent])))
    by_track = decode(io.BytesIO(film("mov", "mpeg4", [talk, silent])))

    for decoded in (by_container, by_track):
        assert (decoded.samples.channels, decoded.samples.length) == (1, 10 * RATE)
        assert decoded.decoded_seconds == pytest.approx(10.0, abs=0.1)
    assert "10 seconds of it are missing" in by_container.notes[0]
    assert by_track.notes == ()


def test_sound_that_begins_after_the_picture_keeps_its_time() -> None:
    decoded = decode(io.BytesIO(film("mp4", "mpeg4", [("aac", 16_000, tone(SECONDS))], late=3.0)))

    samples = samples_of(decoded)[0]
    assert np.abs(samples[: int(2.9 * RATE)]).max() < 0.01
    assert pitch(samples[int(3.1 * RATE) : int(4.1 * RATE)]) == pytest.approx(440, abs=2)
    assert decoded.notes == ()


def test_a_time_stamp_hours_away_is_refused_before_its_silence_is_written() -> None:
    sound = SimpleNamespace(codec_context=SimpleNamespace(channels=1, name="aac"))
    track = Track(cast(Any, sound), begins=0.0, stated=90_000.0, stamped=True, limit_minutes=60)
    frame, following = (SimpleNamespace(time=80_000 + at) for at in (0.0, 0.02))

    with pytest.raises(RecordingTooLong):
        track._add(cast(Any, frame), cast(Any, following))

    assert track.samples.length == 0
