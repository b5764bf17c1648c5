"""The job behind a new key of an organisation."""

from uuid import UUID

from sqlmodel import Session

from coding.context import JobContext
from models.errors import EvokeError
from models.keys import OrganisationKey
from models.rotate import wrap_some_anew
from models.scrub import scrub


def wrap_sessions_anew(context: JobContext, *, organisation_key_id: str) -> None:
    """In small transactions, so that nobody waits for it; ends where no older key wraps a session."""
    with context.workshop.database.read() as session:
        made = session.get(OrganisationKey, UUID(organisation_key_id))
    wrapped = made is not None  # else a newer rotation has already taken this one's place
    while made is not None and wrapped:
        with context.write() as session:
            wrapped = wrap_some_anew(session, made.organisation_id) > 0
    scrub(context.workshop.database, "session_key", "organisation_key")
    with context.write() as session:
        context.finish(session)


def wrapping_stopped(_session: Session, _error: EvokeError, /, **_ids: str) -> None:
    """Every session stays readable under the key that wraps it, and the next rotation goes on."""
