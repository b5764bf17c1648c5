"""What happens, noted for learning record stores in the transaction in which it happens."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.columns import utc_now
from models.queue import enqueue
from models.xapi_kept import StatementKind, StatementState, XapiConnection, XapiStatement

JOB = "send_statements"
SENT_KEPT = timedelta(days=90)
"""How long the log names a statement that arrived."""
UNSENT_KEPT = timedelta(days=365)
"""How long one waits for a store that never answers, or for somebody to look why it was refused."""


def xapi_connection_of(session: Session, organisation_id: UUID) -> XapiConnection | None:
    return session.exec(select(XapiConnection).where(col(XapiConnection.organisation_id) == organisation_id)).first()


def note_statement(
    session: Session, *, kind: StatementKind, organisation_id: UUID, person_id: UUID, subject_id: UUID,
    facts: dict[str, Any], mark: str = "", session_id: UUID | None = None,
) -> None:  # fmt: skip
    """In the transaction of what happened, and only where the organisation has a store. The same happening noted twice
    is one statement; `mark` tells apart what can happen to one subject more than once."""
    if xapi_connection_of(session, organisation_id) is None:
        return
    _add(session, XapiStatement(
        id=statement_id(organisation_id, kind, subject_id, mark), organisation_id=organisation_id, person_id=person_id,
        kind=kind, facts=facts, session_id=session_id,
    ))  # fmt: skip


def _add(session: Session, row: XapiStatement) -> None:
    if session.get(XapiStatement, row.id) is not None:
        return
    session.add(row)
    session.flush()
    enqueue(session, JOB, organisation_id=row.organisation_id, for_organisation_id=row.organisation_id)


def statement_id(organisation_id: UUID, kind: StatementKind, subject_id: UUID, mark: str) -> UUID:
    """Version 5 (RFC 9562), in the organisation's namespace."""
    return uuid5(organisation_id, f"xapi {kind.value} {subject_id} {mark}".strip())


def take_up_statements(session: Session) -> int:
    """At night: a job for each organisation that has something waiting, in case one was lost; how many."""
    waiting = select(XapiStatement.organisation_id).where(col(XapiStatement.state) == StatementState.WAITING)
    found = set(session.exec(waiting.distinct()))
    for organisation_id in found:
        enqueue(session, JOB, organisation_id=organisation_id, for_organisation_id=organisation_id)
    return len(found)


def forget_old_statements(session: Session) -> None:
    """At night. What is given up is said in the trail, by number."""
    state, at = col(XapiStatement.state), col(XapiStatement.at)
    arrived = (state == StatementState.SENT) & (col(XapiStatement.changed_at) < utc_now() - SENT_KEPT)
    session.exec(delete(XapiStatement).where(arrived))
    too_old = (state != StatementState.SENT) & (at < utc_now() - UNSENT_KEPT)
    connection = col(XapiConnection.organisation_id) == col(XapiStatement.organisation_id)
    counted = select(XapiConnection, func.count()).join(XapiStatement, connection).where(too_old)
    for row, many in session.exec(counted.group_by(col(XapiConnection.id))).all():
        record_audit(
            session, action="statements_given_up", subject=row, organisation_id=row.organisation_id, by=None,
            statements=str(many),
        )  # fmt: skip
    session.exec(delete(XapiStatement).where(too_old))
