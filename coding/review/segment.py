"""The stretch of a long conversation that is scored, chosen by chance: MITI is made for a random 20 minutes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from uuid import UUID

from coding.review.draft import Draft, DraftLine

SEGMENT_MINUTES = 20.0
LONG_MINUTES = 25.0
"""From here on a conversation is long. Of a shorter one all is scored: leaving out a few minutes would win little."""
WORDS_A_MINUTE = 150.0
"""Two people in talk, taken together; how long a transcript that holds no times is thought to have been."""


@dataclass(frozen=True)
class Stretch:
    """Part of a conversation in minutes from its beginning, of `of` minutes in all. `guessed`: by the number of words,
    since the transcript holds no times."""

    starts: float
    ends: float
    of: float
    guessed: bool

    @property
    def minutes(self) -> float:
        return self.ends - self.starts


def segment_by_chance(lines: Sequence[DraftLine], *, seed: UUID) -> tuple[str, str] | None:
    """The keys of its first and last line; None where everything is to be scored.

    The same seed gives the same stretch, whoever asks and whenever: two coders of a session score the same. A moment is
    drawn evenly from those that have 20 minutes after them. The stretch begins with the turn of that moment and ends
    with the turn in which 20 minutes are full, so that nobody is cut short.
    """
    spans, _ = _spans(lines)
    total = spans[-1][1] if spans else 0.0
    if total < LONG_MINUTES:
        return None
    first = [0, *(at for at, (one, other) in enumerate(pairwise(lines), 1) if one.speaker_label != other.speaker_label)]
    drawn = _share(seed) * (total - SEGMENT_MINUTES)
    begins = max(at for at in first if at == 0 or spans[at][0] <= drawn)
    full = spans[begins][0] + SEGMENT_MINUTES
    ends = next((at for at in first if at > begins and spans[at - 1][1] >= full), len(lines)) - 1
    return None if (begins, ends) == (0, len(lines) - 1) else (lines[begins].key, lines[ends].key)


def stretch_of(draft: Draft) -> Stretch:
    """What of the draft is scored."""
    spans, guessed = _spans(draft.lines)
    if not spans:
        return Stretch(0.0, 0.0, 0.0, guessed)
    total = spans[-1][1]
    if draft.segment is None:
        return Stretch(0.0, total, total, guessed)
    first, last = (draft.place_of(key) for key in draft.segment)
    assert first is not None, "a segment names lines of its draft"
    assert last is not None, "a segment names lines of its draft"
    return Stretch(spans[first][0], spans[last][1], total, guessed)


def _spans(lines: Sequence[DraftLine]) -> tuple[list[tuple[float, float]], bool]:
    """When each line begins and ends, in minutes that never run back; and whether that is guessed."""
    if lines and all(line.started is not None and line.ended is not None for line in lines):
        spans, at = [], 0.0
        for line in lines:
            begins = max(at, (line.started or 0.0) / 60)
            at = max(begins, (line.ended or 0.0) / 60)
            spans.append((begins, at))
        return spans, False
    words = list(accumulate((len(line.text.split()) for line in lines), initial=0))
    return [(begins / WORDS_A_MINUTE, ends / WORDS_A_MINUTE) for begins, ends in pairwise(words)], True


def _share(seed: UUID) -> float:
    """From 0 to under 1, spread evenly over seeds."""
    return int.from_bytes(hashlib.sha256(b"segment " + seed.bytes).digest()[:6]) / 2**48
