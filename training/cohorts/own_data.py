"""Pathways and live sessions in a copy of what is held about somebody. What a live session's room wrote is nobody's:
it does not say who wrote it."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit_hash import plain
from models.cohort import Pathway, PathwayReminder
from models.live import LiveSession


def pathway_data(session: Session, person_id: UUID) -> dict[str, Any]:
    """Which pathways somebody has follows from their teams; what they completed is with what they learn."""
    made = select(Pathway).where(col(Pathway.made_by_id) == person_id).order_by(col(Pathway.id))
    started = select(LiveSession).where(col(LiveSession.started_by_id) == person_id).order_by(col(LiveSession.id))
    reminder = session.get(PathwayReminder, person_id)
    return {
        "last_reminded_at": plain(reminder.at) if reminder else None,
        "pathways_made": [{"name": one.name, "at": plain(one.made_at)} for one in session.exec(made)],
        "live_sessions_started": [{"at": plain(one.created_at)} for one in session.exec(started)],
    }
