"""People as the authority's identity provider keeps them (SCIM): taken in, brought up to date, let go.

What happens to a person is what the verbs beside this file do; here stands when, and what the provider calls them.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session, col, select

from models.api_client_kept import is_a_human
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.lock import hold_lock
from models.people.joining import add_and_invite, change_person, person_at
from models.people.leaving import let_return, mark_as_left
from models.person import Person, Role
from models.scim_kept import ScimPerson
from models.settings import Settings
from models.sign_in import LONGEST_EMAIL, LONGEST_NAME, DetailsWrong, current_grants

LONGEST_EXTERNAL_ID = 255


class UserNameTaken(EvokeError):
    status = 409
    code = "user_name_taken"

    def __init__(self) -> None:
        super().__init__("Somebody here has this user name or address already.")


class AdministratorsAddress(EvokeError):
    """Whoever can change the address of an administrator can become one, by asking for a new password."""

    status = 409
    code = "administrators_address"

    def __init__(self) -> None:
        super().__init__(
            "The e-mail address of an administrator of Evoke is changed in Evoke itself, under People and teams."
        )


@dataclass(frozen=True)
class Told:
    """What a provider says of somebody. `name` is what people see; `given`, `family` and `formatted` are kept as they
    came. `active` is None where nothing is said of it."""

    user_name: str
    email: str
    name: str
    given: str = ""
    family: str = ""
    formatted: str = ""
    external_id: str | None = None
    active: bool | None = None

    def check(self) -> "Told":
        """Raises DetailsWrong."""
        wrong = {}
        if not self.user_name.strip() or len(self.user_name) > LONGEST_EMAIL:
            wrong["userName"] = f"A user name has 1 to {LONGEST_EMAIL} characters."
        if any(len(one) > LONGEST_NAME for one in (self.given, self.family, self.formatted)):
            wrong["name"] = f"A name has {LONGEST_NAME} characters or fewer."
        if len(self.external_id or "") > LONGEST_EXTERNAL_ID:
            wrong["externalId"] = f"An external ID has {LONGEST_EXTERNAL_ID} characters or fewer."
        if wrong:
            raise DetailsWrong(wrong)
        return replace(self, user_name=self.user_name.strip(), email=self.email.strip().lower())


def one_change_at_a_time(session: Session, organisation_id: UUID) -> None:
    """Until the transaction ends, nobody else changes this authority by SCIM. What a change leads to is worked out from
    what was read, so that of two at once the second would undo the first: asked before anything is read."""
    hold_lock(session, f"changes by SCIM in {organisation_id}")


def take_in(session: Session, *, organisation_id: UUID, told: Told, settings: Settings, by: UUID | None) -> Person:
    """Somebody new is invited. Somebody whom the provider let go comes back. Somebody who is here under their address,
    and whom the provider never named, is from now on kept by it. Raises DetailsWrong, UserNameTaken,
    AdministratorsAddress, LastAdministrator."""
    told = told.check()
    one_change_at_a_time(session, organisation_id)
    person = _known(session, organisation_id, told)
    if person is None:
        person = add_and_invite(
            session, organisation_id=organisation_id, name=told.name, email=told.email, discipline=None,
            settings=settings, by=by,
        )  # fmt: skip
    active = told.active is not False
    bring_up_to_date(session, person=person, told=replace(told, active=active), settings=settings, by=by)
    return person


def _known(session: Session, organisation_id: UUID, told: Told) -> Person | None:
    """Who is meant, where they are not new. Raises UserNameTaken."""
    named = named_by_provider(session, organisation_id, told.user_name)
    if named is not None:
        if not is_hidden(session, named):
            raise UserNameTaken
        return named
    there = person_at(session, told.email)
    if there is None:
        return None
    if there.organisation_id != organisation_id:
        raise UserNameTaken
    human = session.exec(select(Person.id).where(col(Person.id) == there.id, is_a_human())).first()
    named_before = session.get(ScimPerson, there.id) is not None
    if human is None or (named_before and not is_hidden(session, there)):
        raise UserNameTaken
    return there


def is_hidden(session: Session, person: Person) -> bool:
    """The provider let them go and they have not come back: it hears that there is no such person."""
    row = session.get(ScimPerson, person.id)
    return row is not None and row.deleted_at is not None and person.left_at is not None


def named_by_provider(session: Session, organisation_id: UUID, user_name: str) -> Person | None:
    """Who has this user name; somebody whom the provider never named has their address as one."""
    key = user_name.strip().lower()
    row = session.exec(
        select(ScimPerson).where(
            col(ScimPerson.organisation_id) == organisation_id, col(ScimPerson.user_name_key) == key
        )
    ).first()
    if row is not None:
        return session.get_one(Person, row.person_id)
    there = person_at(session, key)
    if there is None or there.organisation_id != organisation_id or session.get(ScimPerson, there.id) is not None:
        return None
    return there


def bring_up_to_date(
    session: Session, *, person: Person, told: Told, settings: Settings, by: UUID | None
) -> None:  # fmt: skip
    """Raises DetailsWrong, UserNameTaken, AdministratorsAddress, LastAdministrator."""
    told = told.check()
    one_change_at_a_time(session, person.organisation_id)
    other = named_by_provider(session, person.organisation_id, told.user_name)
    if other is not None and other.id != person.id:
        raise UserNameTaken
    there = person_at(session, told.email)
    if there is not None and there.id != person.id:
        raise UserNameTaken
    if told.email != person.email and any(
        grant.role is Role.ADMINISTRATOR for grant in current_grants(session, person)
    ):
        raise AdministratorsAddress
    change_person(session, person=person, name=told.name, email=told.email, discipline=person.discipline, by=by)
    _keep(session, person, told, by=by)
    if told.active is True:
        let_return(session, person=person, settings=settings, by=by)
    elif told.active is False:
        mark_as_left(session, person=person, by=by)


def _keep(session: Session, person: Person, told: Told, *, by: UUID | None) -> None:
    """The audit row says that it changed, and not what it was."""
    row = session.get(ScimPerson, person.id)
    new = {
        "user_name": told.user_name, "user_name_key": told.user_name.lower(), "external_id": told.external_id,
        "given_name": told.given, "family_name": told.family, "formatted_name": told.formatted, "deleted_at": None,
    }  # fmt: skip
    if row is None:
        row = ScimPerson(person_id=person.id, organisation_id=person.organisation_id, user_name="", user_name_key="")
    elif all(getattr(row, field) == value for field, value in new.items()):
        return
    for field, value in new.items():
        setattr(row, field, value)
    session.add(row)
    record_audit(
        session, action="person_changed", subject=person, organisation_id=person.organisation_id, by=by,
        fields="what the identity provider calls them",
    )  # fmt: skip


def let_go(session: Session, *, person: Person, by: UUID | None) -> None:
    """The provider has no such person any more. They leave, and their sessions stay. Raises LastAdministrator."""
    row = session.get(ScimPerson, person.id)
    if row is None:
        named = named_by_provider(session, person.organisation_id, person.email)
        name = person.email if named is person else str(person.id)  # somebody else may be called by their address
        row = ScimPerson(
            person_id=person.id, organisation_id=person.organisation_id, user_name=name, user_name_key=name
        )  # fmt: skip
    mark_as_left(session, person=person, by=by)
    row.deleted_at = utc_now()
    session.add(row)
    record_audit(
        session, action="scim_let_go", subject=person, organisation_id=person.organisation_id, by=by
    )  # fmt: skip
