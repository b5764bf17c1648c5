"""Who saw and who took away what was said: a row of the audit trail each.

A page that is opened again and again within an hour is one row, and another one after a sign-off, which shows more:
who looked before may still code it blind, who looked after may not. Everything that leaves as a file or as data is its
own.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from models.audit import AuditEvent, record_audit
from models.columns import utc_now
from models.database import Database
from models.lock import hold_lock
from models.permissions import Actor
from models.practice import PracticeSession
from models.review import Review

ONE_ROW_FOR = timedelta(hours=1)


def note_seen(database: Database, practice: PracticeSession, *, by: Actor) -> None:
    """Before the page is given out: what cannot be noted is not shown. Takes no write lock within the hour."""
    _note_once(database, "session_seen", practice, by)


def note_heard(database: Database, practice: PracticeSession, *, by: Actor) -> None:
    """Before sound of its recording is given out, which a player asks for in many pieces."""
    _note_once(database, "recording_heard", practice, by)


def _note_once(database: Database, action: str, practice: PracticeSession, by: Actor) -> None:
    with database.read() as session:
        if _done_lately(session, action, practice, by):
            return
    with database.write() as session:
        hold_lock(session, f"{by.person_id} sees {practice.id}")
        if not _done_lately(session, action, practice, by):
            _note(session, action, practice, by)


def note_found(database: Database, session_ids: Collection[UUID], *, by: Actor) -> None:
    """A search shows lines of sessions: each counts as opened."""
    _note_each(database, "session_seen", session_ids, by, form="search")


def note_excerpts(database: Database, session_ids: Collection[UUID], *, by: Actor) -> None:
    """A sheet for a team's meeting shows a stretch of each."""
    _note_each(database, "excerpt_shown", session_ids, by)


def _note_each(database: Database, action: str, session_ids: Collection[UUID], by: Actor, **details: str) -> None:
    with database.read() as session:
        found = session.exec(select(PracticeSession).where(col(PracticeSession.id).in_(session_ids))).all()
        new = [practice for practice in found if not _done_lately(session, action, practice, by)]
    if new:
        with database.write() as session:
            for practice in new:
                _note(session, action, practice, by, **details)


def note_exported(database: Database, practice: PracticeSession, *, by: Actor, form: str, **more: str) -> None:
    """`form` is what it went out as, such as csv."""
    with database.write() as session:
        _note(session, "session_exported", practice, by, form=form, **more)


def _done_lately(session: Session, action: str, practice: PracticeSession, by: Actor) -> bool:
    signed_at = session.exec(_SIGNED_AT, params={"id": practice.id}).one()
    since = max(one for one in (utc_now() - ONE_ROW_FOR, signed_at) if one is not None)
    about = {"id": practice.id, "by": by.person_id, "action": action, "since": since}
    return session.exec(_NOTED, params=about).first() is not None


_SIGNED_AT = select(func.max(Review.closed_at)).where(
    col(Review.session_id) == bindparam("id"), col(Review.made_coding_id).is_not(None)
)
_NOTED = (
    select(AuditEvent.id)
    .where(
        col(AuditEvent.subject_type) == PracticeSession.__name__, col(AuditEvent.subject_id) == bindparam("id"),
        col(AuditEvent.actor_id) == bindparam("by"), col(AuditEvent.action) == bindparam("action"),
        col(AuditEvent.at) > bindparam("since"),
    )
    .limit(1)
)  # fmt: skip


def _note(session: Session, action: str, practice: PracticeSession, by: Actor, **details: str) -> None:
    organisation_id = practice.organisation_id
    record_audit(session, action=action, subject=practice, organisation_id=organisation_id, by=by.person_id, **details)
