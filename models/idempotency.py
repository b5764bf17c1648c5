"""Requests of programs that name themselves (`Idempotency-Key`), so that one sent again makes nothing twice."""

import hashlib
from collections.abc import Container
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import JSON_TYPE, UtcDateTime, new_id, utc_now
from models.errors import EvokeError
from models.lock import hold_lock

KEPT_FOR = timedelta(hours=24)
IN_FLIGHT_FOR = timedelta(minutes=5)
"""After this one that has not ended may be sent again: its process was killed, or it is slow. A slow one whose place
was taken makes nothing any more (see `keep_answer`), so this may be short."""


class InFlight(EvokeError):
    status = 409
    code = "idempotency_in_flight"

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is being answered. Wait a little, then send it again.")


class KeyReused(EvokeError):
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request. Take a new one for each thing you make.")


class IdempotentRequest(SQLModel, table=True):
    """Of one person or API client. `key_hash` is the SHA-256 of the key and the route, `fingerprint` of what was sent.
    `answer` has ids and addresses, never a word of anybody; `status` is None while the request is under way. The three
    are written in the transaction that makes what was asked for."""

    __tablename__ = "idempotent_request"
    __table_args__ = (UniqueConstraint("person_id", "key_hash"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    key_hash: str = Field(max_length=64)
    fingerprint: str = Field(default="", max_length=64)
    status: int | None = None
    answer: Any = Field(default=None, sa_type=JSON_TYPE, sa_column_kwargs={"nullable": True})
    begun_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)


def begin_request(
    session: Session, *, person_id: UUID, route: str, key: str, ended: Container[UUID] = ()
) -> IdempotentRequest:
    """A new one, or the one that was answered within KEPT_FOR. Those of `ended` are not under way any more, although
    the database could not be told so. Raises InFlight."""
    key_hash = hashlib.sha256(f"{route}\n{key}".encode()).hexdigest()
    hold_lock(session, f"idempotent {person_id} {key_hash}")
    mine = col(IdempotentRequest.person_id) == person_id, col(IdempotentRequest.key_hash) == key_hash
    found = session.exec(select(IdempotentRequest).where(*mine)).first()
    if found is not None:
        if found.id in ended:  # as far as its process knows; the answer to its commit may have been lost
            session.refresh(found, with_for_update=True)
        age = utc_now() - found.begun_at
        if found.status is None and age < IN_FLIGHT_FOR and found.id not in ended:
            raise InFlight
        if found.status is not None and age < KEPT_FOR:
            return found
        session.delete(found)
        session.flush()
    made = IdempotentRequest(person_id=person_id, key_hash=key_hash)
    session.add(made)
    session.flush()
    return made


def keep_answer(session: Session, *, request_id: UUID, fingerprint: str, status: int, answer: Any) -> None:
    """In the transaction of what it made. Raises InFlight where another took this request's place."""
    waiting = col(IdempotentRequest.id) == request_id, col(IdempotentRequest.status).is_(None)
    kept = {"fingerprint": fingerprint, "status": status, "answer": answer}
    if session.exec(update(IdempotentRequest).where(*waiting).values(**kept)).rowcount == 0:
        raise InFlight


def forget_request(session: Session, request_id: UUID) -> None:
    """One that made nothing: it may be sent again, mended."""
    waiting = col(IdempotentRequest.id) == request_id, col(IdempotentRequest.status).is_(None)
    session.exec(delete(IdempotentRequest).where(*waiting))


def forget_old_requests(session: Session) -> None:
    session.exec(delete(IdempotentRequest).where(col(IdempotentRequest.begun_at) < utc_now() - KEPT_FOR))
