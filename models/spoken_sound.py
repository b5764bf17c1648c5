"""The sound of a spoken answer, opened by the process that hears."""

from collections.abc import Sequence
from typing import BinaryIO
from uuid import UUID

from models.database import Database
from models.keys import open_session_key
from models.settings import get_settings
from models.spoken_answer import SpokenAnswer
from models.storage import Storage


def open_spoken_for_child(args: Sequence[str]) -> BinaryIO:
    """For a process that gets no keys on its command line: `args` is the answer's id. Raises NoResultFound where it was
    deleted meanwhile, FileNotFoundError."""
    settings = get_settings()
    database = Database.of(settings)
    with database.read() as session:
        spoken = session.get_one(SpokenAnswer, UUID(args[0]))
        place, key = spoken.place, open_session_key(session, spoken.id).file
    database.close()
    return Storage(settings).open(place, key=key, record_id=UUID(args[0]))
