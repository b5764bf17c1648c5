"""Contested codes of a session for whoever reads it, and the codes there are to choose from, in words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from coding.feedback.contests import contests_of, second_coaches, signer_of
from coding.feedback.kept import Contested, decided_of
from coding.feedback.lines import SignedLine, signed_lines
from coding.review.draft import subtypes_of
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Speaker, TalkKind
from coding.scheme.glossary import CODES, SUBTYPES
from models.feedback import CodeContest
from models.permissions import Actor
from models.person import Person
from models.practice import PracticeSession
from models.review import Review
from models.session_permissions import may_decide_contest

_CODES: dict[str, Code] = {code.value: code for code in (*Behaviour, *ClientTalk)}
_SUBTYPES = {kind.value: kind for kind in (*QuestionType, *TalkKind)}


@dataclass(frozen=True)
class ContestView:
    """`line` is None, and `reason` and `answer` are empty, once what was said is gone. `waits_for` says whom an open
    one waits for. Codes are in words."""

    id: UUID
    line: SignedLine | None
    was: str
    wanted: str
    wanted_value: str
    reason: str
    asked_by: str
    asked_at: datetime
    outcome: str
    decided: str
    decided_by: str
    decided_at: datetime | None
    answer: str
    waits_for: str
    may_decide: bool
    may_take_back: bool


def code_shown(code: str, subtype: str | None) -> str:
    """ "Question, open"."""
    name = CODES[_CODES[code]].name
    return f"{name}, {SUBTYPES[_SUBTYPES[subtype]]}" if subtype else name


def code_choices(role: Speaker) -> list[tuple[str, str]]:
    """The codes a line of theirs can have, as a form's values and in words. Of a question it is said which kind."""
    codes: tuple[Code, ...] = tuple(Behaviour if role is Speaker.PRACTITIONER else ClientTalk)
    choices = [(code, subtype) for code in codes for subtype in (subtypes_of(code) if code is Behaviour.Q else (None,))]
    return [
        (code_value(code.value, kind and kind.value), code_shown(code.value, kind and kind.value))
        for code, kind in choices
    ]


def code_value(code: str, subtype: str | None) -> str:
    """As a form's choices have it: "Q/open"."""
    return f"{code}/{subtype}" if subtype else code


def read_choice(value: str) -> tuple[str, str | None]:
    code, _, subtype = value.partition("/")
    return code, subtype or None


def _one_of(people: list[Person]) -> str:
    """ "Sid Second or Sky Coach"; empty where there is nobody."""
    return " or ".join(filter(None, [", ".join(one.name for one in people[:-1]), *(one.name for one in people[-1:])]))


def build_contests(session: Session, practice: PracticeSession, *, reader: Actor) -> tuple[ContestView, ...]:
    """The oldest first. Raises WordsGone."""
    return tuple(_shown(session, practice, row, said, reader) for row, said in contests_of(session, practice))


def _shown(
    session: Session, practice: PracticeSession, row: CodeContest, said: Contested | None, reader: Actor
) -> ContestView:
    decided = decided_of(session, row)
    lines = signed_lines(session, session.get_one(Review, row.review_id)) if said else []
    signer = signer_of(session, row)
    is_open = row.decided_at is None and said is not None
    coaches = second_coaches(session, practice, signed_by=signer) if is_open else []
    return ContestView(
        id=row.id, line=next((one for one in lines if said and one.key == said.key), None),
        was=code_shown(said.was, said.was_subtype) if said else "",
        wanted=code_shown(said.code, said.subtype) if said else "",
        wanted_value=code_value(said.code, said.subtype) if said else "",
        reason=said.reason if said else "", asked_by=_name(session, row.asked_by_id), asked_at=row.asked_at,
        outcome=row.outcome.value if row.outcome else "",
        decided=code_shown(decided.code, decided.subtype) if decided else "",
        decided_by=_name(session, row.decided_by_id), decided_at=row.decided_at,
        answer=decided.reason if decided else "", waits_for=_one_of(coaches),
        may_decide=is_open and may_decide_contest(reader, practice, signed_by=signer),
        may_take_back=row.decided_at is None and row.asked_by_id == reader.person_id,
    )  # fmt: skip


def _name(session: Session, person_id: UUID | None) -> str:
    return session.get_one(Person, person_id).name if person_id else ""
