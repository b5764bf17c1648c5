"""Every code and score in plain words, and how sure people are about each."""

from dataclasses import dataclass

from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Subtype, TalkKind
from coding.scheme.summary import THRESHOLDS, GlobalRating, ScoreName, band_of

EXPERT_OPINION = (
    "The lines for fair and good are the opinion of experts in Motivational Interviewing. They are a guide for "
    "practice, not a pass mark."
)


@dataclass(frozen=True)
class Explanation:
    name: str
    one_line: str


CODES: dict[Code, Explanation] = {
    Behaviour.GI: Explanation("Giving information", "Shares a fact, a view or a concern in a neutral way."),
    Behaviour.PERSUADE: Explanation("Persuade", "Tries to change somebody's mind with advice or argument, unasked."),
    Behaviour.PWP: Explanation("Persuade with permission", "Offers advice after asking, or with the choice left open."),
    Behaviour.Q: Explanation("Question", "Asks something. Open questions invite a story, closed ones a short answer."),
    Behaviour.SR: Explanation("Simple reflection", "Gives back what the person said, adding little."),
    Behaviour.CR: Explanation("Complex reflection", "Adds meaning or feeling to what the person said."),
    Behaviour.AF: Explanation("Affirm", "Names a real strength, effort or good intention of the person."),
    Behaviour.SEEK: Explanation(
        "Seeking collaboration", "Shares the lead: asks permission, or what the person thinks of an idea."
    ),
    Behaviour.EMPHASIZE: Explanation("Emphasising autonomy", "Says clearly that the choice is the person's own."),
    Behaviour.CONFRONT: Explanation("Confront", "Disagrees, corrects, warns, blames or shames."),
    Behaviour.NC: Explanation("Not coded", "Greetings, listening sounds, structure and small talk."),
    ClientTalk.CT: Explanation("Change talk", "Words that lean towards the change."),
    ClientTalk.ST: Explanation("Sustain talk", "Words that lean towards staying the same."),
    ClientTalk.FN: Explanation("Neutral", "Words that lean neither way, or follow along."),
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

SCORES: dict[ScoreName, Explanation] = {
    ScoreName.TECHNICAL_GLOBAL: Explanation(
        "Technical global", "How change talk was drawn out and sustain talk softened."
    ),
    ScoreName.RELATIONAL_GLOBAL: Explanation(
        "Relational global", "Partnership and empathy over the whole conversation."
    ),
    ScoreName.REFLECTION_TO_QUESTION: Explanation(
        "Reflections to questions", "How many reflections for each question."
    ),
    ScoreName.PERCENT_COMPLEX: Explanation(
        "Complex reflections", "The share of reflections that add meaning or feeling."
    ),
    ScoreName.MI_ADHERENT: Explanation(
        "MI-adherent", "Affirming, seeking collaboration and emphasising autonomy, added up."
    ),
    ScoreName.MI_NON_ADHERENT: Explanation(
        "MI-non-adherent", "Confronting and persuading without permission, added up."
    ),
    ScoreName.PERCENT_CHANGE_TALK: Explanation(
        "Change talk", "The share of change talk in all change and sustain talk. Not a MITI 4 score."
    ),
    ScoreName.PERCENT_OPEN: Explanation(
        "Open questions", "The share of questions that invite more than a short answer."
    ),
    ScoreName.TALK_SHARE: Explanation("Your share of the talk", "How many of all the words were the practitioner's."),
    ScoreName.QUESTIONS_IN_A_ROW: Explanation(
        "Questions in a row", "The longest run of turns that ask without reflecting."
    ),
}

GLOBALS: dict[GlobalRating, Explanation] = {
    GlobalRating.CULTIVATING_CHANGE_TALK: Explanation(
        "Cultivating change talk", "How well the practitioner draws out the person’s own reasons to change."
    ),
    GlobalRating.SOFTENING_SUSTAIN_TALK: Explanation(
        "Softening sustain talk", "How well the practitioner keeps from feeding the case for staying the same."
    ),
    GlobalRating.PARTNERSHIP: Explanation("Partnership", "How far the practitioner shares the lead with the person."),
    GlobalRating.EMPATHY: Explanation("Empathy", "How well the practitioner tries to see it as the person does."),
}
GLOBALS_SUGGESTED = (
    "A suggestion from what was counted. The coach’s rating is the rating: the machine has not heard tone or seen "
    "faces."
)
_FIELD = "In a study of trained MITI coders (Moyers and others, 2016), people agreed "
_EXPERTS = "When ten experts coded the same seven conversations (AnnoMI), "
HUMAN_AGREEMENT: dict[ScoreName, str] = {
    ScoreName.TECHNICAL_GLOBAL: _FIELD + "well on this rating.",
    ScoreName.RELATIONAL_GLOBAL: _FIELD + "well on this rating.",
    ScoreName.REFLECTION_TO_QUESTION: _FIELD + "well on this figure.",
    ScoreName.PERCENT_COMPLEX: (
        _EXPERTS + "they often disagreed on whether a reflection was simple or complex (kappa about 0.5), and trained "
        "MITI coders agreed less on this figure than on most (Moyers and others, 2016). Take it as a hint."
    ),
    ScoreName.MI_ADHERENT: _FIELD + "well on this total, but less well on the part that emphasises autonomy.",
    ScoreName.MI_NON_ADHERENT: _FIELD + "well on this total.",
    ScoreName.PERCENT_CHANGE_TALK: (
        _EXPERTS + "they often disagreed on what was change talk and what was sustain talk (kappa about 0.47). Take "
        "this figure as a hint."
    ),
    ScoreName.PERCENT_OPEN: (
        _EXPERTS + "they agreed well on what the practitioner did, such as asking. We have no figure for open against "
        "closed questions."
    ),
    ScoreName.TALK_SHARE: (
        "This only counts words, so it is as right as the transcript and its speakers. We have no study of it."
    ),
    ScoreName.QUESTIONS_IN_A_ROW: (
        _EXPERTS + "they agreed well on what the practitioner did, such as asking or reflecting. We have no figure for "
        "runs of questions."
    ),
}
"""Sources: Moyers et al. 2016 (MITI 4 reliability in the field); AnnoMI (Wu et al. 2022, ten expert annotators)."""


def explain(what: Code | ScoreName) -> Explanation:
    return SCORES[what] if isinstance(what, ScoreName) else CODES[what]


def thresholds_shown(name: ScoreName) -> str:
    """ "fair from 1 : 1, good from 2 : 1"; empty for a score without bands."""
    if name not in THRESHOLDS:
        return ""
    fair, good = THRESHOLDS[name]
    return f"fair from {show(name, fair)}, good from {show(name, good)}"


def show_range(low: int | None, high: int | None) -> str:
    """A suggested range for people, "3 to 4"; empty where there is none."""
    return "" if low is None or high is None else f"{low} to {high}"


_NO_BREAK = "\u00a0"


def show(name: ScoreName, value: float) -> str:
    """A score's value for people: "2.1 : 1", "45 %", "7". Rounding never lifts a value over a line: 1.96 is not 2."""
    whole = name.value.startswith("percent") or name in (ScoreName.TALK_SHARE, ScoreName.QUESTIONS_IN_A_ROW)
    digits = 0 if whole or name in (ScoreName.MI_ADHERENT, ScoreName.MI_NON_ADHERENT) else 1
    while band_of(name, round(value, digits)) is not band_of(name, value):
        digits += 1
    number = f"{value:.{digits}f}"
    if digits:
        number = number.rstrip("0").rstrip(".")
    if name is ScoreName.REFLECTION_TO_QUESTION:
        return f"{number}{_NO_BREAK}:{_NO_BREAK}1"
    return f"{number}{_NO_BREAK}%" if name.value.startswith("percent") or name is ScoreName.TALK_SHARE else number
