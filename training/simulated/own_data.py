"""What a copy of somebody's data says of their talks with simulated parents. What was said in a finished one stands
with the session that it became."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit_hash import plain
from models.conversation import Conversation
from models.keys import WordsGone
from training.simulated.course import steps_of
from training.simulated.kept import turns_of
from training.simulated.shelf import scenarios


def talks_data(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """`openness` (0–1) after each turn of a finished one; `said` are one's own words in one that is not finished."""
    mine = select(Conversation).where(col(Conversation.person_id) == person_id).order_by(col(Conversation.id))
    return [
        {
            "parent": scenarios()[one.scenario].title if one.scenario in scenarios() else one.scenario,
            "begun_at": plain(one.begun_at), "state": one.state.value, "seconds": round(one.seconds),
            "finished_at": plain(one.finished_at), "session": str(one.id) if one.finished_at else None,
            "openness": [round(step.openness, 3) for step in steps_of(one.course)],
            "said": _said(session, one),
        }
        for one in session.exec(mine)
    ]  # fmt: skip


def _said(session: Session, conversation: Conversation) -> list[str]:
    try:
        return [turn.said for turn in turns_of(session, conversation) if turn.said]
    except WordsGone:
        return []
