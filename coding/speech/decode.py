"""Any recording to 16 kHz samples, packet by packet, so that one damaged block costs only itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from coding.speech.containers import container_seconds, open_container, sound_of
from coding.speech.errors import NoSound, RecordingTooLong
from coding.speech.probe import LIMIT_MINUTES, missing_note

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

Samples = NDArray[np.float32]
RATE = 16_000
_RESTARTS = 1_000  # how often reading may stumble before the rest is given up


@dataclass(frozen=True)
class Decoded:
    """`samples` is (channels, n) float32 in -1…1: one channel, or two where the recording has two."""

    samples: Samples
    rate: int
    bad_packets: int
    container_seconds: float | None
    decoded_seconds: float

    @property
    def notes(self) -> tuple[str, ...]:
        missing = missing_note(self.container_seconds, self.decoded_seconds)
        if self.bad_packets and not missing:
            return (f"{self.bad_packets} damaged piece(s) of the recording were skipped; words there may be missing.",)
        return missing


def decode(file: BinaryIO, *, limit_minutes: float = LIMIT_MINUTES) -> Decoded:
    """`file` is seekable. Memory is 64 kB a second and channel, allocated once where the file states its length.

    Raises what `open_container` and `sound_of` raise, NoSound when nothing decodes, and RecordingTooLong.
    """
    import av

    with open_container(file) as container:
        sound = sound_of(container)
        stated = container_seconds(container, sound)
        channels = 2 if sound.codec_context.channels == 2 else 1
        samples = _Growing(channels, int(min(stated or 60.0, limit_minutes * 60) * RATE) + RATE)
        frames = _Frames(container, sound)
        resampler: av.AudioResampler | None = None
        setup: tuple[object, ...] | None = None
        for frame in frames:
            now = (frame.format.name, frame.layout.name, frame.sample_rate)
            if resampler is None or now != setup:  # a stream may change its form half way
                _drain(resampler, samples)
                layout = "stereo" if channels == 2 else "mono"
                resampler, setup = av.AudioResampler(format="fltp", layout=layout, rate=RATE), now
            frame.pts = None  # stamps around a damaged block are wrong and would stop the resampler
            for piece in resampler.resample(frame):
                samples.append(piece.to_ndarray())
            if samples.used > limit_minutes * 60 * RATE:
                raise RecordingTooLong(minutes=max(stated or 0.0, samples.used / RATE) / 60, limit=limit_minutes)
        _drain(resampler, samples)
    if not samples.used:
        raise NoSound
    return Decoded(samples.taken(), RATE, frames.bad_packets, stated, samples.used / RATE)


def _drain(resampler: Any, samples: "_Growing") -> None:
    if resampler is not None:
        for piece in resampler.resample(None):
            samples.append(piece.to_ndarray())


class _Frames:
    """Frames of every packet that decodes; the others are counted."""

    def __init__(self, container: "InputContainer", sound: "AudioStream") -> None:
        self._container, self._sound = container, sound
        self.bad_packets = 0

    def __iter__(self) -> Iterator["AudioFrame"]:
        import av

        for _ in range(_RESTARTS):
            try:
                for packet in self._container.demux(self._sound):
                    try:
                        yield from packet.decode()
                    except av.error.EOFError:
                        return
                    except av.error.FFmpegError:
                        self.bad_packets += 1
            except av.error.FFmpegError:  # reading itself stumbled: go on behind the damage
                self.bad_packets += 1
                continue
            return


class _Growing:
    """(channels, n) samples in one array that grows by half when it is full."""

    def __init__(self, channels: int, room: int) -> None:
        self._array: Samples = np.empty((channels, room), dtype=np.float32)
        self.used = 0

    def append(self, piece: NDArray[Any]) -> None:
        end = self.used + piece.shape[1]
        if end > self._array.shape[1]:
            larger = np.empty((self._array.shape[0], max(end, self._array.shape[1] * 3 // 2)), dtype=np.float32)
            larger[:, : self.used] = self._array[:, : self.used]
            self._array = larger
        self._array[:, self.used : end] = piece
        self.used = end

    def taken(self) -> Samples:
        found = self._array[:, : self.used]
        np.nan_to_num(found, copy=False, posinf=1.0, neginf=-1.0)
        return np.clip(found, -1.0, 1.0, out=found)
