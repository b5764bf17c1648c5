"""An answer as the rules see it that say what would make it stronger."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from coding.scheme.codes import Behaviour
from training.exercises.format import Written
from training.exercises.score import Part, Score

_REFLECTIONS = frozenset(Behaviour.reflections())


@dataclass(frozen=True)
class Seen:
    exercise: Written
    answer: str
    score: Score

    @property
    def parts(self) -> Sequence[Part]:
        return self.score.parts

    @property
    def wanted(self) -> frozenset[Behaviour]:
        return frozenset(self.exercise.want.any_of)

    @property
    def wants_reflection(self) -> bool:
        return bool(self.wanted & _REFLECTIONS)

    @cached_property
    def place(self) -> int | None:
        """Of the first part that is what was wanted."""
        return next((place for place, one in enumerate(self.parts) if one.wanted), None)

    def first(self, *codes: Behaviour) -> Part | None:
        return next((one for one in self.parts if one.code in codes), None)


def quoted(text: str, *, most: int = 9) -> str:
    words = text.split()
    return f"“{' '.join(words[:most]).rstrip(',;')}{' …' if len(words) > most else ''}”"
