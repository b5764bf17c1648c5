"""One launch by cmi5: claimed, so that its one token is fetched once; refused, or opened once it is proved."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit import record_audit
from models.cmi5 import Cmi5End, Cmi5Link, Cmi5Mode, Cmi5Session, Cmi5State, Cmi5System, Cmi5Verb
from models.cmi5_sessions import IDLE, WATCH, end_session, last_seen, note
from models.columns import utc_now
from models.lock import hold_lock
from models.permissions import Actor
from models.queue import enqueue
from models.sealed_secret import seal_secret

CLAIM_GOOD_FOR = timedelta(minutes=1)


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
