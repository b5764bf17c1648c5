"""The consent ledger of one session for people: who took part, what holds now, and every entry there was."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from coding.consent import agreements_of, basis_of, missing_for, participants_of
from coding.ledger_form import WHO_SHOWN
from models.columns import utc_now
from models.consent import Agreement, HowGiven, LawfulBasis, Scope
from models.person import Person
from models.practice import PracticeSession
from models.session_words import participant_label

SCOPE_SHOWN = {
    Scope.SUPERVISION: "Feedback and supervision",
    Scope.TEAM_LEARNING: "Learning together in the team",
    Scope.IMPROVING: "Improving the coder",
    Scope.RESEARCH: "Research",
    Scope.QUOTING: "Quoting in a written note",
}
HOW_SHOWN = {HowGiven.FORM: "on a form", HowGiven.RECORDED: "in the recording", HowGiven.SAID: "by word of mouth"}
BASIS_SHOWN = {
    LawfulBasis.PUBLIC_TASK: "Public task",
    LawfulBasis.CONSENT: "Consent",
    LawfulBasis.LEGITIMATE_INTERESTS: "Legitimate interests",
    LawfulBasis.LEGAL_OBLIGATION: "Legal obligation",
}


@dataclass(frozen=True)
class AgreementView:
    """One participant's word on one scope. `state` is yes, no, withdrawn or expired; `detail` how and when, in words.
    `heard_at` are seconds of the recording."""

    scope: str
    scope_shown: str
    state: str
    how: str
    how_shown: str
    given_on: date
    expires_on: date | None
    heard_at: float | None
    withdrawn_on: date | None


@dataclass(frozen=True)
class ParticipantView:
    id: UUID
    position: int
    who: str
    who_shown: str
    label: str
    agreements: tuple[AgreementView, ...]


@dataclass(frozen=True)
class EntryView:
    """One row of the ledger, as it was written."""

    at: datetime
    label: str
    scope_shown: str
    state: str
    recorded_by: str


@dataclass(frozen=True)
class LedgerView:
    """`missing` says in sentences why the session may not be worked on; empty when it may."""

    people: tuple[ParticipantView, ...]
    basis: str
    basis_shown: str
    missing: tuple[str, ...]
    history: tuple[EntryView, ...]


def build_ledger_view(session: Session, practice: PracticeSession) -> LedgerView:
    rows = agreements_of(session, practice.id)
    people = participants_of(session, practice.id)
    newest = {(row.participant_id, row.scope): row for row in rows}
    today = utc_now().date()
    basis = basis_of(session, practice.id)
    names = _names(session, {row.recorded_by_id for row in rows})
    labels = {one.id: participant_label(session, one) for one in people}
    return LedgerView(
        people=tuple(
            ParticipantView(
                id=one.id, position=one.position, who=one.who.value, who_shown=WHO_SHOWN[one.who],
                label=labels[one.id],
                agreements=tuple(
                    _agreement(newest[(one.id, scope)], today) for scope in Scope if (one.id, scope) in newest
                ),
            )
            for one in people
        ),
        basis=basis.value if basis else "",
        basis_shown=BASIS_SHOWN[basis] if basis else "",
        missing=tuple(dict.fromkeys(missing_for(session, practice).values())),
        history=tuple(
            EntryView(
                at=row.created_at, label=labels[row.participant_id], scope_shown=SCOPE_SHOWN[row.scope],
                state=state_of(row, today), recorded_by=names[row.recorded_by_id],
            )
            for row in rows
        ),
    )  # fmt: skip


def state_of(row: Agreement, today: date) -> str:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if not row.given:
        return "no"
    return "expired" if row.expires_on is not None and row.expires_on < today else "yes"


def _agreement(row: Agreement, today: date) -> AgreementView:
    return AgreementView(
        scope=row.scope.value, scope_shown=SCOPE_SHOWN[row.scope], state=state_of(row, today), how=row.how.value,
        how_shown=HOW_SHOWN[row.how], given_on=row.given_on, expires_on=row.expires_on, heard_at=row.heard_at,
        withdrawn_on=row.withdrawn_at.date() if row.withdrawn_at else None,
    )  # fmt: skip


def _names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    return dict(session.exec(select(Person.id, Person.name).where(col(Person.id).in_(ids))).all()) if ids else {}
