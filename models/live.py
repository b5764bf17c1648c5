"""Live sessions: a room of people answers the same line of a parent. What they write is kept for days only, under a key
of the live session's own, and nothing leads to who wrote it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, enum_type, new_id, utc_now

CODE_LETTERS = 6


class LiveSession(SQLModel, table=True):
    """`code` is what people join with; it takes answers until `ended_at` or `expires_at`, whichever comes first, and
    stays until the row goes, so that a phone that comes back hears that it is over."""

    __tablename__ = "live_session"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    started_by_id: UUID = Field(foreign_key="person.id", index=True)
    code: str = Field(max_length=CODE_LETTERS, unique=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def over_at(self) -> datetime:
        return min(self.ended_at or self.expires_at, self.expires_at)

    @property
    def is_over(self) -> bool:
        return self.over_at <= utc_now()


class LiveLine(SQLModel, table=True):
    """One line that the room answers; `number` counts from 1, and the highest is the one on the screen. `sealed` holds
    what was said before and what is asked for. From `shown_at` on the answers are on the screen, and closed.
    `picked_id` is the answer that is talked about."""

    __tablename__ = "live_line"
    __table_args__ = (UniqueConstraint("live_id", "number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    live_id: UUID = Field(foreign_key="live_session.id", index=True)
    number: int
    exercise: str | None = Field(default=None, max_length=80)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    shown_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    models_shown: bool = False
    picked_id: UUID | None = None


class AnswerState(StrEnum):
    """HELD_BACK is not coded, and not on the screen unless the trainer lets it through."""

    WAITING = "waiting"
    CODED = "coded"
    NOT_CODED = "not_coded"
    HELD_BACK = "held_back"


class LiveAnswer(SQLModel, table=True):
    """One phone's answer to one line. No person, no address and no time is kept, and the id is drawn by lot: it gives
    the order on the screen. `phone_hash` is another for each line, so that two answers of a phone do not lead to each
    other. `sealed` holds the words and, once coded, their codes."""

    __tablename__ = "live_answer"
    __table_args__ = (UniqueConstraint("line_id", "phone_hash"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    line_id: UUID = Field(foreign_key="live_line.id", index=True)
    phone_hash: str = Field(max_length=64)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    state: AnswerState = Field(default=AnswerState.WAITING, sa_type=enum_type(AnswerState))
    hidden: bool = False
