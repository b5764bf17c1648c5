"""Marks of CACTI, which have a time and no words, laid onto the lines of a transcript."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from coding.interchange.casaa_read import Mark
from coding.interchange.known_codes import role_of
from coding.scheme.codes import Speaker

FAR = 8_000
"""Milliseconds between a mark and the end of a line beyond which they are not of each other."""


@dataclass(frozen=True)
class TimedLine:
    """When a line was said, in milliseconds."""

    role: Speaker
    start: int | None
    end: int | None


@dataclass(frozen=True)
class Placed:
    """By the place of a line, its mark. `left` are the marks that found no line of their own, each with the place of
    the line that ends nearest; None where no line has a time."""

    marks: dict[int, Mark]
    left: tuple[tuple[Mark, int | None], ...]


def place_marks(lines: Sequence[TimedLine], marks: Sequence[Mark]) -> Placed:
    """At most one mark a line, in the order of both, so that the distances between marks and ends of lines are smallest
    in all. CACTI's coders mark a line when they have heard it, so a mark belongs to where a line ends. `marks` are in
    the order of their times.

    A mark left alone costs as much as one FAR away. Dynamic programming over the lines within FAR of each mark.
    """
    timed = sorted((end, place) for place, line in enumerate(lines) for end in [_end(line)] if end is not None)
    ends = [end for end, _ in timed]
    first, best = 0, [_Best(0, None)]  # best[n]: the marks so far, on no more than the first `first + n` lines
    for mark in marks:
        role = mark.role or role_of(mark.code)
        begins, ends_at = bisect_left(ends, mark.time - FAR), bisect_right(ends, mark.time + FAR)
        earlier = [best[min(at - first, len(best) - 1)] for at in range(begins, ends_at + 1)]
        now = [_Best(earlier[0].cost + FAR, earlier[0])]
        for number, (end, place) in enumerate(timed[begins:ends_at], start=1):
            choice = now[-1]
            if (alone := earlier[number].cost + FAR) < choice.cost:
                choice = _Best(alone, earlier[number])
            apart = abs(end - mark.time)
            if role in (None, lines[place].role) and (cost := earlier[number - 1].cost + apart) < choice.cost:
                choice = _Best(cost, earlier[number - 1], place, mark)
            now.append(choice)
        first, best = begins, now
    placed = dict(best[-1].found())
    taken = set(map(id, placed.values()))
    return Placed(placed, tuple((mark, _nearest(timed, mark)) for mark in marks if id(mark) not in taken))


def _end(line: TimedLine) -> int | None:
    return line.end if line.end is not None else line.start


@dataclass(frozen=True, eq=False)
class _Best:
    """The cheapest way so far, as a chain of choices."""

    cost: int
    before: "_Best | None"
    place: int = -1
    mark: Mark | None = None

    def found(self) -> list[tuple[int, Mark]]:
        pairs: list[tuple[int, Mark]] = []
        at: _Best | None = self
        while at is not None:
            if at.mark is not None:
                pairs.append((at.place, at.mark))
            at = at.before
        return pairs


def _nearest(timed: Sequence[tuple[int, int]], mark: Mark) -> int | None:
    at = bisect_left(timed, (mark.time, 0))
    near = min(timed[max(at - 1, 0) : at + 1], key=lambda one: abs(one[0] - mark.time), default=None)
    return near[1] if near else None
