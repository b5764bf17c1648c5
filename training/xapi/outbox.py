"""Sends what waits in the outbox, as a job.

Whatever the store answers, and wherever the job is killed, nothing is lost for a year (`models.xapi.UNSENT_KEPT`): a
row counts as sent only when the store has its statement, and a second sending is the same statement again.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from coding.context import JobContext
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.job import Job, JobState
from models.queue import enqueue
from models.xapi import JOB, xapi_connection_of
from models.xapi_connection import secrets_of
from models.xapi_kept import StatementState, XapiConnection, XapiStatement
from training.xapi.lrs import Answer, Said, Store, basic
from training.xapi.make import Maker
from training.xapi.statements import Statement

log = logging.getLogger("evoke.xapi")
BATCH = 50
SENDS_FOR = timedelta(minutes=5)
"""One answer of a store takes less; a job says anew with each that it still sends."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)


def send_statements(context: JobContext, *, for_organisation_id: str) -> None:
    """Of one organisation, the oldest first, until none waits or the store cannot."""
    organisation_id = UUID(for_organisation_id)
    while batch := _next(context, organisation_id):
        store, statements = batch
        if not _send(context, organisation_id, store, statements):
            break
    with context.write() as session:
        context.finish(session)


def sending_statements_stopped(session: Session, error: EvokeError, /, *, for_organisation_id: str) -> None:
    """What waits goes with the next statement, or at night."""


def _next(context: JobContext, organisation_id: UUID) -> tuple[Store, list[Statement]] | None:
    """The store and what to send it next. What is made is kept before it goes, so that a later sending is the same.

    Where there is nothing, this job is no sender any more from the same moment: what is noted later comes with a job
    that may send at once."""
    settings = context.workshop.settings
    with context.write() as session:
        row = _connection(session, organisation_id)
        if row is None:
            return None
        rests = row.paused or (row.next_try_at is not None and row.next_try_at > utc_now())
        waiting = [] if rests else _waiting(session, organisation_id)
        if not waiting:
            _stop_sending(session, row, context.claim.job_id)
            return None
        if not _is_mine(session, row, context.claim.job_id):
            return None
        secrets = secrets_of(session, row)
        maker = Maker(session, row, secrets, settings)
        for one in waiting:
            if one.statement is None:
                one.statement = maker.statement(one)
                session.add(one)
        store = Store(row.endpoint, basic(row.key, secrets.secret), settings)
        return store, [one.statement for one in waiting if one.statement is not None]


def _connection(session: Session, organisation_id: UUID) -> XapiConnection | None:
    """Held until the transaction ends: one job at a time takes what waits."""
    found = select(XapiConnection).where(col(XapiConnection.organisation_id) == organisation_id)
    return session.exec(found.with_for_update()).first()


def _is_mine(session: Session, row: XapiConnection, job_id: UUID) -> bool:
    """Whether this job sends now. While another does, that one takes what waits too; in case it is killed, a job looks
    again when its time is over."""
    now = utc_now()
    if row.sender_id not in (None, job_id) and row.sender_until is not None and row.sender_until > now:
        later = select(Job.id).where(
            col(Job.name) == JOB, col(Job.organisation_id) == row.organisation_id, col(Job.state) == JobState.WAITING,
            col(Job.run_at) > now,
        )  # fmt: skip
        if session.exec(later.limit(1)).first() is None:
            job = enqueue(session, JOB, organisation_id=row.organisation_id, for_organisation_id=row.organisation_id)
            job.run_at = row.sender_until
            session.add(job)
        return False
    row.sender_id, row.sender_until = job_id, now + SENDS_FOR
    session.add(row)
    return True


def _stop_sending(session: Session, row: XapiConnection, job_id: UUID) -> None:
    if row.sender_id == job_id:
        row.sender_id = row.sender_until = None
        session.add(row)


def _waiting(session: Session, organisation_id: UUID) -> Sequence[XapiStatement]:
    found = select(XapiStatement).where(
        col(XapiStatement.organisation_id) == organisation_id,
        col(XapiStatement.state) == StatementState.WAITING,
    )  # fmt: skip
    return session.exec(found.order_by(col(XapiStatement.at), col(XapiStatement.id)).limit(BATCH)).all()


def _send(context: JobContext, organisation_id: UUID, store: Store, statements: list[Statement]) -> bool:
    """Whether to go on. All at once; where the store takes exception to one of them, each by itself."""
    said = store.send(statements)
    if said.answer is Answer.TAKEN:
        _keep(context, organisation_id, {one["id"]: "" for one in statements}, StatementState.SENT)
        return True
    if said.answer in (Answer.LATER, Answer.CLOSED):
        _wait(context, organisation_id, said)
        return False
    if len(statements) == 1:
        return _settle(context, organisation_id, store, statements[0], said)
    return all(_send(context, organisation_id, store, [one]) for one in statements)


def _settle(context: JobContext, organisation_id: UUID, store: Store, one: Statement, said: Said) -> bool:
    """The store does not take this one. If it has it, from before it could say so, it arrived."""
    if said.answer is Answer.THERE:
        has = store.has(one)
        if has is None:
            _wait(context, organisation_id, Said(Answer.LATER, "it does not say what it has"))
            return False
        if has:
            _keep(context, organisation_id, {one["id"]: ""}, StatementState.SENT)
            return True
    _keep(context, organisation_id, {one["id"]: said.why}, StatementState.REFUSED)
    return True


def _keep(context: JobContext, organisation_id: UUID, problems: dict[str, str], state: StatementState) -> None:
    with context.write() as session:
        for key, problem in problems.items():
            row = session.get(XapiStatement, UUID(key))  # gone, if its session was deleted meanwhile
            if row is not None:
                row.state, row.problem, row.changed_at = state, problem, utc_now()
                session.add(row)
        connection = xapi_connection_of(session, organisation_id)
        if connection is None:
            return
        connection.failures, connection.next_try_at, connection.problem = 0, None, ""
        if connection.sender_id == context.claim.job_id:
            connection.sender_until = utc_now() + SENDS_FOR
        session.add(connection)
        if state is StatementState.SENT:
            record_audit(
                session, action="statements_sent", subject=connection, organisation_id=organisation_id, by=None,
                statements=str(len(problems)), to=connection.host,
            )  # fmt: skip


def _wait(context: JobContext, organisation_id: UUID, said: Said) -> None:
    """Tries again after half a minute, a minute, two, and so on up to an hour, or when the store itself said."""
    with context.write() as session:
        connection = xapi_connection_of(session, organisation_id)
        if connection is None:
            return
        wait = wait_after(connection.failures, said.wait)
        connection.failures, connection.problem = connection.failures + 1, said.why
        connection.next_try_at = utc_now() + wait
        session.add(connection)
        _stop_sending(session, connection, context.claim.job_id)
        job = enqueue(session, JOB, organisation_id=organisation_id, for_organisation_id=organisation_id)
        job.run_at = connection.next_try_at
        session.add(job)
        log.info("statements of %s wait %s: %s", organisation_id, wait, said.why)


def wait_after(failures: int, asked: int | None = None) -> timedelta:
    """`failures`: how many tries in a row came to nothing before this one. What a store asks for counts up to an
    hour."""
    wait = min(FIRST_WAIT * int(2 ** min(failures, 10)), LONGEST_WAIT)
    return min(max(wait, timedelta(seconds=asked)), LONGEST_WAIT) if asked else wait
