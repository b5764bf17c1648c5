"""Which of somebody's sessions may be held against each other. Pure.

Machines code more kindly than coaches, and people choose their better sessions: a line through both would call it a
fall that a coach began to check. So what changed is said of sessions that were coded alike and picked alike, as for a
coach's list (`training/supervision/drift.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from training.progress.points import SessionPoint


@dataclass(frozen=True)
class Alike:
    """`mixed`: there are others, coded or picked in another way. `rivals`: others that were picked in another way."""

    points: tuple[SessionPoint, ...]
    checked: bool
    drawn: bool
    mixed: bool
    rivals: bool

    def what(self, count: int = 0) -> str:
        """ "drawn sessions that a coach has checked"."""
        picked = "drawn " if self.drawn else "chosen " if self.rivals else ""
        by = "that a coach has checked" if self.checked else "that the machine alone coded"
        return f"{picked}{'session' if count == 1 else 'sessions'} {by}"


def alike(points: Sequence[SessionPoint], enough: Callable[[Sequence[SessionPoint]], bool]) -> Alike:
    """A coach's codes before the machine's and drawn ones before chosen ones: the first of which there are enough, else
    those of which there are the most."""
    ways = {
        (checked, drawn): tuple(one for one in points if (one.checked, one.drawn) == (checked, drawn))
        for checked, drawn in product((True, False), (True, False))
    }
    way = next((one for one, own in ways.items() if enough(own)), None) or max(ways, key=lambda one: len(ways[one]))
    others = len({one.drawn for one in points}) > 1
    return Alike(ways[way], *way, mixed=len(ways[way]) < len(points), rivals=others)
