"""Marks at a file's beginning and end: what tells of loss, and what must not raise a false alarm."""

import io

import numpy as np
import pytest

from coding.speech.containers import open_container
from coding.speech.file_ends import breaks_off, starts_damaged
from tests.coding.speech.making import tone, write_sound
from tests.coding.speech.odd_making import FRAGMENTS, LIVE, NO_XING, id3, noise

KINDS = {
    "ogg": ("ogg", "libopus", 48_000, None),
    "webm": ("webm", "libopus", 48_000, None),
    "live webm": ("webm", "libopus", 48_000, LIVE),
    "matroska": ("matroska", "aac", 16_000, None),
    "m4a": ("ipod", "aac", 16_000, None),
    "fragments": ("mp4", "aac", 16_000, FRAGMENTS),
    "mp3": ("mp3", "libmp3lame", 44_100, None),
    "mp3 of low rate": ("mp3", "libmp3lame", 16_000, NO_XING),
    "mp3 of telephone rate": ("mp3", "libmp3lame", 8_000, NO_XING),
    "adts": ("adts", "aac", 16_000, None),
    "w64": ("w64", "pcm_s16le", 16_000, None),
    "avi": ("avi", "libmp3lame", 16_000, None),
}


def made(kind: str, seconds: float = 4.0) -> bytes:
    container, codec, rate, options = KINDS[kind]
    return write_sound(tone(seconds, rate), rate, container, codec, options=options)


def ends_early(data: bytes) -> bool:
    file = io.BytesIO(data)
    with open_container(file) as container:
        return breaks_off(container, file)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_breaks_off_nowhere(kind: str) -> None:
    assert not ends_early(made(kind))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "m4a"])
def test_a_file_that_is_cut_within_a_piece_breaks_off(kind: str) -> None:
    data = made(kind)

    found = [ends_early(data[: int(len(data) * share)]) for share in np.linspace(0.5, 0.98, 12)]

    assert sum(found) >= 10  # a cut just between two pieces leaves no mark


def test_tags_behind_the_sound_are_no_end_that_is_missing() -> None:
    data = made("mp3 of low rate")

    assert not ends_early(id3(data))
    assert not ends_early(data + b"APETAGEX" + bytes(300))


def starts_badly(data: bytes) -> bool:
    file = io.BytesIO(data)
    with open_container(file) as container:
        return starts_damaged(container, file)


@pytest.mark.parametrize("kind", ["mp3", "mp3 of low rate", "adts"])
def test_noise_in_front_is_a_damaged_start_and_half_a_frame_or_a_tag_is_none(kind: str) -> None:
    data = made(kind, 20.0)

    assert starts_badly(noise(4_096) + data[4_096:])
    assert not starts_badly(data)
    assert not starts_badly(data[5_000:])
    assert not starts_badly(id3(data))
    assert not starts_badly(bytes(300) + data)


def test_of_other_kinds_nothing_is_said_about_the_start() -> None:
    assert not starts_badly(made("ogg"))
    assert not starts_badly(write_sound(tone(4.0, 48_000), 48_000, "mp2", "mp2"))
