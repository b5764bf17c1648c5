"""Any recording to 16 kHz samples, packet by packet, so that one damaged block costs only itself."""

from collections.abc import Iterable, Iterator
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
_STUMBLES = 100  # how often reading may fail in a row before the rest is given up
_GAP = 0.2  # seconds between time stamps and samples before silence is put in
_LOST = 1.0  # seconds: a shorter gap is a codec's way of saying silence, a longer one is something lost


@dataclass(frozen=True)
class Decoded:
    """`samples` is (channels, n) float32 in -1…1: one channel, or two where the recording has two. What is missing
    within is silence there, so that times are those a player shows; `decoded_seconds` does not count it. `bad_packets`
    are those that did not decode, and stretches of a second and more that are not there at all."""

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
        stated = container_seconds(container, sound, file)
        channels = 2 if sound.codec_context.channels == 2 else 1
        samples = _Growing(channels, int(min(stated or 60.0, limit_minutes * 60) * RATE) + RATE)
        frames = _Frames(container, sound)
        resampler: av.AudioResampler | None = None
        setup: tuple[object, ...] | None = None
        start: float | None = None
        lost: list[float] = []
        for frame, following in _with_next(frames):
            start = frame.time if start is None else start
            gap = _gap(frame, following, (start or 0.0) + samples.used / RATE, (start or 0.0) + (stated or 0.0))
            now = (frame.format.name, frame.layout.name, frame.sample_rate)
            if resampler is None or now != setup or gap:  # a stream may change its form half way
                _drain(resampler, samples)
                layout = "stereo" if channels == 2 else "mono"
                resampler, setup = av.AudioResampler(format="fltp", layout=layout, rate=RATE), now
            samples.append(np.zeros((channels, round(gap * RATE)), np.float32))
            lost += [gap] if gap >= _LOST else []
            frame.pts = None  # stamps around a damaged block are wrong and would stop the resampler
            for piece in resampler.resample(frame):
                samples.append(piece.to_ndarray())
            if samples.used > limit_minutes * 60 * RATE:
                raise RecordingTooLong(minutes=max(stated or 0.0, samples.used / RATE) / 60, limit=limit_minutes)
        _drain(resampler, samples)
    if not samples.used:
        raise NoSound
    return Decoded(samples.taken(), RATE, frames.bad_packets + len(lost), stated, samples.used / RATE - sum(lost))


def _with_next(frames: Iterable["AudioFrame"]) -> Iterator[tuple["AudioFrame", "AudioFrame | None"]]:
    frame: AudioFrame | None = None
    for following in frames:
        if frame is not None:
            yield frame, following
        frame = following
    if frame is not None:
        yield frame, None


def _gap(frame: "AudioFrame", following: "AudioFrame | None", at: float, end: float) -> float:
    """Seconds missing before `frame`, when `at` is where the samples have come to and `end` where the recording ends.

    A damaged time stamp can be anything: it counts only when the next one agrees and the recording is that long.
    """
    if frame.time is None or following is None or following.time is None:
        return 0.0
    agreed = frame.time <= following.time < frame.time + _LOST and frame.time <= end
    return frame.time - at if agreed and frame.time - at >= _GAP else 0.0


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

        stumbles = 0
        while stumbles < _STUMBLES:
            try:
                for packet in self._container.demux(self._sound):
                    stumbles = 0
                    try:
                        yield from packet.decode()
                    except av.error.EOFError:
                        return
                    except av.error.FFmpegError:
                        self.bad_packets += 1
                return
            except av.error.FFmpegError:  # reading itself stumbled: go on behind the damage, which counts once
                self.bad_packets += not stumbles
                stumbles += 1


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
        for first in range(0, self.used, 60 * RATE):  # a whole recording's masks would need as much memory again
            part = found[:, first : first + 60 * RATE]
            np.nan_to_num(part, copy=False, posinf=1.0, neginf=-1.0)
            np.clip(part, -1.0, 1.0, out=part)
        return found
