"""The fixed headings of a note, and what each asks for."""

from dataclasses import dataclass
from enum import StrEnum


class NoteKind(StrEnum):
    """`FAMILY_RECORD` is of a conversation with a family, for its workbook. `PRACTICE` is of a role play or a simulated
    parent, `PLAN` of somebody's own practice plan: neither is about a family, and neither may go into its record."""

    FAMILY_RECORD = "family_record"
    PRACTICE = "practice"
    PLAN = "plan"


class Heading(StrEnum):
    ABOUT = "about"
    FOR_CHANGE = "for_change"
    FOR_STAYING = "for_staying"
    AGREED = "agreed"
    NEXT = "next"
    SKILL = "skill"
    HOW = "how"
    FEEDBACK = "feedback"
    HELP = "help"

    @classmethod
    def quoting(cls) -> tuple["Heading", ...]:
        """Under which lines of the conversation may be quoted."""
        return (cls.FOR_CHANGE, cls.FOR_STAYING)


@dataclass(frozen=True)
class HeadingWords:
    """`hint` says what belongs there, `optional` that an empty one is left out of the note."""

    title: str
    hint: str
    optional: bool = False


_AGREED = "Your own words: who does what, and by when. Evoke does not know what was agreed."
FAMILY = {
    Heading.ABOUT: HeadingWords(
        "What the conversation was about", "The change that you and the parent talked about, in words they would use."
    ),
    Heading.FOR_CHANGE: HeadingWords(
        "What the parent said in favour of change", "What they want, can do, need and have already begun."
    ),
    Heading.FOR_STAYING: HeadingWords(
        "What the parent said about staying the same", "What makes it hard. It is part of their story, not a fault."
    ),
    Heading.AGREED: HeadingWords("What was agreed, and the next step", _AGREED),
    Heading.NEXT: HeadingWords(
        "What I will practise next", "How you will work, not how well you did. Empty it, and it is left out.", True
    ),
}
PRACTICE = {
    Heading.ABOUT: HeadingWords("What the conversation was about", "The change that was talked about."),
    Heading.FOR_CHANGE: HeadingWords(
        "What the parent in the practice said in favour of change", "What they wanted, could do and had begun."
    ),
    Heading.FOR_STAYING: HeadingWords(
        "What the parent in the practice said about staying the same", "What made it hard for them."
    ),
    Heading.AGREED: HeadingWords("What was agreed, and the next step", _AGREED),
    Heading.NEXT: HeadingWords("What I will practise next", "Empty it, and it is left out.", True),
}
PLAN = {
    Heading.SKILL: HeadingWords("What I am practising", "One skill, as your plan has it now."),
    Heading.HOW: HeadingWords("How I practise it", "What you read and do, and how often."),
    Heading.FEEDBACK: HeadingWords("When I next ask for feedback", "A session that a coach looks at with you."),
    Heading.HELP: HeadingWords("What would help me", "From your coach, your manager or your team.", True),
}
HEADINGS: dict[NoteKind, dict[Heading, HeadingWords]] = {
    NoteKind.FAMILY_RECORD: FAMILY,
    NoteKind.PRACTICE: PRACTICE,
    NoteKind.PLAN: PLAN,
}
TITLES = {
    NoteKind.FAMILY_RECORD: "Note for the family’s workbook",
    NoteKind.PRACTICE: "Practice note",
    NoteKind.PLAN: "My practice plan",
}
WARNINGS = {
    NoteKind.FAMILY_RECORD: "",
    NoteKind.PRACTICE: "Practice. This is not about a real family and must not go into a family’s record.",
    NoteKind.PLAN: "This is about my own practice. It is not about a family and must not go into a family’s record.",
}
