"""From the speech in a recording to what its voices are told apart by, a minute at a time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coding.speech.voice_encoder import MELS, WINDOW, VoiceEncoder, spectrum_of
from coding.speech.voices import FRAME, Voiced

if TYPE_CHECKING:
    from coding.speech.sound import Sound

Region = tuple[float, float]
"""Start and end of speech, in seconds."""

_TIMBRE = 19  # cepstral coefficients
_HOPS = ((180.0, 25), (480.0, 50))  # seconds of speech up to which so many spectrum frames (10 ms) part two windows
_LONG_HOP = 70
_EDGE = 50  # frames at a window's either end that say little of it: other windows have them in their middle
_AT_ONCE = 6_000  # spectrum frames


def voiced_of(sound: "Sound", regions: Sequence[Region]) -> Voiced:
    """Of all regions together, in order; each gives `frames_in` frames. Memory: 130 bytes for every frame."""
    loudness = _loudness(sound, regions)
    seconds = sum(end - start for start, end in regions)
    gathering = _Gathering(next((hop for most, hop in _HOPS if seconds <= most), _LONG_HOP))
    for region in regions:
        length = frames_in(region) * 2
        spectrum = spectrum_of(sound.clip(0, *region), loudness)[:length]
        gathering.add(np.pad(spectrum, ((0, length - len(spectrum)), (0, 0)), mode="edge"))
    return gathering.all()


def frames_in(region: Region) -> int:
    return int((region[1] - region[0]) / FRAME)


def _loudness(sound: "Sound", regions: Sequence[Region]) -> float:
    """Root mean square of the speech."""
    power, count = 0.0, 0
    for region in regions:
        samples = sound.clip(0, *region)
        power, count = power + float(np.dot(samples, samples)), count + len(samples)
    return float(np.sqrt(power / max(1, count)))


def windows_in(first: int, last: int, hop: int) -> list[tuple[int, int, int]]:
    """Where windows begin in a region from spectrum frame `first` to before `last`, and the frames each stands for.

    They do not reach into other regions, where somebody else may speak, unless the region is shorter than a window: one
    around its middle has to do. A window stands for its middle, and for the region's edges where it touches them."""
    if last - first < WINDOW:
        return [(max(0, (first + last - WINDOW) // 4 * 2), first, last)] if last > first else []
    starts = [*range(first, last - WINDOW, hop), last - WINDOW]
    return [
        (start, first if start == first else start + _EDGE, last if start == starts[-1] else start + WINDOW - _EDGE)
        for start in starts
    ]


class _Gathering:
    """Spectra as they come, with no more of them in memory than one step needs. Places are spectrum frames."""

    def __init__(self, hop: int) -> None:
        self._encoder = VoiceEncoder()
        self._hop = hop
        self._waiting = [np.empty((0, MELS), np.float32)]
        self._first = self._end = 0  # of what is waiting
        self._to_embed: list[int] = []
        self._timbre: list[NDArray[np.float16]] = []
        self._level: list[NDArray[np.float16]] = []
        self._after_pause: list[NDArray[np.bool_]] = []
        self._windows: list[NDArray[np.float32]] = []
        self._placed: list[tuple[int, int, int]] = []

    def add(self, spectrum: NDArray[np.float32]) -> None:
        """Of one region: an even number of frames."""
        if not len(spectrum):
            return
        cepstra = _cepstra(spectrum)
        self._level.append(cepstra[:, 0].astype(np.float16))
        self._timbre.append(cepstra[:, 1:].astype(np.float16))
        self._after_pause.append(np.arange(len(cepstra)) == 0)
        placed = windows_in(self._end, self._end + len(spectrum), self._hop)
        self._placed += placed
        self._to_embed += [start for start, _, _ in placed]
        self._waiting.append(spectrum)
        self._end += len(spectrum)
        if self._end - self._first >= _AT_ONCE:
            self._embed()

    def all(self) -> Voiced:
        if self._to_embed:  # a short region at the end has nothing after it
            self._waiting.append(np.zeros((WINDOW, MELS), np.float32))
            self._end += WINDOW
            self._embed()
        placed = np.array(self._placed, np.int64).reshape(-1, 3) // 2
        return Voiced(
            np.concatenate([np.empty((0, _TIMBRE), np.float16), *self._timbre]),
            np.concatenate([np.empty(0, np.float16), *self._level]),
            np.concatenate([np.empty(0, np.bool_), *self._after_pause]),
            np.concatenate([np.empty((0, 256), np.float32), *self._windows]),
            placed[:, 0],
            placed[:, 1:],
        )

    def _embed(self) -> None:
        """Every window that has all its frames; the others wait, with a window's length behind them."""
        spectrum = np.concatenate(self._waiting)
        ready = [start for start in self._to_embed if start + WINDOW <= self._end]
        if ready:
            self._windows.append(self._encoder.windows(spectrum, np.array(ready) - self._first))
            self._to_embed = self._to_embed[len(ready) :]
        keep = max(self._first, min([*self._to_embed, self._end - WINDOW]))
        self._waiting, self._first = [spectrum[keep - self._first :]], keep


def _cepstra(spectrum: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames / 2, 1 + _TIMBRE): the shape of the spectrum on a log scale, its level first, two frames in one."""
    from scipy.fft import dct

    found = dct(np.log(spectrum + 1e-8), axis=1, norm="ortho")[:, : 1 + _TIMBRE]
    halves: NDArray[np.float32] = found.reshape(-1, 2, 1 + _TIMBRE).mean(axis=1)
    return halves
