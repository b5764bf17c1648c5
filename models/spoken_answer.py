"""Answers that somebody speaks instead of typing them: sound for minutes, words for an hour at most."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field, Session, SQLModel

from models.audit import record_audit
from models.columns import UtcDateTime, enum_type, new_id, utc_now
from models.errors import NotFound
from models.keys import forget_key
from models.permissions import Actor, Permission, may

SPOKEN = "spoken"
"""The folder of an organisation's spoken answers, where no file is ever set aside for somebody to come back to."""
DELETED = "spoken_answer_deleted"
"""The action in the audit trail."""
KEPT_FOR = timedelta(hours=1)


class SpokenState(StrEnum):
    WAITING = "waiting"
    HEARD = "heard"
    NOT_HEARD = "not_heard"


class SpokenAnswer(SQLModel, table=True):
    """Its sound is a sealed file until it is heard, and `sealed` what was heard until whoever spoke has it: both under
    a key of its own, which has the row's id. `problem` says why nothing was heard; the job of `job_id` hears it."""

    __tablename__ = "spoken_answer"
    __table_args__ = (
        CheckConstraint("(state = 'heard') = (sealed IS NOT NULL)", name="heard_has_words"),
        CheckConstraint("(state = 'not_heard') = (problem IS NOT NULL)", name="not_heard_says_why"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    job_id: UUID | None = Field(default=None, description="no foreign key: the job may go first")
    state: SpokenState = Field(default=SpokenState.WAITING, sa_type=enum_type(SpokenState))
    problem: str | None = Field(default=None, max_length=300)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)

    @property
    def place(self) -> str:
        return spoken_place(self.organisation_id, self.id)


def spoken_place(organisation_id: UUID, spoken_id: UUID) -> str:
    """Where its sound lies in the storage."""
    return f"{organisation_id}/{SPOKEN}/{spoken_id}.sealed"


def require_spoken(actor: Actor, spoken: SpokenAnswer | None) -> SpokenAnswer:
    """For whoever spoke it; nobody else hears that there is one. Raises NotFound."""
    if spoken is None or not may(
        actor, Permission.SPEAK_ANSWER, organisation_id=spoken.organisation_id, owner_id=spoken.person_id
    ):
        raise NotFound("What you said is not kept any more. Say it again, or type it.")
    return spoken


def forget_spoken(session: Session, spoken: SpokenAnswer, *, why: str, by: UUID | None) -> None:
    """Words, key and row. The caller deletes the sound once this is written; without its key nobody opens it."""
    record_audit(session, action=DELETED, subject=spoken, organisation_id=spoken.organisation_id, by=by, why=why)
    forget_key(session, spoken.id)
    session.delete(spoken)
    session.flush()
