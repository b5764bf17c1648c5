"""Personal tokens for programs: made, found, listed, revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError, NotFound
from models.permissions import Actor, narrowed
from models.person import ApiToken, Person
from models.sign_in import actor_of

LONGEST_NAME = 100
DAYS = (90, 365)
"""For how long a token may be good; or without an end, where that is asked for."""
USUAL_DAYS = 365
USED_EVERY = timedelta(minutes=5)
"""Last use is written down no more often than this."""


class TokenWrong(EvokeError):
    code = "token_wrong"

    def __init__(self, **fields: str) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def make_api_token(session: Session, *, person: Person, name: str, days: int | None = USUAL_DAYS) -> str:
    """The token, which is told once. `days` is for how long it is good; None, until it is revoked. Raises
    TokenWrong."""
    name = name.strip()
    if wrong := _wrong(name, days):
        raise TokenWrong(**wrong)
    token = "evoke_" + secrets.token_urlsafe(32)
    ends = end_after(days)
    row = ApiToken(person_id=person.id, name=name, token_hash=_hash(token), expires_at=ends)
    session.add(row)
    session.flush()
    record_audit(
        session, action="api_token_made", subject=row, organisation_id=person.organisation_id, by=person.id, name=name,
        until="no end" if ends is None else ends.date().isoformat(),
    )  # fmt: skip
    return token


def end_after(days: int | None) -> datetime | None:
    """Of a token that is made now."""
    return None if days is None else utc_now() + timedelta(days=days)


def _wrong(name: str, days: int | None) -> dict[str, str]:
    wrong = {}
    if not name:
        wrong["name"] = "Enter what the token is for, so that you know it again."
    elif len(name) > LONGEST_NAME:
        wrong["name"] = f"Shorten this to {LONGEST_NAME} characters or fewer."
    if days is not None and days not in DAYS:
        wrong["days"] = "Choose for how long the token is good."
    return wrong


def add_short_token(session: Session, *, person_id: UUID, scopes: str, expires_at: datetime) -> str:
    """For an API client, which got it for its secret. Those of its that are over go."""
    token = "evoke_" + secrets.token_urlsafe(32)
    over = col(ApiToken.person_id) == person_id, col(ApiToken.expires_at) <= utc_now()
    session.exec(delete(ApiToken).where(*over))
    session.add(
        ApiToken(
            person_id=person_id, name="client credentials", token_hash=_hash(token), expires_at=expires_at,
            scopes=scopes,
        )
    )  # fmt: skip
    session.flush()
    return token


def find_token(session: Session, token: str) -> tuple[Actor, UUID | None] | None:
    """Whose it is; with the token's id where its use is to be written down (`note_use`)."""
    found = session.exec(
        select(ApiToken, Person).join(Person, col(ApiToken.person_id) == col(Person.id)).where(
            col(ApiToken.token_hash) == _hash(token), col(ApiToken.revoked_at).is_(None),
            col(Person.left_at).is_(None),
            or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > utc_now()),
        )
    ).first()  # fmt: skip
    if found is None:
        return None
    row, person = found
    due = row.used_at is None or row.used_at < utc_now() - USED_EVERY
    actor = actor_of(session, person)
    return actor if row.scopes is None else narrowed(actor, row.scopes.split()), row.id if due else None


def when_it_ended(session: Session, token: str) -> datetime | None:
    """For whoever holds a token that a person made, and that is over: when that was. None for every other."""
    return session.exec(
        select(ApiToken.expires_at).join(Person, col(ApiToken.person_id) == col(Person.id)).where(
            col(ApiToken.token_hash) == _hash(token), col(ApiToken.revoked_at).is_(None),
            col(ApiToken.scopes).is_(None), col(Person.left_at).is_(None), col(ApiToken.expires_at) <= utc_now(),
        )
    ).first()  # fmt: skip


def note_use(session: Session, token_id: UUID) -> None:
    session.exec(update(ApiToken).where(col(ApiToken.id) == token_id).values(used_at=utc_now()))


def tokens_of(session: Session, person_id: UUID) -> list[ApiToken]:
    """Those that are not revoked, the newest first; also those that are over, so that their person sees why a program
    stopped."""
    kept = select(ApiToken).where(col(ApiToken.person_id) == person_id, col(ApiToken.revoked_at).is_(None))
    return list(session.exec(kept.order_by(col(ApiToken.created_at).desc())).all())


def revoke_token(session: Session, *, token_id: UUID, by: Actor) -> None:
    """One of one's own; it stops working at once. Raises NotFound."""
    row = session.get(ApiToken, token_id)
    if row is None or row.person_id != by.person_id or row.revoked_at is not None:
        raise NotFound("There is no such token of yours. Perhaps it is revoked already.")
    row.revoked_at = utc_now()
    session.add(row)
    record_audit(
        session, action="api_token_revoked", subject=row, organisation_id=by.organisation_id, by=by.person_id,
        name=row.name,
    )  # fmt: skip
