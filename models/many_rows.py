"""Many rows of one table at once: as dictionaries, without an object for each, which costs several times as much."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel


def row(**values: Any) -> dict[str, Any]:
    return values


def put_rows(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Every row names the same columns; those that none names get the table's defaults."""
    if rows:  # of the table, not the class: that would write rows with other empty columns than the last one by one
        session.connection().execute(insert(table.__table__), list(rows))  # type: ignore[attr-defined]
