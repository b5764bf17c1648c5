"""What each person in a coach's teams needs next, and how much feedback they have had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from models.api_client_kept import is_a_human
from models.columns import utc_now
from models.organisation import Team
from models.permissions import Actor, Permission
from models.person import Person, TeamMembership, in_team_on
from training.plan.dose import Dose
from training.plan.values import By
from training.planning.history import dose_for, now_for, plan_of, rule_for
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
    rule = rule_for(session, actor.organisation_id)
    now = now_for(rule)
    found = []
    for person, teams in people_of(session, actor):
        plan, history = plan_of(session, person, reader=actor, now=now)
        dose = dose_for(session, person, rule=rule, now=now)
        skill = plan.choice.skill
        last = max((one.at.astimezone(now.tzinfo).date() for one in history.attempts), default=None)
        found.append(
            PersonPlan(
                person.id, person.name, ", ".join(teams), SKILLS[skill].name if skill else "Nothing waits",
                plan.choice.reason, CHOSEN_SHOWN[plan.choice.by], last, dose, dose_shown(dose),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (not one.dose.fading, one.name, str(one.id)))


def people_of(session: Session, actor: Actor) -> Sequence[tuple[Person, list[str]]]:
    """Everybody active in a team where the actor may see plans, but the actor, with the names of these teams."""
    teams, everywhere = actor.teams_with(Permission.SEE_PLAN)
    rows = (
        select(Person, Team.name)
        .join(TeamMembership, col(TeamMembership.person_id) == col(Person.id))
        .join(Team, col(Team.id) == col(TeamMembership.team_id))
        .where(
            col(Person.organisation_id) == actor.organisation_id, col(Person.id) != actor.person_id,
            col(Person.left_at).is_(None), col(Person.invited_at).is_(None), is_a_human(),
            in_team_on(utc_now().date()),
        )
        .order_by(col(Person.name), col(Person.id), col(Team.name))
    )  # fmt: skip
    if not everywhere:
        rows = rows.where(col(Team.id).in_(teams))
    found: dict[UUID, tuple[Person, list[str]]] = {}
    for person, team in session.exec(rows):
        found.setdefault(person.id, (person, []))[1].append(team)
    return list(found.values())
