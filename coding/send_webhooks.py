"""The job that sends what a webhook waits for: in the order in which it happened, one after another.

A delivery is claimed in the database before it is sent, and its end is written after the answer came. So a worker that
dies in between leaves it claimed for a minute, and then it is sent once more: none is lost, and a receiver may get one
twice, with the same id. One that fails waits for its next try and holds nothing else up.
"""

import json
import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from coding.context import JobContext
from coding.webhook_failing import pause_failing
from models.columns import utc_now
from models.database import Database
from models.errors import EvokeError
from models.keys import WordsGone
from models.outgoing import client, why_not
from models.permissions import Actor
from models.settings import Settings
from models.webhook import ask_to_send
from models.webhook_actions import note_test, require_webhook, secrets_of
from models.webhook_kept import DeliveryState, Webhook, WebhookDelivery, WebhookState
from models.webhook_signature import headers_for

if TYPE_CHECKING:
    import httpx

WAITS = (10, 30, 60, 300, 600, 1200, 2400, 3600, 7200, 14400, 21600, 28800, 43200, 57600, 79200)
"""Seconds before the next try, after the first, the second …: about three days in all. Each is drawn a fifth shorter
or longer, so that many do not come back at once."""
CLAIMED_SECONDS = 60
"""Longer than one try may take. Until then nobody else sends it."""
TURN_SECONDS = 40
"""Then other jobs have their turn, and this one goes on after them."""
SILENT_MOST = 2
"""After so many tries in a row without any answer nothing more is tried for a while: the receiver is down."""
SILENT_SECONDS = 60
FAILING_DAYS = 3
"""A webhook for which nothing has worked for so long is paused, and administrators are told."""
LONGEST_WAIT = 24 * 3600
"""Most seconds for which a receiver's own word (`Retry-After`) is heeded."""
GONE = 410


@dataclass(frozen=True)
class Answer:
    """`status` is None where none came; then `why` says it."""

    status: int | None
    why: str
    retry_after: int = 0

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send_webhooks(context: JobContext, *, webhook_id: str) -> None:
    settings, until, silent = context.workshop.settings, time.monotonic() + TURN_SECONDS, 0
    with client(settings) as wire:
        while time.monotonic() < until and silent < SILENT_MOST:
            with context.write() as session:
                claimed = _claim(session, UUID(webhook_id), settings)
            if claimed is None:
                break
            delivery, request = claimed
            answer = send(wire, **request)
            silent = silent + 1 if answer.status is None else 0
            with context.write() as session:
                _note(session, delivery, answer)
    with context.write() as session:
        webhook = session.get(Webhook, UUID(webhook_id))
        if webhook is not None and webhook.state is WebhookState.ACTIVE:
            _come_back(session, webhook, silent=silent >= SILENT_MOST)
        context.finish(session)


def try_out(database: Database, settings: Settings, *, webhook_id: UUID, by: Actor) -> Answer:
    """Sends a test at once, paused or not, and notes in the log what came of it. It is not tried again. Raises
    NotFound."""
    with database.write() as session:
        webhook = require_webhook(session, webhook_id, by=by)
        row = note_test(session, webhook=webhook, by=by)
        request = _request(session, webhook, row, settings)
        session.expunge(row)
    with client(settings) as wire:
        answer = send(wire, **request)
    with database.write() as session:
        _note(session, row, answer, is_last=True)
    return answer


def sending_webhooks_stopped(session: Session, error: EvokeError, /, *, webhook_id: str) -> None:
    """Something is wrong on our side: it is tried again in an hour, and nothing is lost meanwhile. Without its key
    nothing can be signed any more."""
    webhook = session.get(Webhook, UUID(webhook_id))
    if not isinstance(error, WordsGone) and webhook is not None and webhook.state is WebhookState.ACTIVE:
        ask_to_send(session, webhook, at=utc_now() + timedelta(hours=1))


def _claim(session: Session, webhook_id: UUID, settings: Settings) -> tuple[WebhookDelivery, dict[str, Any]] | None:
    """The oldest that is due, and what to send."""
    webhook, now = session.get(Webhook, webhook_id), utc_now()
    if webhook is None or webhook.state is not WebhookState.ACTIVE:
        return None
    row = session.exec(
        select(WebhookDelivery)
        .where(
            col(WebhookDelivery.webhook_id) == webhook_id, col(WebhookDelivery.state) == DeliveryState.WAITING,
            col(WebhookDelivery.next_at) <= now,
        )
        .order_by(col(WebhookDelivery.number)).limit(1).with_for_update(skip_locked=True)
    ).first()  # fmt: skip
    if row is None:
        return None
    row.next_at, row.tried_at = now + timedelta(seconds=CLAIMED_SECONDS), now
    row.attempts += 1
    session.add(row)
    session.flush()
    request = _request(session, webhook, row, settings)
    session.expunge(row)
    return row, request


def _request(session: Session, webhook: Webhook, row: WebhookDelivery, settings: Settings) -> dict[str, Any]:
    body = body_of(row, site=settings.site)
    at = row.tried_at or utc_now()
    headers = headers_for(body, event_id=str(row.event_id), at=at, with_secrets=secrets_of(session, webhook))
    return {"address": webhook.address, "body": body, "headers": headers}


def body_of(row: WebhookDelivery, *, site: str) -> bytes:
    """The same at every try: what happened, when, and ids with the addresses where more can be read by who may."""
    data = dict(row.data)
    if "session_id" in data:
        data["address"] = f"{site}/api/v1/sessions/{data['session_id']}"
        data["page"] = f"{site}/sessions/{data['session_id']}"
    said = {"type": row.kind.value, "timestamp": row.happened_at.isoformat(), "number": row.number, "data": data}
    return json.dumps(said, separators=(",", ":")).encode()


def send(wire: "httpx.Client", *, address: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Raises nothing: what goes wrong is an answer."""
    import httpx

    try:
        answer = wire.post(address, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(None, why_not(error))
    if 200 <= answer.status_code < 300:
        return Answer(answer.status_code, "")
    asked = answer.headers.get("retry-after", "")
    retry_after = min(int(asked), LONGEST_WAIT) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
    moved = ", which leads elsewhere; that is not followed" if answer.is_redirect else ""
    return Answer(answer.status_code, f"it answered {answer.status_code}{moved}", retry_after)


def _note(session: Session, sent: WebhookDelivery, answer: Answer, *, is_last: bool = False) -> None:
    """Unless it was claimed anew or asked for again meanwhile, which then counts."""
    now = utc_now()
    values: dict[str, Any] = {"answered": answer.status, "why": answer.why}
    if answer.is_good:
        values |= {"state": DeliveryState.DELIVERED}
    elif is_last or sent.attempts > len(WAITS):
        values |= {"state": DeliveryState.GIVEN_UP}
    else:
        values |= {"next_at": now + timedelta(seconds=max(wait_after(sent.attempts), answer.retry_after))}
    held = (
        col(WebhookDelivery.number) == sent.number, col(WebhookDelivery.attempts) == sent.attempts,
        col(WebhookDelivery.next_at) == sent.next_at,
    )  # fmt: skip
    session.exec(update(WebhookDelivery).where(*held).values(**values))
    webhook = session.exec(select(Webhook).where(col(Webhook.id) == sent.webhook_id).with_for_update()).first()
    if webhook is None:
        return
    if answer.is_good:
        webhook.failing_since, webhook.worked_at = None, now
    else:
        webhook.failing_since = webhook.failing_since or now
        long = now - webhook.failing_since >= timedelta(days=FAILING_DAYS)
        if webhook.state is WebhookState.ACTIVE and (long or answer.status == GONE):
            pause_failing(session, webhook, why=answer.why)
    session.add(webhook)


def wait_after(attempts: int) -> float:
    """Seconds, drawn anew each time."""
    return WAITS[attempts - 1] * random.uniform(0.8, 1.2)  # noqa: S311


def _come_back(session: Session, webhook: Webhook, *, silent: bool) -> None:
    """When the next is due; after silence, not at once."""
    waiting = select(func.min(WebhookDelivery.next_at)).where(
        col(WebhookDelivery.webhook_id) == webhook.id, col(WebhookDelivery.state) == DeliveryState.WAITING
    )
    due: datetime | None = session.exec(waiting).one()
    if due is not None:
        earliest = utc_now() + timedelta(seconds=SILENT_SECONDS if silent else 0)
        ask_to_send(session, webhook, at=max(due, earliest))
