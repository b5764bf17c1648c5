"""For leads: how much each coach has to do, and what nobody has taken. Numbers alone, nothing that was said."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, func
from sqlmodel import Session, col, select

from models.columns import utc_now
from models.organisation import Organisation
from models.permissions import ROLES, Actor, Permission
from models.person import Person, RoleGrant
from models.practice import PracticeSession
from models.review import Review, ReviewState
from models.taken_session import TakenSession
from training.waits_for_review import waits

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class CoachLoad:
    """`has` are sessions taken and not signed off, `overdue` of these; `signed` those signed off lately, blind too:
    it is the same work. A single code that was changed after a contest is not."""

    name: str
    has: int
    overdue: int
    signed: int


@dataclass(frozen=True)
class LoadView:
    """`free` sessions wait that nobody has taken, `free_overdue` of these."""

    coaches: tuple[CoachLoad, ...]
    free: int
    free_overdue: int


def build_load_view(session: Session, actor: Actor) -> LoadView | None:
    """Of the teams whose load the actor may see; None for who may not."""
    teams, everywhere = actor.teams_with(Permission.SEE_COACH_LOAD)
    if not teams and not everywhere:
        return None
    here = (col(PracticeSession.organisation_id) == actor.organisation_id) & col(PracticeSession.withdrawn_at).is_(None)
    if not everywhere:
        here &= col(PracticeSession.team_id).in_(teams)
    counts, free = _counts(session, actor, here)
    signed = dict(
        session.exec(
            select(Review.reviewer_id, func.count())
            .join(PracticeSession, col(PracticeSession.id) == col(Review.session_id))
            .where(
                here,
                col(Review.state) == ReviewState.SIGNED_OFF,
                col(Review.closed_at) > utc_now() - LATELY,
                col(Review.follows_id).is_(None),
            )
            .group_by(col(Review.reviewer_id))
        ).all()
    )
    coaches = tuple(
        CoachLoad(one.name, *counts.get(one.id, (0, 0)), signed.get(one.id, 0))
        for one in _coaches(session, actor, teams, everywhere=everywhere)
    )
    return LoadView(coaches, *free)


def _coaches(session: Session, actor: Actor, teams: frozenset[UUID], *, everywhere: bool) -> list[Person]:
    today = utc_now()
    holders = select(RoleGrant.person_id).where(
        col(RoleGrant.role).in_([role for role, gives in ROLES.items() if Permission.REVIEW_SESSION in gives]),
        col(RoleGrant.ended_at).is_(None) | (col(RoleGrant.ended_at) > today),
    )  # fmt: skip
    if not everywhere:
        holders = holders.where(col(RoleGrant.team_id).in_(teams) | col(RoleGrant.team_id).is_(None))
    people = select(Person).where(
        col(Person.organisation_id) == actor.organisation_id, col(Person.left_at).is_(None),
        col(Person.id).in_(holders),
    )  # fmt: skip
    return list(session.exec(people.order_by(col(Person.name), col(Person.id))))


def _counts(
    session: Session, actor: Actor, here: ColumnElement[bool]
) -> tuple[dict[UUID | None, tuple[int, int]], tuple[int, int]]:  # fmt: skip
    """By coach, how many wait and how many of these are overdue; and the same of those that nobody has."""
    days = session.get_one(Organisation, actor.organisation_id).review_days
    first = utc_now().date() - timedelta(days=days)  # what was added on that day is due today
    is_late = col(PracticeSession.created_at) < datetime.combine(first, time(), tzinfo=UTC)
    rows = session.exec(
        select(Person.id, func.count(), func.sum(case((is_late, 1), else_=0)))
        .select_from(PracticeSession)
        .outerjoin(TakenSession, col(TakenSession.session_id) == col(PracticeSession.id))
        .outerjoin(Person, (col(Person.id) == col(TakenSession.coach_id)) & col(Person.left_at).is_(None))
        .where(here, waits())
        .group_by(col(Person.id))
    )
    found: dict[UUID | None, tuple[int, int]] = {
        coach: (int(number), int(overdue or 0)) for coach, number, overdue in rows
    }
    return found, found.pop(None, (0, 0))
