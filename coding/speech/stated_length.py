"""What a file says about its own length."""

import struct
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

RAW = ("mp3", "aac", "ac3", "eac3", "loas", "amr", "amrnb", "amrwb", "gsm")
"""Formats of frames alone: their time stamps are counted up by the library, and most state no length."""
_PLACEHOLDERS = (0, 1 << 31, 1 << 32)  # about these sizes are written by programs that do not know the end yet
_LARGE = 4 << 20  # bytes; no chunk before the samples is


def container_seconds(container: "InputContainer", sound: "AudioStream", file: BinaryIO) -> float | None:
    """From the recording's beginning to the end of `sound` as the file says it; None when it says nothing and there is
    only a guess from the bit rate."""
    name = container.format.name
    if name in ("mpeg", "mpegts") or (name in RAW and not (name == "mp3" and _mp3_says(file))):
        return None
    if name == "wav" and (claimed := _wav_says(file)):
        return claimed
    if sound.duration and sound.time_base:
        late = float((sound.start_time or 0) * sound.time_base) - (container.start_time or 0) / 1_000_000
        return float(sound.duration * sound.time_base) + max(0.0, late)
    return container.duration / 1_000_000 if container.duration and container.duration > 0 else None


def _mp3_says(file: BinaryIO) -> bool:
    """Whether the first frame of an MP3 holds its length, as encoders write it that know the end."""
    reading = file.tell()
    file.seek(0)
    head = file.read(10)
    size = sum((byte & 127) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
    file.seek(10 + size if head.startswith(b"ID3") else 0)
    first = file.read(4096)
    file.seek(reading)
    return any(mark in first for mark in (b"Xing", b"Info", b"VBRI"))


def _wav_says(file: BinaryIO) -> float | None:
    """Seconds, where the file's size and that of its samples agree and neither is a placeholder: only then was the
    header written by somebody who knew."""
    reading = file.tell()
    try:
        file.seek(0)
        riff, whole, _ = struct.unpack("<4sI4s", file.read(12))
        per_second = 0
        while riff == b"RIFF":
            kind, size = struct.unpack("<4sI", file.read(8))
            if kind == b"data":
                known = all(abs(size - mark) > 4096 for mark in _PLACEHOLDERS) and whole + 8 >= file.tell() + size
                return size / per_second if known and per_second else None
            content = file.read(size + size % 2) if size < _LARGE else b""
            if kind == b"fmt ":
                per_second = struct.unpack_from("<I", content, 8)[0]
    except struct.error:
        pass
    finally:
        file.seek(reading)
    return None
