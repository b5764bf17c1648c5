"""Whether an answer is about what the parent said, from its words alone. Pure.

Chosen on the answers in the modules, each left out of what it was told apart by, and on sentences about other things:
a false alarm costs more than a miss, for somebody who wrote a good answer would be told that it is none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from training.exercises.format import AdviceWithPermission, Exercise, OpenTheQuestion, Written
from training.exercises.words import topic_stems, words_of

_TO_SOMEBODY = frozenset(
    [
        "you",
        "your",
        "you're",
        "you've",
        "you'd",
        "you'll",
        "yours",
        "yourself",
        "yourselves",
        "we",
        "us",
        "our",
        "let's",
        "together",
    ]
)
_MANY_WORDS = 4
"""That say what it is about, and of which none is of this talk: then nobody can be sure what the answer is to."""


class About(StrEnum):
    """THIS, or nothing that speaks against it; PERHAPS_ELSE, which makes a score unsure; ELSE."""

    THIS = "this"
    PERHAPS_ELSE = "perhaps_else"
    ELSE = "else"


@dataclass(frozen=True)
class Topic:
    """`here` are stems of what is said in and about one exercise, `anywhere` those of all exercises."""

    here: frozenset[str]
    anywhere: frozenset[str]


def topic_of(exercise: Written, anywhere: frozenset[str], *, without: str = "") -> Topic:
    """`without` leaves one of its own answers out, for measuring."""
    answers = [one for one in (*exercise.models, *(weak.text for weak in exercise.weak)) if one != without]
    line = exercise.line if isinstance(exercise, OpenTheQuestion | AdviceWithPermission) else ""
    said = (turn.text for turn in exercise.before)
    return Topic(
        topic_stems(*exercise.about, *said, *answers, line, exercise.setting, exercise.prompt, exercise.goal), anywhere
    )


def stems_of_all(exercises: Iterable[Exercise]) -> frozenset[str]:
    written = (one for one in exercises if isinstance(one, Written))
    return frozenset().union(*(topic_of(one, frozenset()).here for one in written))


def what_about(answer: str, topic: Topic) -> About:
    stems = topic_stems(answer)
    if not stems or stems & topic.here:
        return About.THIS
    unheard = len(stems - topic.anywhere)
    to_somebody = not _TO_SOMEBODY.isdisjoint(words_of(answer)) or answer.lower().startswith("tell me")
    if (to_somebody and len(stems) >= 3 and unheard >= 2) or (
        not to_somebody and len(stems) >= 2 and (unheard >= 1 or len(stems) >= 3)
    ):
        return About.ELSE
    return About.PERHAPS_ELSE if len(stems) >= _MANY_WORDS else About.THIS
