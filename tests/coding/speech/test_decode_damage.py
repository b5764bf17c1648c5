"""Decoding damaged files: one block costs only itself, and is counted."""

import io
import re

import numpy as np
import pytest

from coding.speech.decode import RATE, Decoded, decode
from coding.speech.errors import RecordingCutShort
from tests.coding.speech.making import damaged, pitch, samples_of, stored, tone, write_sound

SECONDS = 20.0
KINDS = {
    "mp3": ("mp3", "libmp3lame", 16_000),
    "m4a": ("ipod", "aac", 16_000),
    "adts": ("adts", "aac", 16_000),
    "ogg": ("ogg", "libopus", 48_000),
    "webm": ("webm", "libopus", 48_000),
}


def whole(kind: str) -> bytes:
    """Ten seconds of 440 Hz, then ten of 880."""
    container, codec, rate = KINDS[kind]
    sound = np.concatenate([tone(SECONDS / 2, rate), tone(SECONDS / 2, rate, hertz=880)], axis=1)
    return write_sound(sound, rate, container, codec)


@pytest.mark.parametrize("kind", KINDS)
def test_one_damaged_block_costs_only_itself_and_is_counted(kind: str) -> None:
    decoded = decode(io.BytesIO(damaged(whole(kind), at=0.3)))

    assert 1 <= decoded.bad_packets <= 4
    assert decoded.decoded_seconds >= SECONDS - 6  # a webm cluster is the largest block: five seconds
    assert samples_of(decoded).shape[1] / RATE == pytest.approx(SECONDS, abs=0.3)
    assert pitch(samples_of(decoded)[0, :RATE]) == pytest.approx(440, abs=3)
    for second in (12, 15, 18):  # nothing behind it has moved or changed
        assert pitch(samples_of(decoded)[0, second * RATE : (second + 1) * RATE]) == pytest.approx(880, abs=3)


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_told_to_the_person(kind: str) -> None:
    notes = decode(io.BytesIO(damaged(whole(kind), at=0.3))).notes

    assert len(notes) == 1
    assert "damaged" in notes[0]


def test_damage_in_many_places_leaves_what_lies_between() -> None:
    data = whole("mp3")
    for number in range(1, 10):
        data = damaged(data, at=number / 10, length=200, seed=number)

    decoded = decode(io.BytesIO(data))

    assert decoded.bad_packets >= 5
    assert SECONDS * 0.8 < decoded.decoded_seconds < SECONDS


@pytest.mark.parametrize("kind", ["mp3", "webm"])
def test_a_file_cut_in_half_is_used_and_the_missing_half_is_noted(kind: str) -> None:
    data = whole(kind)

    decoded = decode(io.BytesIO(data[: len(data) // 2]))

    assert decoded.decoded_seconds == pytest.approx(SECONDS / 2, abs=1)
    assert decoded.container_seconds == pytest.approx(SECONDS, abs=0.1)
    assert len(decoded.notes) == 1
    assert re.search(r"lasts 0\.3 minutes, but (9|10|11) seconds of it are missing", decoded.notes[0])


def test_an_mp4_without_its_index_was_cut_short() -> None:
    data = whole("m4a")

    with pytest.raises(RecordingCutShort):
        decode(io.BytesIO(data[: len(data) // 2]))


@pytest.mark.parametrize("seed", range(8))
def test_noise_over_a_tenth_of_a_file_ends_in_sound_of_no_more_than_its_length(seed: int) -> None:
    data = whole("webm")

    decoded = decode(io.BytesIO(damaged(data, at=0.2 + seed / 20, length=len(data) // 10, seed=seed)))

    assert SECONDS * 0.3 < decoded.decoded_seconds <= SECONDS + 0.1
    assert samples_of(decoded).shape[1] / RATE <= SECONDS + 1.1


def of(bad_packets: int, stated: float | None, decoded: float) -> Decoded:
    return Decoded(stored(np.zeros((1, 16), np.float32)), RATE, bad_packets, stated, decoded)


def test_notes_count_what_did_not_decode_or_say_what_is_missing() -> None:
    assert of(0, 60.0, 60.0).notes == ()
    assert of(3, 60.0, 59.0).notes[0].startswith("3 damaged piece")
    assert "30 seconds of it are missing" in of(3, 60.0, 30.0).notes[0]
    assert len(of(3, 60.0, 30.0).notes) == 1
    assert of(2, None, 10.0).notes[0].startswith("2 damaged")
