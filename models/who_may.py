"""Which people may do something with a session: the decision of `models.permissions`, asked for everybody."""

from sqlmodel import Session, col, select

from models.api_client_kept import is_a_human
from models.permissions import ROLES, Permission
from models.person import Person, Role, RoleGrant
from models.practice import PracticeSession
from models.session_permissions import may_on
from models.sign_in import actor_of


def who_may(session: Session, permission: Permission, practice: PracticeSession) -> list[Person]:
    """By a role they hold now, in the order of their names. Its practitioner is not among them by ownership alone."""
    giving = [role for role in Role if permission in ROLES[role]]
    holders = select(RoleGrant.person_id).where(col(RoleGrant.role).in_(giving))
    people = select(Person).where(
        col(Person.id).in_(holders), col(Person.organisation_id) == practice.organisation_id,
        col(Person.left_at).is_(None), col(Person.id) != practice.practitioner_id, is_a_human(),
    )  # fmt: skip
    return [
        one for one in session.exec(people.order_by(col(Person.name), col(Person.id)))
        if may_on(actor_of(session, one), permission, practice)
    ]  # fmt: skip
