"""The page of a note: its fields for whoever writes it, and the note as it goes out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from coding.hold import is_held
from coding.retention import steps_of
from coding.review.sign_off import signed_off
from models.permissions import Actor, Permission
from models.person import Person
from models.practice import PracticeSession
from models.retention import Part
from models.session_permissions import may_on
from models.workbook import note_of, note_words
from training.workbook.as_json import Source
from training.workbook.draft import FOR_CHANGE, FOR_STAYING, Conversation, draft_note
from training.workbook.finish import Finished, as_text, finish_note
from training.workbook.headings import HEADINGS, Heading, NoteKind
from training.workbook.material import conversation_of, kind_of


@dataclass(frozen=True)
class LineView:
    """A line that may be quoted. `kind_shown` is what it is about, empty where nobody said."""

    id: int
    number: int
    text: str
    kind_shown: str
    chosen: bool


@dataclass(frozen=True)
class FieldView:
    name: str
    title: str
    hint: str
    text: str
    lines: tuple[LineView, ...] = ()

    @property
    def chosen(self) -> int:
        return sum(line.chosen for line in self.lines)


@dataclass(frozen=True)
class NotePage:
    """`fields` are empty for who only reads. `saved_at` is None where nothing is kept yet: then what is shown is the
    draft, and only its practitioner sees that. `from_coach` is a sentence of the coach's that stays out of a family's
    record."""

    kind: NoteKind
    practitioner: str
    is_writer: bool
    fields: tuple[FieldView, ...]
    note: Finished | None
    facts: tuple[tuple[str, str], ...]
    text: str
    withheld: str
    held: bool
    saved_at: datetime | None
    from_coach: str


@dataclass(frozen=True)
class NoteCard:
    """For the session's own page."""

    kind: NoteKind
    is_writer: bool
    kept: bool


def build_note_card(session: Session, practice: PracticeSession, *, reader: Actor) -> NoteCard | None:
    """None where there is nothing to write or to read."""
    if Part.WORDS in steps_of(session, practice.id) or signed_off(session, practice.id) is None:
        return None
    writes = may_on(reader, Permission.WRITE_WORKBOOK_NOTE, practice)
    kept = note_of(session, practice.id) is not None
    return NoteCard(kind_of(practice), writes, kept) if writes or kept else None


def build_note_page(
    session: Session, practice: PracticeSession, *, reader: Actor, texts: Mapping[Heading, str] | None = None,
    quoted: Collection[int] = (),
) -> NotePage:  # fmt: skip
    """With `texts` and `quoted` as they were just written, else as kept, else as drafted. Raises as
    `conversation_of`."""
    conversation = conversation_of(session, practice)
    writes = may_on(reader, Permission.WRITE_WORKBOOK_NOTE, practice)
    row = note_of(session, practice.id)
    if texts is None:
        if row is not None:
            kept = note_words(session, row)
            texts = {heading: kept.texts.get(heading.value, "") for heading in HEADINGS[conversation.kind]}
            quoted = kept.quoted
        elif writes:
            draft = draft_note(conversation)
            texts, quoted = draft.texts, draft.quoted
    note = finish_note(texts, quoted, conversation) if texts is not None else None
    name = session.get_one(Person, practice.practitioner_id).name
    facts = facts_of(name, conversation)
    return NotePage(
        kind=conversation.kind, practitioner=name, is_writer=writes,
        fields=_fields(conversation, texts or {}, quoted) if writes else (), note=note, facts=facts,
        text=as_text(note, facts) if note else "", withheld=conversation.withheld,
        held=is_held(session, practice.id), saved_at=row.changed_at if row else None,
        from_coach=conversation.to_try if conversation.kind is NoteKind.FAMILY_RECORD and writes else "",
    )  # fmt: skip


def source_of(session: Session, practice: PracticeSession, *, at: datetime) -> Source:
    row = note_of(session, practice.id)
    return Source(
        practitioner=session.get_one(Person, practice.practitioner_id).name, generated_at=at, session_id=practice.id,
        session_kind=practice.kind.value, held_on=practice.held_on, edited_at=row.changed_at if row else None,
    )  # fmt: skip


def facts_of(practitioner: str, conversation: Conversation) -> tuple[tuple[str, str], ...]:
    on = conversation.held_on
    return (("Conversation on", f"{on.day} {on:%B %Y}"), ("Written by", practitioner))


def _fields(conversation: Conversation, texts: Mapping[Heading, str], quoted: Collection[int]) -> tuple[FieldView, ...]:
    return tuple(
        FieldView(heading.value, words.title, words.hint, texts.get(heading, ""), _lines(conversation, heading, quoted))
        for heading, words in HEADINGS[conversation.kind].items()
    )


def _lines(conversation: Conversation, under: Heading, quoted: Collection[int]) -> tuple[LineView, ...]:
    kinds = FOR_CHANGE if under is Heading.FOR_CHANGE else FOR_STAYING
    return tuple(
        LineView(line.id, line.number, line.text, kinds[line.kind] if line.kind else "", line.id in quoted)
        for line in (() if conversation.withheld else conversation.lines)
        if line.under is under
    )
