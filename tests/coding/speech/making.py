"""Recordings of every kind, made in memory."""

import io
import os
import signal
import struct
import tempfile
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from numpy.typing import NDArray

from coding.speech.decode import Decoded
from coding.speech.heard import Flag, Segment, Word
from coding.speech.sample_store import SampleStore
from coding.speech.voice import Voice


def tone(seconds: float, rate: int = 16_000, channels: int = 1, hertz: float = 440.0) -> NDArray[np.float32]:
    """(channels, n): a sine at half scale, each channel an octave above the one before."""
    at = np.arange(int(seconds * rate)) / rate
    waves = [0.5 * np.sin(2 * np.pi * hertz * 2**channel * at) for channel in range(channels)]
    return np.stack(waves).astype(np.float32)


def write_sound(
    samples: NDArray[np.float32],
    rate: int,
    container: str,
    codec: str,
    coded_rate: int | None = None,
    *,
    bit_rate: int | None = None,
    options: dict[str, str] | None = None,
) -> bytes:
    """The bytes of a file with (channels, n) samples."""
    out = io.BytesIO()
    with av.open(out, "w", format=container, options=options or {}) as file:
        layout = {1: "mono", 2: "stereo", 6: "5.1"}[samples.shape[0]]
        stream = file.add_stream(codec, rate=coded_rate or rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        if bit_rate:
            stream.bit_rate = bit_rate
        _mux_sound(file, stream, samples, rate)
    return out.getvalue()


def _mux_sound(
    file: av.container.OutputContainer, stream: av.AudioStream, samples: NDArray[np.float32], rate: int
) -> None:
    wanted = stream.codec_context
    resampler = av.AudioResampler(format=wanted.format.name, layout=wanted.layout.name, rate=wanted.sample_rate)
    pieces = []
    for first in range(0, samples.shape[1], rate):
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[:, first : first + rate]), format="fltp", layout=stream.layout.name
        )
        frame.sample_rate = rate
        pieces += resampler.resample(frame)
    if samples.shape[1]:
        pieces += resampler.resample(None)
    for piece in pieces:
        file.mux(stream.encode(piece))
    file.mux(stream.encode(None))


def write_video(*, sound: NDArray[np.float32] | None, seconds: float = 2.0, faststart: bool = False) -> bytes:
    """An MP4 with a small grey picture, with or without a sound track."""
    with tempfile.TemporaryDirectory() as folder:  # a file: the index can be moved to the front only there
        path = Path(folder) / "video.mp4"
        _write_video(path, sound, seconds, faststart)
        return path.read_bytes()


def _write_video(path: Path, sound: NDArray[np.float32] | None, seconds: float, faststart: bool) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"} if faststart else {}) as file:
        picture = file.add_stream("mpeg4", rate=5)
        picture.width = picture.height = 32
        picture.pix_fmt = "yuv420p"
        track = file.add_stream("aac", rate=16_000, layout="mono") if sound is not None else None
        for number in range(int(seconds * 5)):
            frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), number % 255, np.uint8), format="rgb24")
            file.mux(picture.encode(frame))
        file.mux(picture.encode(None))
        if track is not None and sound is not None:
            _mux_sound(file, track, sound, 16_000)


def wav(data: bytes, *, rate: int = 8000, said: int | None = None) -> bytes:
    """8-bit mono PCM; `said` is the number of data bytes the header claims."""
    claimed = len(data) if said is None else said
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        min(36 + claimed, 0xFFFFFFFF),
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        rate,
        rate,
        1,
        8,
        b"data",
        claimed,
    )
    return head + data


def open_plain_file(args: list[str]) -> BinaryIO:
    """An opener for the probe's child process."""
    return Path(args[0]).open("rb")


def open_nothing(args: list[str]) -> BinaryIO:
    raise FileNotFoundError("no such recording")


def open_and_crash(args: list[str]) -> BinaryIO:
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError("still alive")


def open_and_sleep(args: list[str]) -> BinaryIO:
    import select

    select.select([], [], [], 60)
    raise AssertionError("not killed")


def open_and_fill_memory(args: list[str]) -> BinaryIO:
    """A file whose reading takes more memory than the child is given."""

    class Hungry(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(size) if bytes(3 * 1024**3) else b""

    return Hungry(wav(bytes(range(256)) * 100))


def open_with_noise(args: list[str]) -> BinaryIO:
    print("a library that prints")
    return open_plain_file(args)


def damaged(data: bytes, *, at: float, length: int = 400, seed: int = 1) -> bytes:
    """`data` with `length` random bytes at the share `at` of it."""
    first = int(len(data) * at)
    noise = np.random.default_rng(seed).integers(0, 256, length, dtype=np.uint8).tobytes()
    return data[:first] + noise + data[first + length :]


def stored(samples: NDArray[np.float32]) -> SampleStore:
    """(channels, n) samples as decoding leaves them."""
    store = SampleStore(samples.shape[0])
    store.append(samples)
    return store


def samples_of(decoded: Decoded) -> NDArray[np.float32]:
    """All of a short recording, (channels, n)."""
    return decoded.samples.read(0, decoded.samples.length)


def pitch(samples: NDArray[np.float32], rate: int = 16_000) -> float:
    """Hertz of the strongest part of a 1-D sound."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax() * rate / len(samples))


def open_what_the_environment_names(args: list[str]) -> BinaryIO:
    return open_plain_file([os.environ["RECORDING_TO_OPEN"]])


def voice(seconds: float = 10.0, *runs: tuple[float, float], level: float = 0.0) -> Voice:
    """A clip with a voice in `runs` (all of it where none are given) whose loudness is `level` decibels against the
    recording's speech."""
    made = Voice(tone(seconds)[0], 0.0)
    made = Voice(made.samples, made.level_near(0, seconds) - level)
    made.__dict__["runs"] = list(runs or [(0.0, seconds)])
    return made


def segment(
    text: str, start: float = 0.0, end: float = 10.0, *, probability: float = 0.9, logprob: float = -0.2,
    no_speech: float = 0.01, flags: tuple[Flag, ...] = (),
) -> Segment:  # fmt: skip
    """Its words share the time evenly."""
    said = text.split()
    each = (end - start) / max(1, len(said))
    words = tuple(
        Word(round(start + at * each, 3), round(start + (at + 1) * each, 3), word, probability)
        for at, word in enumerate(said)
    )
    return Segment(start, end, text, words, logprob, no_speech, flags)
