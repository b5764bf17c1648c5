"""Decoding: every usual kind of file becomes the same sound."""

import io
import struct
import wave
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import av
import numpy as np
import pytest

from coding.speech.decode import RATE, decode
from coding.speech.errors import NoSound, NoSoundInVideo, NotARecording, RecordingTooLong
from coding.speech.tracks import Track
from tests.coding.speech.making import pitch, samples_of, tone, wav, write_sound, write_video

KINDS = {
    "wav": ("wav", "pcm_s16le", 16_000),
    "wav of 44.1 kHz": ("wav", "pcm_s16le", 44_100),
    "wav of floats": ("wav", "pcm_f32le", 48_000),
    "µ-law telephone": ("wav", "pcm_mulaw", 8_000),
    "A-law in AU": ("au", "pcm_alaw", 8_000),
    "mp3": ("mp3", "libmp3lame", 44_100),
    "m4a": ("ipod", "aac", 44_100),
    "adts": ("adts", "aac", 16_000),
    "ogg opus": ("ogg", "libopus", 48_000),
    "webm": ("webm", "libopus", 48_000),
    "matroska": ("matroska", "aac", 16_000),
    "flac": ("flac", "flac", 16_000),
    "mpeg-ts": ("mpegts", "aac", 48_000),
    "avi": ("avi", "libmp3lame", 16_000),
    "aiff": ("aiff", "pcm_s16be", 16_000),
    "caf": ("caf", "alac", 16_000),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_usual_kind_becomes_16_khz_samples_of_the_same_sound(kind: str) -> None:
    container, codec, rate = KINDS[kind]
    data = write_sound(tone(2.0, rate), rate, container, codec)

    decoded = decode(io.BytesIO(data))

    assert decoded.rate == RATE
    assert samples_of(decoded).dtype == np.float32
    assert samples_of(decoded).shape == (1, pytest.approx(2 * RATE, abs=0.15 * RATE))
    middle = samples_of(decoded)[0, RATE // 2 : RATE * 3 // 2]
    assert pitch(middle) == pytest.approx(440, abs=2)
    assert float(np.sqrt((middle**2).mean())) == pytest.approx(0.5 / 2**0.5, rel=0.15)
    assert (decoded.bad_packets, decoded.notes) == (0, ())


def test_telephone_sound_keeps_its_band_and_gains_nothing_above_it() -> None:
    decoded = decode(io.BytesIO(write_sound(tone(1.0, 8_000, hertz=3_000), 8_000, "wav", "pcm_mulaw")))

    spectrum = np.abs(np.fft.rfft(samples_of(decoded)[0, : RATE // 2]))
    assert pitch(samples_of(decoded)[0]) == pytest.approx(3_000, abs=3)
    assert spectrum[len(spectrum) * 6 // 10 :].max() < 0.02 * spectrum.max()


@pytest.mark.parametrize(("container", "codec"), [("wav", "pcm_s16le"), ("mp3", "libmp3lame"), ("ogg", "libopus")])
def test_stereo_stays_two_channels_in_their_order(container: str, codec: str) -> None:
    decoded = decode(io.BytesIO(write_sound(tone(1.0, 48_000, channels=2), 48_000, container, codec)))

    assert [pitch(channel) for channel in samples_of(decoded)] == pytest.approx([440, 880], abs=3)


@pytest.mark.parametrize(("container", "codec"), [("wav", "pcm_s16le"), ("mp4", "aac")])
def test_five_point_one_becomes_one_channel_with_everybody_on_it(container: str, codec: str) -> None:
    sound = np.zeros((6, 48_000), np.float32)
    sound[0], sound[2] = tone(1.0, 48_000)[0], tone(1.0, 48_000, hertz=1_000)[0]  # front left, and centre

    decoded = decode(io.BytesIO(write_sound(sound, 48_000, container, codec)))

    assert samples_of(decoded).shape[0] == 1
    spectrum = np.abs(np.fft.rfft(samples_of(decoded)[0, :RATE]))
    assert spectrum[440] > 100
    assert spectrum[1_000] > 100


@pytest.mark.parametrize("channels", [3, 4, 8, 10])
def test_a_recorder_with_many_microphones_becomes_one_channel(channels: int) -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((channels, 2, 16_000, 0, "NONE", ""))
        file.writeframes(np.repeat(tone(1.0).T * 32_767, channels, axis=1).astype("<i2").tobytes())

    decoded = decode(io.BytesIO(out.getvalue()))

    assert samples_of(decoded).shape == (1, RATE)
    assert pitch(samples_of(decoded)[0]) == pytest.approx(440, abs=2)
    assert np.abs(samples_of(decoded)).max() > 0.1


@pytest.mark.parametrize("faststart", [False, True])
def test_the_sound_of_a_video_is_taken(faststart: bool) -> None:
    decoded = decode(io.BytesIO(write_video(sound=tone(2.0), faststart=faststart)))

    assert pitch(samples_of(decoded)[0, : 2 * RATE]) == pytest.approx(440, abs=2)


def test_a_video_without_sound_says_so() -> None:
    with pytest.raises(NoSoundInVideo):
        decode(io.BytesIO(write_video(sound=None)))


def test_a_recording_of_no_seconds_has_no_sound() -> None:
    with pytest.raises(NoSound):
        decode(io.BytesIO(wav(b"")))


def test_a_text_is_no_recording() -> None:
    with pytest.raises(NotARecording):
        decode(io.BytesIO(b"P: What worries you?\nC: My health.\n" * 100))


def test_what_is_longer_than_the_limit_is_refused_with_its_length() -> None:
    data = write_sound(tone(9.0), 16_000, "flac", "flac")

    with pytest.raises(RecordingTooLong) as refusal:
        decode(io.BytesIO(data), limit_minutes=8 / 60)

    assert refusal.value.facts["minutes"] == pytest.approx(9 / 60, abs=0.01)
    assert decode(io.BytesIO(data), limit_minutes=9.1 / 60).decoded_seconds == pytest.approx(9.0, abs=0.1)


def test_a_stated_length_is_no_measure_of_memory() -> None:
    """The header claims 37 hours; the limit, not the claim, decides."""
    decoded = decode(io.BytesIO(wav(bytes(range(256)) * 32, said=0x3FFFFFFF)), limit_minutes=1)

    assert decoded.decoded_seconds == pytest.approx(256 * 32 / 8_000, abs=0.01)
    assert len(decoded.notes) == 1


def test_a_position_within_the_file_does_not_matter() -> None:
    file = io.BytesIO(write_sound(tone(1.0), 16_000, "mp3", "libmp3lame"))
    file.seek(700)

    assert decode(file).decoded_seconds == pytest.approx(1.0, abs=0.1)


def test_wild_floats_become_plain_samples() -> None:
    sound = tone(1.0)
    sound[0, 5_000:5_010] = [np.nan, np.inf, -np.inf, 7.0, -7.0, 1e30, 0.1, np.nan, 2.0, -2.0]
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 64_036, b"WAVE", b"fmt ", 16, 3, 1, 16_000, 64_000, 4, 32)

    decoded = decode(io.BytesIO(head + struct.pack("<4sI", b"data", 64_000) + sound.astype("<f4").tobytes()))

    assert np.isfinite(samples_of(decoded)).all()
    assert np.abs(samples_of(decoded)).max() == 1.0


def test_sound_that_changes_its_rate_half_way_goes_on() -> None:
    """Two MP3 files joined by hand."""
    joined = b"".join(write_sound(tone(2.0, rate), rate, "mp3", "libmp3lame") for rate in (44_100, 22_050))

    decoded = decode(io.BytesIO(joined))

    assert decoded.decoded_seconds == pytest.approx(4.0, abs=0.3)
    assert pitch(samples_of(decoded)[0, RATE // 2 : RATE * 3 // 2]) == pytest.approx(440, abs=2)
    assert pitch(samples_of(decoded)[0, RATE * 5 // 2 : RATE * 7 // 2]) == pytest.approx(440, abs=2)


def paused_webm(pause: float) -> bytes:
    """Two seconds of 440 Hz, a pause for which there are no packets, two seconds of 880 Hz."""
    out = io.BytesIO()
    sound = np.concatenate([tone(2.0, 48_000), tone(2.0, 48_000, hertz=880)], axis=1)
    with av.open(out, "w", format="webm") as file:
        stream = file.add_stream("libopus", rate=48_000, layout="mono")
        for at in range(0, sound.shape[1], 960):
            whole = (sound[:, at : at + 960] * 32_767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(whole), format="s16", layout="mono")
            frame.sample_rate, frame.time_base = 48_000, Fraction(1, 48_000)
            frame.pts = at + (int(pause * 48_000) if at >= 96_000 else 0)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize(
    ("stamp", "following", "gap"),
    [
        (12.0, 12.02, 2.0),
        (10.1, 10.12, 0.0),  # the samples and the stamps differ by no more than a block
        (9.0, 9.02, 0.0),
        (42.0, 10.04, 0.0),  # the next stamp does not agree
        (12.0, 90.0, 0.0),
        (61.0, 61.02, 0.0),  # beyond the end
        (None, 12.0, 0.0),
        (12.0, None, 0.0),
    ],
)
def test_a_damaged_time_stamp_moves_nothing(stamp: float | None, following: float | None, gap: float) -> None:
    sound = SimpleNamespace(codec_context=SimpleNamespace(channels=1, name="opus"))
    track = Track(cast(Any, sound), begins=5.0, stated=55.0, stamped=True, limit_minutes=60)
    track.samples.append_silence(5 * RATE)
    frame, after = SimpleNamespace(time=stamp), SimpleNamespace(time=following)

    assert track._gap(cast(Any, frame), cast(Any, after)) == pytest.approx(gap)


@pytest.mark.parametrize(("pause", "counted"), [(0.5, 0), (10.0, 1)])
def test_times_stay_those_of_the_recording_where_packets_are_missing(pause: float, counted: int) -> None:
    decoded = decode(io.BytesIO(paused_webm(pause)))

    assert samples_of(decoded).shape[1] / RATE == pytest.approx(4 + pause, abs=0.05)
    assert np.abs(samples_of(decoded)[0, int(2.1 * RATE) : int((1.95 + pause) * RATE)]).max() < 0.01
    after = int((2.5 + pause) * RATE)
    assert pitch(samples_of(decoded)[0, after : after + RATE]) == pytest.approx(880, abs=2)
    assert decoded.bad_packets == counted
    assert decoded.decoded_seconds == pytest.approx(4.0 if counted else 4.5, abs=0.05)
    assert bool(decoded.notes) == bool(counted)
