"""Which lines of a turn hold words that the machine heard and does not trust."""

from collections.abc import Mapping, Sequence
from typing import Any

from coding.speech.heard import DOUBT_SHOWN, Flag


def doubts_of_lines(turn: str, lines: Sequence[str], doubts: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """For each line why it is doubtful, in plain words. `lines` are the turn's utterances in order, `doubts` as kept
    with the turn. A line that cannot be found in the turn takes the doubts of the whole turn: none may be lost."""
    found, at = [], 0
    for line in lines:
        start = turn.find(line, at)
        first, last = (start, start + len(line)) if start >= 0 else (0, len(turn))
        at = last if start >= 0 else at
        reasons = [r for d in doubts if d["start"] < last and d["end"] > first for r in d["reasons"]]
        found.append(tuple(dict.fromkeys(DOUBT_SHOWN[Flag(reason)] for reason in reasons)))
    return found
