"""Modules launched by learning systems that know cmi5, as it is kept: which systems may, who is who there, each launch,
and what is told back.

No row holds a word of a conversation or a score. A launch's token lets in as one person at one place: it is sealed, and
forgotten when the session is over.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now
from models.learning import LONGEST_SLUG

LONGEST_ADDRESS, LONGEST_HOME_PAGE, LONGEST_ACCOUNT, LONGEST_RETURN = 500, 300, 255, 1000


class Cmi5Mode(StrEnum):
    """Only with `NORMAL` the system hears that a module is completed."""

    NORMAL = "Normal"
    BROWSE = "Browse"
    REVIEW = "Review"


class Cmi5State(StrEnum):
    """`OPENING`: its one token is being fetched. `REFUSED`: it came to nothing, and `reason` says why."""

    OPENING = "opening"
    OPEN = "open"
    OVER = "over"
    REFUSED = "refused"


class Cmi5End(StrEnum):
    """`IDLE`: nothing was done for an hour. `REPLACED`: another module of the same course was opened, or this one
    anew. `CLOSED`: the system did not let Evoke in any more."""

    FINISHED = "finished"
    IDLE = "idle"
    REPLACED = "replaced"
    CLOSED = "closed"


class Cmi5Verb(StrEnum):
    INITIALIZED = "initialized"
    COMPLETED = "completed"
    PASSED = "passed"
    TERMINATED = "terminated"

    @classmethod
    def once_a_registration(cls) -> frozenset["Cmi5Verb"]:
        return frozenset({cls.COMPLETED, cls.PASSED})


class Cmi5Sending(StrEnum):
    """`REFUSED`: the system will not take it. `LOST`: the session's token is no longer good; what may be told once goes
    with the next launch."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    LOST = "lost"


class Cmi5System(SQLModel, table=True):
    """A learning system that may launch modules: `endpoint` is its store's (LRS), `origin` where its one-time tokens
    are fetched."""

    __tablename__ = "cmi5_system"
    __table_args__ = (UniqueConstraint("organisation_id", "endpoint"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    name: str = Field(max_length=100)
    endpoint: str = Field(max_length=LONGEST_ADDRESS)
    origin: str = Field(max_length=LONGEST_ADDRESS)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    @property
    def host(self) -> str:
        return urlsplit(self.endpoint).netloc


class Cmi5Link(SQLModel, table=True):
    """Who a person is to a system: an account of it, by the system's own name for itself and for them. Made once, by a
    launch that was proved and a person who was signed in; only an administrator undoes it."""

    __tablename__ = "cmi5_link"
    __table_args__ = (
        UniqueConstraint("system_id", "home_page", "account"),
        UniqueConstraint("system_id", "person_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    system_id: UUID = Field(foreign_key="cmi5_system.id")
    home_page: str = Field(max_length=LONGEST_HOME_PAGE)
    account: str = Field(max_length=LONGEST_ACCOUNT)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Cmi5Session(SQLModel, table=True):
    """One launch, and the log of them. `fetch_hash` is of the address its token came from, which gives one once.
    `template` is what the system wants in each statement, and `sealed` the token; both are forgotten when it is over
    and told. `seen_at` is when the person was last seen here, `failures` tries in a row that came to the same."""

    __tablename__ = "cmi5_session"
    __table_args__ = (Index("ix_cmi5_session_registration", "system_id", "registration"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    system_id: UUID = Field(foreign_key="cmi5_system.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    link_id: UUID | None = Field(default=None, foreign_key="cmi5_link.id", index=True)
    module: str = Field(max_length=LONGEST_SLUG)
    registration: str = Field(max_length=36)
    activity_id: str = Field(max_length=LONGEST_ADDRESS)
    fetch_hash: str = Field(max_length=64, unique=True)
    state: Cmi5State = Field(default=Cmi5State.OPENING, sa_type=enum_type(Cmi5State))
    reason: str = Field(default="", max_length=40)
    mode: Cmi5Mode = Field(default=Cmi5Mode.NORMAL, sa_type=enum_type(Cmi5Mode))
    template: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)
    mastery_score: float | None = None
    return_url: str = Field(default="", max_length=LONGEST_RETURN)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    ended: Cmi5End | None = Field(default=None, sa_type=enum_type(Cmi5End))
    failures: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    problem: str = Field(default="", max_length=300)


class Cmi5Statement(SQLModel, table=True):
    """The outbox. `id` is the statement's own: of its session and verb, or, of what may be told once a registration, of
    that, so that no restart and no second sending makes two. `statement` is made when it is first about to go."""

    __tablename__ = "cmi5_statement"

    id: UUID = Field(primary_key=True)
    launch_id: UUID = Field(foreign_key="cmi5_session.id", index=True)
    verb: Cmi5Verb = Field(sa_type=enum_type(Cmi5Verb))
    seconds: float = 0
    statement: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    state: Cmi5Sending = Field(default=Cmi5Sending.WAITING, sa_type=enum_type(Cmi5Sending))
    problem: str = Field(default="", max_length=300)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
