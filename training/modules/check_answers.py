"""Whether the coder hears the answers of exercises as their writers meant them, on the way that a trainee's takes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coding.coder.desk import CodingDesk
from models.exercise import Outcome
from training.exercises.format import Written
from training.exercises.odd import Odd, look_at
from training.exercises.score import score, turns_of
from training.exercises.topic import About, stems_of_all, topic_of, what_about
from training.modules.read import Module


@dataclass(frozen=True)
class Heard:
    """`as_meant`: a model answer that is met, or a weak one that is not. `how` says what became of it, in words."""

    module: str
    exercise: str
    is_model: bool
    answer: str
    as_meant: bool
    how: str


def hear_answers(modules: Iterable[Module], *, beside: Iterable[Module], desk: CodingDesk) -> Iterator[Heard]:
    """`beside` are all modules there are: their words say what people talk about here. Raises DeskUnavailable."""
    anywhere = stems_of_all(one for module in beside for one in module.exercises)
    for module in modules:
        for exercise in module.exercises:
            if isinstance(exercise, Written):
                for answer in exercise.models:
                    yield _heard(module, exercise, answer, anywhere, desk, is_model=True)
                for weak in exercise.weak:
                    yield _heard(module, exercise, weak.text, anywhere, desk, is_model=False)


def _heard(
    module: Module, exercise: Written, answer: str, anywhere: frozenset[str], desk: CodingDesk, *, is_model: bool
) -> Heard:  # fmt: skip
    met, how = _became(exercise, answer, anywhere, desk)
    return Heard(module.slug, exercise.id, is_model, answer, met is is_model, how)


def _became(exercise: Written, answer: str, anywhere: frozenset[str], desk: CodingDesk) -> tuple[bool, str]:
    topic = topic_of(exercise, anywhere)
    odd = look_at(answer, exercise, topic)
    if odd is not None and odd not in Odd.beside_a_score():
        return False, f"not scored: {odd.value.replace('_', ' ')}"
    lines = desk.code(turns_of(exercise, answer), change_goal=exercise.goal)
    scored = score(exercise, lines, perhaps_else=what_about(answer, topic) is not About.THIS)
    codes = ", ".join(f"{one.code.value} {one.share:.0%}" for one in scored.parts)
    return scored.outcome is Outcome.MET, f"{scored.outcome.value.replace('_', ' ')}: {codes}"
