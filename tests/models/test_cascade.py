"""Nothing of a session is forgotten when it is deleted: every table with a way to one is named."""

import pytest
from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlmodel import SQLModel

from models import tables
from models.cascade import DELETED, ROOTS, TableForgotten, delete_rows, tables_of_sessions
from models.columns import new_id

NAMES_A_SESSION = {"withdrawal", "session_key", "retention_step"}
"""Tables that name a session by id and outlive it on purpose: what was asked and proved, that the key is gone, and what
went because its time was over."""


def test_every_table_with_a_way_to_a_session_is_deleted_from() -> None:
    """A new table fails here until it is entered in models.cascade, with what becomes of its rows."""
    assert {table.name for table in tables_of_sessions()} == set(DELETED)


def test_every_column_that_names_a_session_is_known() -> None:
    naming = {
        table.name for table in tables.metadata.sorted_tables
        for name in ("session_id", "practice_id", "practice_session_id") if name in table.c
    }  # fmt: skip
    assert naming - set(DELETED) == NAMES_A_SESSION
    assert set(ROOTS) <= set(DELETED)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_forgotten_table_stops_the_deletion(house) -> None:  # type: ignore[no-untyped-def]
    forgotten = Table(
        "forgotten", SQLModel.metadata, Column("id", Integer, primary_key=True),
        Column("utterance_id", Integer, ForeignKey("utterance.id")),
    )  # fmt: skip
    try:
        assert "forgotten" in {table.name for table in tables_of_sessions()}
        with house.database.write() as session, pytest.raises(TableForgotten, match="forgotten"):
            delete_rows(session, new_id())
    finally:
        SQLModel.metadata.remove(forgotten)
