"""The one skill most worth practising now. Never one that is mastered while a weak one waits, whoever chose it."""

from collections.abc import Collection, Mapping
from datetime import date

from training.plan.measures import MEASURES
from training.plan.say import (
    because_chosen,
    because_grows,
    because_noted,
    because_suggested,
    because_unknown,
    because_weak,
    nothing_waits,
    to_keep_fresh,
)
from training.plan.values import By, Choice, History, Standing, State, Sure, Wish
from training.skills import Skill

_SURE = tuple(Sure)
_ORDER = tuple(Skill)


def choose(
    history: History, standing: Mapping[Skill, Standing], *, due: Collection[Skill], next_due: date | None
) -> Choice:
    """`due` are the skills of which an exercise is due again, the longest due first; `next_due` is when the next one
    will be. A wish comes first, then the coach's note, then what is weak, then what grows, then what is not known."""
    wish = standing_wish(history, standing)
    if wish is not None:
        own = wish.by is By.TRAINEE
        return Choice(wish.skill, wish.by, because_chosen(wish.skill) if own else because_suggested(wish.skill))
    if history.noted is not None and standing[history.noted].state is not State.MASTERED:
        return Choice(history.noted, By.EVOKE, because_noted(standing[history.noted]))
    for state, reason in (
        (State.WEAK, because_weak), (State.GROWING, because_grows), (State.UNKNOWN, because_unknown)
    ):  # fmt: skip
        these = [one for one in standing.values() if one.state is state]
        if these:
            chosen = min(these, key=_worth)
            return Choice(chosen.skill, By.EVOKE, reason(chosen))
    for skill in due:
        return Choice(skill, By.EVOKE, to_keep_fresh(skill))
    return Choice(None, By.EVOKE, nothing_waits(next_due))


def standing_wish(history: History, standing: Mapping[Skill, Standing]) -> Wish | None:
    """The newest wish, unless the skill is mastered and something weak waits: then it has done its work."""
    wish = max(history.wishes, key=lambda one: (one.at, one.by, one.skill), default=None)
    if wish is None or may_be_chosen(wish.skill, standing):
        return wish
    return None


def may_be_chosen(skill: Skill, standing: Mapping[Skill, Standing]) -> bool:
    return standing[skill].state is not State.MASTERED or not weak_waits(standing)


def weak_waits(standing: Mapping[Skill, Standing]) -> bool:
    return any(one.state is State.WEAK for one in standing.values())


def _worth(one: Standing) -> tuple[bool, int, float, int]:
    """The least is practised first: what a conversation shows before what exercises show, what is sure before what is
    not, what is far from fair before what is near, then in the order in which MI is learned."""
    short = 0.0
    if one.measured is not None:
        measure = MEASURES[one.skill]
        aim = measure.fair if one.state is State.WEAK else measure.good
        short = min(1.0, one.measured.value / aim)
    elif one.tried.of:
        short = one.tried.met / one.tried.of
    if one.state is State.UNKNOWN:
        short = 0.0 if one.skill in MEASURES else 1.0
    return one.measured is None, _SURE.index(one.sure), short, _ORDER.index(one.skill)
