"""One at a time, where a row to lock does not exist yet."""

import hashlib

from sqlalchemy import func
from sqlmodel import Session, select


def hold_lock(session: Session, name: str) -> None:
    """Until the transaction ends, nobody else gets past a `hold_lock` of the same name: on PostgreSQL by an advisory
    lock; on SQLite every write transaction holds the whole database already."""
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        session.exec(select(func.pg_advisory_xact_lock(number)))
