"""A secret that must be read again, such as an app's for codes: sealed under a key of its record's own, which the
organisation's key wraps like those of sessions. So it is wrapped anew with them, and goes with the organisation's."""

from uuid import UUID

from sqlmodel import Session

from models.cipher import open_sealed, seal
from models.keys import SessionKey, forget_key, make_session_key, open_session_key


def seal_secret(session: Session, secret: str, *, organisation_id: UUID, record_id: UUID) -> bytes:
    """Raises OrganisationGone."""
    if session.get(SessionKey, record_id) is None:
        make_session_key(session, organisation_id=organisation_id, session_id=record_id)
    return seal(open_session_key(session, record_id).words, secret.encode(), record_id.bytes)


def open_secret(session: Session, sealed: bytes, *, record_id: UUID) -> str:
    """Raises SealBroken, WordsGone."""
    return open_sealed(open_session_key(session, record_id).words, sealed, record_id.bytes).decode()


def forget_secret(session: Session, *, record_id: UUID) -> None:
    forget_key(session, record_id)
