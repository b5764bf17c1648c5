"""Where two codings of a session differ, stretch by stretch: lines that share words are looked at together, so that it
does not matter where each coder drew a line's end. Loads no numpy."""

from collections.abc import Sequence
from dataclasses import dataclass

from coding.agreement.align import align
from coding.scheme.codes import CodedUtterance


@dataclass(frozen=True)
class Stretch:
    """The same talk as each drew it: places of the first's and of the second's utterances, either empty where only one
    has these words. `differ`: not one line each with the same code and speaker, or not the same codes in order."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    differ: bool


def stretches(first: Sequence[CodedUtterance], second: Sequence[CodedUtterance]) -> tuple[Stretch, ...]:
    """All of both, in the order of the first; what only the second has comes before the line after it. A word mended so
    that nothing is left in common makes two stretches."""
    groups: list[tuple[list[int], list[int]]] = []
    for here, there in align(first, second).words:
        if not groups or (here not in groups[-1][0] and there not in groups[-1][1]):
            groups.append(([], []))
        for side, place in zip(groups[-1], (here, there), strict=True):
            if place not in side:
                side.append(place)
    groups = _with_what_is_alone(groups, len(first), len(second))
    return tuple(Stretch(tuple(a), tuple(b), _differ([first[i] for i in a], [second[j] for j in b])) for a, b in groups)


def _with_what_is_alone(
    groups: list[tuple[list[int], list[int]]], first: int, second: int
) -> list[tuple[list[int], list[int]]]:
    found: list[tuple[list[int], list[int]]] = []
    at, there = 0, 0
    for a, b in [*groups, ([first], [second])]:
        found += [([place], []) for place in range(at, min(a))]
        found += [([], [place]) for place in range(there, min(b))]
        # Lines inside a stretch that share no word of it belong to it.
        inside = list(range(min(a), max(a) + 1)), list(range(min(b), max(b) + 1))
        found.append(inside)
        at, there = max(a) + 1, max(b) + 1
    return found[:-1]


def _differ(first: Sequence[CodedUtterance], second: Sequence[CodedUtterance]) -> bool:
    return [(one.speaker, one.code) for one in first] != [(one.speaker, one.code) for one in second]
