"""What the coders must show, figure by figure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isnan

from coding.coder.figures import Figure, at_least, at_most, for_information


@dataclass(frozen=True)
class Measured:
    name: str
    value: float
    unit: str = ""


Targets = Mapping[str, tuple[Callable[..., Figure], float]]
"""By a figure's name what it must reach."""

LINEAR_TARGETS: Targets = {
    "AnnoMI practitioner 4-class macro-F1": (at_least, 0.74),
    "AnnoMI client 3-class macro-F1": (at_least, 0.51),
    "AnnoMI open/closed macro-F1": (at_least, 0.73),
    "AnnoMI role of whole transcripts": (at_least, 98),
}
"""What the linear model alone must show."""

CODER_TARGETS: Targets = {
    "AnnoMI practitioner 4-class macro-F1": (at_least, 0.79),
    "AnnoMI client 3-class macro-F1": (at_least, 0.57),
    "AnnoMI question present or absent, macro-F1": (at_least, 0.93),
    "AnnoMI reflection present or absent, macro-F1": (at_least, 0.83),
    "AnnoMI open/closed macro-F1": (at_least, 0.82),
    "AnnoMI role of whole transcripts": (at_least, 98),
    "authors left out: the same, mean of authors": (at_least, 0.82),
    "authors left out: client, mean of authors": (at_least, 0.80),
    "authors left out: volleys from raw turns, micro-F1": (at_least, 0.75),
    "authors left out: practitioner calibration error": (at_most, 2),
    "authors left out: client calibration error": (at_most, 4),
    "authors left out, poor sessions: reflections to questions, times off gold": (at_most, 1.3),
    "authors left out, good sessions: code rate furthest from gold": (at_most, 1.3),
    "authors left out, mixed sessions: code rate furthest from gold": (at_most, 1.3),
    "authors left out, poor sessions: code rate furthest from gold": (at_most, 1.3),
    "AnnoMI with our MITI codes, low sessions: reflections to questions, times off gold": (at_most, 1.3),
    "AnnoMI with our MITI codes, low sessions: code rate furthest from gold": (at_most, 1.3),
    "AnnoMI with our MITI codes, high sessions: code rate furthest from gold": (at_most, 1.3),
}
"""What the coder that ships must show."""


def beside(measured: Measured, targets: Targets) -> Figure | None:
    """The figure with its target. There is none of what could not be measured and has no target; what has one and
    could not be measured falls short."""
    if measured.name in targets:
        make, bound = targets[measured.name]
        return make(measured.name, measured.value, bound, measured.unit)
    return None if isnan(measured.value) else for_information(measured.name, measured.value, measured.unit)
