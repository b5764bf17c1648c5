"""Who speaks when, as far as the sound tells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from coding.speech.clips import SpeechTurn
from coding.speech.listen import Region, frames_in, voiced_of
from coding.speech.sound import Channels, Sound
from coding.speech.voices import FRAME, Labels, voices_of

if TYPE_CHECKING:
    from pathlib import Path

USUAL_SPEAKERS = 2
_VAD_BLOCK = 120.0  # seconds at a time, so that memory does not grow with the recording
_NEAR = 12  # frames: a change of voice is put where it is quietest within so many
_LEAST = 15  # frames of one voice


class Diarizer(Protocol):
    """`speakers` is how many people speak where somebody said so. Turns come in order of time."""

    def diarize(self, sound: Sound, speakers: int | None = None) -> list[SpeechTurn]: ...


@dataclass(frozen=True)
class ByChannel:
    """Each channel is a person: for recordings whose channels are separate. `longest` as in `speech_regions`."""

    longest: float

    def diarize(self, sound: Sound, speakers: int | None = None) -> list[SpeechTurn]:
        found = (
            SpeechTurn(start, end, channel, channel)
            for channel in range(sound.channels)
            for start, end in speech_regions(sound, channel, self.longest)
        )
        return sorted(found, key=lambda turn: (turn.start, turn.channel))


@dataclass(frozen=True)
class ByVoice:
    """Everybody on one channel, told apart by their voices; two people where nobody said how many. Voices are numbered
    in the order in which they are first heard. `longest` as in `speech_regions`."""

    longest: float

    def diarize(self, sound: Sound, speakers: int | None = None) -> list[SpeechTurn]:
        regions = list(speech_regions(sound, 0, self.longest))
        if speakers == 1:  # nothing to tell apart
            return [SpeechTurn(round(start, 3), round(end, 3), 0) for start, end in regions]
        voiced = voiced_of(sound, regions)
        labels = in_order_heard(voices_of(voiced, USUAL_SPEAKERS if speakers is None else speakers))
        return list(turns_of(regions, voiced.level, labels))


def diarizer_for(sound: Sound, longest: float, sherpa: "Path | None" = None) -> Diarizer:
    """`sherpa` is a folder of models for sherpa-onnx, which then tells voices apart instead of ours."""
    if sound.kind is Channels.SEPARATE:
        return ByChannel(longest)
    if sherpa is not None:
        from coding.speech.sherpa import BySherpa

        return BySherpa(longest, sherpa)
    return ByVoice(longest)


def speech_regions(sound: Sound, channel: int, longest: float) -> Iterator[Region]:
    """By Silero's voice activity model, which faster-whisper carries. Speech that goes on for more than about `longest`
    seconds is parted at its last short pause before that."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        min_silence_duration_ms=300, speech_pad_ms=100, min_speech_duration_ms=100, max_speech_duration_s=longest
    )
    at = 0.0
    while at < sound.seconds:
        block = sound.clip(channel, at, at + _VAD_BLOCK)
        for region in get_speech_timestamps(block, options):
            yield at + region["start"] / 16_000, at + region["end"] / 16_000
        at += _VAD_BLOCK


def in_order_heard(labels: Labels) -> Labels:
    voices, first = np.unique(labels, return_index=True)
    renumbered = {int(voice): number for number, voice in enumerate(voices[np.argsort(first)])}
    return np.array([renumbered[voice] for voice in labels.tolist()], np.int64)


def turns_of(
    regions: Sequence[Region], levels: NDArray[np.float16] | NDArray[np.float32], labels: Labels
) -> Iterator[SpeechTurn]:
    """Each region whole where one voice speaks in it, else in parts that meet between two words. `levels` (log power)
    and `labels` are of every frame of all regions, `frames_in` each."""
    first = 0
    for region in regions:
        mine = slice(first, first + frames_in(region))
        first = mine.stop
        level = levels[mine].astype(np.float32)
        runs = _runs(labels[mine])
        changes = _quietest([start for start, _ in runs[1:]], level)
        edges = [0.0, *(change * FRAME for change in changes), region[1] - region[0]]
        for (_, voice), start, end in zip(runs, edges[:-1], edges[1:], strict=True):
            if end > start:
                yield SpeechTurn(round(region[0] + start, 3), round(region[0] + end, 3), voice)


def _runs(labels: Labels) -> list[tuple[int, int]]:
    """Where each voice begins, and which it is. A run too short for a word belongs to the one before it, at the
    beginning of a region to the one after: in the silence at its edges any voice is as likely."""
    edges = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist(), len(labels)]
    runs: list[tuple[int, int]] = []
    for start, end in pairwise(edges):
        if end - start >= _LEAST or len(edges) == 2:
            voice = int(labels[start]) if len(labels) else 0
            if not runs or runs[-1][1] != voice:
                runs.append((start if runs else 0, voice))
    return runs or [(0, int(np.bincount(labels).argmax()))]


def _quietest(changes: Sequence[int], level: NDArray[np.float32]) -> list[int]:
    """Where it is quietest near each change, no further than half way to the next: two never meet nor cross."""
    halves = [0, *((one + other) // 2 for one, other in pairwise(changes)), len(level)]
    found = []
    for number, change in enumerate(changes):
        low, high = max(halves[number], change - _NEAR), min(halves[number + 1], change + _NEAR)
        found.append(low + int(level[low:high].argmin()))
    return found
