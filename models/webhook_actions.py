"""What administrators and their programs do with webhooks: each a verb with its audit row."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, update
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.columns import new_id, utc_now
from models.errors import EvokeError, NotFound
from models.organisation import Organisation, OrganisationKind
from models.outgoing import AddressWrong, check_address
from models.permissions import Actor
from models.sealed_secret import forget_secret, open_secret, seal_secret
from models.settings import Settings
from models.webhook import ask_to_send
from models.webhook_kept import DeliveryState, Happened, Webhook, WebhookDelivery, WebhookState
from models.webhook_signature import new_secret

MOST_WEBHOOKS = 20
OLD_SECRET_DAYS = 7
"""For so long both secrets are good, once there is a new one."""
KEPT_DAYS = 30
"""A delivery stands in the log for so long, and can be sent again."""


class WebhookWrong(EvokeError):
    code = "webhook_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class TooManyWebhooks(EvokeError):
    status = 409
    code = "too_many_webhooks"


class WebhookPaused(EvokeError):
    status = 409
    code = "webhook_paused"

    def __init__(self) -> None:
        super().__init__("This webhook is paused. Let it go on first; then what waits is sent.")


def webhooks_of(session: Session, organisation_id: UUID) -> Sequence[Webhook]:
    found = select(Webhook).where(col(Webhook.organisation_id) == organisation_id)
    return session.exec(found.order_by(col(Webhook.created_at), col(Webhook.id))).all()


def require_webhook(session: Session, webhook_id: UUID, *, by: Actor, lock: bool = False) -> Webhook:
    """Of the actor's own authority. Raises NotFound."""
    found = select(Webhook).where(col(Webhook.id) == webhook_id, col(Webhook.organisation_id) == by.organisation_id)
    row = session.exec(found.with_for_update() if lock else found).first()
    if row is None:
        raise NotFound("There is no such webhook.")
    return row


def make_webhook(
    session: Session, *, address: str, events: Collection[str], settings: Settings, by: Actor
) -> tuple[Webhook, str]:
    """The webhook and its secret, which is told once. The caller has checked that `by` may. Raises WebhookWrong,
    TooManyWebhooks; NotFound in an evaluation centre."""
    if session.get_one(Organisation, by.organisation_id).kind is not OrganisationKind.AUTHORITY:
        raise NotFound("An evaluation centre has no sessions that it could be told of.")
    if len(webhooks_of(session, by.organisation_id)) >= MOST_WEBHOOKS:
        raise TooManyWebhooks(f"There are {MOST_WEBHOOKS} webhooks, which is the most. Remove one first.")
    address, chosen = _checked(address, events, settings)
    row = Webhook(id=new_id(), organisation_id=by.organisation_id, address=address, events=chosen)
    secret = new_secret()
    row.sealed_secret = seal_secret(session, secret, organisation_id=row.organisation_id, record_id=row.id)
    session.add(row)
    session.flush()
    _audit(session, "webhook_added", row, by, address=_shown(address), events=" ".join(chosen))
    return row, secret


def _checked(address: str, events: Collection[str], settings: Settings) -> tuple[str, list[str]]:
    wrong = {}
    try:
        address = check_address(address, settings=settings)
    except AddressWrong as error:
        wrong["address"] = error.message
    if not events or not set(events) <= set(Happened.to_choose()):
        wrong["events"] = "Choose what it is told."
    if wrong:
        raise WebhookWrong(wrong)
    return address, [one.value for one in Happened.to_choose() if one in events]


def _shown(address: str) -> str:
    """Without what follows the question mark: some put secrets there."""
    return address.partition("?")[0][:200]


def change_webhook(
    session: Session, *, webhook: Webhook, address: str, events: Collection[str], settings: Settings, by: Actor
) -> None:
    """What waits goes to the new address. Raises WebhookWrong."""
    webhook.address, webhook.events = _checked(address, events, settings)
    session.add(webhook)
    _audit(session, "webhook_changed", webhook, by, address=_shown(webhook.address), events=" ".join(webhook.events))


def rotate_secret(session: Session, *, webhook: Webhook, by: Actor) -> str:
    """The new secret, which is told once. For some days each delivery is signed with both."""
    secret = new_secret()
    webhook.sealed_old_secret, webhook.old_secret_until = webhook.sealed_secret, utc_now() + timedelta(OLD_SECRET_DAYS)
    webhook.sealed_secret = seal_secret(
        session, secret, organisation_id=webhook.organisation_id, record_id=webhook.id
    )  # fmt: skip
    session.add(webhook)
    _audit(session, "webhook_secret_renewed", webhook, by, old_one_until=f"{webhook.old_secret_until:%Y-%m-%d}")
    return secret


def end_old_secret(session: Session, *, webhook: Webhook, by: Actor) -> None:
    """At once, as when it became known. None is not an error."""
    webhook.sealed_old_secret, webhook.old_secret_until = b"", None
    session.add(webhook)
    _audit(session, "webhook_old_secret_ended", webhook, by)


def secrets_of(session: Session, webhook: Webhook) -> list[str]:
    """Those that are good now, the newest first."""
    sealed = [webhook.sealed_secret]
    if webhook.old_secret_until is not None and webhook.old_secret_until > utc_now():
        sealed.append(webhook.sealed_old_secret)
    return [open_secret(session, one, record_id=webhook.id) for one in sealed]


def pause_webhook(session: Session, *, webhook: Webhook, by: Actor) -> None:
    if webhook.state is WebhookState.ACTIVE:
        webhook.state = WebhookState.PAUSED
        session.add(webhook)
        _audit(session, "webhook_paused", webhook, by)


def resume_webhook(session: Session, *, webhook: Webhook, by: Actor) -> None:
    """What waited meanwhile is sent now, in its order."""
    if webhook.state is not WebhookState.ACTIVE:
        webhook.state, webhook.failing_since = WebhookState.ACTIVE, None
        session.add(webhook)
        waiting = col(WebhookDelivery.webhook_id) == webhook.id, col(WebhookDelivery.state) == DeliveryState.WAITING
        session.exec(update(WebhookDelivery).where(*waiting).values(next_at=utc_now(), attempts=0))
        ask_to_send(session, webhook)
        _audit(session, "webhook_resumed", webhook, by)


def remove_webhook(session: Session, *, webhook: Webhook, by: Actor) -> None:
    """With its log, and with what waited."""
    _audit(session, "webhook_removed", webhook, by, address=_shown(webhook.address))
    session.exec(delete(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == webhook.id))
    forget_secret(session, record_id=webhook.id)
    session.delete(webhook)
    session.flush()


def note_test(session: Session, *, webhook: Webhook, by: Actor) -> WebhookDelivery:
    """An event of type `test`, which the caller sends itself: claimed already, and no worker looks for it."""
    now = utc_now()
    row = WebhookDelivery(
        webhook_id=webhook.id, event_id=new_id(), kind=Happened.TEST, data={}, happened_at=now, tried_at=now,
        attempts=1, next_at=now + timedelta(minutes=1),
    )  # fmt: skip
    session.add(row)
    session.flush()
    _audit(session, "webhook_tested", webhook, by)
    return row


def redeliver(
    session: Session, *, webhook: Webhook, number: int | None = None, since: datetime | None = None, by: Actor
) -> int:
    """Sends again, each with its own id: the one of `number`, or all that happened `since` then. How many.

    Raises NotFound for a number that is not in the log, WebhookPaused."""
    if webhook.state is not WebhookState.ACTIVE:
        raise WebhookPaused
    which = [col(WebhookDelivery.webhook_id) == webhook.id]
    if number is not None:
        which.append(col(WebhookDelivery.number) == number)
    if since is not None:
        which.append(col(WebhookDelivery.happened_at) >= since)
    again = {"state": DeliveryState.WAITING, "attempts": 0, "next_at": utc_now(), "why": ""}
    result = session.exec(update(WebhookDelivery).where(*which).values(**again))
    assert isinstance(result, CursorResult)
    if number is not None and not result.rowcount:
        raise NotFound("This delivery is not in the log any more.")
    if result.rowcount:
        ask_to_send(session, webhook)
    _audit(session, "webhook_redelivered", webhook, by, deliveries=str(result.rowcount))
    return result.rowcount


def deliveries_of(
    session: Session, webhook: Webhook, *, before: int | None = None, most: int = 50
) -> Sequence[WebhookDelivery]:  # fmt: skip
    """The newest first; `before` is the number after which the page begins."""
    found = select(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == webhook.id)
    if before is not None:
        found = found.where(col(WebhookDelivery.number) < before)
    return session.exec(found.order_by(col(WebhookDelivery.number).desc()).limit(most)).all()


def counts_of(session: Session, organisation_id: UUID) -> dict[tuple[UUID, DeliveryState], int]:
    """How many deliveries of each webhook are in each state."""
    rows = session.exec(
        select(WebhookDelivery.webhook_id, WebhookDelivery.state, func.count())
        .join(Webhook, col(Webhook.id) == col(WebhookDelivery.webhook_id))
        .where(col(Webhook.organisation_id) == organisation_id)
        .group_by(col(WebhookDelivery.webhook_id), col(WebhookDelivery.state))
    )
    return {(webhook_id, DeliveryState(state)): count for webhook_id, state, count in rows}


def end_old_deliveries(session: Session) -> None:
    """For the nightly job."""
    before = utc_now() - timedelta(days=KEPT_DAYS)
    session.exec(delete(WebhookDelivery).where(col(WebhookDelivery.happened_at) < before))


def _audit(session: Session, action: str, webhook: Webhook, by: Actor, **details: str) -> None:
    record_audit(
        session, action=action, subject=webhook, organisation_id=webhook.organisation_id, by=by.person_id, **details
    )  # fmt: skip
