"""Live sessions go after their days, or when their trainer says so: what the room wrote, with its key."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.columns import utc_now
from models.keys import forget_key
from models.live import LiveAnswer, LiveLine, LiveSession

DELETED = "live_session_deleted"
"""The action in the audit trail."""


def end_old_live_sessions(session: Session, *, days: int) -> int:
    """Those that were over so many days ago; how many."""
    before = utc_now() - timedelta(days=days)
    old = select(LiveSession).where(or_(col(LiveSession.ended_at) <= before, col(LiveSession.expires_at) <= before))
    found = session.exec(old.with_for_update()).all()
    for live in found:
        delete_live_session(session, live, by=None)
    return len(found)


def delete_live_session(session: Session, live: LiveSession, *, by: UUID | None) -> None:
    """Every line and answer, and the key that opens them."""
    lines = select(LiveLine.id).where(col(LiveLine.live_id) == live.id)
    session.exec(delete(LiveAnswer).where(col(LiveAnswer.line_id).in_(lines)))
    session.exec(delete(LiveLine).where(col(LiveLine.live_id) == live.id))
    record_audit(session, action=DELETED, subject=live, organisation_id=live.organisation_id, by=by)
    session.delete(live)
    session.flush()
    forget_key(session, live.id)
