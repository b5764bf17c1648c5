"""Long work, kept in the database until it is done."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from models.columns import JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_WAITS = text("state = 'waiting'")


class Job(SQLModel, table=True):
    """`args` holds ids only. A running job belongs to the holder of `lease_token` until `lease_until`.
    `organisation_id` is whose turn it takes, and `turn` which one in its `queue` (on PostgreSQL; see
    `models/delivery.py`); `started_at` is when it was last claimed. `traceparent` (W3C Trace Context) is where the
    trace that asked for it goes on; None where nothing is traced."""

    __table_args__ = (
        Index("ix_job_due", "state", "run_at"),
        Index("ix_job_turn", "organisation_id", "started_at"),
        Index("ix_job_last_turn", "organisation_id", "queue", "turn"),
        Index("ix_job_next_turn", "queue", "turn", postgresql_where=_WAITS, sqlite_where=_WAITS),
        Index("ix_job_every_turn", "turn"),
        Index("ix_job_finished", "finished_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=64)
    args: dict[str, Any] = Field(sa_type=JSON_TYPE)
    organisation_id: UUID | None = None
    queue: str = Field(default="cpu", max_length=16, sa_column_kwargs={"server_default": "cpu"})
    turn: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    state: JobState = Field(default=JobState.WAITING, sa_type=enum_type(JobState))
    run_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    attempts: int = 0
    worker: str | None = Field(default=None, max_length=100)
    lease_token: UUID | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    problem: str | None = Field(default=None, sa_type=Text)
    traceparent: str | None = Field(default=None, max_length=64)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
