"""Who codes a drawn session a second time: found at the first sign-off, or a coach who takes it later."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from coding.double.rule import draws, number_of, seed_of
from models.audit import AuditEvent, record_audit
from models.columns import utc_now
from models.double_coding import DoubleCoding
from models.errors import EvokeError, NotFound
from models.permissions import Actor, Permission
from models.person import Person, Role, RoleGrant
from models.practice import PracticeSession, SessionKind
from models.queue import enqueue
from models.review import Review, ReviewState
from models.session_permissions import may_on, require_session
from models.sign_in import actor_of

LOOKED = ("session_seen", "session_exported")


class CannotTake(EvokeError):
    status = 409
    code = "cannot_code_blind"


def draw_at_sign_off(session: Session, *, review: Review, practice: PracticeSession) -> DoubleCoding | None:
    """In the transaction that signs `review` off. A session is drawn once, whoever signs it off again. Of simulated
    conversations none is: lines that were written beforehand would say little of how coaches agree about people."""
    if practice.kind is SessionKind.SIMULATED:
        return None
    known = select(DoubleCoding.id).where(col(DoubleCoding.session_id) == practice.id)
    if session.exec(known).first() is not None:
        return None
    percent = draws(session, practice.organisation_id, practice.id)
    if percent is None:
        return None
    drawn = DoubleCoding(
        organisation_id=practice.organisation_id, session_id=practice.id, first_review_id=review.id, percent=percent
    )
    _give(session, drawn, _find_second(session, practice))
    _record(session, "double_coding_drawn", drawn, by=None, share=f"{percent} %")
    return drawn


def second_signed(session: Session, *, review: Review) -> None:
    """In the transaction that signs the blind `review` off. A worker then compares the two."""
    task = session.exec(select(DoubleCoding).where(col(DoubleCoding.session_id) == review.session_id)).one()
    task.second_review_id, task.signed_at = review.id, review.closed_at
    session.add(task)
    session.flush()
    enqueue(session, "compare_codings", organisation_id=task.organisation_id, authority_id=task.organisation_id)


_Tasks = list[tuple[DoubleCoding, PracticeSession]]


def waiting_tasks(session: Session, actor: Actor) -> tuple[_Tasks, _Tasks]:
    """What the coach is still to code blind, and the drawn sessions that they may take: without a second coach, or with
    one who can code it no more. The longest waiting first."""
    waiting = _waiting(session, actor)
    own = [one for one in waiting if one[0].second_id == actor.person_id]
    free = [one for one in waiting if _is_free(session, *one)]
    return own, [(task, practice) for task, practice in free if _may_be_second(session, practice, [actor])]


def require_task(session: Session, actor: Actor, double_id: UUID) -> tuple[DoubleCoding, PracticeSession]:
    """A drawn session, for the coaches who may review it. Raises NotFound, NotAllowed."""
    task = session.get(DoubleCoding, double_id)
    practice = session.get(PracticeSession, task.session_id) if task else None
    practice = require_session(actor, Permission.REVIEW_SESSION, practice)
    assert task is not None, "its session was found by it"
    return task, practice


def take_task(session: Session, *, task: DoubleCoding, by: Actor) -> None:
    """Raises NotFound, NotAllowed, CannotTake."""
    task, practice = require_task(session, by, task.id)
    session.refresh(task, with_for_update=True)
    if task.second_id == by.person_id:
        return
    if not _is_free(session, task, practice):
        raise CannotTake("Somebody else has taken this session.")
    if not _may_be_second(session, practice, [by]):
        raise CannotTake("You have seen how this session was coded, so you cannot code it blind. Leave it to another.")
    _put_away(session, task)  # what somebody left who may not go on
    _give(session, task, by.person_id)
    _record(session, "double_coding_taken", task, by=by.person_id)


def hand_back(session: Session, *, task: DoubleCoding, by: Actor) -> None:
    """For who cannot code it: their open review of it is put away, and another coach is found, or may take it. Raises
    NotFound, NotAllowed, CannotTake."""
    task, practice = require_task(session, by, task.id)
    session.refresh(task, with_for_update=True)
    if task.second_id != by.person_id:
        raise NotFound("There is no such session, or it is not yours to hand back.")
    if task.second_review_id is not None:
        raise CannotTake("You have signed it off already. Both codings are on the page where you two compare them.")
    _put_away(session, task)
    _give(session, task, _find_second(session, practice, but=by.person_id))
    _record(session, "double_coding_handed_back", task, by=by.person_id)


def _is_free(session: Session, task: DoubleCoding, practice: PracticeSession) -> bool:
    """Nobody has it, or who has it left or coaches the team no more."""
    if task.second_id is None:
        return True
    second = session.get_one(Person, task.second_id)
    return second.left_at is not None or not may_on(actor_of(session, second), Permission.REVIEW_SESSION, practice)


def _put_away(session: Session, task: DoubleCoding) -> None:
    """The open review of who had it."""
    open_ones = select(Review).where(
        col(Review.session_id) == task.session_id, col(Review.reviewer_id) == task.second_id,
        col(Review.state) == ReviewState.OPEN,
    )  # fmt: skip
    for review in session.exec(open_ones):
        review.state, review.closed_at = ReviewState.PUT_AWAY, utc_now()
        session.add(review)


def _give(session: Session, task: DoubleCoding, second_id: UUID | None) -> None:
    """Who has opened the session has seen how the machine coded it."""
    task.second_id = second_id
    task.saw_machine = second_id is not None and bool(_opened(session, task.session_id, [second_id]))
    session.add(task)


def _waiting(session: Session, actor: Actor) -> _Tasks:
    if not any(actor.teams_with(Permission.REVIEW_SESSION)):
        return []
    found = session.exec(_WAITING, params={"organisation": actor.organisation_id})
    return [(task, practice) for task, practice in found if may_on(actor, Permission.REVIEW_SESSION, practice)]


_WAITING = (
    select(DoubleCoding, PracticeSession)
    .join(PracticeSession, col(PracticeSession.id) == col(DoubleCoding.session_id))
    .where(
        col(DoubleCoding.organisation_id) == bindparam("organisation"), col(DoubleCoding.second_review_id).is_(None),
        col(PracticeSession.withdrawn_at).is_(None),
    )
    .order_by(col(DoubleCoding.created_at), col(DoubleCoding.id))
)  # fmt: skip


def _find_second(session: Session, practice: PracticeSession, *, but: UUID | None = None) -> UUID | None:
    """A coach who may review the session and has had no part in it: first who has not opened it, of these who has
    fewest to code blind, of these by the seed. None where there is nobody."""
    coaches = [one for one in _coaches(session, practice) if one.person_id != but]
    fit = [one.person_id for one in _may_be_second(session, practice, coaches)]
    opened, load = _opened(session, practice.id, fit), _load(session, fit)
    seed = seed_of(session, practice.organisation_id)
    return min(
        fit,
        key=lambda one: (one in opened, load.get(one, 0), number_of(seed, practice.id.bytes, one.bytes)),
        default=None,
    )


def _coaches(session: Session, practice: PracticeSession) -> list[Actor]:
    people = select(Person).where(
        col(Person.organisation_id) == practice.organisation_id, col(Person.left_at).is_(None),
        col(Person.invited_at).is_(None),
        col(Person.id).in_(select(RoleGrant.person_id).where(col(RoleGrant.role) == Role.COACH)),
    )  # fmt: skip
    found = [actor_of(session, person) for person in session.exec(people)]
    return [one for one in found if may_on(one, Permission.REVIEW_SESSION, practice)]


def _may_be_second(session: Session, practice: PracticeSession, coaches: Collection[Actor]) -> list[Actor]:
    """Those with no review of the session and no look at it since it was first signed off."""
    reviews = session.exec(select(Review).where(col(Review.session_id) == practice.id)).all()
    signed = [one.closed_at for one in reviews if one.state is ReviewState.SIGNED_OFF and one.closed_at is not None]
    looked = _opened(session, practice.id, [one.person_id for one in coaches], since=min(signed, default=None))
    out = {one.reviewer_id for one in reviews} | (looked if signed else set())
    return [one for one in coaches if one.person_id not in out]


def _opened(session: Session, session_id: UUID, people: Collection[UUID], *, since: object = None) -> set[UUID | None]:
    rows = select(AuditEvent.actor_id).where(
        col(AuditEvent.subject_type) == PracticeSession.__name__, col(AuditEvent.subject_id) == session_id,
        col(AuditEvent.actor_id).in_(people), col(AuditEvent.action).in_(LOOKED),
    )  # fmt: skip
    return set(session.exec(rows if since is None else rows.where(col(AuditEvent.at) > since)))


def _load(session: Session, people: Collection[UUID]) -> dict[UUID | None, int]:
    waiting = select(DoubleCoding.second_id, func.count()).where(
        col(DoubleCoding.second_id).in_(people), col(DoubleCoding.second_review_id).is_(None)
    )
    return dict(session.exec(waiting.group_by(col(DoubleCoding.second_id))).all())


def _record(session: Session, action: str, task: DoubleCoding, *, by: UUID | None, **details: str) -> None:
    record_audit(
        session, action=action, subject=task, organisation_id=task.organisation_id, by=by,
        session_id=str(task.session_id), **details,
    )  # fmt: skip
