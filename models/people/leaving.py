"""Leavers, and those who come back."""

from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col

from models.audit import record_audit
from models.cohort import PathwayReminder
from models.columns import utc_now
from models.exercise_words import forget_answers
from models.password_reset import PasswordReset
from models.people.inviting import end_invitations, invite
from models.people.places import end_everything, keep_an_administrator
from models.person import ApiToken, Person, Role, SignIn
from models.plan import forget_plan_settings
from models.scim_kept import ScimRoleMember
from models.settings import Settings
from models.sign_in import current_grants


def mark_as_left(session: Session, *, person: Person, by: UUID | None) -> None:
    """Ends their sign-ins, API tokens, links, roles, places and groups of the directory at once. Their sessions stay
    with the team they were added in, for as long as those are kept; what they wrote in exercises goes. Raises
    LastAdministrator."""
    if person.left_at is not None:
        return
    if any(grant.role is Role.ADMINISTRATOR for grant in current_grants(session, person)):
        keep_an_administrator(session, without=person)
    now = utc_now()
    person.left_at, person.invited_at, person.password_hash = now, None, ""
    session.add(person)
    end_everything(session, person)
    end_invitations(session, person)
    forget_answers(session, person.id)
    session.exec(delete(ScimRoleMember).where(col(ScimRoleMember.person_id) == person.id))
    session.exec(delete(SignIn).where(col(SignIn.person_id) == person.id))
    forget_plan_settings(session, person.id)
    session.exec(delete(PathwayReminder).where(col(PathwayReminder.person_id) == person.id))
    session.exec(delete(PasswordReset).where(col(PasswordReset.person_id) == person.id))
    session.exec(
        update(ApiToken)
        .where(col(ApiToken.person_id) == person.id, col(ApiToken.revoked_at).is_(None))
        .values(revoked_at=now)
    )
    record_audit(session, action="left", subject=person, organisation_id=person.organisation_id, by=by)


def let_return(session: Session, *, person: Person, settings: Settings, by: UUID | None) -> None:
    """With a new invitation, and without the teams and roles they had."""
    if person.left_at is None:
        return
    person.left_at = None
    record_audit(session, action="returned", subject=person, organisation_id=person.organisation_id, by=by)
    invite(session, person=person, settings=settings, by=by)
