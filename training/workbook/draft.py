"""A first draft of a note: what the codes of a signed-off conversation show, in sentences, and lines to quote.

No figure of the practitioner is in it: what goes to a family's workbook is about the family. How the parent spoke is
counted in times, never as a share, and what the codes do not show is left for the practitioner to write.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from coding.scheme.codes import TalkKind
from training.skills import SKILLS, Skill
from training.workbook.headings import Heading, NoteKind

MOST_SUGGESTED = 3
"""Lines that are quoted under a heading unless the practitioner chooses others."""
_SHORT, _LONG = 4, 40
"""Words of a line that is good to quote."""
STRONGEST = (
    TalkKind.COMMITMENT, TalkKind.TAKING_STEPS, TalkKind.ACTIVATION, TalkKind.NEED, TalkKind.REASON, TalkKind.ABILITY,
    TalkKind.DESIRE, None,
)  # fmt: skip
NEXT = {
    Skill.OPEN_QUESTIONS: "I will ask more open questions.",
    Skill.REFLECTIONS: "I will say back what I hear more often, before I ask.",
    Skill.COMPLEX_REFLECTIONS: "I will say back what I think is meant, not only the words.",
    Skill.AFFIRMING: "I will name the strengths and efforts that I see.",
    Skill.SUMMARIES: "I will sum up what was said, so that we both know where we are.",
    Skill.EVOKING: "I will ask more about the parent’s own reasons for change.",
    Skill.SUSTAIN_TALK: "I will listen to what makes change hard, without arguing.",
    Skill.DISCORD: "I will notice when we are at odds, and put it right.",
    Skill.PERMISSION: "I will ask before I give advice.",
    Skill.AUTONOMY: "I will say more plainly what is the parent’s to decide, and what is not.",
    Skill.COLLABORATION: "I will agree with the parent what we talk about and what comes next.",
    Skill.CLEAR_CONCERNS: "I will say what worries me plainly and without blame.",
    Skill.HEARING_CODES: "I will listen more closely for what speaks for change and what against it.",
}
"""In words that a parent can read: no name of a skill, and nothing of how good somebody is at it."""
FOR_CHANGE = {
    TalkKind.DESIRE: "what they want",
    TalkKind.ABILITY: "what they can do",
    TalkKind.REASON: "reasons for it",
    TalkKind.NEED: "why it is needed",
    TalkKind.COMMITMENT: "what they will do",
    TalkKind.ACTIVATION: "being ready for it",
    TalkKind.TAKING_STEPS: "steps they have already taken",
}
FOR_STAYING = {
    TalkKind.DESIRE: "what they want to keep",
    TalkKind.ABILITY: "what feels too hard",
    TalkKind.REASON: "reasons to leave things as they are",
    TalkKind.NEED: "what they need as it is",
    TalkKind.COMMITMENT: "meaning to leave it as it is",
    TalkKind.ACTIVATION: "not being ready",
    TalkKind.TAKING_STEPS: "steps back to how it was",
}


@dataclass(frozen=True)
class SaidLine:
    """A line of the other person's. `id` is the utterance's, `number` counts from 1 through the conversation. `under`
    is the heading it may be quoted under, None for one that leans neither way or was not scored."""

    id: int
    number: int
    text: str
    under: Heading | None = None
    kind: TalkKind | None = None


@dataclass(frozen=True)
class Conversation:
    """A signed-off one. `goal` has placeholders for names, as the lines have. `lines` are all that the other person
    said. `withheld` says why nothing of it may be quoted, empty where it may. `part` says that only a stretch of it was
    coded. `to_try` is a coach's sentence to the practitioner, in feedback that was sent."""

    kind: NoteKind
    held_on: date
    goal: str
    lines: tuple[SaidLine, ...]
    withheld: str = ""
    part: bool = False
    skill: Skill | None = None
    to_try: str = ""


@dataclass(frozen=True)
class Draft:
    """`quoted` are ids of lines."""

    texts: Mapping[Heading, str]
    quoted: tuple[int, ...] = ()


def draft_note(conversation: Conversation) -> Draft:
    texts = {
        Heading.ABOUT: _goal(conversation.goal),
        Heading.FOR_CHANGE: _counted(conversation, Heading.FOR_CHANGE),
        Heading.FOR_STAYING: _counted(conversation, Heading.FOR_STAYING),
        Heading.AGREED: "",
        Heading.NEXT: _next(conversation),
    }
    quoted = [] if conversation.withheld else [one for under in Heading.quoting() for one in _best(conversation, under)]
    return Draft(texts, tuple(quoted))


def draft_plan_note(*, skill: Skill | None, module: str, minutes: int, due_on: date | None) -> Draft:
    """Of a plan: the skill and how it is practised, without a figure or the reason, which tells of figures. `due_on` is
    the day by which feedback is due, None where it is due now."""
    doing = f"I am practising {SKILLS[skill].doing}. {SKILLS[skill].one_line}" if skill else ""
    how = f"I read “{module}” ({minutes} minutes) and do its short exercises." if skill and module else ""
    by = f"by {due_on.day} {due_on:%B %Y}" if due_on else "as soon as I can"
    return Draft({Heading.SKILL: doing, Heading.HOW: how, Heading.FEEDBACK: f"I add a session {by}.", Heading.HELP: ""})


def _next(conversation: Conversation) -> str:
    """What a coach wrote is between the two of them: it goes into a practice note, never into a family's record."""
    if conversation.kind is NoteKind.PRACTICE and conversation.to_try:
        return conversation.to_try
    return NEXT[conversation.skill] if conversation.skill else ""


def _goal(goal: str) -> str:
    goal = goal.strip()
    stop = "" if goal.endswith((".", "!", "?")) else "."
    return f"We talked about this change: {goal}{stop}" if goal else ""


def _counted(conversation: Conversation, under: Heading) -> str:
    lines = [line for line in conversation.lines if line.under is under]
    where = " in the part of the conversation that was coded" if conversation.part else ""
    lean = "in favour of change" if under is Heading.FOR_CHANGE else "in favour of staying the same"
    if not lines:
        return f"Nothing was heard {lean}{where}."
    words = FOR_CHANGE if under is Heading.FOR_CHANGE else FOR_STAYING
    kinds = Counter(line.kind for line in lines if line.kind is not None)
    told = [f"{words[kind]} ({kinds[kind]})" for kind in sorted(kinds, key=lambda one: (-kinds[one], one.value))]
    of_what = f": {', '.join(told)}" if told else ""
    return f"The parent spoke {lean} {_times(len(lines))}{where}{of_what}."


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _best(conversation: Conversation, under: Heading) -> Sequence[int]:
    """The strongest that read well, in the order they were said."""
    lines = [line for line in conversation.lines if line.under is under]
    best = sorted(lines, key=lambda line: (not _reads_well(line), STRONGEST.index(line.kind), line.number))
    return [line.id for line in sorted(best[:MOST_SUGGESTED], key=lambda line: line.number)]


def _reads_well(line: SaidLine) -> bool:
    return _SHORT <= len(line.text.split()) <= _LONG
