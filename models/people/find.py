"""People and teams for whoever may manage them. To everybody else they do not exist."""

from uuid import UUID

from sqlmodel import Session, col, select

from models.api_client_kept import is_a_human
from models.errors import NotFound
from models.organisation import Team
from models.permissions import Actor, Permission, may
from models.person import Person


def require_person(session: Session, person_id: UUID, *, by: Actor) -> Person:
    """Raises NotFound."""
    person = session.exec(select(Person).where(col(Person.id) == person_id, is_a_human())).first()
    if person is None or not may(by, Permission.MANAGE_PEOPLE, organisation_id=person.organisation_id):
        raise NotFound("There is no such person, or they are not in your organisation.")
    return person


def require_team(session: Session, team_id: UUID, *, by: Actor) -> Team:
    """Raises NotFound."""
    team = session.get(Team, team_id)
    if team is None or not may(by, Permission.MANAGE_PEOPLE, organisation_id=team.organisation_id):
        raise NotFound("There is no such team, or it is not in your organisation.")
    return team
