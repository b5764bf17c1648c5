"""What launched modules tell their learning systems, sent as a job; and sessions that nobody ends, ended.

Of one registration everything goes in order, session after session, and what could not be sent yet holds up what comes
after it: a system refuses what comes before "initialized" or after "terminated". Wherever a job is killed, the next one
sends the same statement again.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from coding.context import JobContext
from models.audit import record_audit
from models.cmi5 import Cmi5End, Cmi5Link, Cmi5Sending, Cmi5Session, Cmi5State, Cmi5Statement, Cmi5System, Cmi5Verb
from models.cmi5_sessions import (
    IDLE,
    LONGEST,
    SEND,
    WATCH,
    end_session,
    forget_token,
    last_seen,
    module_completed,
    open_sessions,
)
from models.columns import utc_now
from models.errors import EvokeError
from models.queue import enqueue
from models.sealed_secret import open_secret
from training.cmi5.launch import authorization
from training.cmi5.statements import ORDER, Launch, statement
from training.xapi.actors import account
from training.xapi.lrs import Answer, Said, Store
from training.xapi.outbox import wait_after
from training.xapi.statements import Statement

log = logging.getLogger("evoke.cmi5")
CLOSED_TRIES = 4
"""How often in a row a system may say that the token is no good before that is believed."""
SHUT = "it does not let Evoke in any more"
GIVEN_UP = timedelta(days=3)
"""After which no token lets in any more."""


@dataclass(frozen=True)
class _Next:
    session_id: UUID
    store: Store
    statement: Statement
    verb: Cmi5Verb


def send_cmi5_statements(context: JobContext, *, for_session_id: str) -> None:
    """Of the session's registration, until none waits or the system cannot."""
    while found := _next(context, UUID(for_session_id)):
        if not _send(context, found):
            break
    with context.write() as session:
        context.finish(session)


def watch_cmi5_session(context: JobContext, *, for_session_id: str) -> None:
    """Whether its person is still there; asks again when an hour of silence would be over."""
    with context.write() as session:
        row, now = session.get(Cmi5Session, UUID(for_session_id)), utc_now()
        if row is not None and row.state is Cmi5State.OPEN:
            row.seen_at = max(row.seen_at, last_seen(session, row.person_id, now))
            session.add(row)
            ends = min(row.seen_at + IDLE, row.at + LONGEST)
            if ends <= now:
                end_session(session, row, how=Cmi5End.IDLE, at=row.seen_at)
            else:
                organisation_id = session.get_one(Cmi5System, row.system_id).organisation_id
                job = enqueue(session, WATCH, organisation_id=organisation_id, for_session_id=row.id)
                job.run_at = ends
                session.add(job)
        context.finish(session)


def cmi5_stopped(session: Session, error: EvokeError, /, *, for_session_id: str) -> None:
    """It is taken up again at night."""


def _next(context: JobContext, session_id: UUID) -> _Next | None:
    """What to send next. What is made is kept before it goes, so that a later sending is the same."""
    with context.write() as session:
        asked = session.get(Cmi5Session, session_id)
        for row in _of_registration(session, asked) if asked is not None else []:
            waiting = _waiting(session, row)
            if not waiting:
                if row.state is not Cmi5State.OPEN and row.sealed:
                    forget_token(session, row)
                continue
            if row.next_try_at is not None and row.next_try_at > utc_now():
                return None
            if not row.sealed:
                _lose(session, row)
                continue
            one = waiting[0]
            if one.statement is None:
                one.statement = _made(session, row, one)
                session.add(one)
            system = session.get_one(Cmi5System, row.system_id)
            token = open_secret(session, row.sealed, record_id=row.id)
            store = Store(system.endpoint, authorization(token), context.workshop.settings)
            return _Next(row.id, store, one.statement, one.verb)
    return None


def _of_registration(session: Session, row: Cmi5Session) -> list[Cmi5Session]:
    """Every session of it that was ever open, the oldest first."""
    rows = select(Cmi5Session).where(
        col(Cmi5Session.system_id) == row.system_id, col(Cmi5Session.registration) == row.registration,
        col(Cmi5Session.link_id).is_not(None),
    )  # fmt: skip
    return list(session.exec(rows.order_by(col(Cmi5Session.at), col(Cmi5Session.id))))


def _waiting(session: Session, row: Cmi5Session) -> list[Cmi5Statement]:
    rows = select(Cmi5Statement).where(
        col(Cmi5Statement.launch_id) == row.id, col(Cmi5Statement.state) == Cmi5Sending.WAITING
    )
    return sorted(session.exec(rows), key=lambda one: ORDER.index(one.verb))


def _made(session: Session, row: Cmi5Session, one: Cmi5Statement) -> Statement:
    link = session.get_one(Cmi5Link, row.link_id)
    launch = Launch(
        account(link.home_page, link.account), row.activity_id, row.registration, row.template, row.mastery_score
    )
    return statement(launch, id=one.id, verb=one.verb.value, at=one.at, seconds=one.seconds)


def _send(context: JobContext, one: _Next) -> bool:
    """Whether to go on."""
    said = one.store.put(one.statement)
    if said.answer is Answer.THERE and one.store.has(one.statement) is not False:
        said = Said(Answer.TAKEN)  # a launch's token may not be allowed to look; nobody else could know the number
    if said.answer is Answer.TAKEN:
        _settle(context, one, Cmi5Sending.SENT, "")
        return True
    if said.answer in (Answer.LATER, Answer.CLOSED):
        return _wait(context, one, said)
    _settle(context, one, Cmi5Sending.REFUSED, said.why)
    return True


def _settle(context: JobContext, one: _Next, state: Cmi5Sending, problem: str) -> None:
    with context.write() as session:
        row = session.get(Cmi5Session, one.session_id)
        kept = session.get(Cmi5Statement, UUID(one.statement["id"]))
        if row is None or kept is None or kept.state is Cmi5Sending.SENT:
            return  # unlinked meanwhile, or another job sent it too
        if kept.launch_id == row.id or state is Cmi5Sending.SENT:
            kept.state, kept.problem, kept.changed_at = state, problem, utc_now()
            session.add(kept)
        row.failures, row.next_try_at, row.problem = 0, None, problem
        session.add(row)
        if state is Cmi5Sending.SENT:
            system = session.get_one(Cmi5System, row.system_id)
            record_audit(
                session, action="cmi5_told", subject=row, organisation_id=system.organisation_id, by=None,
                what=one.verb.value, to=system.host,
            )  # fmt: skip
        elif one.verb is Cmi5Verb.INITIALIZED:
            _lose(session, row)  # without its first statement the system takes no other


def _wait(context: JobContext, one: _Next, said: Said) -> bool:
    """Tries again after half a minute, a minute, two, and so on up to an hour; whether there is something else to
    send."""
    with context.write() as session:
        row = session.get(Cmi5Session, one.session_id)
        if row is None:
            return False
        shut = said.answer is Answer.CLOSED
        before = row.failures if shut is (row.problem == SHUT) else 0
        wait = wait_after(before, said.wait)
        row.failures, row.problem = before + 1, SHUT if shut else said.why
        session.add(row)
        if (shut and row.failures >= CLOSED_TRIES) or row.seen_at < utc_now() - GIVEN_UP:
            _lose(session, row)
            return True
        row.next_try_at = utc_now() + wait
        organisation_id = session.get_one(Cmi5System, row.system_id).organisation_id
        job = enqueue(session, SEND, organisation_id=organisation_id, for_session_id=row.id)
        job.run_at = row.next_try_at
        session.add(job)
        log.info("statements of the cmi5 session %s wait %s: %s", row.id, wait, said.why)
        return False


def _lose(session: Session, row: Cmi5Session) -> None:
    """Its token is no good. What may be told once a registration goes with another session that is open, or with the
    next one."""
    problem = row.problem
    if row.state is Cmi5State.OPEN:
        end_session(session, row, how=Cmi5End.CLOSED, at=row.seen_at)
    lost = _waiting(session, row)
    for one in lost:
        one.state, one.problem, one.changed_at = Cmi5Sending.LOST, problem, utc_now()
        session.add(one)
    row.problem = problem
    forget_token(session, row)
    session.flush()
    if any(one.verb in Cmi5Verb.once_a_registration() for one in lost) and open_sessions(
        session, person_id=row.person_id, module=row.module
    ):
        module_completed(session, module=row.module, person_id=row.person_id)
