"""Another authority, or an evaluation centre: made by whoever runs Evoke."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.lock import hold_lock
from models.organisation import Organisation, OrganisationKind
from models.people.joining import add_and_invite
from models.people.places import give_role
from models.person import Role
from models.settings import Settings
from models.sign_in import LONGEST_NAME, DetailsWrong, make_organisation


def add_organisation(
    session: Session, *, name: str, is_evaluation: bool, administrator: str, email: str, settings: Settings
) -> Organisation:
    """With its first administrator, who is invited. Raises DetailsWrong."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise DetailsWrong({"name": f"Give it a name of up to {LONGEST_NAME} characters."})
    hold_lock(session, "organisations")
    there = select(Organisation.id).where(func.lower(col(Organisation.name)) == name.lower())
    if session.exec(there).first() is not None:
        raise DetailsWrong({"name": f"There is an organisation called {name} already."})
    kind = OrganisationKind.EVALUATION if is_evaluation else OrganisationKind.AUTHORITY
    organisation = make_organisation(session, name=name, kind=kind)
    record_audit(session, action="organisation_added", subject=organisation, organisation_id=organisation.id, by=None)
    person = add_and_invite(
        session, organisation_id=organisation.id, name=administrator, email=email, discipline=None, settings=settings,
        by=None,
    )  # fmt: skip
    give_role(session, person=person, role=Role.ADMINISTRATOR, team=None, by=None)
    return organisation
