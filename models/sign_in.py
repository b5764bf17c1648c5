"""Who signs in: the first administrator, and what a person may do.

Passwords are in `models.password`, browsers' sign-ins in `models.browser_sign_in`, programs' tokens in
`models.api_token`.
"""

import re
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, or_, select

from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.keys import make_organisation_key
from models.lock import hold_lock
from models.organisation import Organisation, OrganisationKind
from models.password import hash_password, what_is_wrong_with
from models.permissions import Actor, Grant
from models.person import Person, Role, RoleGrant, TeamMembership, in_team_on

LONGEST_NAME = 200
LONGEST_EMAIL = 320


class DetailsWrong(EvokeError):
    code = "details_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class AlreadySetUp(EvokeError):
    status = 409
    code = "already_set_up"


def make_organisation(
    session: Session, *, name: str, is_demo: bool = False, kind: OrganisationKind = OrganisationKind.AUTHORITY
) -> Organisation:
    organisation = Organisation(name=name, is_demo=is_demo, kind=kind)
    session.add(organisation)
    session.flush()
    make_organisation_key(session, organisation.id)
    return organisation


def is_empty(session: Session) -> bool:
    return session.exec(select(Person.id).limit(1)).first() is None


def check_details(*, authority: str, name: str, email: str, password: str) -> dict[str, str]:
    wrong = {}
    if not authority.strip():
        wrong["authority"] = "Enter the name of your authority."
    elif len(authority.strip()) > LONGEST_NAME:
        wrong["authority"] = f"Shorten this to {LONGEST_NAME} characters or fewer."
    if mistake := what_is_wrong_with_name(name):
        wrong["name"] = mistake
    if mistake := what_is_wrong_with_email(email):
        wrong["email"] = mistake
    if mistake := what_is_wrong_with(password):
        wrong["password"] = mistake
    return wrong


def what_is_wrong_with_name(name: str, *, whose: str = "your") -> str:
    """A sentence; empty when it will do."""
    if not name.strip():
        return f"Enter {whose} name."
    return f"Shorten this to {LONGEST_NAME} characters or fewer." if len(name.strip()) > LONGEST_NAME else ""


def what_is_wrong_with_email(email: str) -> str:
    """A sentence; empty when it will do."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email.strip()):
        return "Enter an email address, like name@example.gov.uk."
    if len(email.strip().lower()) > LONGEST_EMAIL:  # small letters can be more characters than capitals
        return f"Enter an email address of {LONGEST_EMAIL} characters or fewer."
    return ""


def register_first_administrator(session: Session, *, authority: str, name: str, email: str, password: str) -> Person:
    """Works once, while nobody is registered. Raises AlreadySetUp, DetailsWrong."""
    hold_lock(session, "first administrator")
    if not is_empty(session):
        raise AlreadySetUp("Evoke already has an administrator. Sign in instead.")
    if wrong := check_details(authority=authority, name=name, email=email, password=password):
        raise DetailsWrong(wrong)
    organisation = make_organisation(session, name=authority.strip())
    person = Person(
        organisation_id=organisation.id, name=name.strip(), email=email.strip().lower(),
        password_hash=hash_password(password),
    )  # fmt: skip
    session.add(person)
    session.flush()
    session.add(RoleGrant(person_id=person.id, role=Role.ADMINISTRATOR))
    record_audit(
        session, action="first_administrator_registered", subject=person, organisation_id=organisation.id, by=person.id
    )
    return person


def actor_of(session: Session, person: Person) -> Actor:
    return actor_with(session, person.id, person.organisation_id, person.name)


def actor_with(session: Session, person_id: UUID, organisation_id: UUID, name: str) -> Actor:
    """As `actor_of`, for who has not loaded the person. Every request asks for this: columns, and statements that are
    made once."""
    whose = {"person_id": person_id, "organisation_id": organisation_id, "now": utc_now()}
    held = session.exec(_ROLES, params=whose).all()
    return Actor(
        person_id=person_id,
        organisation_id=organisation_id,
        name=name,
        grants=tuple(Grant(role, team_id) for role, team_id, kind in held if role in roles_in(kind)),
        team_ids=frozenset(current_teams(session, person_id)),
    )


def _held(rows: Any, *, person_id: Any, now: Any) -> Any:
    grant = RoleGrant
    return rows.where(
        col(grant.person_id) == person_id, col(grant.started_at) <= now,
        or_(col(grant.ended_at).is_(None), col(grant.ended_at) > now),
    ).order_by(col(grant.id))  # fmt: skip


_ROLES = _held(
    select(RoleGrant.role, RoleGrant.team_id, Organisation.kind).join(
        Organisation, col(Organisation.id) == bindparam("organisation_id")
    ),
    person_id=bindparam("person_id"),
    now=bindparam("now"),
)
_TEAMS = (
    select(TeamMembership.team_id)
    .where(col(TeamMembership.person_id) == bindparam("person_id"), in_team_on(bindparam("today")))
    .order_by(col(TeamMembership.started_on).desc())
)


def current_grants(session: Session, person: Person) -> list[RoleGrant]:
    """The roles that count now. Nobody evaluates from inside an authority, and an evaluation centre only evaluates,
    whatever was written into the table."""
    kind = session.get_one(Organisation, person.organisation_id).kind
    held = session.exec(_held(select(RoleGrant), person_id=person.id, now=utc_now()))
    return [one for one in held if one.role in roles_in(kind)]


def roles_in(kind: OrganisationKind) -> tuple[Role, ...]:
    if kind is OrganisationKind.EVALUATION:
        return Role.of_evaluation_centre()
    return tuple(role for role in Role if role is not Role.EVALUATOR)


def current_teams(session: Session, person_id: UUID) -> list[UUID]:
    """The one joined last first."""
    return list(session.exec(_TEAMS, params={"person_id": person_id, "today": utc_now().date()}).all())
