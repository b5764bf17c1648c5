"""How much may wait: an organisation that adds recordings faster than they are written down is told so in time."""

from uuid import UUID

from sqlmodel import Session

from models.errors import EvokeError
from models.queue import RECORDING_JOBS, waiting_for


class TooManyWaiting(EvokeError):
    status = 429
    code = "too_many_waiting"

    def __init__(self, waiting: int, what_to_do: str) -> None:
        super().__init__(
            f"{waiting} recordings of your organisation are still waiting to be written down, which is as many as may "
            f"wait. {what_to_do}"
        )


KEEP_THE_FILE = "Keep the file and add it later, when some of them are done. A transcript can be added now."


def check_room(session: Session, organisation_id: UUID, *, most: int, what_to_do: str = KEEP_THE_FILE) -> None:
    """Before a recording is taken in. Raises TooManyWaiting."""
    waiting = waiting_for(session, organisation_id, RECORDING_JOBS)
    if waiting >= most:
        raise TooManyWaiting(waiting, what_to_do)
