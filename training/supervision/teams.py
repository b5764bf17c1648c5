"""The teams that a coach looks after, and the way to one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.errors import NotFound
from models.organisation import Team
from models.permissions import Actor, Permission
from models.practice import PracticeSession
from training.waits_for_review import to_review


@dataclass(frozen=True)
class TeamLine:
    """`waiting` sessions of it wait for a review."""

    id: UUID
    name: str
    waiting: int


def teams_coached(session: Session, actor: Actor) -> Sequence[Team]:
    """Those that are open, by name."""
    found: Sequence[Team] = session.exec(_coached(actor, Team).order_by(col(Team.name))).all()
    return found


def coaches_several(session: Session, actor: Actor) -> bool:
    return len(session.exec(_two_coached(actor)).all()) > 1


@lru_cache(maxsize=128)
def _two_coached(actor: Actor) -> Any:
    return _coached(actor, Team.id).limit(2)


def _coached(actor: Actor, what: Any) -> Any:
    teams, everywhere = actor.teams_with(Permission.SEE_PLAN)
    rows = select(what).where(col(Team.organisation_id) == actor.organisation_id, col(Team.closed_at).is_(None))
    return rows if everywhere else rows.where(col(Team.id).in_(teams))


def team_lines(session: Session, actor: Actor) -> list[TeamLine]:
    """Those where most waits first, then by name."""
    waiting = (
        select(PracticeSession.team_id, func.count()).where(to_review(actor)).group_by(col(PracticeSession.team_id))
    )
    counts = dict(session.exec(waiting).all())
    lines = [TeamLine(one.id, one.name, counts.get(one.id, 0)) for one in teams_coached(session, actor)]
    return sorted(lines, key=lambda one: (-one.waiting, one.name))


def require_team(session: Session, team_id: UUID, *, by: Actor) -> Team:
    """For who coaches it. Raises NotFound."""
    teams, everywhere = by.teams_with(Permission.SEE_PLAN)
    team = session.get(Team, team_id)
    if team is None or team.organisation_id != by.organisation_id or not (everywhere or team.id in teams):
        raise NotFound("There is no such team, or you do not coach it.")
    return team
