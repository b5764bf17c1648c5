"""The keys with which an organisation signs what it says to learning platforms (LTI 1.3), and how they change.

Platforms keep a copy of the key set for hours. So a new key is shown for a day before it signs, and the one before it
for thirty days after.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit import record_audit
from models.columns import new_id, utc_now
from models.lock import hold_lock
from models.lti import LtiKey
from models.permissions import Actor
from models.sealed_secret import forget_secret, open_secret, seal_secret

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

SHOWN_BEFORE = timedelta(days=1)
SHOWN_AFTER = timedelta(days=30)
ALGORITHM = "RS256"
_BITS = 2048


def keys_of(session: Session, organisation_id: UUID) -> list[LtiKey]:
    """The newest first."""
    rows = select(LtiKey).where(col(LtiKey.organisation_id) == organisation_id)
    return list(session.exec(rows.order_by(col(LtiKey.signs_from).desc(), col(LtiKey.id).desc())))


def signing_key(session: Session, organisation_id: UUID) -> LtiKey:
    """The organisation's, made when first needed. Raises OrganisationGone."""
    hold_lock(session, f"lti keys of {organisation_id}")
    now = utc_now()
    found = next((one for one in keys_of(session, organisation_id) if one.signs_from <= now), None)
    return found or _make(session, organisation_id, first=True)


def rotate_keys(session: Session, *, by: Actor) -> LtiKey:
    """A new key, which signs from tomorrow. One that waits already is that key. Keys that nobody needs any more go."""
    signing_key(session, by.organisation_id)
    keys, now = keys_of(session, by.organisation_id), utc_now()
    if keys[0].signs_from > now:
        return keys[0]
    for older, newer in zip(keys[1:], keys, strict=False):
        if newer.signs_from + SHOWN_AFTER < now:
            forget_secret(session, record_id=older.id)
            session.delete(older)
    row = _make(session, by.organisation_id, first=False)
    record_audit(session, action="lti_key_changed", subject=row, organisation_id=by.organisation_id, by=by.person_id)
    return row


def key_set(session: Session, organisation_id: UUID) -> list[dict[str, Any]]:
    """The public keys (JWK) that what was signed is checked with; none where nothing was signed yet."""
    keys, now = keys_of(session, organisation_id), utc_now()
    shown = [one for one, newer in zip(keys, [None, *keys], strict=False) if newer is None
             or newer.signs_from + SHOWN_AFTER > now]  # fmt: skip
    return [one.public for one in shown]


def private_key(session: Session, row: LtiKey) -> "RSAKey":
    from joserfc.jwk import RSAKey

    return RSAKey.import_key(open_secret(session, row.sealed, record_id=row.id), {"kid": str(row.id)})


def _make(session: Session, organisation_id: UUID, *, first: bool) -> LtiKey:
    from joserfc.jwk import RSAKey  # seldom needed, and slow to load

    key, now = RSAKey.generate_key(_BITS), utc_now()
    row = LtiKey(
        id=new_id(), organisation_id=organisation_id, public={}, sealed=b"",
        signs_from=now if first else now + SHOWN_BEFORE,
    )  # fmt: skip
    row.public = {**key.as_dict(private=False), "kid": str(row.id), "alg": ALGORITHM, "use": "sig"}
    private = key.as_pem(private=True).decode()
    row.sealed = seal_secret(session, private, organisation_id=organisation_id, record_id=row.id)
    session.add(row)
    session.flush()
    return row
