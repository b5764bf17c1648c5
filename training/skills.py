"""The skills that modules teach, exercises train, plans choose and progress shows: one list for all of them."""

from dataclasses import dataclass
from enum import StrEnum


class Skill(StrEnum):
    OPEN_QUESTIONS = "open_questions"
    REFLECTIONS = "reflections"
    COMPLEX_REFLECTIONS = "complex_reflections"
    AFFIRMING = "affirming"
    SUMMARIES = "summaries"
    EVOKING = "evoking"
    SUSTAIN_TALK = "sustain_talk"
    DISCORD = "discord"
    PERMISSION = "permission"
    AUTONOMY = "autonomy"
    COLLABORATION = "collaboration"
    CLEAR_CONCERNS = "clear_concerns"
    HEARING_CODES = "hearing_codes"


@dataclass(frozen=True)
class SkillWords:
    """`name` as a heading; `doing` goes on after "Practise "."""

    name: str
    doing: str
    one_line: str


SKILLS: dict[Skill, SkillWords] = {
    Skill.OPEN_QUESTIONS: SkillWords(
        "Open questions", "asking open questions", "Questions that invite a story instead of a yes or a no."
    ),
    Skill.REFLECTIONS: SkillWords(
        "Reflections", "reflecting before you ask", "Giving back what you heard, at least as often as you ask."
    ),
    Skill.COMPLEX_REFLECTIONS: SkillWords(
        "Complex reflections", "reflecting what is meant", "Giving back the meaning or the feeling behind the words."
    ),
    Skill.AFFIRMING: SkillWords(
        "Affirming", "affirming", "Naming a real strength, effort or good intention that you have seen."
    ),
    Skill.SUMMARIES: SkillWords(
        "Summaries", "summing up", "Gathering what was said, change talk above all, and handing it back."
    ),
    Skill.EVOKING: SkillWords(
        "Drawing out change talk", "drawing out change talk", "Asking for, and staying with, reasons of their own."
    ),
    Skill.SUSTAIN_TALK: SkillWords(
        "Answering sustain talk", "answering sustain talk", "Hearing the case for staying the same without arguing."
    ),
    Skill.DISCORD: SkillWords(
        "Softening discord", "softening discord", "Repairing it when the two of you are at odds."
    ),
    Skill.PERMISSION: SkillWords(
        "Advice with permission",
        "giving advice with permission",
        "Asking first, giving a little, asking what they make of it.",
    ),
    Skill.AUTONOMY: SkillWords(
        "Emphasising choice", "emphasising choice", "Saying plainly what is theirs to decide, and what is not."
    ),
    Skill.COLLABORATION: SkillWords(
        "Sharing the lead", "sharing the lead", "Agreeing what to talk about and what to do next."
    ),
    Skill.CLEAR_CONCERNS: SkillWords(
        "Clear concerns", "saying concerns clearly", "Saying what worries you, plainly and without blame."
    ),
    Skill.HEARING_CODES: SkillWords(
        "Hearing the codes", "hearing what was said", "Telling one kind of talk from another, as a coder does."
    ),
}  # fmt: skip
