"""A recording with a soft tone in the place of some of its seconds. All other samples stay as they were decoded."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from coding.speech.containers import open_container, sounds_of
from coding.speech.join import OnlyWrite, Out

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

TONE = 440.0  # Hz
LOUDNESS = 0.1  # of full scale: quieter than speech
PAD = 0.1  # seconds before and after: words are timed to about so much
_FADE = 0.005  # seconds, so that the tone does not click
_GAP = 0.05  # seconds missing in a track from which silence stands for them, so that times stay a player's
_LONGEST_GAP = 4 * 3600.0  # seconds: a time stamp further on is damaged


def bleep(file: BinaryIO, out: Out, spans: Sequence[tuple[float, float]]) -> None:
    """Writes sound only, every track of it, as FLAC in Matroska. `file` is seekable, `spans` are seconds. Memory does
    not grow with the recording; what does not decode is left out, as when it was heard.

    Raises what `open_container` and `sounds_of` raise.
    """
    import av

    wide = [(max(0.0, start - PAD), end + PAD) for start, end in spans]
    with open_container(file) as container, av.open(OnlyWrite(out), "w", format="matroska") as to:
        begins = (container.start_time or 0) / 1_000_000
        sounds = sounds_of(container)
        tracks = {sound.index: _Track(to, sound, begins, wide) for sound in sounds}
        stumbles = 0
        packets = iter(container.demux(*sounds))
        while stumbles < 100:
            try:
                packet = next(packets)
                frames = packet.decode()
            except StopIteration:
                break
            except av.error.FFmpegError:
                stumbles += 1
                continue
            for frame in frames:
                tracks[packet.stream.index].take(frame)  # type: ignore[arg-type]
        for track in tracks.values():
            track.finish()


class _Track:
    """One track on its way: `_at` counts its samples so far."""

    def __init__(self, to: Any, sound: Any, begins: float, spans: Sequence[tuple[float, float]]) -> None:
        import av

        self._to, self._begins, self._spans = to, begins, spans
        self._rate, self._layout = sound.codec_context.sample_rate, sound.codec_context.layout
        self._stream = to.add_stream("flac", rate=self._rate)
        self._stream.layout = self._layout
        self._stream.format = "s16"
        self._resampler = av.AudioResampler(format="s16", layout=self._layout, rate=self._rate)
        self._at = 0

    def take(self, frame: "AudioFrame") -> None:
        if frame.time is not None:
            missing = frame.time - self._begins - self._at / self._rate
            if _GAP < missing < _LONGEST_GAP:
                self._silence(round(missing * self._rate))
        for same in self._resampler.resample(frame):
            self._write(same.to_ndarray().reshape(-1, self._channels))

    def finish(self) -> None:
        for packet in self._stream.encode(None):
            self._to.mux(packet)

    @property
    def _channels(self) -> int:
        return int(self._layout.nb_channels)

    def _silence(self, samples: int) -> None:
        import numpy as np

        while samples > 0:
            piece = min(samples, self._rate)
            self._write(np.zeros((piece, self._channels), np.int16))
            samples -= piece

    def _write(self, samples: Any) -> None:
        """`samples` are (samples × channels) of 16 bits."""
        import av
        import numpy as np

        for first, last in self._inside(len(samples)):
            place = np.arange(self._at + first, self._at + last)
            samples[first:last] = self._tone(place)[:, None]
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.reshape(1, -1)), format="s16", layout=self._layout
        )
        frame.sample_rate, frame.pts = self._rate, self._at
        self._at += len(samples)
        for packet in self._stream.encode(frame):
            self._to.mux(packet)

    def _inside(self, count: int) -> Iterator[tuple[int, int]]:
        """Which of the next samples lie in a span."""
        for start, end in self._spans:
            first = max(0, round(start * self._rate) - self._at)
            last = min(count, round(end * self._rate) - self._at)
            if first < last:
                yield first, last

    def _tone(self, place: Any) -> Any:
        import numpy as np

        seconds = place / self._rate
        rise = np.zeros(len(place))
        for start, end in self._spans:
            near = np.minimum(seconds - start, end - seconds) / _FADE
            rise = np.maximum(rise, np.clip(near, 0.0, 1.0))
        return np.round(32767 * LOUDNESS * rise * np.sin(2 * np.pi * TONE * seconds)).astype(np.int16)
