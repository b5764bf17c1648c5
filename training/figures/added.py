"""How many sessions each team has added, for those who see figures but not what was said: counted at night."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.coding import CodedBy
from models.figures import OVERVIEW, FigureSnapshot
from models.organisation import Team
from models.permissions import Actor, Permission
from models.practice import PracticeSession, SessionKind, Stage
from models.retention import KeptFigures
from training.figures.cells import LEAST
from training.session_view import TeamFigures


class Added(NamedTuple):
    """Sessions by the end of a month, with those of which figures alone are left; `coded` of them can be read.
    `simulated` ones are in neither. None where that may not be told."""

    sessions: int | None
    coded: int | None
    simulated: int | None


def added_by_team(
    session: Session, organisation_id: UUID, *, before: date, hidden: Collection[UUID]
) -> dict[UUID, Added]:
    """Of each team what was added before that day. Nothing is told of fewer than LEAST people or sessions, nor of the
    teams that another table hides, in `hidden`: what is left of all its sessions would give that away."""
    practice, until = PracticeSession, datetime(before.year, before.month, before.day, tzinfo=UTC)
    columns: list[Any] = [col(practice.team_id), col(practice.kind), col(practice.stage), col(practice.practitioner_id)]
    rows = (
        select(*[*columns, func.count()])
        .where(
            col(practice.organisation_id) == organisation_id, col(practice.withdrawn_at).is_(None),
            col(practice.team_id).is_not(None), col(practice.created_at) < until,
        )
        .group_by(*columns)
    )  # fmt: skip
    groups: dict[tuple[UUID | None, str], list[tuple[UUID, int]]] = defaultdict(list)
    for team_id, kind, stage, person, count in session.exec(rows).all():
        simulated = kind is SessionKind.SIMULATED
        groups[team_id, "simulated" if simulated else "sessions"].append((person, count))
        if stage is Stage.READY and not simulated:
            groups[team_id, "coded"].append((person, count))
    gone = _gone(session, organisation_id)

    def told(team_id: UUID, what: str) -> int | None:
        found = groups[team_id, what]
        count, people = sum(number for _, number in found), len({person for person, _ in found})
        if found and (team_id in hidden or count < LEAST or people < LEAST):
            return None
        return count + gone[team_id, what == "simulated"]

    teams = session.exec(select(Team.id).where(col(Team.organisation_id) == organisation_id)).all()
    return {team: Added(told(team, "sessions"), told(team, "coded"), told(team, "simulated")) for team in teams}


def _gone(session: Session, organisation_id: UUID) -> Counter[tuple[UUID | None, bool]]:
    """Sessions whose time is over, by team and whether they were simulated."""
    rows = (
        select(KeptFigures.team_id, KeptFigures.kind, func.count())
        .where(col(KeptFigures.organisation_id) == organisation_id, col(KeptFigures.coded_by) == CodedBy.MACHINE)
        .group_by(col(KeptFigures.team_id), col(KeptFigures.kind))
    )
    found: Counter[tuple[UUID | None, bool]] = Counter()
    for team_id, kind, count in session.exec(rows):
        found[team_id, kind is SessionKind.SIMULATED] += count
    return found


def team_figures(session: Session, actor: Actor) -> list[TeamFigures]:
    """Per team, for whoever may see figures, as they were counted last; empty for others."""
    teams, everywhere = actor.teams_with(Permission.SEE_TEAM_FIGURES)
    if not teams and not everywhere:
        return []
    wanted = select(Team.id, Team.name).where(col(Team.organisation_id) == actor.organisation_id)
    if not everywhere:
        wanted = wanted.where(col(Team.id).in_(teams))
    kept = session.get(FigureSnapshot, (actor.organisation_id, OVERVIEW))
    added = kept.body.get("added", {}) if kept else {}
    rows = session.exec(wanted.order_by(col(Team.name))).all()
    return [TeamFigures(name, *added.get(str(id_), (None, None, None))) for id_, name in rows]
