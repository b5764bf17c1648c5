"""A launch on its way (LTI 1.3): the login that began it, the ticket it ends in, and the log of what became of it."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, update
from sqlmodel import Session, col, select

from models.columns import utc_now
from models.errors import NotFound
from models.lti import LtiInvitation, LtiLaunch, LtiLogin, LtiOutcome, LtiPlatform, LtiTicket
from models.lti_platforms import hash_of

LOGIN_GOOD_FOR = timedelta(minutes=10)
TICKET_GOOD_FOR = timedelta(minutes=15)
"""Long enough to sign in to Evoke and link the two accounts."""
CHOOSING_GOOD_FOR = timedelta(hours=1)
LOG_KEPT = timedelta(days=90)
LOG_ROWS = 300
"""Of one platform at most."""


class TicketOver(NotFound):
    code = "lti_ticket_over"

    def __init__(self) -> None:
        super().__init__(
            "This has been opened already, or it waited too long. Go back to your course and open it again."
        )


@dataclass(frozen=True)
class Begun:
    """`state` and `nonce` go to the platform and back; `browser` stays in the browser that began. `key` names it in
    the platform's own storage."""

    state: str
    nonce: str
    browser: str
    key: str


def begin_login(session: Session, *, platform: LtiPlatform, stored: str) -> Begun:
    """`stored` names the frame whose storage the platform offers; empty where it offers none."""
    session.exec(delete(LtiLogin).where(col(LtiLogin.expires_at) < utc_now()))
    state, nonce, browser = (secrets.token_urlsafe(32) for _ in range(3))
    session.add(
        LtiLogin(
            platform_id=platform.id, state_hash=hash_of(state), browser_hash=hash_of(browser), nonce=nonce,
            stored=stored[:100], expires_at=utc_now() + LOGIN_GOOD_FOR,
        )
    )  # fmt: skip
    session.flush()
    return Begun(state, nonce, browser, browser_key(state))


def browser_key(state: str) -> str:
    """Each login has a cookie of its own: two tabs may be opened at once."""
    return f"evoke_lti_{hash_of(state)[:16]}"


def login_of(session: Session, state: str) -> LtiLogin | None:
    return session.exec(select(LtiLogin).where(col(LtiLogin.state_hash) == hash_of(state))).first()


def use_login(session: Session, login: LtiLogin) -> bool:
    """Whether it was this call that used it: of two at once, one."""
    now = utc_now()
    result = session.exec(
        update(LtiLogin)
        .where(col(LtiLogin.id) == login.id, col(LtiLogin.used_at).is_(None), col(LtiLogin.expires_at) > now)
        .values(used_at=now)
    )
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)


def forget_login(session: Session, login: LtiLogin) -> None:
    session.exec(delete(LtiLogin).where(col(LtiLogin.id) == login.id))
    session.expunge(login)


def make_ticket(
    session: Session, *, platform: LtiPlatform, subject: str, who: str = "", person_id: UUID | None = None,
    target: str = "", browser_hash: str = "", deployment: str = "", line_item: str = "",
    deep_link: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    """The secret; kept is its hash."""
    session.exec(delete(LtiTicket).where(col(LtiTicket.expires_at) < utc_now()))
    secret = secrets.token_urlsafe(32)
    session.add(
        LtiTicket(
            platform_id=platform.id, secret_hash=hash_of(secret), subject=subject, who=who[:200], person_id=person_id,
            target=target, browser_hash=browser_hash, deployment=deployment, line_item=line_item, deep_link=deep_link,
            expires_at=utc_now() + (CHOOSING_GOOD_FOR if deep_link is not None else TICKET_GOOD_FOR),
        )
    )  # fmt: skip
    session.flush()
    return secret


def ticket_of(session: Session, secret: str, *, locked: bool = True) -> LtiTicket:
    """Raises TicketOver."""
    wanted = select(LtiTicket).where(col(LtiTicket.secret_hash) == hash_of(secret))
    row = session.exec(wanted.with_for_update() if locked else wanted).first()
    if row is None or row.expires_at < utc_now():
        raise TicketOver
    return row


def use_ticket(session: Session, ticket: LtiTicket) -> None:
    """Raises TicketOver where another call was faster."""
    result = session.exec(delete(LtiTicket).where(col(LtiTicket.id) == ticket.id))
    assert isinstance(result, CursorResult)
    if not result.rowcount:
        raise TicketOver
    session.expunge(ticket)


def note_launch(
    session: Session, *, platform: LtiPlatform, outcome: LtiOutcome, reason: str = "", target: str = "",
    deployment: str = "",
) -> None:  # fmt: skip
    session.add(
        LtiLaunch(
            platform_id=platform.id, outcome=outcome, reason=reason, target=target[:300], deployment=deployment[:255]
        )
    )
    session.flush()
    oldest = select(LtiLaunch.id).where(col(LtiLaunch.platform_id) == platform.id)
    oldest = oldest.order_by(col(LtiLaunch.at).desc(), col(LtiLaunch.id).desc()).offset(LOG_ROWS).limit(LOG_ROWS)
    if over := session.exec(oldest).all():
        session.exec(delete(LtiLaunch).where(col(LtiLaunch.id).in_(over)))


def launches_of(session: Session, platform_id: UUID, *, most: int) -> list[LtiLaunch]:
    """The newest first."""
    rows = select(LtiLaunch).where(col(LtiLaunch.platform_id) == platform_id)
    return list(session.exec(rows.order_by(col(LtiLaunch.at).desc(), col(LtiLaunch.id).desc()).limit(most)))


def end_old_launches(session: Session) -> None:
    """For the nightly job: also where nobody opens anything any more, whose next launch would tidy."""
    now = utc_now()
    for table in (LtiLogin, LtiTicket, LtiInvitation):
        session.exec(delete(table).where(col(table.expires_at) < now))
    session.exec(delete(LtiLaunch).where(col(LtiLaunch.at) < now - LOG_KEPT))
