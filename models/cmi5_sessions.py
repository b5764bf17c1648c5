"""One launch by cmi5: claimed, opened once it is proved, told what its person does, ended, forgotten.

What is to be told is noted in the transaction in which it happens, and sent by a job.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, func
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
from models.permissions import Actor
from models.person import SignIn
from models.queue import enqueue
from models.sealed_secret import forget_secret, seal_secret

SEND, WATCH = "send_cmi5_statements", "watch_cmi5_session"
IDLE = timedelta(hours=1)
"""After which somebody who does nothing in Evoke is taken to have closed the window."""
LONGEST = timedelta(hours=12)
CLAIM_GOOD_FOR = timedelta(minutes=1)
LOG_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Launched:
    """What a launch says of itself, checked for form alone. `fetch` gives its token once."""

    endpoint: str
    fetch: str
    home_page: str
    account: str
    registration: str
    activity_id: str
    name: str = ""

    @property
    def fetch_hash(self) -> str:
        return hashlib.sha256(self.fetch.encode()).hexdigest()


@dataclass(frozen=True)
class Proved:
    """What the system's store answered to the launch's token."""

    token: str
    template: dict[str, Any]
    mode: Cmi5Mode
    mastery_score: float | None = None
    return_url: str = ""


def launched_before(session: Session, launch: Launched) -> Cmi5Session | None:
    """As it is now, whatever was read of it before."""
    found = select(Cmi5Session).where(col(Cmi5Session.fetch_hash) == launch.fetch_hash)
    return session.exec(found.execution_options(populate_existing=True)).first()


def claim_launch(
    session: Session, *, system: Cmi5System, module: str, launch: Launched, by: Actor
) -> Cmi5Session | None:  # fmt: skip
    """The row of a launch whose token this caller is to fetch; None where somebody else has begun, or it is done."""
    hold_lock(session, f"cmi5 launch {launch.fetch_hash}")
    row, now = launched_before(session, launch), utc_now()
    if row is None:
        row = Cmi5Session(
            system_id=system.id, person_id=by.person_id, module=module, registration=launch.registration,
            activity_id=launch.activity_id, fetch_hash=launch.fetch_hash,
        )  # fmt: skip
    else:
        under_way = row.state is Cmi5State.OPENING and not broken_off(row, now)
        if row.person_id != by.person_id or under_way or row.state in (Cmi5State.OPEN, Cmi5State.OVER):
            return None
    row.state, row.reason, row.seen_at = Cmi5State.OPENING, "", now
    session.add(row)
    session.flush()
    return row


def broken_off(row: Cmi5Session, now: datetime) -> bool:
    """Whoever was opening it died: asking a system takes less."""
    return row.state is Cmi5State.OPENING and row.seen_at <= now - CLAIM_GOOD_FOR


def refuse_launch(session: Session, row_id: UUID, *, reason: str) -> None:
    """Unless it came to something meanwhile."""
    row = session.get(Cmi5Session, row_id)
    if row is not None and row.state is Cmi5State.OPENING:
        row.state, row.reason = Cmi5State.REFUSED, reason
        session.add(row)


def open_session(session: Session, row: Cmi5Session, *, proved: Proved, link: Cmi5Link, by: Actor) -> None:
    """The launch is good, and its person linked. What else was open of the same registration is over: a system takes
    one at a time."""
    now = utc_now()
    same = (col(Cmi5Session.system_id) == row.system_id) & (col(Cmi5Session.registration) == row.registration)
    older = select(Cmi5Session).where(same, col(Cmi5Session.state) == Cmi5State.OPEN)
    for one in session.exec(older).all():
        end_session(session, one, how=Cmi5End.REPLACED, at=max(one.seen_at, last_seen(session, one.person_id, now)))
    row.state, row.link_id, row.at, row.seen_at = Cmi5State.OPEN, link.id, now, now
    row.mode, row.template, row.mastery_score = proved.mode, proved.template, proved.mastery_score
    row.return_url = proved.return_url
    row.sealed = seal_secret(session, proved.token, organisation_id=by.organisation_id, record_id=row.id)
    session.add(row)
    session.flush()
    record_audit(
        session, action="cmi5_opened", subject=row, organisation_id=by.organisation_id, by=by.person_id,
        module=row.module,
    )  # fmt: skip
    note(session, row, Cmi5Verb.INITIALIZED, at=now)
    enqueue(session, WATCH, organisation_id=by.organisation_id, for_session_id=row.id).run_at = now + IDLE


def module_completed(session: Session, *, module: str, person_id: UUID) -> None:
    """In its transaction: to every system that has it open and wants to hear, once a registration."""
    for row in open_sessions(session, person_id=person_id, module=module):
        if row.mode is Cmi5Mode.NORMAL:
            note(session, row, Cmi5Verb.COMPLETED, at=utc_now())
            note(session, row, Cmi5Verb.PASSED, at=utc_now())


def open_sessions(session: Session, *, person_id: UUID, module: str) -> Sequence[Cmi5Session]:
    rows = select(Cmi5Session).where(
        col(Cmi5Session.person_id) == person_id, col(Cmi5Session.module) == module,
        col(Cmi5Session.state) == Cmi5State.OPEN,
    )  # fmt: skip
    return session.exec(rows.order_by(col(Cmi5Session.at))).all()


def note(session: Session, row: Cmi5Session, verb: Cmi5Verb, *, at: datetime) -> None:
    """What was told, or is on its way, is not told again; what a session that is over could not tell goes with this
    one."""
    key = _statement_id(row, verb)
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


def _statement_id(row: Cmi5Session, verb: Cmi5Verb) -> UUID:
    """Version 5 (RFC 9562)."""
    if verb in Cmi5Verb.once_a_registration():
        assert row.link_id is not None
        return uuid5(row.link_id, f"cmi5 {row.registration} {row.activity_id} {verb.value}")
    return uuid5(row.id, f"cmi5 {verb.value}")


def send_soon(session: Session, row: Cmi5Session) -> None:
    organisation_id = session.get_one(Cmi5System, row.system_id).organisation_id
    enqueue(session, SEND, organisation_id=organisation_id, for_session_id=row.id)


def end_session(session: Session, row: Cmi5Session, *, how: Cmi5End, at: datetime) -> None:
    """The last thing told of it is that it ended, not before anything else of it happened. Doing it twice changes
    nothing."""
    if row.state is not Cmi5State.OPEN:
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
    gone = list(session.exec(old))
    for one in gone:
        forget_secret(session, record_id=one)
    session.exec(delete(Cmi5Statement).where(col(Cmi5Statement.launch_id).in_(gone)))
    session.exec(delete(Cmi5Session).where(col(Cmi5Session.id).in_(gone)))
