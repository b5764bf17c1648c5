"""By which figure of a conversation each skill is known, and where its lines are drawn.

Every figure is a share of chances, so that one rule gives all of them an interval. Lines for reflections and complex
reflections are those of MITI 4.2.1, for open questions those of MITI 3.1.1: expert opinion. For the others there are
none; ours lie between what is usual in poor, mixed and good conversations of the authored corpus.
"""

from dataclasses import dataclass

from training.skills import Skill


@dataclass(frozen=True)
class Measure:
    """`fair` and `good` are shares; `least` is the fewest chances that tell anything. `said` goes on after "In your
    last 3 role plays" and holds {value} and {likely}; `line` says what is fair. `ratio`: the share r/(r+q) is shown as
    r to q. `turned`: what is shown is the share that lacks it."""

    fair: float
    good: float
    least: int
    said: str
    line: str
    ratio: bool = False
    turned: bool = False


_CONFRONTS = Measure(
    0.95, 0.99, 10, "you argued, warned or corrected in {value} of your turns ({likely})", "5\u00a0% or less is fair",
    turned=True,
)  # fmt: skip

MEASURES: dict[Skill, Measure] = {
    Skill.OPEN_QUESTIONS: Measure(
        0.5, 0.7, 6, "{value} of your questions were open ({likely})", "half or more is fair"
    ),
    Skill.REFLECTIONS: Measure(
        0.5, 2 / 3, 6, "you reflected {value} times for each question ({likely})", "once or more is fair", ratio=True
    ),
    Skill.COMPLEX_REFLECTIONS: Measure(
        0.4, 0.5, 6, "{value} of your reflections went beyond the words ({likely})", "40\u00a0% or more is fair"
    ),
    Skill.AFFIRMING: Measure(
        0.03, 0.06, 10, "you affirmed in {value} of your turns ({likely})", "3\u00a0% or more is fair"
    ),
    Skill.EVOKING: Measure(
        0.5, 0.7, 5, "you took up {value} of the change talk you heard ({likely})", "half or more is fair"
    ),
    Skill.SUSTAIN_TALK: Measure(
        0.5, 0.8, 5, "you met {value} of the sustain talk without arguing ({likely})", "half or more is fair"
    ),
    Skill.DISCORD: _CONFRONTS,
    Skill.PERMISSION: Measure(
        0.5, 0.9, 4, "you gave {value} of your advice with permission ({likely})", "half or more is fair"
    ),
    Skill.AUTONOMY: Measure(
        0.025, 0.05, 10, "you named their choice in {value} of your turns ({likely})", "3\u00a0% or more is fair"
    ),
    Skill.COLLABORATION: Measure(
        0.03, 0.08, 10, "you shared the lead in {value} of your turns ({likely})", "3\u00a0% or more is fair"
    ),
    Skill.CLEAR_CONCERNS: _CONFRONTS,
}  # fmt: skip
"""Summaries and hearing the codes have no figure in a conversation: only exercises tell of them."""

NOTED = {
    "say_back_before_disagreeing": Skill.CLEAR_CONCERNS,
    "ask_before_advice": Skill.PERMISSION,
    "say_back_before_asking": Skill.REFLECTIONS,
    "stay_with_change_talk": Skill.EVOKING,
    "one_step_further": Skill.COMPLEX_REFLECTIONS,
    "open_up": Skill.OPEN_QUESTIONS,
    "name_a_strength": Skill.AFFIRMING,
    "say_what_is_theirs": Skill.AUTONOMY,
    "ask_for_more": Skill.EVOKING,
}
"""The skill of each thing to try in feedback, by the name of its rule. What a coach wrote freely names none."""
