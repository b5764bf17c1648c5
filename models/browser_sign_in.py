"""A browser's sign-in: begun, found by its cookie, given a new secret from time to time, listed, ended.

The secret in the cookie is new with every sign-in, once a day, and when what its person may do has changed. The one
before is still good for a minute after the browser first came with the new one: requests that were under way go
through, and an answer that was lost on the way signs nobody out.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, or_, select

from models.audit import record_audit
from models.columns import utc_now
from models.errors import NotFound
from models.permissions import Actor
from models.person import Person, SignIn
from models.settings import Settings
from models.sign_in import actor_with

RENEWED_EVERY = timedelta(hours=24)
OVERLAP = timedelta(minutes=1)
SEEN_EVERY = timedelta(minutes=5)
"""Last use is written down no more often than this."""


@dataclass(frozen=True)
class Browser:
    """`name` in words ("Firefox on Windows"), `address` is the network address it came from."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class Found:
    """Whose sign-in it is. `due` says that something is to be written about it: see `keep_up`."""

    actor: Actor
    sign_in_id: UUID
    due: bool


@dataclass(frozen=True)
class Renewed:
    """The cookie's new secret, and for how many seconds the sign-in can last at most."""

    secret: str
    seconds: int


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def start_sign_in(session: Session, person: Person, *, settings: Settings, browser: Browser = Browser()) -> str:
    """The cookie's secret; only its hash is kept."""
    secret = secrets.token_urlsafe(32)
    expires = utc_now() + timedelta(days=settings.sign_in_days)
    row = SignIn(person_id=person.id, token_hash=_hash(secret), expires_at=expires)
    _note_browser(row, browser)
    session.add(row)
    record_audit(session, action="signed_in", subject=person, organisation_id=person.organisation_id, by=person.id)
    return secret


def find_sign_in(session: Session, secret: str, *, settings: Settings) -> Found | None:
    """None for a secret that is not or no longer good: ended, expired, long unused, or of somebody who left."""
    hashed, now = _hash(secret), utc_now()
    since = now - timedelta(hours=settings.sign_in_idle_hours)
    row: Any = session.exec(_GOOD, params={"hashed": hashed, "now": now, "since": since}).first()
    if row is None:
        return None
    if row.token_hash != hashed and row.taken_at is not None and row.taken_at < now - OVERLAP:
        return None
    actor = actor_with(session, row.person_id, row.organisation_id, row.name)
    return Found(actor, row.id, _due(row, hashed, now))


_GOOD: Any = (
    select(  # type: ignore[call-overload]
        SignIn.id, SignIn.token_hash, SignIn.previous_hash, SignIn.taken_at, SignIn.renewed_at, SignIn.seen_at,
        SignIn.person_id, Person.organisation_id, Person.name,
    )
    .join(Person, col(SignIn.person_id) == col(Person.id))
    .where(
        or_(col(SignIn.token_hash) == bindparam("hashed"), col(SignIn.previous_hash) == bindparam("hashed")),
        col(SignIn.expires_at) > bindparam("now"), col(SignIn.seen_at) > bindparam("since"),
        col(Person.left_at).is_(None),
    )
)  # fmt: skip
"""Made once, as every request asks it; as a row of `SignIn` as far as `_first_use` and `_renewal_due` look at it."""


def keep_up(session: Session, sign_in_id: UUID, secret: str, browser: Browser) -> Renewed | None:
    """Writes down that it was used, and gives a new secret when one is due. Of requests that come together one gets
    it."""
    row = session.get(SignIn, sign_in_id, with_for_update=True)
    if row is None:
        return None
    hashed, now = _hash(secret), utc_now()
    if not _due(row, hashed, now):
        return None  # another request of this browser did it while this one waited
    row.seen_at = now
    _note_browser(row, browser)
    if _first_use(row, hashed):
        row.taken_at = now
    session.add(row)
    if not _renewal_due(row, hashed, now):
        return None
    fresh = secrets.token_urlsafe(32)
    row.previous_hash, row.token_hash = hashed, _hash(fresh)
    row.renewed_at, row.taken_at = now, None
    return Renewed(fresh, int((row.expires_at - now).total_seconds()))


def _due(row: SignIn, hashed: str, now: datetime) -> bool:
    return row.seen_at < now - SEEN_EVERY or _first_use(row, hashed) or _renewal_due(row, hashed, now)


def _first_use(row: SignIn, hashed: str) -> bool:
    return row.token_hash == hashed and row.previous_hash is not None and row.taken_at is None


def _renewal_due(row: SignIn, hashed: str, now: datetime) -> bool:
    if row.token_hash == hashed:
        return row.renewed_at <= now - RENEWED_EVERY
    return row.previous_hash == hashed and row.taken_at is None and row.renewed_at < now - OVERLAP  # it never arrived


def _note_browser(row: SignIn, browser: Browser) -> None:
    row.browser = browser.name[:80] or row.browser
    row.address = browser.address[:64] or row.address


def renew_secrets(session: Session, *, person_id: UUID) -> None:
    """Each of the person's browsers gets a new secret with its next request: for when what they may do has changed."""
    mine = col(SignIn.person_id) == person_id
    session.exec(update(SignIn).where(mine).values(renewed_at=utc_now() - RENEWED_EVERY))


def sign_ins_of(session: Session, person_id: UUID, *, settings: Settings) -> list[SignIn]:
    """Those that are still good, the last used first."""
    now = utc_now()
    good = select(SignIn).where(
        col(SignIn.person_id) == person_id, col(SignIn.expires_at) > now,
        col(SignIn.seen_at) > now - timedelta(hours=settings.sign_in_idle_hours),
    ).order_by(col(SignIn.seen_at).desc())  # fmt: skip
    return list(session.exec(good).all())


def end_sign_in(session: Session, secret: str) -> None:
    """Signing out. A secret that is not good ends nothing."""
    hashed = _hash(secret)
    row = session.exec(
        select(SignIn).where(or_(col(SignIn.token_hash) == hashed, col(SignIn.previous_hash) == hashed))
    ).first()
    if row is not None:
        _end(session, row, by=row.person_id)


def end_one_sign_in(session: Session, *, sign_in_id: UUID, by: Actor) -> None:
    """One of one's own. Raises NotFound."""
    row = session.get(SignIn, sign_in_id)
    if row is None or row.person_id != by.person_id:
        raise NotFound("There is no such sign-in of yours. Perhaps it has ended already.")
    _end(session, row, by=by.person_id)


def end_other_sign_ins(session: Session, *, but: UUID, by: Actor) -> int:
    """All of one's own but one; how many."""
    others = session.exec(select(SignIn).where(col(SignIn.person_id) == by.person_id, col(SignIn.id) != but)).all()
    for row in others:
        _end(session, row, by=by.person_id)
    return len(others)


def _end(session: Session, row: SignIn, *, by: UUID) -> None:
    person = session.get_one(Person, row.person_id)
    session.delete(row)
    record_audit(session, action="signed_out", subject=person, organisation_id=person.organisation_id, by=by)
