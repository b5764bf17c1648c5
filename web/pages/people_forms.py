"""What the forms about people send, as values."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Form
from sqlmodel import Session

from models.columns import utc_now
from models.errors import NotFound
from models.organisation import Team
from models.people.find import require_team
from models.permissions import Actor
from models.person import Person, Role, TeamMembership
from models.sign_in import DetailsWrong

Text = Annotated[str, Form()]


def today() -> date:
    return utc_now().date()


def id_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def read_team(session: Session, text: str, *, by: Actor, field: str = "team") -> Team:
    """Raises DetailsWrong."""
    try:
        return require_team(session, UUID(text), by=by)
    except (ValueError, NotFound):
        raise DetailsWrong({field: "Choose a team from the list."}) from None


def read_day(text: str, field: str) -> date:
    """Raises DetailsWrong."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = date.min
    if abs(day.year - today().year) > 20:
        raise DetailsWrong({field: f"Enter a day like {today().isoformat()}, not more than 20 years from now."})
    return day


def read_team_role(text: str) -> Role:
    """Raises DetailsWrong."""
    for role in Role.of_a_team():
        if role.value == text:
            return role
    raise DetailsWrong({"role": "Choose trainee or coach."})


def read_membership(session: Session, text: str, person: Person) -> TeamMembership:
    """Raises DetailsWrong."""
    wanted = id_or_none(text)
    membership = session.get(TeamMembership, wanted) if wanted else None
    if membership is None or membership.person_id != person.id:
        raise DetailsWrong({"place": "They are not in this team any more. Choose from the list."})
    return membership
