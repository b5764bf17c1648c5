"""Who speaks when, as far as the sound tells."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from coding.speech.clips import SpeechTurn
from coding.speech.sound import Channels, Sound

_VAD_BLOCK = 600.0  # seconds at a time, so that memory does not grow with the recording


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
class Unknown:
    """Finds the speech and leaves who it is to the words. `longest` as in `speech_regions`."""

    longest: float

    def diarize(self, sound: Sound, speakers: int | None = None) -> list[SpeechTurn]:
        return [SpeechTurn(start, end, None) for start, end in speech_regions(sound, 0, self.longest)]


def diarizer_for(sound: Sound, longest: float) -> Diarizer:
    return ByChannel(longest) if sound.kind is Channels.SEPARATE else Unknown(longest)


def speech_regions(sound: Sound, channel: int, longest: float) -> Iterator[tuple[float, float]]:
    """Start and end in seconds, by Silero's voice activity model, which faster-whisper carries. Speech that goes on for
    more than about `longest` seconds is parted at its last short pause before that."""
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
