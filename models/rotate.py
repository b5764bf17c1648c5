"""Changing keys while Evoke runs, and destroying those of an organisation.

A new key of an organisation wraps new sessions at once; those there are are wrapped anew bit by bit. Every step is one
transaction and leaves every session readable, so it may be killed anywhere and taken up again.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from models.audit import record_audit
from models.cipher import open_sealed, seal
from models.columns import utc_now
from models.job import Job, JobState
from models.keys import OrganisationKey, SessionKey, current_key, make_organisation_key, masters_of, opened_key
from models.organisation import Organisation
from models.queue import UNFINISHED, enqueue

BATCH = 200
"""Sessions wrapped anew in one transaction: some hundredths of a second."""


@dataclass(frozen=True)
class KeyInUse:
    """One key of an organisation: how many sessions it wraps, and whether the current master key wraps it."""

    organisation: str
    version: int
    created_at: datetime
    retired: bool
    sessions: int
    current_master: bool


def keys_in_use(session: Session) -> list[KeyInUse]:
    """Raises nothing for a key that no master key fits: it is one of an older one."""
    sessions = func.count(col(SessionKey.session_id))
    found = (
        select(OrganisationKey, Organisation.name, sessions)
        .join(Organisation, col(Organisation.id) == col(OrganisationKey.organisation_id))
        .outerjoin(SessionKey, col(SessionKey.organisation_key_id) == col(OrganisationKey.id))
        .group_by(col(OrganisationKey.id), col(Organisation.name))
        .order_by(col(Organisation.name), col(OrganisationKey.version))
    )
    masters = masters_of(session)
    return [
        KeyInUse(
            name, key.version, key.created_at, key.retired_at is not None, count,
            masters.is_current(key.wrapped, key.organisation_id.bytes),
        )
        for key, name, count in session.exec(found)
    ]  # fmt: skip


def rotate_organisation_key(session: Session, *, organisation: Organisation, by: UUID | None) -> OrganisationKey:
    """A new key for the organisation, and the job that wraps its sessions with it. Raises OrganisationGone."""
    last = current_key(session, organisation.id)
    made = make_organisation_key(session, organisation.id, version=last.version + 1)
    last.retired_at = utc_now()
    session.add(last)
    enqueue(session, "wrap_sessions_anew", organisation_id=organisation.id, organisation_key_id=made.id)
    record_audit(
        session, action="organisation_key_rotated", subject=organisation, organisation_id=organisation.id, by=by,
        version=str(made.version),
    )  # fmt: skip
    return made


def wrap_some_anew(session: Session, organisation_id: UUID) -> int:
    """Wraps at most BATCH of the organisation's sessions that an older key wraps; how many. Once there are none, the
    older keys go."""
    newest = current_key(session, organisation_id)
    older = select(SessionKey, OrganisationKey).join(
        OrganisationKey, col(OrganisationKey.id) == col(SessionKey.organisation_key_id)
    ).where(col(SessionKey.organisation_id) == organisation_id, col(OrganisationKey.id) != newest.id)  # fmt: skip
    some = session.exec(older.order_by(col(SessionKey.session_id)).limit(BATCH).with_for_update()).all()
    for kept, wraps in some:
        about = kept.session_id.bytes
        key = open_sealed(opened_key(session, wraps), kept.wrapped or b"", about)
        kept.wrapped, kept.organisation_key_id = seal(opened_key(session, newest), key, about), newest.id
        session.add(kept)
    if not some:
        session.exec(
            delete(OrganisationKey).where(
                col(OrganisationKey.organisation_id) == organisation_id, col(OrganisationKey.id) != newest.id
            )
        )
    session.flush()
    return len(some)


def rotate_master_key(session: Session) -> int:
    """Wraps every organisation's keys with the current master key; how many were wrapped with an older one."""
    masters, changed = masters_of(session), 0
    for kept in session.exec(select(OrganisationKey).with_for_update()):
        about = kept.organisation_id.bytes
        if not masters.is_current(kept.wrapped, about):
            kept.wrapped = masters.wrap(masters.unwrap(kept.wrapped, about), about)
            session.add(kept)
            changed += 1
    session.flush()
    return changed


def shred_organisation(session: Session, *, organisation: Organisation, by: UUID | None) -> int:
    """Destroys every key of the organisation: from the commit on nothing that was said in its sessions can be opened,
    and nothing can be added. How many sessions that were. Work on them ends."""
    theirs = col(SessionKey.organisation_id) == organisation.id
    alive = session.exec(
        select(func.count()).select_from(SessionKey).where(theirs, col(SessionKey.wrapped).is_not(None))
    )
    sessions = alive.one()
    session.exec(
        update(SessionKey)
        .where(theirs, col(SessionKey.wrapped).is_not(None))
        .values(wrapped=None, organisation_key_id=None, shredded_at=utc_now())
    )
    session.exec(delete(OrganisationKey).where(col(OrganisationKey.organisation_id) == organisation.id))
    session.exec(
        update(Job)
        .where(col(Job.organisation_id) == organisation.id, col(Job.state).in_(UNFINISHED))
        .values(state=JobState.CANCELLED, finished_at=utc_now(), lease_until=None, lease_token=None)
    )
    record_audit(
        session, action="organisation_shredded", subject=organisation, organisation_id=organisation.id, by=by,
        sessions=str(sessions),
    )  # fmt: skip
    return sessions
