"""What somebody's talk was like before a module and since. Pure.

It says what changed, never that the module did it: time, other practice and harder conversations change talk too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from coding.scheme.glossary import SCORES, show
from coding.scheme.summary import ScoreName
from training.progress.alike import Alike, alike
from training.progress.points import SessionPoint
from training.progress.trend import FEW_EACH, Change, difference
from training.progress.view import difference_shown
from training.skills import Skill

LOOK_BACK = timedelta(days=365)
MEASURE_OF: dict[Skill, ScoreName] = {
    Skill.OPEN_QUESTIONS: ScoreName.PERCENT_OPEN,
    Skill.REFLECTIONS: ScoreName.REFLECTION_TO_QUESTION,
    Skill.COMPLEX_REFLECTIONS: ScoreName.PERCENT_COMPLEX,
    Skill.AFFIRMING: ScoreName.MI_ADHERENT,
    Skill.AUTONOMY: ScoreName.MI_ADHERENT,
    Skill.COLLABORATION: ScoreName.MI_ADHERENT,
    Skill.PERMISSION: ScoreName.MI_NON_ADHERENT,
    Skill.DISCORD: ScoreName.MI_NON_ADHERENT,
    Skill.CLEAR_CONCERNS: ScoreName.MI_NON_ADHERENT,
    Skill.EVOKING: ScoreName.PERCENT_CHANGE_TALK,
    Skill.SUSTAIN_TALK: ScoreName.PERCENT_CHANGE_TALK,
}
"""The figure of a session in which a skill would show. Summaries and hearing the codes show in none."""


@dataclass(frozen=True)
class Since:
    """One figure of the sessions before a module and of those since."""

    title: str
    sentence: str


def since_module(points: Sequence[SessionPoint], skills: Collection[Skill], *, completed_on: date) -> list[Since]:
    """`points` are all of one kind of session; those before and those since are coded alike and picked alike. One for
    each figure in which the module's skills would show; a session of the day itself counts with those before."""
    names = list(dict.fromkeys(MEASURE_OF[one] for one in skills if one in MEASURE_OF))
    near = [point for point in points if point.held_on >= completed_on - LOOK_BACK]

    def enough(some: Sequence[SessionPoint]) -> bool:
        before = sum(point.held_on <= completed_on for point in some)
        return min(before, len(some) - before) >= FEW_EACH

    like = alike(near, enough)
    found = []
    for name in names:
        own = [(point.held_on, point.scores[name].value) for point in like.points if name in point.scores]
        before = [value for day, value in own if day <= completed_on]
        after = [value for day, value in own if day > completed_on]
        found.append(Since(SCORES[name].name, _sentence(name, before, after, like)))
    return found


def _sentence(name: ScoreName, before: Sequence[float], after: Sequence[float], like: Alike) -> str:
    change = difference(before, after)
    if not isinstance(change, Change):
        what = like.what() if like.points else "sessions"
        return f"Three {what} before and three since are needed to compare; there are {len(before)} and {len(after)}."
    means = f"{show(name, sum(before) / len(before))} before, {show(name, sum(after) / len(after))} since"
    between = f"{difference_shown(name, change.low)} to {difference_shown(name, change.high)}"
    chance = "" if change.direction else ", which can be chance"
    return f"{means} in {like.what()} ({between}){chance}."
