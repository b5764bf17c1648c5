"""How the sheet for a team's meeting says what it says."""

from training.skills import SKILLS, Skill
from training.supervision.moments import Moment
from training.supervision.themes import Theme

COUNTED: dict[Skill, str] = {
    Skill.OPEN_QUESTIONS: "{k} of {n} questions were open",
    Skill.REFLECTIONS: "of {n} reflections and questions, {k} were reflections",
    Skill.COMPLEX_REFLECTIONS: "{k} of {n} reflections went beyond the words",
    Skill.AFFIRMING: "{k} of {n} turns had an affirmation",
    Skill.EVOKING: "change talk was taken up {k} of {n} times",
    Skill.SUSTAIN_TALK: "sustain talk was met without arguing {k} of {n} times",
    Skill.PERMISSION: "{k} of {n} pieces of advice came with permission",
    Skill.AUTONOMY: "{k} of {n} turns named what is theirs to choose",
    Skill.COLLABORATION: "{k} of {n} turns shared the lead",
    Skill.CLEAR_CONCERNS: "{k} of {n} turns were free of arguing and warning",
}
DISCUSS: dict[Skill, str] = {
    Skill.OPEN_QUESTIONS: "Which question opened the talk? How else could it have been asked?",
    Skill.REFLECTIONS: "What was given back, and what was left out?",
    Skill.COMPLEX_REFLECTIONS: "What did the practitioner hear behind the words? What else could be meant?",
    Skill.AFFIRMING: "Which strength was named, and what was it seen in?",
    Skill.EVOKING: "Which words leaned towards change, and what was done with them?",
    Skill.SUSTAIN_TALK: "What could have become an argument here, and what was done instead?",
    Skill.PERMISSION: "How was advice offered, and what was made of it?",
    Skill.AUTONOMY: "What was said to be theirs to decide? What was not?",
    Skill.COLLABORATION: "How was the lead shared?",
    Skill.CLEAR_CONCERNS: "How was the disagreement heard before anything else was said?",
}
DISCUSS_ANY = "What did the practitioner do, and what came next?"


def theme_shown(theme: Theme) -> str:
    """ "24 of 60 reflections went beyond the words (40 %, likely 31 to 50 %), in sessions of 5 people; 4 of them do it
    less often than experts call good." """
    counted = COUNTED[theme.skill].format(k=theme.used, n=theme.chances)
    likely = f"{round(theme.value * 100)} %, likely {round(theme.low * 100)} to {round(theme.high * 100)} %"
    said = f"{counted[0].upper()}{counted[1:]} ({likely}), in sessions of {theme.people} people."
    every = theme.behind == theme.people
    who = "For all of them" if every else f"For {theme.behind} of them"
    return f"{said} {who} {'it is at least fair' if theme.well else 'there is room to grow'}."


def moment_shown(moment: Moment, kind: str) -> str:
    """ "Affirming, then change talk (role play, 4 turns)", without a word of it."""
    then = ", then change talk" if moment.followed else ""
    return f"{SKILLS[moment.skill].name}{then} ({kind.lower()}, {len(moment.turns)} turns)"
