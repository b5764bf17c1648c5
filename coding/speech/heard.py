"""What was heard: words with times, in segments, in clips."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from coding.speech.clips import Clip


class Flag(StrEnum):
    """Why a segment is doubtful."""

    LOOP = "loop"
    LOW_PROBABILITY = "low probability"
    TOO_FAST = "too fast"
    MAYBE_SILENCE = "maybe silence"
    NO_WORDS = "no words"


DOUBT_SHOWN = {
    Flag.LOOP: "may be repeated by mistake",
    Flag.LOW_PROBABILITY: "hard to make out",
    Flag.TOO_FAST: "more words than anyone could say so fast",
    Flag.MAYBE_SILENCE: "perhaps nobody spoke",
    Flag.NO_WORDS: "no words heard",
}
"""In words, for people."""


@dataclass(frozen=True)
class Word:
    start: float
    end: float
    text: str
    probability: float


@dataclass(frozen=True)
class Segment:
    """Times are seconds of the recording. `avg_logprob` and `no_speech_prob` are Whisper's own.

    A stretch with a voice in which no words were heard has the text "" and the flag NO_WORDS: it must not get lost.
    """

    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    avg_logprob: float
    no_speech_prob: float
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class HeardClip:
    """A finished clip; one with no words is finished too. Kept as JSON so that a killed job need not hear it again.

    `tries` is 2 where it was doubtful and heard again."""

    clip: Clip
    segments: tuple[Segment, ...]
    language: str
    tries: int = 1

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "HeardClip":
        segments = tuple(
            Segment(**{**one, "words": tuple(Word(**word) for word in one["words"]),
                       "flags": tuple(Flag(flag) for flag in one["flags"])})
            for one in kept["segments"]
        )  # fmt: skip
        return cls(Clip(**kept["clip"]), segments, kept["language"], kept.get("tries", 1))


@dataclass(frozen=True)
class Transcription:
    """`clips` in order of time; `seconds` of the whole recording; `model` is what was asked for."""

    clips: tuple[HeardClip, ...]
    seconds: float
    model: str

    @property
    def segments(self) -> list[tuple[Segment, int | None]]:
        """Segments in order of time, each with its speaker."""
        found = [(segment, heard.clip.speaker) for heard in self.clips for segment in heard.segments]
        return sorted(found, key=lambda pair: (pair[0].start, pair[0].end))

    @property
    def doubtful_share(self) -> float:
        """Share of the spoken time in segments with a flag; 0 when nothing was said."""
        segments = [segment for segment, _ in self.segments]
        spoken = sum(segment.end - segment.start for segment in segments)
        return sum(segment.end - segment.start for segment in segments if segment.flags) / spoken if spoken else 0.0
