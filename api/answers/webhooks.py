"""What the routes of webhooks answer, for the document."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel


class WebhookRead(BaseModel):
    id: UUID
    address: str
    events: list[str]
    state: Literal["active", "paused", "failing"]
    failing_since: datetime | None
    worked_at: datetime | None
    old_secret_until: datetime | None
    created_at: datetime


class WebhookMade(WebhookRead):
    secret: str


class DeliveryRead(BaseModel):
    number: int
    id: UUID
    type: str
    data: dict[str, Any]
    happened_at: datetime
    state: str
    attempts: int
    tried_at: datetime | None
    answered: int | None
    why: str | None


class Deliveries(BaseModel):
    deliveries: list[DeliveryRead]
    next: int | None
    kept_days: int


class SentAgain(BaseModel):
    deliveries: int
