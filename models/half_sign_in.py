"""Between the two steps of signing in: the password was right, the code is still to come."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.columns import utc_now
from models.person import Person
from models.second_step_kept import HalfSignIn

GOOD_FOR = timedelta(minutes=10)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def start_half_sign_in(session: Session, *, person: Person) -> str:
    """The cookie's secret. What has expired of anybody's is tidied away."""
    session.exec(delete(HalfSignIn).where(col(HalfSignIn.expires_at) < utc_now()))
    secret = secrets.token_urlsafe(32)
    session.add(HalfSignIn(person_id=person.id, token_hash=_hash(secret), expires_at=utc_now() + GOOD_FOR))
    session.flush()
    return secret


def find_half_sign_in(session: Session, secret: str) -> Person | None:
    return session.exec(
        select(Person).join(HalfSignIn, col(HalfSignIn.person_id) == col(Person.id)).where(
            col(HalfSignIn.token_hash) == _hash(secret), col(HalfSignIn.expires_at) > utc_now(),
            col(Person.left_at).is_(None),
        )
    ).first()  # fmt: skip


def end_half_sign_ins(session: Session, *, person_id: UUID) -> None:
    """All of the person's: one of them has become whole, or the password is another now."""
    session.exec(delete(HalfSignIn).where(col(HalfSignIn.person_id) == person_id))
