"""Names given with a session, and the words that placeholders stand for, until somebody has checked them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import UtcDateTime, new_id, utc_now
from models.sealed import open_from, seal_into


class NameCheck(SQLModel, table=True):
    """`names` are sealed (name, who) pairs; `said` holds, sealed, what stood where the placeholders of the
    transcript are, by turn. Both are gone for good once the names are checked."""

    __tablename__ = "name_check"
    __table_args__ = (
        CheckConstraint("checked_at IS NULL OR (names IS NULL AND said IS NULL)", name="checked_keeps_no_names"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", unique=True)
    names: bytes | None = Field(default=None, sa_type=LargeBinary)
    said: bytes | None = Field(default=None, sa_type=LargeBinary)
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    checked_by_id: UUID | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


@dataclass(frozen=True)
class NamedPerson:
    """A name given with a session, and who it is in the giver's words."""

    name: str
    who: str = ""


Said = tuple[tuple[str, ...], ...]
"""By turn, what stood where its placeholders are."""


def keep_names(session: Session, *, session_id: UUID, names: Sequence[NamedPerson]) -> NameCheck:
    check = NameCheck(session_id=session_id)
    seal_into(session, check, [[one.name, one.who] for one in names], session_id=session_id, column="names")
    session.add(check)
    session.flush()
    return check


def check_of(session: Session, session_id: UUID) -> NameCheck | None:
    return session.exec(select(NameCheck).where(col(NameCheck.session_id) == session_id)).first()


def names_of(session: Session, check: NameCheck | None) -> tuple[NamedPerson, ...]:
    """None once they are checked. Raises WordsGone."""
    if check is None or check.names is None:
        return ()
    kept = open_from(session, check, session_id=check.session_id, column="names")
    return tuple(NamedPerson(name, who) for name, who in kept)


def keep_said(session: Session, *, session_id: UUID, said: Said) -> None:
    """What the placeholders of a transcript stand for; nothing of it where the names were checked already."""
    check = check_of(session, session_id) or keep_names(session, session_id=session_id, names=())
    if check.checked_at is None:
        seal_into(session, check, said, session_id=session_id, column="said")
        session.add(check)
        session.flush()


def said_of(session: Session, check: NameCheck) -> Said:
    """Raises WordsGone."""
    assert check.said is not None, "nothing was replaced yet, or it was checked"
    kept = open_from(session, check, session_id=check.session_id, column="said")
    return tuple(tuple(turn) for turn in kept)


def forget_names(session: Session, check: NameCheck, *, by: UUID | None) -> None:
    """Names and words go; that, when and by whom they were checked stays."""
    check.names = check.said = None
    check.checked_at, check.checked_by_id = utc_now(), by
    session.add(check)
    session.flush()
