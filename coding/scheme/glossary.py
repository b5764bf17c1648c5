"""Every code and score in plain words, and how sure people are about each."""

from dataclasses import dataclass

from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Subtype, TalkKind
from coding.scheme.summary import THRESHOLDS, ScoreName

EXPERT_OPINION = (
    "The lines for fair and good are the opinion of experts in Motivational Interviewing. They are a guide for "
    "practice, not a pass mark."
)


@dataclass(frozen=True)
class Entry:
    name: str
    one_line: str


CODES: dict[Code, Entry] = {
    Behaviour.GI: Entry("Giving information", "Shares a fact, a view or a concern in a neutral way."),
    Behaviour.PERSUADE: Entry("Persuade", "Tries to change somebody's mind with advice or argument, unasked."),
    Behaviour.PWP: Entry("Persuade with permission", "Offers advice after asking, or with the choice left open."),
    Behaviour.Q: Entry("Question", "Asks something. Open questions invite a story, closed ones a short answer."),
    Behaviour.SR: Entry("Simple reflection", "Gives back what the person said, adding little."),
    Behaviour.CR: Entry("Complex reflection", "Gives back what the person said with more meaning or feeling."),
    Behaviour.AF: Entry("Affirm", "Names a real strength, effort or good intention of the person."),
    Behaviour.SEEK: Entry("Seeking collaboration", "Shares the lead: asks leave, or what the person makes of an idea."),
    Behaviour.EMPHASIZE: Entry("Emphasising autonomy", "Says clearly that the choice is the person's own."),
    Behaviour.CONFRONT: Entry("Confront", "Disagrees, corrects, warns, blames or shames."),
    Behaviour.NC: Entry("Not coded", "Greetings, listening sounds, structure and small talk."),
    ClientTalk.CT: Entry("Change talk", "Words that lean towards the change."),
    ClientTalk.ST: Entry("Sustain talk", "Words that lean towards staying the same."),
    ClientTalk.FN: Entry("Neutral", "Words that lean neither way, or follow along."),
}

SUBTYPES: dict[Subtype, str] = {
    QuestionType.OPEN: "open",
    QuestionType.CLOSED: "closed",
    TalkKind.DESIRE: "desire (want)",
    TalkKind.ABILITY: "ability (can)",
    TalkKind.REASON: "reason (because)",
    TalkKind.NEED: "need (must)",
    TalkKind.COMMITMENT: "commitment (will)",
    TalkKind.ACTIVATION: "activation (ready to)",
    TalkKind.TAKING_STEPS: "taking steps (have begun)",
}

SCORES: dict[ScoreName, Entry] = {
    ScoreName.TECHNICAL_GLOBAL: Entry("Technical global", "How change talk was drawn out and sustain talk softened."),
    ScoreName.RELATIONAL_GLOBAL: Entry("Relational global", "Partnership and empathy over the whole conversation."),
    ScoreName.REFLECTION_TO_QUESTION: Entry("Reflections to questions", "How many reflections for each question."),
    ScoreName.PERCENT_COMPLEX: Entry("Complex reflections", "The share of reflections that add meaning or feeling."),
    ScoreName.MI_ADHERENT: Entry("MI-adherent", "Affirming, seeking collaboration and emphasising autonomy, added up."),
    ScoreName.MI_NON_ADHERENT: Entry("MI-non-adherent", "Confronting and persuading without permission, added up."),
    ScoreName.PERCENT_CHANGE_TALK: Entry("Change talk", "The share of change talk in all change and sustain talk."),
    ScoreName.PERCENT_OPEN: Entry("Open questions", "The share of questions that invite more than a short answer."),
    ScoreName.TALK_SHARE: Entry("Your share of the talk", "How many of all the words were the practitioner's."),
    ScoreName.QUESTIONS_IN_A_ROW: Entry("Questions in a row", "The longest run of turns that ask without reflecting."),
}

_FIELD = "In a study of trained MITI coders, people agreed "
_EXPERTS = "When ten experts coded the same conversations, "
HUMAN_AGREEMENT: dict[ScoreName, str] = {
    ScoreName.TECHNICAL_GLOBAL: _FIELD + "well on this rating.",
    ScoreName.RELATIONAL_GLOBAL: _FIELD + "well on this rating.",
    ScoreName.REFLECTION_TO_QUESTION: _FIELD + "well on this figure.",
    ScoreName.PERCENT_COMPLEX: (
        _EXPERTS + "they often disagreed on whether a reflection was simple or complex (kappa about 0.5). Take this "
        "figure as a hint."
    ),
    ScoreName.MI_ADHERENT: _FIELD + "well on this total, but less well on the part that emphasises autonomy.",
    ScoreName.MI_NON_ADHERENT: _FIELD + "well on this total.",
    ScoreName.PERCENT_CHANGE_TALK: (
        _EXPERTS + "they agreed only fairly on change and sustain talk (kappa about 0.47). Take this figure as a hint."
    ),
    ScoreName.PERCENT_OPEN: "People mostly agree on this, but no study of this exact figure stands behind it.",
    ScoreName.TALK_SHARE: "Counting words leaves little to disagree about, as long as the speakers are right.",
    ScoreName.QUESTIONS_IN_A_ROW: "People agree well on what a question is; this exact figure has not been studied.",
}
"""Sources: Moyers et al. 2016 (MITI 4 reliability in the field); AnnoMI (Wu et al. 2022, ten expert annotators)."""


def thresholds_shown(name: ScoreName) -> str:
    """ "fair from 1 : 1, good from 2 : 1"; empty for a score without bands."""
    if name not in THRESHOLDS:
        return ""
    fair, good = THRESHOLDS[name]
    return f"fair from {show(name, fair)}, good from {show(name, good)}"


def show(name: ScoreName, value: float) -> str:
    """A score's value for people: "2.1 : 1", "45 %", "7"."""
    if name is ScoreName.REFLECTION_TO_QUESTION:
        return f"{value:.1f}".removesuffix(".0") + " : 1"
    if name in (ScoreName.TECHNICAL_GLOBAL, ScoreName.RELATIONAL_GLOBAL):
        return f"{value:.1f}".removesuffix(".0")
    if name.value.startswith("percent") or name is ScoreName.TALK_SHARE:
        return f"{value:.0f} %"
    return f"{value:.0f}"
