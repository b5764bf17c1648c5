"""The note as it goes out: what was written under each heading, with the quotations that the consent allows."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from training.workbook.draft import Conversation
from training.workbook.headings import HEADINGS, TITLES, WARNINGS, Heading, NoteKind
from training.workbook.quoting import has_words_of


@dataclass(frozen=True)
class LeftOut:
    what: str
    why: str


EMPTY = "Nothing is written here yet."
COPIED = "It has words of the other person in it. Say it in your own words, and it is in the note again."
NOT_THERE = "A coach signed the conversation off anew since you chose them. Choose them again."
NO_SCORES = LeftOut(
    "Scores, bands and counts of how the practitioner worked",
    "They are for learning, with a coach. This record is the family’s.",
)
NO_SCORES_IN_PRACTICE = LeftOut(NO_SCORES.what, "They stand on the session’s page.")
NAMES = LeftOut("Names", "Stand-ins such as [child 1] stay in quotations and in the change goal.")
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]{1,40}\]")


@dataclass(frozen=True)
class Section:
    heading: Heading
    title: str
    text: str
    quotations: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.text and not self.quotations


@dataclass(frozen=True)
class Finished:
    """`left_out` is for its writer. `placeholders` are the stand-ins for names that are in it."""

    kind: NoteKind
    title: str
    warning: str
    sections: tuple[Section, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def placeholders(self) -> tuple[str, ...]:
        texts = (text for one in self.sections for text in (one.text, *one.quotations))
        return tuple(dict.fromkeys(found for text in texts for found in _PLACEHOLDER.findall(text)))


def finish_note(texts: Mapping[Heading, str], quoted: Collection[int], conversation: Conversation) -> Finished:
    """Where quoting is not allowed there is no quotation, and a text that has the other person's words in it is left
    out as a whole, whoever wrote it."""
    left_out = [NO_SCORES if conversation.kind is NoteKind.FAMILY_RECORD else NO_SCORES_IN_PRACTICE, NAMES]
    said = [line.text for line in conversation.lines]
    leaning = any(line.under for line in conversation.lines)
    if conversation.withheld and leaning:
        left_out.insert(0, LeftOut("Quotations from the conversation", conversation.withheld))
    may_be_quoted = {line.id for line in conversation.lines if line.under}
    if not conversation.withheld and set(quoted) - may_be_quoted:
        left_out.insert(0, LeftOut("Lines that you had chosen to quote", NOT_THERE))
    sections = []
    for heading, words in HEADINGS[conversation.kind].items():
        text = texts.get(heading, "").strip()
        if conversation.withheld and has_words_of(text, said, beside=conversation.goal):
            left_out.insert(0, LeftOut(f"What you wrote under “{words.title}”", f"{conversation.withheld} {COPIED}"))
            text = ""
        lines = () if conversation.withheld else tuple(
            line.text for line in conversation.lines if line.id in quoted and line.under is heading
        )  # fmt: skip
        section = Section(heading, words.title, text, lines)
        if not (words.optional and section.empty):
            sections.append(section)
    return _finished(conversation.kind, sections, left_out)


def finish_plan_note(texts: Mapping[Heading, str]) -> Finished:
    kind = NoteKind.PLAN
    found = [Section(one, words.title, texts.get(one, "").strip()) for one, words in HEADINGS[kind].items()]
    return _finished(kind, [one for one in found if not (HEADINGS[kind][one.heading].optional and one.empty)], [])


def _finished(kind: NoteKind, sections: Collection[Section], left_out: Collection[LeftOut]) -> Finished:
    return Finished(kind, TITLES[kind], WARNINGS[kind], tuple(sections), tuple(left_out))


def as_text(note: Finished, facts: Collection[tuple[str, str]]) -> str:
    """For the clipboard: `facts` are lines about it, such as whose and of when."""
    head = "\n".join(filter(None, (note.title, note.warning, *(f"{name}: {value}" for name, value in facts))))
    return "\n\n".join((head, *map(_section_as_text, note.sections)))


def _section_as_text(one: Section) -> str:
    return "\n".join(filter(None, (one.title, EMPTY if one.empty else one.text, *map(in_marks, one.quotations))))


def in_marks(text: str) -> str:
    return f"“{text}”"
