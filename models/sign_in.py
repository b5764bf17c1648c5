"""Signing in: passwords (argon2id), the first administrator, browser sign-ins and personal tokens."""

import hashlib
import re
import secrets
from datetime import timedelta
from functools import cache
from uuid import UUID

from pwdlib import PasswordHash
from sqlalchemy import delete, func
from sqlmodel import Session, col, or_, select

from models.audit import record_audit
from models.cipher import load_master_key, new_wrapped_key
from models.columns import new_id, utc_now
from models.errors import EvokeError
from models.organisation import Organisation
from models.permissions import Actor, Grant
from models.person import ApiToken, FailedSignIn, Person, Role, RoleGrant, SignIn, TeamMembership
from models.settings import Settings

SIGN_IN_DAYS = 14
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
TRIES = 8
TRY_WINDOW = timedelta(minutes=15)


class SignInRefused(EvokeError):
    status = 401
    code = "sign_in_refused"


class TooManyTries(EvokeError):
    status = 429
    code = "too_many_tries"


class DetailsWrong(EvokeError):
    code = "details_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class AlreadySetUp(EvokeError):
    status = 409
    code = "already_set_up"


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _unknown_person_hash() -> str:
    return _hasher().hash(secrets.token_hex())


def hash_password(password: str) -> str:
    return _hasher().hash(password)


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_organisation(session: Session, *, name: str, settings: Settings, is_demo: bool = False) -> Organisation:
    organisation_id = new_id()
    wrapped = new_wrapped_key(load_master_key(settings), organisation_id)
    organisation = Organisation(id=organisation_id, name=name, wrapped_key=wrapped, is_demo=is_demo)
    session.add(organisation)
    session.flush()
    return organisation


def is_empty(session: Session) -> bool:
    return session.exec(select(Person.id).limit(1)).first() is None


def check_details(*, authority: str, name: str, email: str, password: str) -> dict[str, str]:
    wrong = {}
    if not authority.strip():
        wrong["authority"] = "Enter the name of your authority."
    if not name.strip():
        wrong["name"] = "Enter your name."
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email.strip()):
        wrong["email"] = "Enter an email address, like name@example.gov.uk."
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        wrong["password"] = f"Use a password of at least {SHORTEST_PASSWORD} characters. Three words work well."
    return wrong


def register_first_administrator(
    session: Session, *, authority: str, name: str, email: str, password: str, settings: Settings
) -> Person:
    """Works once, while nobody is registered. Raises AlreadySetUp, DetailsWrong."""
    if not is_empty(session):
        raise AlreadySetUp("Evoke already has an administrator. Sign in instead.")
    if wrong := check_details(authority=authority, name=name, email=email, password=password):
        raise DetailsWrong(wrong)
    organisation = make_organisation(session, name=authority.strip(), settings=settings)
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


def check_password(session: Session, *, email: str, password: str) -> Person:
    """The person, when both fit. Takes the same time for an unknown address. Raises SignInRefused, TooManyTries.

    The caller commits also when this raises, so that the failed try is counted.
    """
    email = email.strip().lower()[:320]
    session.exec(delete(FailedSignIn).where(col(FailedSignIn.at) < utc_now() - TRY_WINDOW))
    failed = select(func.count()).select_from(FailedSignIn).where(col(FailedSignIn.email) == email)
    if session.exec(failed).one() >= TRIES:
        raise TooManyTries("Too many tries with this address. Wait 15 minutes, then try again.")
    person = session.exec(select(Person).where(col(Person.email) == email, col(Person.left_at).is_(None))).first()
    known = person.password_hash if person else _unknown_person_hash()
    if not _hasher().verify(password[:LONGEST_PASSWORD], known) or person is None:
        session.add(FailedSignIn(email=email))
        session.flush()
        raise SignInRefused("That email address and password do not go together. Check both and try again.")
    session.exec(delete(FailedSignIn).where(col(FailedSignIn.email) == email))
    return person


def start_sign_in(session: Session, person: Person) -> str:
    """The cookie's secret; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(person_id=person.id, token_hash=_hash_token(token), expires_at=utc_now() + timedelta(days=SIGN_IN_DAYS))
    )
    record_audit(session, action="signed_in", subject=person, organisation_id=person.organisation_id, by=person.id)
    return token


def end_sign_in(session: Session, token: str) -> None:
    session.exec(delete(SignIn).where(col(SignIn.token_hash) == _hash_token(token)))


def make_api_token(session: Session, *, person: Person, name: str) -> str:
    token = "evoke_" + secrets.token_urlsafe(32)
    row = ApiToken(person_id=person.id, name=name, token_hash=_hash_token(token))
    session.add(row)
    session.flush()
    record_audit(
        session, action="api_token_made", subject=row, organisation_id=person.organisation_id, by=person.id, name=name
    )
    return token


def actor_of_cookie(session: Session, token: str) -> Actor | None:
    found = select(Person).join(SignIn, col(SignIn.person_id) == col(Person.id)).where(
        col(SignIn.token_hash) == _hash_token(token), col(SignIn.expires_at) > utc_now(), col(Person.left_at).is_(None)
    )  # fmt: skip
    person = session.exec(found).first()
    return actor_of(session, person) if person else None


def actor_of_token(session: Session, token: str) -> Actor | None:
    found = select(Person).join(ApiToken, col(ApiToken.person_id) == col(Person.id)).where(
        col(ApiToken.token_hash) == _hash_token(token), col(ApiToken.revoked_at).is_(None),
        col(Person.left_at).is_(None),
    )  # fmt: skip
    person = session.exec(found).first()
    return actor_of(session, person) if person else None


def actor_of(session: Session, person: Person) -> Actor:
    grants = session.exec(select(RoleGrant).where(col(RoleGrant.person_id) == person.id)).all()
    return Actor(
        person_id=person.id,
        organisation_id=person.organisation_id,
        name=person.name,
        grants=tuple(Grant(grant.role, grant.team_id) for grant in grants),
        team_ids=frozenset(current_teams(session, person.id)),
    )


def current_teams(session: Session, person_id: UUID) -> list[UUID]:
    today = utc_now().date()
    memberships = select(TeamMembership.team_id).where(
        col(TeamMembership.person_id) == person_id, col(TeamMembership.started_on) <= today,
        or_(col(TeamMembership.ended_on).is_(None), col(TeamMembership.ended_on) >= today),
    ).order_by(col(TeamMembership.started_on).desc())  # fmt: skip
    return list(session.exec(memberships).all())
