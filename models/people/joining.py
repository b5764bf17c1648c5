"""Joiners, and what is known of a person."""

from uuid import UUID

from sqlmodel import Session, col, select

from models.audit import record_audit
from models.lock import hold_lock
from models.people.inviting import invite
from models.person import Discipline, Person, PersonState
from models.settings import Settings
from models.sign_in import DetailsWrong, what_is_wrong_with_email, what_is_wrong_with_name


def add_and_invite(
    session: Session, *, organisation_id: UUID, name: str, email: str, discipline: Discipline | None,
    settings: Settings, by: UUID | None,
) -> Person:  # fmt: skip
    """Raises DetailsWrong."""
    name, email = " ".join(name.split()), email.strip().lower()
    if wrong := check_person(session, organisation_id=organisation_id, name=name, email=email):
        raise DetailsWrong(wrong)
    person = Person(
        organisation_id=organisation_id, name=name, email=email, password_hash="", discipline=discipline
    )  # no password fits an empty hash
    session.add(person)
    session.flush()
    record_audit(session, action="person_added", subject=person, organisation_id=organisation_id, by=by)
    invite(session, person=person, settings=settings, by=by)
    return person


def check_person(
    session: Session, *, organisation_id: UUID, name: str, email: str, but: Person | None = None
) -> dict[str, str]:
    """What is wrong, by field; nobody but `but` may have the address."""
    wrong = {}
    if mistake := what_is_wrong_with_name(name, whose="their"):
        wrong["name"] = mistake
    if mistake := what_is_wrong_with_email(email):
        wrong["email"] = mistake
        return wrong
    hold_lock(session, f"email address {email}")
    other = person_at(session, email)
    if other is None or other is but:
        return wrong
    if other.organisation_id != organisation_id:
        wrong["email"] = "This address cannot be used here. Take another, or ask whoever runs Evoke."
    elif other.state is PersonState.LEFT:
        wrong["email"] = f"{other.name} has this address and has left. Open their page and let them return."
    else:
        wrong["email"] = f"{other.name} has this address and is here already."
    return wrong


def person_at(session: Session, email: str) -> Person | None:
    return session.exec(select(Person).where(col(Person.email) == email.strip().lower())).first()


def change_person(
    session: Session, *, person: Person, name: str, email: str, discipline: Discipline | None, by: UUID | None
) -> bool:
    """Whether anything is different now. Raises DetailsWrong."""
    name, email = " ".join(name.split()), email.strip().lower()
    wrong = check_person(session, organisation_id=person.organisation_id, name=name, email=email, but=person)
    if wrong:
        raise DetailsWrong(wrong)
    return _change(session, person, {"name": name, "email": email, "discipline": discipline}, by=by)


def change_own_details(session: Session, *, person: Person, name: str, discipline: Discipline | None) -> bool:
    """Whether anything is different now. The e-mail address is an administrator's to change: it is what a person signs
    in with. Raises DetailsWrong."""
    name = " ".join(name.split())
    if mistake := what_is_wrong_with_name(name):
        raise DetailsWrong({"name": mistake})
    return _change(session, person, {"name": name, "discipline": discipline}, by=person.id)


def _change(session: Session, person: Person, new: dict[str, object], *, by: UUID | None) -> bool:
    """The audit row says which details changed, and not what they were."""
    changed = [field for field, value in new.items() if getattr(person, field) != value]
    if not changed:
        return False
    for field in changed:
        setattr(person, field, new[field])
    session.add(person)
    record_audit(
        session, action="person_changed", subject=person, organisation_id=person.organisation_id, by=by,
        fields=", ".join(changed),
    )  # fmt: skip
    return True


def read_discipline(text: str) -> Discipline | None:
    """Empty for nobody's. Raises DetailsWrong."""
    try:
        return Discipline(text.strip().lower().replace("’", "'")) if text.strip() else None
    except ValueError:
        raise DetailsWrong({"discipline": "Choose a discipline from the list."}) from None
