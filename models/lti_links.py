"""Who a platform's user is here (LTI 1.3). Nobody is made and no role is given: a launch opens Evoke for somebody who
is in it or invited to it, and signs in only who may see nothing of others."""

from sqlmodel import Session, col, select

from models.audit import record_audit
from models.lti import LtiLink, LtiMatch, LtiPlatform
from models.organisation import Organisation
from models.people.inviting import has_joined
from models.person import Person, Role
from models.second_step import has_second_step
from models.sign_in import current_grants
from models.single_sign_on import password_signs_in


def linked_person(session: Session, *, platform: LtiPlatform, subject: str) -> Person | None:
    """Somebody who left is nobody."""
    link = _link_of(session, platform, subject)
    person = session.get_one(Person, link.person_id) if link is not None else None
    return person if person is not None and person.left_at is None else None


def match_by_email(session: Session, *, platform: LtiPlatform, subject: str, email: str) -> Person | None:
    """Links who has this address, where the platform's addresses are believed. None where nobody is found, where the
    person is somebody else to this platform already, or may see more than their own: such people sign in once."""
    email = email.strip().lower()
    if platform.match is not LtiMatch.EMAIL or email.rpartition("@")[2] not in platform.domains:
        return None
    person = session.exec(
        select(Person).where(col(Person.organisation_id) == platform.organisation_id, col(Person.email) == email)
    ).first()
    if person is None or person.left_at is not None or not may_be_signed_in(session, person):
        return None
    bound = select(LtiLink).where(col(LtiLink.platform_id) == platform.id, col(LtiLink.person_id) == person.id)
    if session.exec(bound).first() is not None or _link_of(session, platform, subject) is not None:
        return None
    _link(session, platform, subject, person, LtiMatch.EMAIL)
    has_joined(session, person)
    return person


def link_by_sign_in(session: Session, *, platform: LtiPlatform, subject: str, person: Person) -> None:
    """The person is signed in here, and said that this is them. Earlier links of either end."""
    either = (col(LtiLink.subject) == subject) | (col(LtiLink.person_id) == person.id)
    for row in session.exec(select(LtiLink).where(col(LtiLink.platform_id) == platform.id, either)).all():
        session.delete(row)
    session.flush()
    _link(session, platform, subject, person, LtiMatch.SIGN_IN)


def may_be_signed_in(session: Session, person: Person) -> bool:
    """By a launch alone. Whoever may see or change what is others' signs in with what they know and have; so does
    whoever set up a second step, or must; and everybody whose authority lets people in by its own provider alone."""
    if not password_signs_in(session, person):
        return False
    roles = {grant.role for grant in current_grants(session, person)}
    required = session.get_one(Organisation, person.organisation_id).second_step_required
    return roles <= {Role.TRAINEE} and not required and not has_second_step(session, person.id)


def _link_of(session: Session, platform: LtiPlatform, subject: str) -> LtiLink | None:
    return session.exec(
        select(LtiLink).where(col(LtiLink.platform_id) == platform.id, col(LtiLink.subject) == subject)
    ).first()


def _link(session: Session, platform: LtiPlatform, subject: str, person: Person, how: LtiMatch) -> None:
    session.add(LtiLink(platform_id=platform.id, subject=subject, person_id=person.id, how=how))
    session.flush()
    record_audit(
        session, action="lti_linked", subject=person, organisation_id=platform.organisation_id, by=person.id,
        platform=platform.name, how=how.value,
    )  # fmt: skip
