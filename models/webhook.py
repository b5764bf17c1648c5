"""What happens is written down for the webhooks that asked for it, in the transaction of what happened; the job
`send_webhooks` sends it (coding.send_webhooks)."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.columns import new_id, utc_now
from models.job import Job, JobState
from models.person import Person
from models.queue import enqueue
from models.webhook_kept import Happened, Webhook, WebhookDelivery, WebhookState

JOB = "send_webhooks"


def say_happened(session: Session, kind: Happened, *, organisation_id: UUID, **ids: UUID | str) -> None:
    """In the transaction of what happened: it is told if, and only if, that commits. `ids` name what it happened to,
    such as `session_id`."""
    found = session.exec(select(Webhook).where(col(Webhook.organisation_id) == organisation_id))
    wanting = [one for one in found if kind in one.events]
    event_id, now = new_id(), utc_now()
    for webhook in wanting:
        note_delivery(session, webhook, kind, event_id=event_id, at=now, **ids)


def note_delivery(
    session: Session, webhook: Webhook, kind: Happened, *, event_id: UUID, at: datetime, **ids: UUID | str
) -> WebhookDelivery:
    row = WebhookDelivery(
        webhook_id=webhook.id, event_id=event_id, kind=kind, happened_at=at, next_at=at,
        data={name: str(value) for name, value in ids.items()},
    )  # fmt: skip
    session.add(row)
    session.flush()
    if webhook.state is WebhookState.ACTIVE:
        ask_to_send(session, webhook)
    return row


def told_about(session: Session, person: Person) -> list[tuple[WebhookDelivery, Webhook]]:
    """What was told, or waits to be, of what they did, in its order: for the copy of their own data."""
    theirs = select(WebhookDelivery, Webhook).join(Webhook, col(Webhook.id) == col(WebhookDelivery.webhook_id)).where(
        col(Webhook.organisation_id) == person.organisation_id,
        col(WebhookDelivery.data)["person_id"].as_string() == str(person.id),
    )  # fmt: skip
    return list(session.exec(theirs.order_by(col(WebhookDelivery.number))).all())


def ask_to_send(session: Session, webhook: Webhook, *, at: datetime | None = None) -> None:
    """Now, or at `at`. One that waits already and is due by then is enough: its row is locked until this transaction
    ends, so that no worker takes it before what is to be sent can be seen."""
    at = at or utc_now()
    waiting = select(Job).where(
        col(Job.name) == JOB, col(Job.state) == JobState.WAITING, col(Job.organisation_id) == webhook.organisation_id,
        col(Job.run_at) <= at,
    )  # fmt: skip
    waits = session.exec(waiting.with_for_update(read=True, skip_locked=True)).all()
    if not any(one.args.get("webhook_id") == str(webhook.id) for one in waits):
        enqueue(session, JOB, organisation_id=webhook.organisation_id, webhook_id=webhook.id).run_at = at
