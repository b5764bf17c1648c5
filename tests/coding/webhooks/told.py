"""Webhooks in tests: set up, told of something, and what came of it."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from api.house import House
from models.columns import new_id, utc_now
from models.job import Job
from models.permissions import Actor
from models.webhook import say_happened
from models.webhook_actions import make_webhook
from models.webhook_kept import Happened, Webhook, WebhookDelivery
from tests.webhook_receiver import Receiver

ALL = [one.value for one in Happened.to_choose()]


def add(house: House, admin: Actor, address: str, events: list[str] | None = None) -> tuple[Webhook, str]:
    with house.database.write() as session:
        return make_webhook(session, address=address, events=events or ALL, settings=house.settings, by=admin)


def happen(house: House, admin: Actor, how_often: int = 1) -> list[UUID]:
    ids = [new_id() for _ in range(how_often)]
    with house.database.write() as session:
        for one in ids:
            say_happened(session, Happened.SESSION_READY, organisation_id=admin.organisation_id, session_id=one)
    return ids


def rows(house: House) -> list[WebhookDelivery]:
    with house.database.read() as session:
        return list(session.exec(select(WebhookDelivery).order_by(col(WebhookDelivery.number))))


def later(house: House) -> None:
    """As if the time until every next try had passed."""
    with house.database.write() as session:
        past = utc_now() - timedelta(seconds=1)
        session.exec(update(WebhookDelivery).values(next_at=past))
        session.exec(update(Job).values(run_at=past))


def sessions_told(receiver: Receiver) -> list[UUID]:
    return [UUID(json.loads(body)["data"]["session_id"]) for _, body in receiver.came]


def verifier(tmp_path: Path) -> Any:
    """The example of the guide, as a receiver would copy it."""
    guide = Path("docs/integrators-webhooks.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", guide, re.S)
    names: dict[str, Any] = {}
    exec(code, names)
    return names
