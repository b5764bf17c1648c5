"""The session whose feedback somebody may see: everything here shows how it was coded."""

from uuid import UUID

from sqlmodel import Session

from coding.double.blind import require_not_blind
from models.permissions import Actor, Permission
from models.practice import PracticeSession
from models.session_permissions import require_session


def session_seen_by(session: Session, session_id: UUID, actor: Actor) -> PracticeSession:
    """Raises NotFound, and CodedBlind for who is still to code it without having seen how others did."""
    practice = require_session(actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
    require_not_blind(session, practice, by=actor)
    return practice
