"""The keys with which an organisation signs its badges, and how they change. A badge names its key and carries it, so a
new one signs at once; what older ones signed is kept by its holders for years, so those stay to be seen for good."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit import record_audit
from models.certificate import BadgeKey
from models.columns import new_id, utc_now
from models.lock import hold_lock
from models.permissions import Actor
from models.sealed_secret import forget_secret, seal_secret

ALGORITHM = "RS256"
_BITS = 2048


def keys_of(session: Session, organisation_id: UUID) -> list[BadgeKey]:
    """The newest first."""
    rows = select(BadgeKey).where(col(BadgeKey.organisation_id) == organisation_id)
    return list(session.exec(rows.order_by(col(BadgeKey.created_at).desc(), col(BadgeKey.id).desc())))


def signing_key(session: Session, organisation_id: UUID) -> BadgeKey:
    """The organisation's, made when first needed. Raises OrganisationGone."""
    hold_lock(session, f"badge keys of {organisation_id}")
    found = next((one for one in keys_of(session, organisation_id) if one.retired_at is None), None)
    return found or _make(session, organisation_id)


def change_key(session: Session, *, by: Actor) -> BadgeKey:
    """A new one signs from now on. The private halves of those before it are gone: nobody signs with them again."""
    hold_lock(session, f"badge keys of {by.organisation_id}")
    for older in keys_of(session, by.organisation_id):
        if older.retired_at is None:
            older.retired_at, older.sealed = utc_now(), b""
            forget_secret(session, record_id=older.id)
            session.add(older)
    row = _make(session, by.organisation_id)
    record_audit(session, action="badge_key_changed", subject=row, organisation_id=by.organisation_id, by=by.person_id)
    return row


def public_key(row: BadgeKey, *, kid: str) -> dict[str, Any]:
    """As a JWK."""
    return {**row.public, "kid": kid, "alg": ALGORITHM, "use": "sig"}


def _make(session: Session, organisation_id: UUID) -> BadgeKey:
    from joserfc.jwk import RSAKey  # seldom needed, and slow to load

    key = RSAKey.generate_key(_BITS)
    row = BadgeKey(id=new_id(), organisation_id=organisation_id, public=dict(key.as_dict(private=False)), sealed=b"")
    private = key.as_pem(private=True).decode()
    row.sealed = seal_secret(session, private, organisation_id=organisation_id, record_id=row.id)
    session.add(row)
    session.flush()
    return row
