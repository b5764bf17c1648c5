"""Whether parts of a session may be read in the team's meeting: asked of its practitioner and of the ledger."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from coding.consent import ledger_of, missing_for
from models.audit import record_audit
from models.consent import Scope, Who
from models.errors import NotAllowed
from models.excerpt_agreement import ExcerptAgreement
from models.permissions import Actor, Permission
from models.practice import PracticeSession, SessionKind
from models.session_permissions import require_session


def let_team_read(session: Session, *, practice: PracticeSession, agreed: bool, by: Actor) -> None:
    """Only the practitioner says it, and takes it back whenever they like. The same again changes nothing.

    Raises NotFound, NotAllowed.
    """
    require_session(by, Permission.SEE_SESSION, practice)
    if practice.practitioner_id != by.person_id:
        raise NotAllowed("You can see this session, but only its practitioner says whether the team may read of it.")
    if agreed is team_may_read(session, practice.id):
        return
    session.add(ExcerptAgreement(session_id=practice.id, agreed=agreed))
    session.flush()
    record_audit(
        session, action="excerpt_agreed" if agreed else "excerpt_refused", subject=practice,
        organisation_id=practice.organisation_id, by=by.person_id,
    )  # fmt: skip


def team_may_read(session: Session, session_id: UUID) -> bool:
    """What its practitioner said last."""
    return session_id in agreed_by_practitioner(session, [session_id])


def answers_of(session: Session, session_id: UUID) -> Sequence[ExcerptAgreement]:
    """All that its practitioner ever said about it, the oldest first."""
    rows = select(ExcerptAgreement).where(col(ExcerptAgreement.session_id) == session_id)
    return session.exec(rows.order_by(col(ExcerptAgreement.at), col(ExcerptAgreement.id))).all()


def agreed_by_practitioner(session: Session, session_ids: Iterable[UUID]) -> set[UUID]:
    newest = dict(session.exec(_SAID, params={"ids": [*session_ids]}).all())
    return {session_id for session_id, agreed in newest.items() if agreed}


_SAID = (
    select(ExcerptAgreement.session_id, ExcerptAgreement.agreed)
    .where(col(ExcerptAgreement.session_id).in_(bindparam("ids", expanding=True)))
    .order_by(col(ExcerptAgreement.at), col(ExcerptAgreement.id))
)


def others_agreed(session: Session, practice: PracticeSession, *, today: date) -> bool:
    """Everybody's agreement to supervision holds, and nobody took any back. Where a family took part, each also agreed
    to learning in the team; in a role play that is the practitioner's to say."""
    if practice.withdrawn_at is not None or missing_for(session, practice, today=today, named=False):
        return False
    people = ledger_of(session, practice.id, named=False).people
    if any(person.withdrew for person in people):
        return False
    family = any(person.who is Who.FAMILY_MEMBER for person in people)
    if practice.kind is not SessionKind.REAL_PRACTICE and not family:
        return True
    return not missing_for(session, practice, scope=Scope.TEAM_LEARNING, today=today, named=False)
