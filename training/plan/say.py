"""Why a skill is practised, in one plain sentence of at most LONGEST words."""

from datetime import date

from training.plan.measures import MEASURES
from training.plan.values import Measured, Standing
from training.skills import SKILLS, Skill

LONGEST = 32
KINDS_SHOWN = {"role_play": "role play", "real_practice": "real session", "simulated": "simulated talk"}


def because_weak(one: Standing) -> str:
    if one.measured is None:
        return f"You met {one.tried.met} of your last {one.tried.of} exercises on {_doing(one.skill)}, and {_untold()}."
    return f"{_talk(one)}, and {MEASURES[one.skill].line}."


def because_grows(one: Standing) -> str:
    if one.measured is None:
        return f"You met {one.tried.met} of your last {one.tried.of} exercises on {_doing(one.skill)}, and {_untold()}."
    return f"Nothing is weak, and this can grow most: {_lower(_talk(one))}."


def because_unknown(one: Standing) -> str:
    return f"{_untold().capitalize()} how you do at {_doing(one.skill)}, so some short exercises will."


def because_noted(one: Standing) -> str:
    if one.measured is None:
        return f"Your coach’s last feedback gave you this to try: {_doing(one.skill)}."
    return f"Your coach’s last feedback gave you this to try, and {_lower(_talk(one))}."


def because_suggested(skill: Skill) -> str:
    return f"Your coach suggests that you practise {_doing(skill)}."


def because_chosen(skill: Skill) -> str:
    return f"You chose to practise {_doing(skill)}."


def to_keep_fresh(skill: Skill) -> str:
    return f"No skill is weak, so {_doing(skill)} comes back for a moment to stay fresh."


def nothing_waits(next_due: date | None) -> str:
    if next_due is None:
        return "No skill is weak, and nothing is due for practice."
    return f"No skill is weak, and nothing is due before {day_shown(next_due)}."


def day_shown(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def figure_shown(skill: Skill, measured: Measured) -> str:
    """ "38 % of your questions were open (likely 27 to 50 %)"."""
    measure = MEASURES[skill]
    ends = (1 - measured.high, 1 - measured.low) if measure.turned else (measured.low, measured.high)
    value = 1 - measured.value if measure.turned else measured.value
    if measure.ratio:
        likely = f"likely {_ratio(ends[0])} to {_ratio(ends[1])}"
        return measure.said.format(value=_ratio(value), likely=likely)
    return measure.said.format(value=_percent(value), likely=f"likely {round(100 * ends[0])} to {_percent(ends[1])}")


def talks_shown(measured: Measured) -> str:
    """ "last 3 role plays"."""
    kind = KINDS_SHOWN[measured.kind]
    return f"last {kind}" if measured.sessions == 1 else f"last {measured.sessions} {kind}s"


def _talk(one: Standing) -> str:
    assert one.measured is not None, "a conversation tells of it"
    return f"In your {talks_shown(one.measured)} {figure_shown(one.skill, one.measured)}"


def _percent(share: float) -> str:
    """Its parts stay on one line."""
    return f"{round(100 * share)}\u00a0%"


def _ratio(share: float) -> str:
    """Reflections to one question, of the share r/(r+q)."""
    return "over 9" if share > 0.9 else f"{share / (1 - share):.1f}"


def _doing(skill: Skill) -> str:
    return SKILLS[skill].doing


def _untold() -> str:
    return "no conversation shows yet"


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
