"""Conversations with a simulated parent: under way, and what is left of one that became a session."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, delete
from sqlmodel import Field, Session, SQLModel, col

from models.audit import record_audit
from models.columns import JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now
from models.errors import NotFound
from models.keys import forget_key
from models.permissions import Actor, Permission, may


class ConversationState(StrEnum):
    """`ENDED` is over, because somebody said goodbye or was sent out, and waits to be finished."""

    TALKING = "talking"
    ENDED = "ended"
    FINISHED = "finished"


class Conversation(SQLModel, table=True):
    """Its id is that of the session it becomes, and so is its key. `seed` chooses among the authored replies. `seconds`
    are those spent talking, long pauses left out. `course` is how the talk went, turn by turn, without a word of it:
    what is left when it is finished and its turns have become a transcript."""

    __table_args__ = (
        CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name="finished_says_when"),
        Index("ix_conversation_list", "person_id", "state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    person_id: UUID = Field(foreign_key="person.id")
    scenario: str = Field(max_length=80)
    scenario_version: int
    seed: str = Field(max_length=32)
    state: ConversationState = Field(default=ConversationState.TALKING, sa_type=enum_type(ConversationState))
    seconds: float = 0.0
    course: list[Any] = Field(default_factory=list, sa_type=JSON_TYPE)
    begun_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ConversationTurn(SQLModel, table=True):
    """What the trainee said and the parent answered; the first, at position 0, is the parent's opening alone. `sealed`
    holds the words, their codes and how things stand afterwards. `client_id` is the form's own: the same one sent again
    changes nothing. Gone once the conversation is finished."""

    __tablename__ = "conversation_turn"
    __table_args__ = (
        UniqueConstraint("conversation_id", "position"),
        UniqueConstraint("conversation_id", "client_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    conversation_id: UUID = Field(foreign_key="conversation.id")
    position: int = Field(ge=0)
    client_id: UUID = Field(default_factory=new_id)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


def require_conversation(actor: Actor, conversation: Conversation | None) -> Conversation:
    """For whose talk it is; nobody else hears that there is one. Raises NotFound."""
    if conversation is None or not may(
        actor, Permission.TALK_TO_SIMULATED_PARENT, organisation_id=conversation.organisation_id,
        owner_id=conversation.person_id,
    ):  # fmt: skip
        raise NotFound("There is no such conversation, or it is not yours.")
    return conversation


def forget_conversation(session: Session, conversation: Conversation, *, action: str, by: UUID | None) -> None:
    """One that never became a session: its words, its key and itself, told in the audit trail as `action`."""
    record_audit(
        session, action=action, subject=conversation, organisation_id=conversation.organisation_id, by=by,
        scenario=conversation.scenario,
    )  # fmt: skip
    session.exec(delete(ConversationTurn).where(col(ConversationTurn.conversation_id) == conversation.id))
    forget_key(session, conversation.id)
    session.delete(conversation)
    session.flush()
