"""What is told to learning record stores (xAPI 1.0.3): an organisation's own store, and the statements that wait to go
there or went."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from models.columns import JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now


class ActorForm(StrEnum):
    """How the store hears who somebody is."""

    PSEUDONYM = "pseudonym"
    EMAIL = "email"
    ACCOUNT = "account"


class StatementKind(StrEnum):
    """What happened."""

    MODULE_PROGRESSED = "module_progressed"
    MODULE_COMPLETED = "module_completed"
    EXERCISE_ANSWERED = "exercise_answered"
    SESSION_REVIEWED = "session_reviewed"
    PARENT_FINISHED = "parent_finished"


class StatementState(StrEnum):
    """`REFUSED`: the store said that it will not take it, and a person has to look why."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"


class XapiConnection(SQLModel, table=True):
    """`endpoint` is that of the store's API, to which `/statements` is added. `sealed` has the store's secret and the
    key that makes pseudonyms, under a key of the row's own. `home_page` names the system whose account names are
    used with `ActorForm.ACCOUNT`. While `paused` statements gather and none goes. `failures`
    counts tries in a row that came to nothing; `problem` says why. `sender_id` is the job that sends just now, until
    `sender_until` unless it says again that it does."""

    __tablename__ = "xapi_connection"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", unique=True)
    endpoint: str = Field(max_length=500)
    key: str = Field(max_length=200)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    actor_form: ActorForm = Field(default=ActorForm.PSEUDONYM, sa_type=enum_type(ActorForm))
    home_page: str = Field(default="", max_length=500)
    sends_scores: bool = False
    paused: bool = False
    failures: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    problem: str = Field(default="", max_length=300)
    sender_id: UUID | None = None
    sender_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    @property
    def host(self) -> str:
        return urlsplit(self.endpoint).netloc.rpartition("@")[2]


class XapiStatement(SQLModel, table=True):
    """The outbox. `id` is the statement's own and follows from what happened, so that it is the same however often it
    is sent. `facts` are what it is made from, without a word of a conversation; `statement` is what was made when it
    was first about to go, and stays as it is, unless it has not arrived when somebody chooses to tell less or more. One
    about a session goes with it."""

    __tablename__ = "xapi_statement"
    __table_args__ = (Index("ix_xapi_statement_due", "organisation_id", "state", "at"),)

    id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    kind: StatementKind = Field(sa_type=enum_type(StatementKind))
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)
    session_id: UUID | None = Field(default=None, foreign_key="practice_session.id", index=True)
    statement: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    state: StatementState = Field(default=StatementState.WAITING, sa_type=enum_type(StatementState))
    problem: str = Field(default="", max_length=300)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
