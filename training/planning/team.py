"""What each person in a coach's teams needs next, and how much feedback they have had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.api_client_kept import is_a_human
from models.columns import utc_now
from models.organisation import Team
from models.permissions import Actor, Permission
from models.person import Person, TeamMembership, in_team_on
from training.plan.dose import Dose
from training.plan.values import By
from training.planning.history import now_for, rule_for
from training.planning.many import Member, Newest, Planned, load_newest, plans_of
from training.planning.view import dose_shown
from training.skills import SKILLS


@dataclass(frozen=True)
class PersonPlan:
    """`chosen` says who chose the skill, empty where Evoke did. `practised_on` is the day of their last exercise."""

    id: UUID
    name: str
    teams: str
    title: str
    reason: str
    chosen: str
    practised_on: date | None
    dose: Dose
    dose_shown: str


CHOSEN_SHOWN = {By.EVOKE: "", By.TRAINEE: "Their own choice", By.COACH: "Suggested by a coach"}


def build_team_plans(session: Session, actor: Actor) -> list[PersonPlan]:
    """Those whose skill fades first, then by name. From the sessions that the actor may see."""
    members = people_of(session, actor)
    people = [person for person, _ in members]
    newest = load_newest(session, [one.id for one in people], reader=actor)
    found = person_plans(session, members, newest, reader=actor)
    return sorted(found, key=lambda one: (not one.dose.fading, one.name, str(one.id)))


def person_plans(
    session: Session, members: Sequence[tuple[Member, list[str]]], newest: Newest, *, reader: Actor
) -> list[PersonPlan]:
    """In the order of `members`."""
    rule = rule_for(session, reader.organisation_id)
    now = now_for(rule)
    planned = plans_of(session, [person for person, _ in members], newest, reader=reader, rule=rule, now=now)
    return [_shown(person, teams, planned[person.id], now) for person, teams in members]


def _shown(person: Member, teams: Sequence[str], one: Planned, now: datetime) -> PersonPlan:
    choice, attempts = one.plan.choice, one.history.attempts
    return PersonPlan(
        person.id, person.name, ", ".join(teams), SKILLS[choice.skill].name if choice.skill else "Nothing waits",
        choice.reason, CHOSEN_SHOWN[choice.by],
        max((attempt.at.astimezone(now.tzinfo).date() for attempt in attempts), default=None),
        one.dose, dose_shown(one.dose),
    )  # fmt: skip


def people_of(session: Session, actor: Actor, *, team_id: UUID | None = None) -> Sequence[tuple[Member, list[str]]]:
    """Everybody active in a team where the actor may see plans, or in the one of `team_id`, but the actor; with the
    names of these teams."""
    found: dict[UUID, tuple[Member, list[str]]] = {}
    for id_, name, created_at, team in session.exec(_people(actor, team_id, utc_now().date())):
        found.setdefault(id_, (Member(id_, actor.organisation_id, name, created_at), []))[1].append(team)
    return list(found.values())


@lru_cache(maxsize=128)
def _people(actor: Actor, team_id: UUID | None, on: date) -> Any:
    teams, everywhere = actor.teams_with(Permission.SEE_PLAN)
    rows = (
        select(Person.id, Person.name, Person.created_at, col(Team.name))
        .join(TeamMembership, col(TeamMembership.person_id) == col(Person.id))
        .join(Team, col(Team.id) == col(TeamMembership.team_id))
        .where(
            col(Person.organisation_id) == actor.organisation_id, col(Person.id) != actor.person_id,
            col(Person.left_at).is_(None), col(Person.invited_at).is_(None), is_a_human(), in_team_on(on),
        )
        .order_by(col(Person.name), col(Person.id), col(Team.name))
    )  # fmt: skip
    if not everywhere:
        rows = rows.where(col(Team.id).in_(teams))
    return rows if team_id is None else rows.where(col(Team.id) == team_id)
