"""Where in a clip somebody's voice is, and how loud, by the sound itself and not by what Whisper made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from coding.speech.clips import Clip
from coding.speech.decode import RATE, Samples
from coding.speech.heard import Word

if TYPE_CHECKING:
    from coding.speech.sound import Sound

_FRAME = RATE // 50  # 20 ms
_NEAR = 0.5  # seconds: Whisper's word times are that far out at times
_STEADY = 10.0  # decibels between the louder and the quieter frames
_FLOOR = -120.0  # decibels of digital silence
_CLIPS_FOR_LEVEL = 60
_WORD_MARGIN = 0.3  # seconds around a word that count as heard
_LONG_WORD = 1.5  # seconds; Whisper stretches a word over what it skipped
_LOST_BESIDE_WORDS = 2.0  # seconds of voice
_LOST_WITHOUT_WORDS = 1.0


@dataclass(frozen=True)
class Voice:
    """Of one clip of 1-D samples at 16 kHz. `speech_level` is the loudness of the recording's speech in decibels."""

    samples: Samples
    speech_level: float

    @property
    def clip_seconds(self) -> float:
        return len(self.samples) / RATE

    @cached_property
    def runs(self) -> list[tuple[float, float]]:
        """Start and end in seconds of the clip, by the voice activity model."""
        from faster_whisper.vad import VadOptions, get_speech_timestamps

        options = VadOptions(min_silence_duration_ms=300, speech_pad_ms=0, min_speech_duration_ms=100)
        return [(run["start"] / RATE, run["end"] / RATE) for run in get_speech_timestamps(self.samples, options)]

    @property
    def seconds(self) -> float:
        return sum(end - start for start, end in self.runs)

    @cached_property
    def steady(self) -> bool:
        """Whether it is about equally loud all the time, as hiss and hum are and speech is not."""
        power = _power(self.samples)
        if not len(power):
            return True
        quiet, loud = np.quantile(power, (0.1, 0.9))
        return bool(10 * np.log10((loud + 1e-12) / (quiet + 1e-12)) < _STEADY)

    def seconds_near(self, start: float, end: float) -> float:
        return sum(
            max(0.0, min(run_end, end + _NEAR) - max(run_start, start - _NEAR)) for run_start, run_end in self.runs
        )

    def seconds_of(self, words: Sequence[Word]) -> float:
        """Of voice where they stand; a word that is longer than any word stands at its ends."""
        return sum(
            max(0.0, min(run_end, end) - max(run_start, start))
            for start, end in (stretch for word in words for stretch in _ends(word, 0.0))
            for run_start, run_end in self.runs
        )

    def level_near(self, start: float, end: float) -> float:
        """Decibels against the recording's speech."""
        first, last = max(0, round((start - _NEAR) * RATE)), round((end + _NEAR) * RATE)
        return level_of(self.samples[first:last]) - self.speech_level

    def lost(self, words: Sequence[Word]) -> list[tuple[float, float]]:
        """Stretches with a voice but no words: from two seconds of voice, and from one where the clip has no word."""
        least = _LOST_BESIDE_WORDS if words else _LOST_WITHOUT_WORDS
        found = []
        for gap_start, gap_end in self._gaps(words):
            if gap_end - gap_start < least:
                continue
            inside = [(max(start, gap_start), min(end, gap_end)) for start, end in self.runs]
            inside = [(start, end) for start, end in inside if end > start]
            if sum(end - start for start, end in inside) >= least:
                found.append((inside[0][0], inside[-1][1]))
        return found

    def _gaps(self, words: Sequence[Word]) -> list[tuple[float, float]]:
        gaps, at = [], 0.0
        for start, end in sorted(stretch for word in words for stretch in _ends(word, _WORD_MARGIN)):
            if start > at:
                gaps.append((at, start))
            at = max(at, end)
        return [*gaps, (at, self.clip_seconds)] if at < self.clip_seconds else gaps


def _ends(word: Word, margin: float) -> list[tuple[float, float]]:
    """Where it is, with `margin` seconds around it: only the ends of a word that is longer than any word."""
    if word.end - word.start <= _LONG_WORD:
        return [(word.start - margin, word.end + margin)]
    half = _LONG_WORD / 2
    return [(word.start - margin, word.start + half), (word.end - half, word.end + margin)]


def _power(samples: Samples) -> Samples:
    """Mean power of each whole frame."""
    whole = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    power: Samples = np.einsum("ij,ij->i", whole, whole) / np.float32(_FRAME)
    return power


def level_of(samples: Samples) -> float:
    """Decibels (0 is full scale) of the louder frames: pauses inside speech do not count."""
    power = _power(samples)
    if not len(power):
        return _FLOOR
    return max(_FLOOR, float(10 * np.log10(max(float(np.quantile(power, 0.9)), 1e-12))))


def speech_levels(sound: "Sound", clips: Sequence[Clip]) -> dict[int, float]:
    """For each channel the loudness (decibels) of its clips, the median of up to sixty of them."""
    found = {}
    for channel in {clip.channel for clip in clips}:
        of_channel = [clip for clip in clips if clip.channel == channel]
        some = of_channel[:: max(1, len(of_channel) // _CLIPS_FOR_LEVEL)]
        found[channel] = median(level_of(sound.clip(channel, clip.start, clip.end)) for clip in some)
    return found
