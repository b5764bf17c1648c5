"""How open a simulated parent was over a talk, as points of a small drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 160
MARGIN = 8


@dataclass(frozen=True)
class Course:
    """`line` is for a polyline; `dots` are where turns stand, the named ones apart. Units of the drawing."""

    line: str
    dots: tuple[tuple[float, float, bool], ...]
    width: int = WIDTH
    height: int = HEIGHT


def course(openness: Sequence[float], named: Sequence[int]) -> Course:
    """`openness` is 0–1 after each turn, the opening first; `named` are numbers of turns, from 1."""
    step = (WIDTH - 2 * MARGIN) / max(1, len(openness) - 1)
    points = [
        (round(MARGIN + at * step, 1), round(HEIGHT - MARGIN - value * (HEIGHT - 2 * MARGIN), 1))
        for at, value in enumerate(openness)
    ]
    return Course(
        line=" ".join(f"{x},{y}" for x, y in points),
        dots=tuple((x, y, at in named) for at, (x, y) in enumerate(points)),
    )
