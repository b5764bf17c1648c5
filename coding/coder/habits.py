"""What a practitioner did through a whole conversation, as shares of turns: what suggested ratings rest on.

Shares, because a conversation must not look better or worse for being longer; and the practitioner's side alone,
because nobody is rated by what the other person brings. A turn is a volley.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from coding.scheme.codes import Behaviour, CodedUtterance, QuestionType
from coding.scheme.counts import codes_of_volley
from coding.scheme.summary import GlobalRating
from coding.scheme.volleys import volleys


class Habit(StrEnum):
    """`pushes` is confronting or persuading without leave: told apart too seldom to weigh them apart. `asks_again` is a
    question right after a turn that also asked, neither of them with a reflection."""

    REFLECTS_SIMPLY = "reflects_simply"
    REFLECTS_DEEPLY = "reflects_deeply"
    AFFIRMS = "affirms"
    SEEKS = "seeks"
    EMPHASIZES = "emphasizes"
    ASKS_LEAVE = "asks_leave"
    ASKS_OPENLY = "asks_openly"
    PUSHES = "pushes"
    ASKS_AGAIN = "asks_again"

    @classmethod
    def that_hinder(cls) -> tuple["Habit", ...]:
        """More of these never raises a suggestion, more of the others never lowers one."""
        return (cls.PUSHES, cls.ASKS_AGAIN)


HABITS_OF: dict[GlobalRating, tuple[Habit, ...]] = {
    GlobalRating.CULTIVATING_CHANGE_TALK: (
        Habit.ASKS_OPENLY, Habit.REFLECTS_DEEPLY, Habit.AFFIRMS, Habit.PUSHES, Habit.ASKS_AGAIN,
    ),
    GlobalRating.SOFTENING_SUSTAIN_TALK: (
        Habit.REFLECTS_DEEPLY, Habit.SEEKS, Habit.EMPHASIZES, Habit.PUSHES, Habit.ASKS_AGAIN,
    ),
    GlobalRating.PARTNERSHIP: (Habit.SEEKS, Habit.EMPHASIZES, Habit.ASKS_LEAVE, Habit.PUSHES, Habit.ASKS_AGAIN),
    GlobalRating.EMPATHY: (
        Habit.REFLECTS_SIMPLY, Habit.REFLECTS_DEEPLY, Habit.AFFIRMS, Habit.PUSHES, Habit.ASKS_AGAIN,
    ),
}  # fmt: skip
"""A rating moves by what it is about. All nine habits for each measured no better, and every reason read alike."""

_CODES_OF: dict[Habit, set[Behaviour]] = {
    Habit.REFLECTS_SIMPLY: {Behaviour.SR},
    Habit.REFLECTS_DEEPLY: {Behaviour.CR},
    Habit.AFFIRMS: {Behaviour.AF},
    Habit.SEEKS: {Behaviour.SEEK},
    Habit.EMPHASIZES: {Behaviour.EMPHASIZE},
    Habit.ASKS_LEAVE: {Behaviour.PWP},
    Habit.PUSHES: set(Behaviour.mi_non_adherent()),
}


@dataclass(frozen=True)
class Habits:
    """In how many of all `turns` the practitioner did each."""

    turns: int
    times: dict[Habit, int]

    def share(self, habit: Habit) -> float:
        return self.times[habit] / self.turns if self.turns else 0.0


def habits_of(conversation: Sequence[CodedUtterance]) -> Habits:
    """`conversation` holds both speakers' utterances in the order they were said."""
    turns = volleys(conversation)
    codes = [codes_of_volley(turn) for turn in turns]
    times = {habit: _count(bool(done & any_of) for done in codes) for habit, any_of in _CODES_OF.items()}
    times[Habit.ASKS_OPENLY] = _count(any(u.subtype is QuestionType.OPEN for u in turn.utterances) for turn in turns)
    only_asks = [Behaviour.Q in done and not done & set(Behaviour.reflections()) for done in codes]
    times[Habit.ASKS_AGAIN] = _count(before and asks for before, asks in pairwise(only_asks))
    return Habits(len(turns), {habit: times[habit] for habit in Habit})


def _count(happened: Iterable[bool]) -> int:
    return sum(happened)
