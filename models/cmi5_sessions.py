"""A launch by cmi5 that was opened: told what its person does, ended, forgotten.

What is to be told is noted in the transaction in which it happens, and sent by a job.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, delete, func
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.cmi5 import (
    Cmi5End,
    Cmi5Link,
    Cmi5Mode,
    Cmi5Sending,
    Cmi5Session,
    Cmi5State,
    Cmi5Statement,
    Cmi5System,
    Cmi5Verb,
)
from models.columns import utc_now
from models.lock import hold_lock
from models.person import SignIn
from models.queue import enqueue
from models.sealed_secret import forget_secret

SEND, WATCH = "send_cmi5_statements", "watch_cmi5_session"
IDLE = timedelta(hours=1)
"""After which somebody who does nothing in Evoke is taken to have closed the window."""
LONGEST = timedelta(hours=12)
LOG_KEPT = timedelta(days=90)


def module_completed(session: Session, *, module: str, person_id: UUID) -> None:
    """In its transaction: to every system that has it open and wants to hear, once a registration."""
    hold_completions(session, person_id)
    for row in open_sessions(session, person_id=person_id, module=module):
        if row.mode is Cmi5Mode.NORMAL:
            note(session, row, Cmi5Verb.COMPLETED, at=utc_now())
            note(session, row, Cmi5Verb.PASSED, at=utc_now())


def hold_completions(session: Session, person_id: UUID) -> None:
    """Whoever opens a launch holds this before looking whether the module is completed, and whoever completes one
    before looking what is open: so one of the two tells."""
    hold_lock(session, f"cmi5 completions of {person_id}")


def open_sessions(session: Session, *, person_id: UUID, module: str) -> Sequence[Cmi5Session]:
    rows = select(Cmi5Session).where(
        col(Cmi5Session.person_id) == person_id, col(Cmi5Session.module) == module,
        col(Cmi5Session.state) == Cmi5State.OPEN,
    )  # fmt: skip
    return session.exec(rows.order_by(col(Cmi5Session.at))).all()


def note(session: Session, row: Cmi5Session, verb: Cmi5Verb, *, at: datetime) -> None:
    """What was told, or is on its way, is not told again; what a session that is over could not tell goes with this
    one."""
    key = _statement_id(session, row, verb)
    kept = session.get(Cmi5Statement, key)
    if kept is not None and (
        kept.state is Cmi5Sending.SENT or (kept.launch_id == row.id and kept.state is Cmi5Sending.WAITING)
    ):
        return
    kept = kept or Cmi5Statement(id=key, launch_id=row.id, verb=verb)
    kept.launch_id, kept.at, kept.seconds = row.id, at, max(0.0, (at - row.at).total_seconds())
    kept.statement, kept.state, kept.problem, kept.changed_at = None, Cmi5Sending.WAITING, "", utc_now()
    session.add(kept)
    session.flush()
    send_soon(session, row)


def _statement_id(session: Session, row: Cmi5Session, verb: Cmi5Verb) -> UUID:
    """Version 5 (RFC 9562). Of what is told once a registration it is the same after a link was undone and made
    again, though nothing is known here any more of what was told before."""
    if verb not in Cmi5Verb.once_a_registration():
        return uuid5(row.id, f"cmi5 {verb.value}")
    who = session.get_one(Cmi5Link, row.link_id)
    told = [who.home_page, who.account, row.registration, row.activity_id, verb.value]
    return uuid5(row.system_id, json.dumps(told))


def send_soon(session: Session, row: Cmi5Session) -> None:
    organisation_id = session.get_one(Cmi5System, row.system_id).organisation_id
    enqueue(session, SEND, organisation_id=organisation_id, for_session_id=row.id)


def end_session(session: Session, row: Cmi5Session, *, how: Cmi5End, at: datetime) -> None:
    """The last thing told of it is that it ended, not before anything else of it happened. Doing it twice, or from two
    sides at once, changes nothing more."""
    session.flush()
    held = select(Cmi5Session).where(col(Cmi5Session.id) == row.id).with_for_update(key_share=True)
    now = session.exec(held.execution_options(populate_existing=True)).first()
    if now is None or now.state is not Cmi5State.OPEN:
        return
    last = session.exec(
        select(func.max(Cmi5Statement.at)).where(col(Cmi5Statement.launch_id) == row.id)
    ).one()  # fmt: skip
    row.state, row.ended, row.seen_at = Cmi5State.OVER, how, max(at, last or row.at)
    session.add(row)
    organisation_id = session.get_one(Cmi5System, row.system_id).organisation_id
    record_audit(
        session, action="cmi5_ended", subject=row, organisation_id=organisation_id,
        by=row.person_id if how is Cmi5End.FINISHED else None, module=row.module, why=how.value,
    )  # fmt: skip
    note(session, row, Cmi5Verb.TERMINATED, at=row.seen_at)


def last_seen(session: Session, person_id: UUID, now: datetime) -> datetime:
    """When the person last asked for any page (to five minutes), not after `now`."""
    seen = session.exec(select(func.max(SignIn.seen_at)).where(col(SignIn.person_id) == person_id)).one()
    return min(seen, now) if seen is not None else now - LONGEST


def forget_token(session: Session, row: Cmi5Session) -> None:
    """With all that only statements need."""
    row.sealed, row.template, row.next_try_at = b"", {}, None
    session.add(row)
    forget_secret(session, record_id=row.id)


def take_up_sessions(session: Session) -> None:
    """At night, in case a job was lost: what waits is sent, what was left is ended; old rows go, except those that keep
    something from being told twice."""
    waiting = select(Cmi5Statement.launch_id).where(col(Cmi5Statement.state) == Cmi5Sending.WAITING).distinct()
    for row in session.exec(select(Cmi5Session).where(col(Cmi5Session.id).in_(waiting))).all():
        send_soon(session, row)
    now = utc_now()
    left = select(Cmi5Session).where(
        col(Cmi5Session.state) == Cmi5State.OPEN, col(Cmi5Session.at) < now - LONGEST
    )  # fmt: skip
    for row in session.exec(left).all():
        end_session(session, row, how=Cmi5End.IDLE, at=row.seen_at)
    once = select(Cmi5Statement.launch_id).where(col(Cmi5Statement.verb).in_(Cmi5Verb.once_a_registration()))
    old = select(Cmi5Session.id).where(
        col(Cmi5Session.at) < now - LOG_KEPT, col(Cmi5Session.state) != Cmi5State.OPEN,
        col(Cmi5Session.id).not_in(once), col(Cmi5Session.id).not_in(waiting),
    )  # fmt: skip
    forget_sessions(session, col(Cmi5Session.id).in_(old))


def forget_sessions(session: Session, which: ColumnElement[bool]) -> None:
    """With their tokens and what they told or have yet to tell."""
    for one in session.exec(select(Cmi5Session.id).where(which, col(Cmi5Session.sealed) != b"")).all():
        forget_secret(session, record_id=one)
    theirs = select(Cmi5Session.id).where(which)
    session.exec(delete(Cmi5Statement).where(col(Cmi5Statement.launch_id).in_(theirs)))
    session.exec(delete(Cmi5Session).where(which))
