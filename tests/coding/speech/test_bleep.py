"""A tone lies where it should and nowhere else, whatever the file was."""

import io

import av
import numpy as np
import pytest

from coding.speech.bleep import LOUDNESS, PAD, TONE, bleep

SECONDS = 6.0


def recording(codec: str, container: str, rate: int, channels: int) -> io.BytesIO:
    """A hum of 1200 Hz."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.layout = "stereo" if channels == 2 else "mono"
        hum = (8000 * np.sin(2 * np.pi * 1200 * np.arange(int(SECONDS * rate)) / rate)).astype(np.int16)
        for start in range(0, len(hum), 960):
            block = np.repeat(hum[start : start + 960], channels).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout=stream.layout.name)
            frame.sample_rate, frame.pts = rate, start
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    file.seek(0)
    return file


def samples_of(file: io.BytesIO) -> tuple[np.ndarray, int]:
    file.seek(0)
    with av.open(file) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="s16", layout=stream.layout, rate=stream.rate)
        blocks = [
            one.to_ndarray().reshape(-1, stream.layout.nb_channels)
            for frame in container.decode(stream)
            for one in resampler.resample(frame)
        ]
        return np.concatenate(blocks), stream.rate


def strongest(samples: np.ndarray, rate: int) -> float:
    """The frequency (Hz) that holds most of the energy."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


@pytest.mark.parametrize(
    ("codec", "container", "rate", "channels"),
    [("pcm_s16le", "wav", 16_000, 1), ("libopus", "webm", 48_000, 2), ("libmp3lame", "mp3", 44_100, 2)],
)
def test_the_tone_is_in_the_spans_and_the_rest_is_untouched(
    codec: str, container: str, rate: int, channels: int
) -> None:
    before = recording(codec, container, rate, channels)
    after = io.BytesIO()
    bleep(before, after, [(1.0, 1.6), (4.0, 4.3)])
    was, _ = samples_of(before)
    now, rate = samples_of(after)
    assert now.shape[1] == channels
    assert abs(len(now) - len(was)) < 0.1 * rate
    for start, end in ((1.0, 1.6), (4.0, 4.3)):
        for channel in range(channels):
            inside = now[int((start - PAD + 0.02) * rate) : int((end + PAD - 0.02) * rate), channel].astype(float)
            assert abs(strongest(inside, rate) - TONE) < 5
            assert np.abs(inside).max() <= 32767 * LOUDNESS + 1
            assert abs(np.sqrt(np.mean(inside**2)) - 32767 * LOUDNESS / np.sqrt(2)) < 50
    shift = len(now) - len(was)  # a codec's own delay, if the container does not hide it
    for start, end in ((0.0, 0.85), (1.75, 3.85), (4.45, 5.9)):
        first, last = int(start * rate), int(end * rate)
        if shift == 0:
            assert np.array_equal(now[first:last], was[first:last])
        else:
            assert abs(strongest(now[first:last, 0].astype(float), rate) - 1200) < 5


def test_nothing_to_bleep_changes_no_sample() -> None:
    before, after = recording("pcm_s16le", "wav", 16_000, 2), io.BytesIO()
    bleep(before, after, [])
    assert np.array_equal(samples_of(after)[0], samples_of(before)[0])
