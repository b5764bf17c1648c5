"""Webhooks for programs: the same actions as the page of administrators, with the scope `manage_webhooks`."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import Session

from api.access import SignedIn, needs
from api.answers.webhooks import Deliveries, SentAgain, WebhookMade, WebhookRead
from api.document.tell import told
from api.house import TheHouse
from api.once import Keeping, Kept, keeping
from api.route import ApiRoute
from coding.transcript.encoding import without_control_characters
from models.audit_hash import plain
from models.errors import EvokeError
from models.permissions import Actor, Permission, require
from models.webhook_actions import (
    KEPT_DAYS,
    TooManyWebhooks,
    WebhookPaused,
    WebhookWrong,
    deliveries_of,
    make_webhook,
    redeliver,
    remove_webhook,
    require_webhook,
    secrets_of,
    webhooks_of,
)
from models.webhook_kept import Happened, Webhook, WebhookDelivery

router = APIRouter(
    prefix="/api/v1/webhooks", tags=["webhooks"], route_class=ApiRoute,
    dependencies=[needs(Permission.MANAGE_WEBHOOKS)],
)  # fmt: skip
LARGEST_NUMBER = 2**53 - 1  # which every reader of JSON takes exactly (RFC 8259, 6)


Before = Annotated[int | None, Query(ge=0, le=LARGEST_NUMBER)]


class NewWebhook(BaseModel):
    model_config = ConfigDict(extra="forbid")

    address: str = Field(max_length=2000, description="begins with https://", json_schema_extra={"format": "uri"})
    events: list[str] = Field(
        max_length=100, description="such as session.ready",
        json_schema_extra={"minItems": 1, "items": {"type": "string", "enum": [*Happened.to_choose()]}},
    )  # fmt: skip


class SendAgain(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: int | None = Field(default=None, ge=0, le=LARGEST_NUMBER, description="the one delivery of this number")
    since: AwareDatetime | None = Field(default=None, description="else all that happened from then on, with its zone")


@router.get("", **told("list_webhooks", list[WebhookRead], headers=["ETag"], scope=Permission.MANAGE_WEBHOOKS))
def read_webhooks(house: TheHouse, actor: SignedIn) -> list[dict[str, Any]]:
    """All of the authority, the oldest first. `state` is active, paused, or failing: stopped after three days."""
    require(actor, Permission.MANAGE_WEBHOOKS)
    with house.database.read() as session:
        return [_webhook(one) for one in webhooks_of(session, actor.organisation_id)]


class SecretRenewed(EvokeError):
    status = 409
    code = "webhook_secret_renewed"

    def __init__(self) -> None:
        super().__init__("This webhook has a new secret by now, which was told to whoever made it.")


def _made_again(session: Session, actor: Actor, kept: Mapping[str, Any]) -> Mapping[str, Any]:
    """As it is now, with the secret of the first answer, which is kept sealed with the webhook alone. One that was made
    since is not for who asks."""
    require(actor, Permission.MANAGE_WEBHOOKS)
    webhook = require_webhook(session, UUID(kept["id"]), by=actor)
    for secret in secrets_of(session, webhook):
        if _hash(secret) == kept["secret_hash"]:
            return _webhook(webhook) | {"secret": secret}
    raise SecretRenewed


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@router.post(
    "",
    **told(
        "add_webhook", WebhookMade, WebhookWrong, TooManyWebhooks, SecretRenewed, status=201,
        scope=Permission.MANAGE_WEBHOOKS, once=True,
    ),
)  # fmt: skip
def add_webhook(
    new: NewWebhook, house: TheHouse, actor: SignedIn, kept: Annotated[Keeping, keeping(_made_again)]
) -> dict[str, Any]:
    """The one answer that holds the signing `secret`."""
    require(actor, Permission.MANAGE_WEBHOOKS)
    events = [without_control_characters(one) for one in new.events]
    address = without_control_characters(new.address)
    with house.database.write() as session:
        webhook, secret = make_webhook(session, address=address, events=events, settings=house.settings, by=actor)
        only = {"id": str(webhook.id), "secret_hash": _hash(secret)}
        return kept.keep(session, _webhook(webhook) | {"secret": secret}, only=only)


@router.delete("/{webhook_id}", **told("delete_webhook", status=204, scope=Permission.MANAGE_WEBHOOKS))
def delete_webhook(webhook_id: UUID, house: TheHouse, actor: SignedIn) -> Response:
    """With its log, and with what waited to be sent."""
    require(actor, Permission.MANAGE_WEBHOOKS)
    with house.database.write() as session:
        remove_webhook(session, webhook=require_webhook(session, webhook_id, by=actor, lock=True), by=actor)
    return Response(status_code=204)


@router.get(
    "/{webhook_id}/deliveries",
    **told("list_webhook_deliveries", Deliveries, headers=["ETag"], scope=Permission.MANAGE_WEBHOOKS),
)
def read_deliveries(
    webhook_id: UUID,
    house: TheHouse,
    actor: SignedIn,
    before: Before = None,
) -> dict[str, Any]:
    """The newest 50, or those before the number `before`; `next` is the `before` of the page that follows. They are
    kept for 30 days."""
    require(actor, Permission.MANAGE_WEBHOOKS)
    with house.database.read() as session:
        rows = deliveries_of(session, require_webhook(session, webhook_id, by=actor), before=before, most=51)
    more = rows[49].number if len(rows) > 50 else None
    return {"deliveries": [_delivery(one) for one in rows[:50]], "next": more, "kept_days": KEPT_DAYS}


@router.post(
    "/{webhook_id}/redeliver",
    **told(
        "send_webhook_deliveries_again", SentAgain, WebhookPaused, status=202, scope=Permission.MANAGE_WEBHOOKS,
        once=True,
    ),
)  # fmt: skip
def send_again(
    webhook_id: UUID, again: SendAgain, house: TheHouse, actor: SignedIn, kept: Kept
) -> dict[str, Any]:  # fmt: skip
    """One by its `number`, or all `since` a moment; with neither, all in the log. How many are being sent again."""
    require(actor, Permission.MANAGE_WEBHOOKS)
    with house.database.write() as session:
        webhook = require_webhook(session, webhook_id, by=actor, lock=True)
        many = redeliver(session, webhook=webhook, number=again.number, since=again.since, by=actor)
        return kept.keep(session, {"deliveries": many})


def _webhook(one: Webhook) -> dict[str, Any]:
    return {
        "id": str(one.id), "address": one.address, "events": one.events, "state": one.state.value,
        "failing_since": plain(one.failing_since), "worked_at": plain(one.worked_at),
        "old_secret_until": plain(one.old_secret_until), "created_at": plain(one.created_at),
    }  # fmt: skip


def _delivery(one: WebhookDelivery) -> dict[str, Any]:
    return {
        "number": one.number, "id": str(one.event_id), "type": one.kind.value, "data": one.data,
        "happened_at": plain(one.happened_at), "state": one.state.value, "attempts": one.attempts,
        "tried_at": plain(one.tried_at), "answered": one.answered, "why": one.why,
    }  # fmt: skip
