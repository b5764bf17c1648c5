"""Any recording to 16 kHz samples, packet by packet, so that one damaged block costs only itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from coding.speech.containers import container_seconds, open_container, sound_of
from coding.speech.errors import NoSound, RecordingTooLong
from coding.speech.probe import LIMIT_MINUTES, missing_note
from coding.speech.sample_store import Samples as Samples
from coding.speech.sample_store import SampleStore

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

RATE = 16_000
_STUMBLES = 100  # how often reading may fail in a row before the rest is given up
_GAP = 0.2  # seconds between time stamps and samples before silence is put in
_LOST = 1.0  # seconds: a shorter gap is a codec's way of saying silence, a longer one is something lost


@dataclass(frozen=True)
class Decoded:
    """`samples` holds one channel, or two where the recording has two. What is missing within is silence there, so
    that times are those a player shows; `decoded_seconds` does not count it. `bad_packets` are those that did not
    decode, and stretches of a second and more that are not there at all."""

    samples: SampleStore
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
    """`file` is seekable. Memory does not grow with the recording: samples go to the temporary folder, sealed, 32 kB
    for a second of each channel.

    Raises what `open_container` and `sound_of` raise, NoSound when nothing decodes, RecordingTooLong, and
    TemporaryFolderFull.
    """
    import av

    with open_container(file) as container:
        sound = sound_of(container)
        stated = container_seconds(container, sound, file)
        samples = SampleStore(2 if sound.codec_context.channels == 2 else 1)
        layout = "stereo" if samples.channels == 2 else "mono"
        most = limit_minutes * 60 * RATE
        frames = _Frames(container, sound)
        resampler: av.AudioResampler | None = None
        setup: tuple[object, ...] | None = None
        start: float | None = None
        lost: list[float] = []
        for frame, following in _with_next(frames):
            start = frame.time if start is None else start
            gap = _gap(frame, following, (start or 0.0) + samples.length / RATE, (start or 0.0) + (stated or 0.0))
            now = (frame.format.name, frame.layout.name, frame.sample_rate)
            if resampler is None or now != setup or gap:  # a stream may change its form half way
                _drain(resampler, samples)
                resampler, setup = av.AudioResampler(format="fltp", layout=layout, rate=RATE), now
            if samples.length + gap * RATE > most:
                raise RecordingTooLong(minutes=max(stated or 0.0, samples.length / RATE) / 60, limit=limit_minutes)
            samples.append_silence(round(gap * RATE))
            lost += [gap] if gap >= _LOST else []
            frame.pts = None  # stamps around a damaged block are wrong and would stop the resampler
            for piece in resampler.resample(frame):
                samples.append(piece.to_ndarray())
        _drain(resampler, samples)
    if not samples.length:
        raise NoSound
    return Decoded(samples, RATE, frames.bad_packets + len(lost), stated, samples.length / RATE - sum(lost))


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


def _drain(resampler: Any, samples: SampleStore) -> None:
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
