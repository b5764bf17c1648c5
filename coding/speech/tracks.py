"""One sound track of a recording, and what becomes of several."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from coding.speech.errors import RecordingTooLong
from coding.speech.sample_store import Samples, SampleStore

if TYPE_CHECKING:
    from av import AudioResampler
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.packet import Packet

RATE = 16_000
_GAP = 0.2  # seconds between time stamps and samples before silence is put in
_LOST = 1.0  # seconds: a shorter gap is some codecs' way of saying silence, a longer one is something lost
_SAY_SILENCE = ("opus", "libopus", "speex", "amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb", "g723_1")
_BELIEVED = 60.0  # seconds: a longer gap in a file that states no length is taken for a damaged time stamp
_BLOCK = 60 * RATE
_SILENT = 1e-4  # of the power of the loudest track


class Track:
    """Turns the packets of one track into 16 kHz samples from the recording's beginning on. `bad_packets` counts those
    that did not decode; `lost_seconds` are the stretches for which there were none."""

    def __init__(
        self, sound: "AudioStream", *, begins: float, stated: float | None, stamped: bool, limit_minutes: float
    ) -> None:
        """`begins` is the time stamp of the recording's beginning, `stated` the seconds from there to the end;
        `stamped` whether time stamps are in the file and not counted up by the library."""
        self.samples = SampleStore(2 if sound.codec_context.channels == 2 else 1)
        self.stated = stated
        self.bad_packets = 0
        self.lost_seconds: list[float] = []
        self._begins, self._stamped, self._limit = begins, stamped, limit_minutes
        self._least_loss = _LOST if sound.codec_context.name in _SAY_SILENCE else _GAP
        self._resampler: AudioResampler | None = None
        self._setup: tuple[object, ...] | None = None
        self._waiting: AudioFrame | None = None

    @property
    def seconds(self) -> float:
        """Of sound; what is lost within does not count."""
        return self.samples.length / RATE - sum(self.lost_seconds)

    def take(self, packet: "Packet[AudioStream]") -> None:
        """Raises RecordingTooLong and TemporaryFolderFull."""
        import av

        try:
            frames = packet.decode()
        except av.error.EOFError:
            return
        except av.error.FFmpegError:
            self.bad_packets += 1
            return
        for frame in frames:
            if self._waiting is not None:
                self._add(self._waiting, frame)
            self._waiting = frame

    def finish(self) -> None:
        if self._waiting is not None:
            self._add(self._waiting, None)
        self._drain()

    def _add(self, frame: "AudioFrame", following: "AudioFrame | None") -> None:
        import av

        gap = self._gap(frame, following)
        if self.samples.length + gap * RATE > self._limit * 60 * RATE:
            raise RecordingTooLong(max(self._limit, (self.stated or 0.0) / 60), self._limit)
        setup = (frame.format.name, frame.layout.name, frame.sample_rate)
        try:
            if self._resampler is None or setup != self._setup or gap:  # a stream may change its form half way
                self._drain()
                layout = "stereo" if self.samples.channels == 2 else "mono"
                self._resampler, self._setup = av.AudioResampler(format="fltp", layout=layout, rate=RATE), setup
            if self.samples.length and gap >= self._least_loss:
                self.lost_seconds.append(gap)
            self.samples.append_silence(round(gap * RATE))
            frame.pts = None  # stamps around a damaged block are wrong and would stop the resampler
            for piece in self._resampler.resample(frame):
                self.samples.append(piece.to_ndarray())
        except (av.error.FFmpegError, ValueError):
            self.bad_packets += 1
            self._resampler = None

    def _gap(self, frame: "AudioFrame", following: "AudioFrame | None") -> float:
        """Seconds missing before `frame`.

        A damaged time stamp can be anything: it counts only when the next one agrees and the recording is that long.
        """
        if not self._stamped or frame.time is None or following is None or following.time is None:
            return 0.0
        at = self._begins + self.samples.length / RATE
        end = at + _BELIEVED if self.stated is None else self._begins + self.stated
        agreed = frame.time <= following.time < frame.time + _LOST and frame.time <= end
        return frame.time - at if agreed and frame.time - at >= _GAP else 0.0

    def _drain(self) -> None:
        if self._resampler is not None:
            for piece in self._resampler.resample(None):
                self.samples.append(piece.to_ndarray())


def audible(tracks: Sequence[SampleStore]) -> list[int]:
    """The places of those with sound; of all where none has any."""
    powers = [_power(track) for track in tracks] if len(tracks) > 1 else [0.0]
    return [at for at, power in enumerate(powers) if power >= _SILENT * max(powers)]


def together(heard: Sequence[SampleStore]) -> SampleStore:
    """A single track as it is; of several, two channels: the first, and all others mixed.

    Programs that record a call put the microphone on one track and the far end on another, so as channels they part
    the two people; a first track that already holds the mix is the same as the others together, and shows as that.
    """
    if len(heard) == 1:
        return heard[0]
    both = SampleStore(2)
    length = max(track.length for track in heard)
    for first in range(0, length, _BLOCK):
        last = min(first + _BLOCK, length)
        ones = [_mono(track, first, last) for track in heard]
        both.append(np.stack([ones[0], np.sum(ones[1:], axis=0)]))
    return both


def _mono(track: SampleStore, first: int, last: int) -> Samples:
    found: Any = track.read(first, last).mean(axis=0)
    return np.pad(found, (0, last - first - len(found))).astype(np.float32)


def _power(track: SampleStore) -> float:
    blocks = (track.read(first, first + _BLOCK) for first in range(0, track.length, _BLOCK))
    return sum(float(np.square(block).sum()) for block in blocks) / track.channels
