"""A forgotten password: a link by e-mail, good once and for an hour."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.api_client_kept import is_a_human
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.password import LONGEST_EMAIL, set_password
from models.password_reset import PasswordReset
from models.person import Person
from models.queue import enqueue
from models.tries import Key, Tried, count_try, forget_tries, network_key

GOOD_FOR = timedelta(hours=1)


class LinkGone(EvokeError):
    status = 410
    code = "link_gone"

    def __init__(self) -> None:
        super().__init__(
            "This link does not work any more: it was used, or is more than an hour old. Ask for a new one."
        )


@dataclass(frozen=True)
class MadeReset:
    """What the mail needs. The secret is in no other place."""

    id: UUID
    name: str
    email: str
    secret: str


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def count_ask(session: Session, *, email: str, address: str) -> None:
    """Counts that somebody asks for a link, whether or not anybody has that e-mail address. Raises TooManyTries."""
    count_try(session, Key(Tried.RESET, _plain(email)), network_key(address))


def ask_reset(session: Session, *, email: str) -> bool:
    """Has a link mailed, and says whether anybody who has joined has that address: not to be told to who asks."""
    here = select(Person).where(
        col(Person.email) == _plain(email), col(Person.left_at).is_(None), col(Person.invited_at).is_(None),
        is_a_human(),
    )  # fmt: skip
    person = session.exec(here).first()
    if person is not None:
        send_reset_link(session, person=person, by=None)
    return person is not None


def send_reset_link(session: Session, *, person: Person, by: UUID | None) -> None:
    """`by` is the administrator who has it sent; None for the person, who is not signed in."""
    enqueue(session, "send_reset", organisation_id=person.organisation_id, person_id=person.id)
    record_audit(session, action="reset_asked", subject=person, organisation_id=person.organisation_id, by=by)


def make_reset(session: Session, *, person_id: UUID) -> MadeReset | None:
    """A new link, which ends the one before; None for somebody who left meanwhile."""
    person = session.get(Person, person_id)
    if person is None or person.left_at is not None:
        return None
    session.exec(delete(PasswordReset).where(col(PasswordReset.person_id) == person.id))
    secret = secrets.token_urlsafe(32)
    row = PasswordReset(person_id=person.id, token_hash=_hash(secret), expires_at=utc_now() + GOOD_FOR)
    session.add(row)
    session.flush()
    return MadeReset(row.id, person.name, person.email, secret)


def find_reset(session: Session, secret: str) -> Person:
    """Whose password the link sets. Raises LinkGone."""
    found = session.exec(
        select(Person).join(PasswordReset, col(PasswordReset.person_id) == col(Person.id)).where(
            col(PasswordReset.token_hash) == _hash(secret), col(PasswordReset.expires_at) > utc_now(),
            col(Person.left_at).is_(None),
        )
    ).first()  # fmt: skip
    if found is None:
        raise LinkGone
    return found


def finish_reset(session: Session, *, secret: str, password_hash: str) -> Person:
    """Sets the password; the link is used up, and every sign-in of the person ends. Raises LinkGone."""
    person = find_reset(session, secret)
    gone = session.exec(delete(PasswordReset).where(col(PasswordReset.token_hash) == _hash(secret)))
    if gone.rowcount != 1:  # another request was first
        raise LinkGone
    set_password(session, person=person, password_hash=password_hash, by=person.id)
    forget_tries(session, Key(Tried.RESET, person.email))
    return person


def _plain(email: str) -> str:
    return email.strip().lower()[:LONGEST_EMAIL]
