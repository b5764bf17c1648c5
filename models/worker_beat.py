"""Which workers live: each says so every few seconds, in a row of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Text, delete
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import UtcDateTime, utc_now

EVERY_SECONDS = 10
SILENT_AFTER = timedelta(seconds=60)
"""A worker that was not heard of for so long is taken for dead."""
FORGOTTEN_AFTER = timedelta(days=2)


class WorkerBeat(SQLModel, table=True):
    """`takes` are the queues whose jobs it takes, with commas between; `coder` is the folder's name of the coder that
    it would use now. `speech_ready` is None for a worker that hears nothing; where it is False, `speech_problem` says
    why, in words that name no person. `stopping`: it takes no more jobs."""

    __tablename__ = "worker_beat"

    name: str = Field(primary_key=True, max_length=100)
    takes: str = Field(max_length=64)
    coder: str = Field(max_length=100)
    speech_ready: bool | None = None
    speech_problem: str = Field(default="", sa_type=Text)
    stopping: bool = False
    started_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


@dataclass(frozen=True)
class Beat:
    """What a worker says of itself."""

    name: str
    takes: str
    coder: str
    speech_ready: bool | None
    speech_problem: str
    started_at: datetime


def beat(session: Session, said: Beat, *, stopping: bool = False) -> None:
    """Writes that the worker lives, and forgets those that were silent for long."""
    row = session.get(WorkerBeat, said.name) or WorkerBeat(name=said.name, takes=said.takes, coder=said.coder)
    row.takes, row.coder, row.started_at = said.takes, said.coder, said.started_at
    row.speech_ready, row.speech_problem = said.speech_ready, said.speech_problem
    row.stopping, row.seen_at = stopping, utc_now()
    session.add(row)
    session.flush()
    session.exec(delete(WorkerBeat).where(col(WorkerBeat.seen_at) < utc_now() - FORGOTTEN_AFTER))


def no_longer(session: Session, name: str) -> None:
    """A worker that ended as it should is missed by nobody."""
    session.exec(delete(WorkerBeat).where(col(WorkerBeat.name) == name))


def is_alive(row: WorkerBeat, *, now: datetime) -> bool:
    return row.seen_at > now - SILENT_AFTER


def known_workers(session: Session) -> list[WorkerBeat]:
    """All that were heard of lately, the silent ones too."""
    return list(session.exec(select(WorkerBeat).order_by(col(WorkerBeat.name))))
