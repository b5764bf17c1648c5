"""Turns of speech, and the clips in which they are transcribed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_SAME_SPEAKER_GAP = 0.6  # seconds between turns of one person that are heard together
_UNKNOWN_SPEAKER_GAP = 2.0  # seconds; longer silence invites made-up words


@dataclass(frozen=True)
class SpeechTurn:
    """Speech without a longer pause, in seconds. `speaker` is None where the sound does not tell who it is."""

    start: float
    end: float
    speaker: int | None
    channel: int = 0


@dataclass(frozen=True)
class Clip:
    """A stretch that is transcribed at once. Seconds; `speaker` as in `SpeechTurn`."""

    start: float
    end: float
    channel: int
    speaker: int | None

    @property
    def seconds(self) -> float:
        return self.end - self.start


def clips_of(turns: Iterable[SpeechTurn], longest: float) -> list[Clip]:
    """Neighbouring turns of one speaker on one channel are heard together, up to `longest` seconds; turns of nobody
    known too, over longer pauses. A turn longer than that is cut in equal parts. Clips of one channel do not overlap.
    """
    clips: list[Clip] = []
    for turn in _by_channel(turns):
        last = clips[-1] if clips else None
        gap = _UNKNOWN_SPEAKER_GAP if turn.speaker is None else _SAME_SPEAKER_GAP
        if (
            last is not None
            and (last.channel, last.speaker) == (turn.channel, turn.speaker)
            and turn.start - last.end < gap
            and turn.end - last.start <= longest
        ):
            clips[-1] = Clip(last.start, round(max(last.end, turn.end), 3), last.channel, last.speaker)
        else:
            after = last.end if last is not None and last.channel == turn.channel else 0.0
            clips += _cut(turn, max(turn.start, after), longest)
    return sorted(clips, key=lambda clip: (clip.start, clip.channel))


def _cut(turn: SpeechTurn, start: float, longest: float) -> Iterator[Clip]:
    """The turn from `start` on, in equal parts of whole milliseconds."""
    first, end = round(start * 1000), round(turn.end * 1000)
    parts = -(-(end - first) // max(1, int(longest * 1000)))
    edges = [first + (end - first) * part // parts for part in range(parts + 1)] if parts > 0 else []
    for one, other in pairwise(edges):
        yield Clip(one / 1000, other / 1000, turn.channel, turn.speaker)


def _by_channel(turns: Iterable[SpeechTurn]) -> Sequence[SpeechTurn]:
    return sorted(turns, key=lambda turn: (turn.channel, turn.start))
