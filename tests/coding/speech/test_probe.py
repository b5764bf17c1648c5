"""A look inside a file before it is taken: its length, its kind, what is missing, and why it is refused."""

import contextlib
import io

import numpy as np
import pytest

from coding.speech.decode import decode
from coding.speech.errors import (
    EmptyRecording,
    NoSound,
    NoSoundInVideo,
    NotARecording,
    RecordingCutShort,
    RecordingError,
    RecordingTooLong,
)
from coding.speech.probe import missing_note, probe
from tests.coding.speech.making import damaged, tone, wav, write_sound, write_video


@pytest.mark.parametrize(
    ("container", "codec", "rate", "channels", "said"),
    [
        ("wav", "pcm_s16le", 16_000, 1, ("wav", "pcm_s16le")),
        ("wav", "pcm_mulaw", 8_000, 2, ("wav", "pcm_mulaw")),
        ("mp3", "libmp3lame", 44_100, 2, ("mp3", "mp3float")),
        ("ipod", "aac", 44_100, 1, ("mov,mp4,m4a,3gp,3g2,mj2", "aac")),
        ("mp4", "aac", 48_000, 6, ("mov,mp4,m4a,3gp,3g2,mj2", "aac")),
        ("ogg", "libopus", 48_000, 2, ("ogg", "opus")),
        ("webm", "libopus", 48_000, 1, ("matroska,webm", "opus")),
        ("flac", "flac", 16_000, 1, ("flac", "flac")),
        ("adts", "aac", 16_000, 1, ("aac", "aac")),
    ],
)
def test_what_a_file_holds(container: str, codec: str, rate: int, channels: int, said: tuple[str, str]) -> None:
    found = probe(io.BytesIO(write_sound(tone(3.0, rate, channels), rate, container, codec)))

    assert (found.format, found.codec, found.channels) == (*said, channels)
    assert found.seconds == pytest.approx(3.0, abs=0.15)
    assert found.readable_seconds == pytest.approx(3.0, abs=0.15)
    assert not found.has_video
    assert found.notes == ()


def test_a_video_is_taken_for_its_sound() -> None:
    found = probe(io.BytesIO(write_video(sound=tone(2.0))))

    assert found.has_video
    assert found.codec == "aac"
    assert found.seconds == pytest.approx(2.0, abs=0.15)


def test_a_browser_recording_that_states_no_length_has_that_of_its_packets() -> None:
    data = write_sound(tone(3.0, 48_000), 48_000, "webm", "libopus", options={"live": "1"})

    assert probe(io.BytesIO(data)).seconds == pytest.approx(3.0, abs=0.1)


REFUSED: dict[str, tuple[bytes, type[RecordingError]]] = {
    "empty": (b"", EmptyRecording),
    "text called .wav": (b"P: What worries you?\nC: My health.\n" * 200, NotARecording),
    "zeros": (bytes(10_000), NotARecording),
    "video without sound": (write_video(sound=None), NoSoundInVideo),
    "wav of no seconds": (wav(b""), NoSound),
    "wav of a blink": (wav(bytes(200)), NoSound),
    "mp4 without its index": (write_video(sound=tone(2.0))[:3_000], RecordingCutShort),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_and_why(what: str) -> None:
    data, error = REFUSED[what]

    with pytest.raises(error) as refusal:
        probe(io.BytesIO(data))

    assert type(refusal.value) is error


def test_an_mp4_whose_sound_was_never_copied_was_cut_short() -> None:
    """The index stands in front and states the length; what it points at is not there."""
    data = write_video(sound=tone(4.0), seconds=4.0, faststart=True)

    with pytest.raises(RecordingCutShort):
        probe(io.BytesIO(data[: data.index(b"mdat") + 12]))


def test_a_codec_whose_packets_all_fail_is_no_recording() -> None:
    data = bytearray(write_sound(tone(4.0), 16_000, "ipod", "aac"))
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    data[start:end] = b"\xff" * (end - start)

    with pytest.raises(NotARecording):
        probe(io.BytesIO(bytes(data)))


def test_a_damaged_beginning_is_not_the_whole_recording() -> None:
    data = bytearray(write_sound(tone(40.0), 16_000, "ipod", "aac"))
    start = data.index(b"mdat") + 4
    data[start : start + (data.index(b"moov") - start) // 2] = b"\xff" * ((data.index(b"moov") - start) // 2)

    assert probe(io.BytesIO(bytes(data))).seconds == pytest.approx(40, abs=0.2)


@pytest.mark.parametrize(
    ("container", "codec", "said"),
    [("wav", "pcm_s16le", 9), ("mp3", "libmp3lame", 9), ("adts", "aac", None), ("ipod", "aac", 9)],
)
def test_a_recording_longer_than_the_limit_is_refused_by_the_length_it_states(
    container: str, codec: str, said: float | None
) -> None:
    """Nobody counts how long a file goes on that states no length."""
    data = write_sound(tone(9.0), 16_000, container, codec)

    for look in (probe, decode):
        with pytest.raises(RecordingTooLong) as refusal:
            look(io.BytesIO(data), limit_minutes=8 / 60)

        assert refusal.value.facts["limit"] == 8 / 60
        assert float(refusal.value.facts["minutes"]) * 60 == pytest.approx(said or 8, abs=0.2)
        assert ("more than" in refusal.value.message) == (said is None)
    probe(io.BytesIO(data), limit_minutes=9.5 / 60)


@pytest.mark.parametrize("said", [0, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFF - 36])
def test_a_wav_header_that_lies_about_its_length_is_not_believed(said: int) -> None:
    found = probe(io.BytesIO(wav(bytes(range(256)) * 100, said=said)), limit_minutes=1)

    assert found.seconds == pytest.approx(3.2, abs=0.01)
    assert found.readable_seconds == pytest.approx(3.2, abs=0.01)
    assert found.notes == ()


@pytest.mark.parametrize(("container", "codec", "rate"), [("mp3", "libmp3lame", 16_000), ("webm", "libopus", 48_000)])
def test_a_file_cut_in_half_is_taken_with_a_note(container: str, codec: str, rate: int) -> None:
    data = write_sound(tone(20.0, rate), rate, container, codec)

    found = probe(io.BytesIO(data[: len(data) // 2]))

    assert found.seconds == pytest.approx(20.0, abs=0.1)
    assert found.readable_seconds == pytest.approx(10.0, abs=1)
    assert len(found.notes) == 1
    assert "missing" in found.notes[0]


@pytest.mark.parametrize("seed", range(20))
def test_noise_in_any_place_ends_in_an_answer_or_a_named_refusal(seed: int) -> None:
    container, codec, rate = [("mp3", "libmp3lame", 16_000), ("webm", "libopus", 48_000), ("ipod", "aac", 16_000)][
        seed % 3
    ]
    data = write_sound(tone(5.0, rate), rate, container, codec)
    noisy = damaged(data, at=float(np.random.default_rng(seed).uniform(0, 0.95)), length=2_000, seed=seed)

    with contextlib.suppress(RecordingError):  # any other error would fail here
        assert 0.1 <= probe(io.BytesIO(noisy)).readable_seconds <= 6.5


def test_a_remark_needs_two_seconds_and_two_per_cent() -> None:
    assert missing_note(None, 10.0) == ()
    assert missing_note(60.0, 58.1) == ()
    assert "3 seconds" in missing_note(60.0, 57.0)[0]
    assert missing_note(3_600.0, 3_530.0) == ()
    assert "1.5 minutes" in missing_note(3_600.0, 3_510.0)[0]
    assert missing_note(10.0, 20.0) == ()
