"""What a voice is like, as 256 numbers: a small recurrent network in numpy, with the weights of a published encoder.

Three LSTM layers of 256 and one linear layer, trained with the generalized end-to-end loss (Wan et al., 2018) to put
utterances of one person close together. `convert_voice_encoder` makes the file of weights.
"""

from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from coding.speech.decode import RATE, Samples

Floats = NDArray[np.float32]
HOP = RATE // 100  # samples between frames
WINDOW = 160  # frames that are heard at once: 1.6 seconds
MELS = 40
_FFT = 400  # samples
_QUIET = 10 ** (-30 / 20)  # what is quieter than −30 dBFS is made as loud
_FRAMES_AT_ONCE = 4_000
_WINDOWS_AT_ONCE = 64


class VoiceEncoder:
    """Weights in memory: 6 MB. Its methods keep nothing."""

    def __init__(self) -> None:
        with (resources.files("coding.speech") / "trained" / "voice-encoder.npz").open("rb") as file:
            weights = {name: values.astype(np.float32) for name, values in np.load(file).items()}
        self._layers = [_layer(weights, number) for number in range(3)]
        self._linear, self._linear_bias = weights["linear"].T, weights["linear_bias"]

    def windows(self, spectrum: Floats, starts: NDArray[np.int64]) -> Floats:
        """(windows, 256), each of length 1: the voice in WINDOW frames from each of `starts` on, of a spectrum of at
        least WINDOW frames as `spectrum_of` makes it."""
        found = np.empty((len(starts), 256), np.float32)
        for first in range(0, len(starts), _WINDOWS_AT_ONCE):
            some = starts[first : first + _WINDOWS_AT_ONCE]
            found[first : first + len(some)] = self._embed(np.stack([spectrum[at : at + WINDOW] for at in some]))
        return found

    def _embed(self, frames: Floats) -> Floats:
        """(windows, WINDOW, MELS) → (windows, 256)."""
        by_time = np.ascontiguousarray(frames.transpose(1, 0, 2))
        for weights, bias in self._layers:
            by_time = _lstm(by_time, weights, bias)
        out: Floats = np.maximum(by_time[-1] @ self._linear + self._linear_bias, 0)
        lengths: Floats = np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
        return out / lengths


def _layer(weights: dict[str, Floats], number: int) -> tuple[Floats, Floats]:
    """(features + 256, 1024) and (1024,): what one product gives all four gates with, in the order enter, forget, new,
    leave. Of the three that are sigmoids they are halved, because sigmoid(x) is (1 + tanh(x / 2)) / 2."""
    half = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], np.float32), 256)
    both = np.vstack([weights[f"input_{number}"].T, weights[f"recurrent_{number}"].T])
    return np.ascontiguousarray(both * half), weights[f"bias_{number}"] * half


def _lstm(by_time: Floats, weights: Floats, bias: Floats) -> Floats:
    """(time, windows, features) → (time, windows, 256): the hidden states."""
    steps, windows, width = by_time.shape
    seen = np.zeros((windows, width + 256), np.float32)  # the features of a step, and the hidden state before it
    cell = np.zeros((windows, 256), np.float32)
    gates = np.empty((windows, 1024), np.float32)
    states = np.empty((steps, windows, 256), np.float32)
    for step in range(steps):
        seen[:, :width] = by_time[step]
        np.matmul(seen, weights, out=gates)
        gates += bias
        np.tanh(gates, out=gates)
        cell *= 0.5 + 0.5 * gates[:, 256:512]
        cell += (0.5 + 0.5 * gates[:, :256]) * gates[:, 512:768]
        states[step] = (0.5 + 0.5 * gates[:, 768:]) * np.tanh(cell)
        seen[:, width:] = states[step]
    return states


def spectrum_of(samples: Samples, loudness: float) -> Floats:
    """(frames, MELS): mel power every 10 ms. `samples` are 1-D; `loudness` is the root mean square of the recording's
    speech, by which the whole of it is made louder where it is quiet."""
    gain = max(1.0, _QUIET / max(loudness, 1e-6))
    padded = np.pad(samples * gain, _FFT // 2)
    frames = 1 + len(samples) // HOP
    window = np.hanning(_FFT + 1)[:-1].astype(np.float32)
    found = np.empty((frames, MELS), np.float32)
    for first in range(0, frames, _FRAMES_AT_ONCE):
        at = np.arange(first, min(frames, first + _FRAMES_AT_ONCE))[:, None] * HOP + np.arange(_FFT)
        power = np.abs(np.fft.rfft(padded[np.minimum(at, len(padded) - 1)] * window, axis=1)) ** 2
        found[first : first + len(at)] = power @ _mel_filters().T
    return found


@lru_cache
def _mel_filters() -> Floats:
    """Those of faster-whisper, with as many bands as the encoder was trained on."""
    from faster_whisper.feature_extractor import FeatureExtractor

    filters: Floats = FeatureExtractor.get_mel_filters(RATE, _FFT, MELS).astype(np.float32)
    return filters
