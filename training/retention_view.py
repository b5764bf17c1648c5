"""What an organisation holds, what goes next and what went: counts and dates, and no word of what was said."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from coding.consent import real_practice_switch
from coding.proofs import deletions_of
from models.consent import Agreement, Participant, Scope
from models.person import Person
from models.practice import PracticeSession, Recording, SessionKind
from models.transcript import TranscriptVersion
from models.withdrawal import DeletionProof
from training.session_lists import KIND_SHOWN
from training.withdrawal_view import WHY_SHOWN

LIST_LIMIT = 200


@dataclass(frozen=True)
class HeldView:
    kind_shown: str
    sessions: int
    recordings: int
    transcripts: int


@dataclass(frozen=True)
class HeldSession:
    """`ends_on` is the first day on which an agreement that is needed ends, None without one."""

    id: UUID
    kind_shown: str
    held_on: date
    practitioner: str
    ends_on: date | None


@dataclass(frozen=True)
class WentView:
    """`has_proof` is false while the deletion goes on."""

    id: UUID
    at: datetime
    why_shown: str
    has_proof: bool


@dataclass(frozen=True)
class RetentionView:
    real_practice_on: bool
    switched_by: str
    switched_at: datetime | None
    held: tuple[HeldView, ...]
    sessions: tuple[HeldSession, ...]
    went: tuple[WentView, ...]


def build_retention_view(session: Session, organisation_id: UUID) -> RetentionView:
    switch = real_practice_switch(session, organisation_id)
    went = deletions_of(session, organisation_id, limit=LIST_LIMIT)
    proved = set(
        session.exec(
            select(DeletionProof.withdrawal_id).where(col(DeletionProof.withdrawal_id).in_([o.id for o in went]))
        )
    )
    return RetentionView(
        real_practice_on=switch is not None and switch.is_on,
        switched_by=session.get_one(Person, switch.switched_by_id).name if switch else "",
        switched_at=switch.created_at if switch else None,
        held=tuple(_held(session, organisation_id, kind) for kind in SessionKind),
        sessions=_sessions(session, organisation_id),
        went=tuple(WentView(one.id, one.at, WHY_SHOWN[one.why], one.id in proved) for one in went),
    )


def _held(session: Session, organisation_id: UUID, kind: SessionKind) -> HeldView:
    of_kind = select(PracticeSession.id).where(
        col(PracticeSession.organisation_id) == organisation_id, col(PracticeSession.kind) == kind,
        col(PracticeSession.withdrawn_at).is_(None),
    )  # fmt: skip
    recordings = select(func.count()).select_from(Recording).where(col(Recording.session_id).in_(of_kind))
    transcripts = select(func.count(func.distinct(TranscriptVersion.session_id))).where(
        col(TranscriptVersion.session_id).in_(of_kind)
    )
    return HeldView(
        KIND_SHOWN[kind], session.exec(select(func.count()).select_from(of_kind.subquery())).one(),
        session.exec(recordings).one(), session.exec(transcripts).one(),
    )  # fmt: skip


def _sessions(session: Session, organisation_id: UUID) -> tuple[HeldSession, ...]:
    """The newest, at most LIST_LIMIT."""
    found = session.exec(
        select(PracticeSession, Person.name)
        .join(Person, col(Person.id) == col(PracticeSession.practitioner_id))
        .where(col(PracticeSession.organisation_id) == organisation_id, col(PracticeSession.withdrawn_at).is_(None))
        .order_by(col(PracticeSession.held_on).desc(), col(PracticeSession.id).desc())
        .limit(LIST_LIMIT)
    ).all()
    ends = _ends(session, [practice.id for practice, _ in found])
    return tuple(
        HeldSession(practice.id, KIND_SHOWN[practice.kind], practice.held_on, name, ends.get(practice.id))
        for practice, name in found
    )


def _ends(session: Session, ids: list[UUID]) -> dict[UUID, date]:
    rows = session.exec(
        select(Agreement, Participant.session_id)
        .join(Participant, col(Participant.id) == col(Agreement.participant_id))
        .where(col(Participant.session_id).in_(ids), col(Agreement.scope) == Scope.SUPERVISION)
        .order_by(col(Agreement.created_at), col(Agreement.id))
    )
    first: dict[UUID, date] = {}
    for row, session_id in {row.participant_id: (row, session_id) for row, session_id in rows}.values():
        if row.given and row.expires_on is not None:
            first[session_id] = min(row.expires_on, first.get(session_id, row.expires_on))
    return first
