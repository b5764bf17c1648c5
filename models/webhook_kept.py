"""Webhooks: what other systems of an authority are told, as it happens, and how far each telling is. A delivery holds
ids, and never a word of a conversation, a code or a score."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from models.columns import BIG_INTEGER, JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now


class Happened(StrEnum):
    """What a webhook may be told, by the `type` that is sent."""

    SESSION_ADDED = "session.added"
    SESSION_READY = "session.ready"
    SESSION_STOPPED = "session.stopped"
    SESSION_REVIEWED = "session.reviewed"
    SESSION_DELETED = "session.deleted"
    FEEDBACK_SENT = "feedback.sent"
    CONTEST_ANSWERED = "contest.answered"
    MODULE_COMPLETED = "module.completed"
    TEST = "test"

    @classmethod
    def to_choose(cls) -> "tuple[Happened, ...]":
        return tuple(one for one in cls if one is not cls.TEST)


class WebhookState(StrEnum):
    """FAILING was paused by Evoke itself, PAUSED by an administrator: both keep what happens until it goes on."""

    ACTIVE = "active"
    PAUSED = "paused"
    FAILING = "failing"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Webhook(SQLModel, table=True):
    """Where an authority is told. `failing_since` is when sending first failed after it last worked. While
    `old_secret_until` is to come, each delivery is signed with both secrets."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    address: str = Field(max_length=500)
    events: list[str] = Field(sa_type=JSON_TYPE)
    sealed_secret: bytes = Field(default=b"", sa_type=LargeBinary)
    sealed_old_secret: bytes = Field(default=b"", sa_type=LargeBinary)
    old_secret_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: WebhookState = Field(default=WebhookState.ACTIVE, sa_type=enum_type(WebhookState))
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    worked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    @property
    def host(self) -> str:
        """With its port, as people are told of it."""
        return urlsplit(self.address).netloc


class WebhookDelivery(SQLModel, table=True):
    """One event for one webhook. `number` rises in the order in which events were noted; `event_id` is sent as
    `webhook-id` and stays the same however often it is sent. `answered` is the last HTTP status, None where none came;
    `why` says in words what went wrong. Waiting, it is next tried at `next_at`."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_due", "webhook_id", "state", "next_at"),
        Index("ix_webhook_delivery_event", "event_id"),
        {"sqlite_autoincrement": True},
    )

    number: int = Field(default=None, primary_key=True, sa_type=BIG_INTEGER)
    webhook_id: UUID = Field(foreign_key="webhook.id")
    event_id: UUID
    kind: Happened = Field(sa_type=enum_type(Happened))
    data: dict[str, Any] = Field(sa_type=JSON_TYPE)
    happened_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    state: DeliveryState = Field(default=DeliveryState.WAITING, sa_type=enum_type(DeliveryState))
    attempts: int = 0
    next_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered: int | None = None
    why: str = Field(default="", max_length=200)
