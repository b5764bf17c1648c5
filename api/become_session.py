"""What came bit by bit becomes a session, once, whoever asks for it at the same time."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session

from api.house import House
from coding.actions import StoredRecording
from models.chunks import delete_chunks
from models.database import may_have_committed
from models.errors import EvokeError, NotFound
from models.in_progress import InProgress, own
from models.permissions import Actor
from models.practice import PracticeSession

Kind = TypeVar("Kind", bound=InProgress)


class ChunksDamaged(EvokeError):
    status = 500
    code = "recording_damaged"

    def __init__(self) -> None:
        super().__init__(
            "Part of this recording is damaged or missing in Evoke's storage, so it cannot be sent. Ask your "
            "administrator to look at the storage; what is there stays kept meanwhile."
        )


def become_session(
    house: House, one: Kind, *, storage_key: str, put_together: Callable[[], StoredRecording],
    add: Callable[[Session, Kind, StoredRecording], PracticeSession], by: Actor,
) -> PracticeSession:  # fmt: skip
    """`put_together` writes what came to `storage_key`; after an error nothing stays there that no row may name. `add`
    makes the session of one that is locked, in the transaction that closes it. Where another request did so meanwhile,
    that one's session.

    Raises NotFound, NotAllowed, and what the two raise; then `one` is as it was.
    """
    kind = type(one)
    try:
        stored = put_together()
        with house.database.write() as session:
            locked = own(session, kind, one.id, by=by, locked=True)
            practice = add(session, locked, stored) if locked.session_id is None else None
    except BaseException as error:
        if not may_have_committed(error):
            house.storage.delete_or_leave(storage_key)
        if isinstance(error, ChunksDamaged) and (meanwhile := _made_meanwhile(house, kind, one.id, by)):
            return meanwhile
        raise
    if practice is None:
        house.storage.delete_or_leave(storage_key)
        return session_made_of(house, locked)
    delete_chunks(house.storage, one.organisation_id, one.id)
    return practice


def session_made_of(house: House, one: InProgress) -> PracticeSession:
    """Raises NotFound where it is gone again."""
    with house.database.read() as session:
        practice = session.get(PracticeSession, one.session_id)
    if practice is None or practice.withdrawn_at is not None:
        raise NotFound(f"This {one.CALLED} was {one.DONE}, and the session made of it is gone.")
    return practice


def _made_meanwhile(house: House, kind: type[InProgress], one_id: UUID, by: Actor) -> PracticeSession | None:
    """By another request, which deleted what this one was reading."""
    with house.database.read() as session:
        one = own(session, kind, one_id, by=by)
    return session_made_of(house, one) if one.session_id is not None else None
