"""What became of stored files that the rows of a set name and that were not there any more to be copied."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from models.chunks import IN_PROGRESS
from models.database import Database
from models.named_files import files_named
from models.practice import PracticeSession


@dataclass(frozen=True)
class Went:
    """As in the manifest."""

    gone: int = 0
    missing: tuple[str, ...] = ()
    came_whole: int = 0


def what_went(database: Database, names: Sequence[str]) -> Went:
    """One that is named still is lost. Pieces go too when what they are of becomes a session, which has its id: that is
    not deleted, and yet not in the set. The others belonged to what was deleted or thrown away."""
    if not names:
        return Went()
    of = {name: _comes_in_pieces(name) for name in names}
    ids = {one for one in of.values() if one is not None}
    with database.read() as session:
        needed = files_named(session).needed
        alive = select(PracticeSession.id).where(
            col(PracticeSession.id).in_(ids), col(PracticeSession.withdrawn_at).is_(None)
        )
        sessions = set(session.exec(alive).all())
    missing = tuple(name for name in names if name in needed)
    others = [of[name] for name in names if name not in needed]
    return Went(sum(one not in sessions for one in others), missing, len(sessions.intersection(others)))


def _comes_in_pieces(name: str) -> UUID | None:
    """The id of that of which this file is a piece."""
    _, kind, one, *_ = *name.split("/"), "", ""
    return UUID(one) if kind == IN_PROGRESS else None
