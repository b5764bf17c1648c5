"""How a session came to be the one that is looked at, put right afterwards."""

from sqlmodel import Session

from coding.session_figures import put_figures
from models.audit import record_audit
from models.permissions import Actor, Permission
from models.practice import Picked, PracticeSession
from models.session_permissions import require_session


def say_how_picked(session: Session, *, practice: PracticeSession, picked: Picked, by: Actor) -> None:
    """From now on it counts among those that were picked so. What it says already changes nothing.

    Raises NotFound, NotAllowed.
    """
    require_session(by, Permission.CHANGE_SESSION, practice)
    session.refresh(practice, with_for_update=True)  # its rows of figures are made anew: one after the other
    if practice.picked is picked:
        return
    practice.picked = picked
    session.add(practice)
    put_figures(session, practice)
    record_audit(
        session, action="session_picked_changed", subject=practice, organisation_id=practice.organisation_id,
        by=by.person_id, picked=picked.value,
    )  # fmt: skip
