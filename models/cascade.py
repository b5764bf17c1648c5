"""Everything that belongs to a session, in every table: what a deletion has to take with it."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, Table, or_, select
from sqlmodel import Session, SQLModel

ROOTS = {
    "practice_session": "id", "recording_in_progress": "session_id", "resumable_upload": "session_id",
    "conversation": "id",
}  # fmt: skip
"""Tables that name a session without a foreign key, or are it, with the column that does."""

DELETED = (
    "imported_coding", "taken_session", "excerpt_agreement",
    "feedback", "feedback_message", "code_contest", "review_step", "review", "rating", "code", "volley_count", "score",
    "suggested_global", "coding", "speaker_decision", "utterance", "name_check", "heard_clip", "transcript_version",
    "listening_copy", "recording", "agreement", "participant", "session_basis", "recorded_chunk",
    "recording_in_progress", "session_request", "session_hold", "data_copy_file", "data_copy", "practice_session",
    "agreed_line", "double_coding", "machine_check", "plan_source", "conversation_turn", "conversation",
    "session_figure", "workbook_note", "xapi_statement", "lti_grade", "upload_piece", "resumable_upload",
)  # fmt: skip
"""The tables of which a deletion takes the session's rows. A new table with a way to a session must be entered here, or
no session can be deleted; a test says so first."""


class TableForgotten(Exception):
    """A table holds rows of sessions, and nobody said that they go too."""


def tables_of_sessions() -> list[Table]:
    """Every table from which foreign keys lead to a session, the ones that refer before those referred to."""
    reached: set[str] = set(ROOTS)
    ordered = SQLModel.metadata.sorted_tables
    for table in ordered:  # parents first
        if any(key.column.table.name in reached for key in table.foreign_keys):
            reached.add(table.name)
    return [table for table in reversed(ordered) if table.name in reached]


def rows_of_session(table: Table, session_id: UUID) -> ColumnElement[bool]:
    """The rows of `table` that belong to the session, as a query condition."""
    ways = [table.c[ROOTS[table.name]] == session_id] if table.name in ROOTS else []
    names = {one.name for one in tables_of_sessions()}
    for key in table.foreign_keys:
        parent = key.column.table
        if parent.name in names and parent is not table:
            ways.append(key.parent.in_(select(key.column).where(rows_of_session(parent, session_id))))
    return or_(*ways)


def delete_rows(session: Session, session_id: UUID) -> dict[str, dict[str, int | str]]:
    """Deletes every row of the session. For each table how many rows went, and the SHA-256 of their ids, sorted and one
    a line: it says which went and nothing of what was in them.

    Raises TableForgotten.
    """
    tables = tables_of_sessions()
    if forgotten := {table.name for table in tables} - set(DELETED):
        raise TableForgotten(f"nobody said whether these go with a session: {', '.join(sorted(forgotten))}")
    # All are found before the first goes: the way to a row leads over rows of other tables.
    found = {table: _ids(session, table, session_id) for table in tables}
    for table in tables:
        session.connection().execute(table.delete().where(rows_of_session(table, session_id)))
    session.expire_all()
    return {
        table.name: {"rows": len(ids), "sha256_of_ids": digest_of_lines(ids)} for table, ids in found.items() if ids
    }


def _ids(session: Session, table: Table, session_id: UUID) -> list[str]:
    keys = list(table.primary_key.columns)
    rows = session.connection().execute(select(*keys).where(rows_of_session(table, session_id)))
    return sorted(" ".join(str(value) for value in row) for row in rows)


def digest_of_lines(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
