"""The channels of a recording: one mixed, or one for each person."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from coding.speech.decode import RATE, Decoded, Samples

_FRAME = RATE // 50  # 20 ms
_SMOOTH = 7  # frames
_DOMINANT = 10 ** (6 / 10)  # 6 dB
_BLOCK = 60 * RATE


class Channels(StrEnum):
    ONE = "one"
    SAME = "same"  # dual mono: the same sound twice, perhaps with the sign turned
    ONE_SILENT = "one silent"
    MIXED = "mixed"  # two microphones in one room: everybody is on both
    SEPARATE = "separate"  # a person on each channel, as in call recordings


@dataclass(frozen=True)
class Sound:
    """Samples with what their channels are; `clip` gives what one voice channel holds, without copying the whole."""

    samples: Samples
    kind: Channels

    @property
    def channels(self) -> int:
        """How many channels are to be listened to one by one."""
        return 2 if self.kind is Channels.SEPARATE else 1

    @property
    def seconds(self) -> float:
        return float(self.samples.shape[1] / RATE)

    def clip(self, channel: int, start: float, end: float) -> Samples:
        """1-D float32 at 16 kHz. On separate channels, silence where the other channel is 6 dB louder: its bleed."""
        first, last = max(0, round(start * RATE)), min(self.samples.shape[1], round(end * RATE))
        if self.kind is Channels.SEPARATE:
            return self._gated(channel, first, last)
        both = self.samples[:, first:last]
        if self.kind is Channels.MIXED:
            mean: Samples = both.mean(axis=0)
            return mean
        loudest: Samples = both[self._loudest]
        return loudest

    @cached_property
    def _loudest(self) -> int:
        return int(_energies(self.samples).sum(axis=1).argmax())

    @cached_property
    def _smooth(self) -> NDArray[np.float32]:
        window = np.ones(_SMOOTH, dtype=np.float32) / _SMOOTH
        return np.stack([np.convolve(one, window, mode="same") for one in _energies(self.samples)])

    def _gated(self, channel: int, first: int, last: int) -> Samples:
        energies = self._smooth[:, first // _FRAME : last // _FRAME + 1]
        bleed = np.repeat(energies[1 - channel] > _DOMINANT * energies[channel], _FRAME)[first % _FRAME :]
        found = self.samples[channel, first:last].copy()
        found[: len(bleed)][bleed[: len(found)]] = 0.0
        return found


def sound_of_recording(decoded: Decoded) -> Sound:
    return Sound(decoded.samples, kind_of_channels(decoded.samples))


def kind_of_channels(samples: Samples) -> Channels:
    """By correlation over the whole recording, and by how often each channel is clearly the louder one.

    Separate means that in at least 70 % of the loud frames one channel leads by 6 dB, and that each of them leads in at
    least 5 %: a stereo microphone between two people does not part them like that.
    """
    if samples.shape[0] == 1:
        return Channels.ONE
    power = np.array([float(np.dot(one, one)) for one in samples])
    if power.min() <= 1e-4 * power.max():
        return Channels.ONE_SILENT
    if abs(float(np.dot(samples[0], samples[1]))) > 0.99 * float(np.sqrt(power.prod())):
        return Channels.SAME
    energies = _energies(samples)
    loud = energies[:, energies.max(axis=0) > 0.05 * np.quantile(energies.max(axis=0), 0.95)]
    leads = [float((one > _DOMINANT * other).mean()) for one, other in (loud, loud[::-1])]
    return Channels.SEPARATE if sum(leads) >= 0.7 and min(leads) >= 0.05 else Channels.MIXED


def _energies(samples: Samples) -> NDArray[np.float32]:
    """(channels, frames): mean power of 20 ms frames."""
    frames = -(-samples.shape[1] // _FRAME)
    found = np.zeros((samples.shape[0], frames), dtype=np.float32)
    for first in range(0, samples.shape[1], _BLOCK):
        block = samples[:, first : first + _BLOCK]
        whole = block.shape[1] // _FRAME * _FRAME
        power = block[:, :whole].reshape(samples.shape[0], -1, _FRAME)
        found[:, first // _FRAME : first // _FRAME + power.shape[1]] = (power**2).mean(axis=2)
    return found
