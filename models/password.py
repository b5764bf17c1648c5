"""Passwords (argon2id), and how often one may be tried.

Checking one takes a while by design, so a sign-in never does it while it holds the database: `begin_try` counts the try
in a short transaction, `fits` computes without any, and `end_try` takes the count back in another. A try counts as
failed from its beginning, so that many at once are no more than many in a row. How long one waits after failed tries
does not tell whether anybody has the address.
"""

import secrets
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from pwdlib import PasswordHash
from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.errors import EvokeError
from models.person import Person, SignIn
from models.second_step_kept import HalfSignIn
from models.tries import Key, Tried, count_try, forget_tries, network_key

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_EMAIL = 320


class SignInRefused(EvokeError):
    status = 401
    code = "sign_in_refused"


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _unknown_person_hash() -> str:
    return _hasher().hash(secrets.token_hex())


def _as_bytes(password: str) -> bytes:
    return password.encode("utf-8", "replace")  # half a surrogate pair is no reason to fail


def hash_password(password: str) -> str:
    return _hasher().hash(_as_bytes(password))


def what_is_wrong_with(password: str) -> str:
    """A sentence for who chose it; empty when it will do."""
    if SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return ""
    return f"Use a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters. Three words work well."


@dataclass(frozen=True)
class Try:
    """`person_id` is None for an address nobody has."""

    email: str
    person_id: UUID | None
    password_hash: str


def begin_try(session: Session, *, email: str, address: str = "") -> Try:
    """Counts a try with this e-mail address, and from this network address. Raises TooManyTries."""
    email = email.strip().lower()[:LONGEST_EMAIL]
    count_try(session, Key(Tried.PASSWORD, email), *([network_key(address)] if address else []))
    person = session.exec(select(Person).where(col(Person.email) == email, col(Person.left_at).is_(None))).first()
    return Try(email, person.id if person else None, person.password_hash if person else "")


def fits(tried: Try, password: str) -> bool:
    """Whether it is the person's password. Slow, and as slow for an unknown address. Wants no open transaction."""
    known = tried.password_hash or _unknown_person_hash()
    return _hasher().verify(_as_bytes(password[:LONGEST_PASSWORD]), known) and tried.person_id is not None


def end_try(session: Session, tried: Try) -> Person:
    """The person of a try that `fits`; its address starts counting anew. Raises SignInRefused for one who left or got
    another password meanwhile."""
    person = session.get(Person, tried.person_id) if tried.person_id else None
    if person is None or person.left_at is not None or person.password_hash != tried.password_hash:
        raise refused()
    forget_tries(session, Key(Tried.PASSWORD, tried.email))
    return person


def note_refused(session: Session, tried: Try) -> None:
    """Into the audit trail, where the address is somebody's."""
    if tried.person_id is not None:
        person = session.get_one(Person, tried.person_id)
        record_audit(session, action="sign_in_refused", subject=person, organisation_id=person.organisation_id, by=None)


def refused() -> SignInRefused:
    return SignInRefused("That email address and password do not go together. Check both and try again.")


def set_password(session: Session, *, person: Person, password_hash: str, by: UUID | None) -> None:
    """Ends the person's sign-ins everywhere, and lets them try again at once. `by` is None for the operator."""
    person.password_hash = password_hash
    session.add(person)
    session.exec(delete(SignIn).where(col(SignIn.person_id) == person.id))
    session.exec(delete(HalfSignIn).where(col(HalfSignIn.person_id) == person.id))
    forget_tries(session, Key(Tried.PASSWORD, person.email))
    record_audit(session, action="password_set", subject=person, organisation_id=person.organisation_id, by=by)


def lift_lock(session: Session, *, person: Person, by: UUID) -> None:
    """Lets somebody who waits after failed tries try again at once: for an administrator."""
    forget_tries(session, Key(Tried.PASSWORD, person.email))
    forget_tries(session, Key(Tried.CODE, str(person.id)))
    record_audit(session, action="sign_in_unlocked", subject=person, organisation_id=person.organisation_id, by=by)


def change_own_password(session: Session, *, person: Person, tried: Try, password_hash: str) -> None:
    """By somebody who knows the old one: `tried` fits it. Ends all their sign-ins. Raises SignInRefused."""
    end_try(session, tried)
    set_password(session, person=person, password_hash=password_hash, by=person.id)
