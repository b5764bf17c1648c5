"""What lies sealed in a row: one JSON value, bound to its row and column."""

import json
from typing import Any
from uuid import UUID

from pydantic_core import from_json
from sqlmodel import Session, SQLModel

from models.cipher import open_sealed, seal
from models.keys import open_session_key


def seal_into(session: Session, row: SQLModel, value: object, *, session_id: UUID, column: str = "sealed") -> None:
    """Sets the row's `column`; the row has its id already. Raises WordsGone, KeyDoesNotFit."""
    clear = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    setattr(row, column, seal(open_session_key(session, session_id).words, clear, _about(row, column)))


def open_from(session: Session, row: SQLModel, *, session_id: UUID, column: str = "sealed") -> Any:
    """Raises WordsGone, KeyDoesNotFit, and SealBroken for what was changed or lay in another row."""
    clear = open_sealed(open_session_key(session, session_id).words, getattr(row, column), _about(row, column))
    # In half of the time of `json.loads` where words have moments. No string of it is kept for the next time.
    return from_json(clear, cache_strings="keys")


def _about(row: SQLModel, column: str) -> bytes:
    row_id = row.id  # type: ignore[attr-defined]
    assert row_id is not None, "a row is sealed into once it has its id"
    return f"{row.__tablename__}.{column} {row_id}".encode()
