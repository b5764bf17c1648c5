"""A suggested range for each of the four global ratings, with its reason. The rating itself is a coach's.

Each range comes from a weighted sum of the practitioner's habits, learned by `fit_globals` and kept as a few numbers
that a person can read. Nothing here has heard a voice or seen a face.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, floor
from pathlib import Path
from typing import Any

from coding.coder.habits import Habit, Habits, habits_of
from coding.scheme.codes import CodedUtterance
from coding.scheme.summary import GlobalRating, GlobalSuggestion

SHIPPED = Path(__file__).with_name("trained") / "globals-1.json"
LOWEST, HIGHEST = 1, 5
_WORTH_SAYING = 0.1  # of a rating: less than that moved nothing

_NEEDS_GOAL = "This rating is about a change goal, and none was named."
_NEEDS_AN_EAR = "The machine cannot tell this rating from the words. A coach’s ear is needed."
_NOTHING_STANDS_OUT = "Nothing stands out: what was counted is much as in other conversations."

DONE = {
    Habit.REFLECTS_SIMPLY: "gave a simple reflection",
    Habit.REFLECTS_DEEPLY: "gave a complex reflection",
    Habit.AFFIRMS: "named a strength",
    Habit.SEEKS: "sought the other person’s view",
    Habit.EMPHASIZES: "said that the choice is theirs",
    Habit.ASKS_LEAVE: "asked before advising or left the choice open",
    Habit.ASKS_OPENLY: "asked an open question",
    Habit.PUSHES: "confronted or advised unasked",
    Habit.ASKS_AGAIN: "asked again without reflecting",
}


@dataclass(frozen=True)
class LearnedHabit:
    """`weight` is how far the rating moves when the share goes from 0 to 1, `usual` the mean share it learned from."""

    weight: float
    usual: float


@dataclass(frozen=True)
class LearnedRating:
    """`usual` is the mean rating it learned from; the range holds the whole ratings within `margin` of the estimate."""

    usual: float
    margin: float
    habits: Mapping[Habit, LearnedHabit]

    def moved(self, habits: Habits) -> dict[Habit, float]:
        """How far each habit moves the rating from the usual one."""
        return {name: habit.weight * (habits.share(name) - habit.usual) for name, habit in self.habits.items()}

    def estimate(self, habits: Habits) -> float:
        return min(HIGHEST, max(LOWEST, self.usual + sum(self.moved(habits).values())))

    def range(self, habits: Habits) -> tuple[int, int]:
        """At least two neighbouring ratings, as long as the margin is at least 1."""
        return range_around(self.estimate(habits), self.margin)


@dataclass(frozen=True)
class GlobalsModel:
    """A rating that cannot be told from the words is not in `ratings`. `fewest_turns` is the shortest conversation
    (in volleys) it learned from."""

    version: str
    fewest_turns: int
    ratings: Mapping[GlobalRating, LearnedRating]


def range_around(estimate: float, margin: float) -> tuple[int, int]:
    return max(LOWEST, ceil(estimate - margin)), min(HIGHEST, floor(estimate + margin))


def suggest_globals(
    conversation: Sequence[CodedUtterance], *, has_change_goal: bool, model: GlobalsModel | None = None
) -> tuple[GlobalSuggestion, ...]:
    """One for each of the four ratings, in their order. `conversation` holds both speakers in the order they spoke."""
    model = model or load_globals()
    habits = habits_of(conversation)
    return tuple(_suggest(rating, habits, model, has_change_goal) for rating in GlobalRating)


def _suggest(rating: GlobalRating, habits: Habits, model: GlobalsModel, has_change_goal: bool) -> GlobalSuggestion:
    if rating in GlobalRating.need_change_goal() and not has_change_goal:
        return GlobalSuggestion(rating, None, None, _NEEDS_GOAL, model.version)
    if habits.turns < model.fewest_turns:
        return GlobalSuggestion(rating, None, None, _too_short(habits.turns, model.fewest_turns), model.version)
    learned = model.ratings.get(rating)
    if learned is None:
        return GlobalSuggestion(rating, None, None, _NEEDS_AN_EAR, model.version)
    low, high = learned.range(habits)
    return GlobalSuggestion(rating, low, high, reason_of(learned, habits), model.version)


def _too_short(turns: int, fewest: int) -> str:
    times = "once" if turns == 1 else f"{turns} times"
    return (
        f"Too short to say: the practitioner speaks {times}, and the machine learned from conversations with {fewest} "
        "or more."
    )


def reason_of(learned: LearnedRating, habits: Habits) -> str:
    """Names the two habits that moved the rating most, as counts that can be found in the conversation."""
    moved = sorted(learned.moved(habits).items(), key=lambda item: -abs(item[1]))[:2]
    told = [(name, "higher" if by > 0 else "lower") for name, by in moved if abs(by) >= _WORTH_SAYING]
    if not told:
        return _NOTHING_STANDS_OUT
    (first, way), *rest = told
    said = f"It leans {way} because {_clause(first, habits, learned, whole=True)}"
    for name, other_way in rest:
        clause = _clause(name, habits, learned, whole=habits.times[first] == 0)
        said += f", and {clause}" if other_way == way else f", and {other_way} because {clause}"
    return f"{said}."


def _clause(habit: Habit, habits: Habits, learned: LearnedRating, *, whole: bool) -> str:
    """ "6 of 28 turns sought the other person’s view", "only 2 …", "no turn …". `whole` says out of how many."""
    times = habits.times[habit]
    if times == 0:
        return f"no turn {DONE[habit]}"
    only = "only " if habits.share(habit) < learned.habits[habit].usual else ""
    return f"{only}{times}{f' of {habits.turns} turns' if whole else ''} {DONE[habit]}"


@cache
def load_globals(path: Path = SHIPPED) -> GlobalsModel:
    """The model in a file that `fit_globals` wrote, loaded once a process."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    return GlobalsModel(
        version=kept["version"],
        fewest_turns=kept["fewest_turns"],
        ratings={GlobalRating(name): _learned(rating) for name, rating in kept["ratings"].items()},
    )


def _learned(kept: Mapping[str, Any]) -> LearnedRating:
    habits = {Habit(name): LearnedHabit(**habit) for name, habit in kept["habits"].items()}
    return LearnedRating(kept["usual"], kept["margin"], habits)


def save_globals(model: GlobalsModel, path: Path, *, about: Mapping[str, Any]) -> None:
    """`about` says what it learned from and how well it does; it is for people and not read back."""
    kept = {
        "version": model.version,
        "fewest_turns": model.fewest_turns,
        "ratings": {
            rating.value: {
                "usual": round(learned.usual, 3),
                "margin": round(learned.margin, 3),
                "habits": {
                    name.value: {"weight": round(habit.weight, 3), "usual": round(habit.usual, 4)}
                    for name, habit in learned.habits.items()
                },
            }
            for rating, learned in model.ratings.items()
        },
        "about": dict(about),
    }
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
