"""How odd and broken files are made."""

import io
import struct
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from coding.speech.errors import (
    RecordingError,
)
from tests.coding.speech.making import _mux_sound, damaged, tone, wav, write_sound

SECONDS = 10.0
Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Odd:
    """`seconds` is the sound put in that can be got out again; None where only its beginning or pieces can. `refused`
    is the reason it is refused instead. `told` says whether the person must get a note, `noise` that it holds noise or
    silence instead of 440 Hz."""

    make: Callable[[], bytes]
    seconds: float | None = SECONDS
    refused: type[RecordingError] | None = None
    told: bool = False
    noise: bool = False


def refused(data: bytes | Callable[[], bytes], why: type[RecordingError]) -> Odd:
    return Odd(data if callable(data) else lambda: data, refused=why)


def sound(container: str, codec: str, rate: int = 16_000, channels: int = 1, **more: object) -> bytes:
    return write_sound(tone(SECONDS, rate, channels), rate, container, codec, **more)  # type: ignore[arg-type]


def front(track: tuple[str, int, Sound]) -> bytes:
    """An M4A with its index in front."""
    return film("ipod", "", [track], options=FRONT)


def whole(container: str, codec: str, rate: int = 16_000, channels: int = 1, **more: object) -> Odd:
    return Odd(lambda: sound(container, codec, rate, channels, **more))


def broken(make: Callable[[bytes], bytes], container: str, codec: str, rate: int = 16_000, **more: object) -> Odd:
    """Damaged or cut: the person is told."""
    return Odd(lambda: make(sound(container, codec, rate, **more)), seconds=None, told=True)


def block(at: float) -> Callable[[bytes], bytes]:
    """4 kB of noise."""
    return lambda data: damaged(data, at=at, length=4_096)


def cut(share: float) -> Callable[[bytes], bytes]:
    return lambda data: data[: int(len(data) * share)]


def zeroed(data: bytes) -> bytes:
    """As a copy is left for which room was made but whose second half never came."""
    return data[: len(data) // 2] + bytes(len(data) - len(data) // 2)


def film(
    container: str,
    picture: str,
    tracks: list[tuple[str, int, Sound]],
    *,
    late: float = 0.0,
    options: dict[str, str] | None = None,
) -> bytes:
    """A video with a small picture and sound tracks of (codec, rate, samples), which begin `late` seconds in."""
    with tempfile.TemporaryDirectory() as folder:  # a file: some indexes can be written only there
        path = Path(folder) / "film"
        with av.open(str(path), "w", format=container, options=options or {}) as file:
            shown = file.add_stream(picture, rate=1) if picture else None
            streams = [
                file.add_stream(
                    codec,
                    rate=rate,
                    layout="mono" if samples.shape[0] == 1 else "stereo",
                    options={"aac_coder": "fast"} if codec == "aac" else {},
                )
                for codec, rate, samples in tracks
            ]
            for stream in streams:
                if stream.name == "wmav2":
                    stream.bit_rate = 64_000
            if shown is not None:
                shown.width, shown.height, shown.pix_fmt = 128, 96, "yuv420p"
                for number in range(int(SECONDS + late)):
                    frame = av.VideoFrame.from_ndarray(np.full((96, 128, 3), number, np.uint8), format="rgb24")
                    file.mux(shown.encode(frame))
                file.mux(shown.encode(None))
            for stream, (_, rate, samples) in zip(streams, tracks, strict=True):
                mux_late(file, stream, samples, rate, late)
        return path.read_bytes()


def mux_late(
    file: av.container.OutputContainer, stream: av.AudioStream, samples: Sound, rate: int, late: float
) -> None:
    if not late:
        _mux_sound(file, stream, samples, rate)
        return
    for first in range(0, samples.shape[1], 1_000):
        piece = np.ascontiguousarray(samples[:, first : first + 1_000])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=stream.layout.name)
        frame.sample_rate, frame.pts = rate, first + int(late * rate)
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))


def aac(hertz: float = 440.0, loud: float = 1.0) -> tuple[str, int, Sound]:
    return "aac", 16_000, tone(SECONDS, hertz=hertz) * np.float32(loud)


def opus() -> tuple[str, int, Sound]:
    return "libopus", 48_000, tone(SECONDS, 48_000)


def filmed(container: str, picture: str, track: tuple[str, int, Sound], options: dict[str, str] | None = None) -> Odd:
    return Odd(lambda: film(container, picture, [track], options=options))


def riff(form: bytes, data: bytes, *, said: int | None = None, riff_said: int | None = None) -> bytes:
    """A WAV from the content of its `fmt ` chunk."""
    claimed = len(data) if said is None else said
    size = min(20 + len(form) + claimed, 0xFFFFFFFF) if riff_said is None else riff_said
    head = b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + struct.pack("<I", len(form)) + form
    return head + b"data" + struct.pack("<I", claimed) + data


def pcm(bits: int, rate: int, channels: int, tag: int = 1) -> bytes:
    width = channels * bits // 8
    return struct.pack("<HHIIHH", tag, channels, rate, rate * width, width, bits)


def extensible() -> bytes:
    """24 bits of 32 kHz, two channels, with the long form of the header."""
    kind = b"\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
    form = pcm(24, 32_000, 2, 0xFFFE) + struct.pack("<HHI", 22, 24, 3) + kind
    values = (tone(SECONDS, 32_000, 2).T * 8_388_607).astype("<i4").reshape(-1, 1)
    return riff(form, values.view(np.uint8).reshape(-1, 4)[:, :3].tobytes())


def floats_with_gaps() -> bytes:
    values = tone(SECONDS)[0].copy()
    values[::1_000] = np.nan
    values[500::1_000] = np.inf
    return riff(pcm(32, 16_000, 1, 3), values.astype("<f4").tobytes())


def many_channels(channels: int) -> bytes:
    values = np.repeat(tone(SECONDS), channels, axis=0)
    return riff(pcm(16, 16_000, channels), (values.T * 32_767).astype("<i2").tobytes())


def speech_16() -> bytes:
    return (tone(SECONDS)[0] * 32_767).astype("<i2").tobytes()


def noise(length: int) -> bytes:
    return np.random.default_rng(0).integers(0, 256, length, dtype=np.uint8).tobytes()


def gsm_in_wav() -> bytes:
    form = struct.pack("<HHIIHHHH", 0x31, 1, 8_000, 1_625, 65, 0, 2, 320)
    return riff(form, noise(65 * int(SECONDS * 25)))


def raw_gsm() -> bytes:
    frames = np.frombuffer(noise(33 * int(SECONDS * 50)), np.uint8).reshape(-1, 33).copy()
    frames[:, 0] = 0xD0 | frames[:, 0] & 15
    return frames.tobytes()


def amr_wide() -> bytes:
    frames = np.frombuffer(noise(18 * int(SECONDS * 50)), np.uint8).reshape(-1, 18).copy()
    frames[:, 0] = 0x04  # mode 0: 17 bytes follow
    return b"#!AMR-WB\n" + frames.tobytes()


def dss() -> bytes:
    """A header of two blocks, then blocks of 6 bytes and noise for the codec."""
    head = (b"\x02dss".ljust(0x32, b"\0") + b"260301093000").ljust(1_024, b"\0")
    return head + b"".join(bytes(6) + bytes(byte & 127 for byte in noise(506)) for _ in range(34))


def nist() -> bytes:
    head = (
        f"NIST_1A\n   1024\nsample_count -i {int(SECONDS * 16_000)}\nsample_rate -i 16000\nchannel_count -i 1\n"
        "sample_n_bytes -i 2\nsample_byte_format -s2 01\nsample_coding -s3 pcm\nend_head\n"
    )
    return head.encode().ljust(1024, b" ") + speech_16()


def id3(data: bytes) -> bytes:
    """A cover picture of 60 kB in front, and the old tag behind."""
    picture = b"\0image/jpeg\0\x03\0\xff\xd8\xff\xe0" + noise(60_000)
    frame = b"APIC" + len(picture).to_bytes(4, "big") + b"\0\0" + picture
    size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + frame + data + b"TAG" + b"Session 3".ljust(125, b"\0")


def in_pieces(total: Sound, rate: int, container: str, codec: str) -> bytes:
    """Two complete files, one behind the other."""
    half = total.shape[1] // 2
    return write_sound(total[:, :half], rate, container, codec) + write_sound(total[:, half:], rate, container, codec)


def joined() -> bytes:
    """The first tells of its own length only, and the tag of the second looks like damage: the person is told."""
    return in_pieces(tone(SECONDS), 16_000, "mp3", "libmp3lame")


def two_forms() -> bytes:
    """AAC of 16 kHz mono that goes on as 44.1 kHz stereo."""
    one, other = tone(SECONDS / 2), tone(SECONDS / 2, 44_100, 2)
    return write_sound(one, 16_000, "adts", "aac") + write_sound(other, 44_100, "adts", "aac")


def skipping(seconds: int) -> bytes:
    """An M4A whose edit list leaves out its beginning, as trimming on a telephone does."""
    data = bytearray(sound("ipod", "aac"))
    at = data.index(b"elst") + 12  # version and flags, count, duration, then where in the track it begins
    struct.pack_into(">I", data, at, int.from_bytes(data[at : at + 4], "big") - seconds * 1_000)
    struct.pack_into(">i", data, at + 4, int.from_bytes(data[at + 4 : at + 8], "big") + seconds * 16_000)
    return bytes(data)


def without_index(data: bytes) -> bytes:
    return data[: data.index(b"moov") - 4]


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("session.wav", wav(bytes(range(256)) * 100))
    return out.getvalue()


def picture(codec: str, container: str = "image2pipe", pix_fmt: str = "yuvj420p") -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=1)
        stream.width = stream.height = 64
        stream.pix_fmt = pix_fmt
        file.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((64, 64, 3), 99, np.uint8), format="rgb24")))
        file.mux(stream.encode(None))
    return out.getvalue()


def loud(gain: float, offset: float = 0.0) -> bytes:
    values = np.clip(tone(SECONDS) * gain + offset, -1, 1).astype(np.float32)
    return write_sound(values, 16_000, "wav", "pcm_s16le")


LIVE = {"live": "1"}
FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
FRONT = {"movflags": "faststart"}
VBR = {"write_xing": "1"}
NO_XING = {"write_xing": "0", "id3v2_version": "0"}
PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body>Sign in to download</body></html>" * 20
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + bytes(range(256)) * 20
