"""The channels of a recording: one mixed, or one for each person."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from coding.speech.decode import RATE, Decoded
from coding.speech.sample_store import Samples, SampleStore

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
    """Samples with what their channels are; `clip` gives what one voice channel holds, without reading the whole."""

    samples: SampleStore
    kind: Channels

    @property
    def channels(self) -> int:
        """How many channels are to be listened to one by one."""
        return 2 if self.kind is Channels.SEPARATE else 1

    @property
    def seconds(self) -> float:
        return self.samples.length / RATE

    def clip(self, channel: int, start: float, end: float) -> Samples:
        """1-D float32 at 16 kHz. On separate channels, silence where the other channel is 6 dB louder: its bleed."""
        first = max(0, round(start * RATE))
        both = self.samples.read(first, round(end * RATE))
        if self.kind is Channels.SEPARATE:
            found: Samples = both[channel]
            found[self._bleed(channel, first, len(found))] = 0.0
            return found
        if self.kind is Channels.MIXED:
            mean: Samples = both.mean(axis=0)
            return mean
        loudest: Samples = both[self._loudest]
        return loudest

    @cached_property
    def _loudest(self) -> int:
        return int(_energies(self.samples).sum(axis=1).argmax()) if self.samples.channels > 1 else 0

    @cached_property
    def _smooth(self) -> NDArray[np.float32]:
        window = np.ones(_SMOOTH, dtype=np.float32) / _SMOOTH
        return np.stack([np.convolve(one, window, mode="same") for one in _energies(self.samples)])

    def _bleed(self, channel: int, first: int, length: int) -> NDArray[np.bool_]:
        """For each of `length` samples from `first` on, whether the other channel is much the louder one."""
        energies = self._smooth[:, first // _FRAME : (first + length) // _FRAME + 1]
        bleed = np.repeat(energies[1 - channel] > _DOMINANT * energies[channel], _FRAME)
        return bleed[first % _FRAME :][:length]


def sound_of_recording(decoded: Decoded) -> Sound:
    return Sound(decoded.samples, kind_of_channels(decoded.samples))


def kind_of_channels(samples: SampleStore) -> Channels:
    """By correlation over the whole recording, and by how often each channel is clearly the louder one.

    Separate means that in at least 70 % of the loud frames one channel leads by 6 dB, and that each of them leads in at
    least 5 %: a stereo microphone between two people does not part them like that.
    """
    if samples.channels == 1:
        return Channels.ONE
    energies = _energies(samples)
    power = energies.sum(axis=1, dtype=np.float64)
    if power.min() <= 1e-4 * power.max():
        return Channels.ONE_SILENT
    if abs(_product(samples)) > 0.99 * float(np.sqrt(power.prod())):
        return Channels.SAME
    loud = energies[:, energies.max(axis=0) > 0.05 * np.quantile(energies.max(axis=0), 0.95)]
    leads = [float((one > _DOMINANT * other).mean()) for one, other in (loud, loud[::-1])]
    return Channels.SEPARATE if sum(leads) >= 0.7 and min(leads) >= 0.05 else Channels.MIXED


def _blocks(samples: SampleStore) -> Iterator[Samples]:
    """Of a minute, so that memory does not grow with the recording; the last is filled up to a whole frame."""
    for first in range(0, samples.length, _BLOCK):
        block = samples.read(first, first + _BLOCK)
        yield np.pad(block, ((0, 0), (0, -block.shape[1] % _FRAME)))


def _energies(samples: SampleStore) -> NDArray[np.float32]:
    """(channels, frames): mean power of 20 ms frames. 400 bytes a second of two channels, whatever the recording."""
    found = [np.zeros((samples.channels, 0), np.float32)]
    for block in _blocks(samples):
        frames = block.reshape(samples.channels, -1, _FRAME)
        found.append(np.einsum("cfs,cfs->cf", frames, frames) / np.float32(_FRAME))
    return np.concatenate(found, axis=1)


def _product(samples: SampleStore) -> float:
    """Of the two channels, on the scale of `_energies` summed up."""
    return sum(float(np.dot(block[0], block[1])) for block in _blocks(samples)) / _FRAME
