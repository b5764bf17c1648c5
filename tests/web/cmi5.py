"""A learning system that knows cmi5, connected, and somebody who comes from it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from api.house import House
from models.cmi5 import Cmi5Session, Cmi5Statement, Cmi5System
from models.cmi5_sessions import SEND, WATCH
from models.cmi5_systems import connect_system
from models.columns import utc_now
from models.job import Job, JobState
from models.permissions import Actor
from models.settings import Settings
from tests.cmi5_lms import Lms, running_lms
from tests.conftest import People
from tests.web.conftest import Client, PageClient
from training.modules.load import shipped_library
from training.xapi.names import Names

MODULE, OTHER = shipped_library().modules[:2]
SLUG = MODULE.slug


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"outgoing_allowed": "127.0.0.0/8"})


@pytest.fixture
def lms() -> Iterator[Lms]:
    with running_lms() as one:
        yield one


def connect(house: House, admin: Actor, lms: Lms) -> Cmi5System:
    with house.database.write() as session:
        return connect_system(
            session, name="Ferndale Learning", endpoint=lms.endpoint, address="", settings=house.settings, by=admin
        )


def publisher_id(house: House, slug: str = SLUG) -> str:
    return Names(house.settings.site).module(slug)


@pytest.fixture
def learner(house: House, people: People, admin: Actor, lms: Lms, client: Client) -> PageClient:
    """Olu Owner, of whose authority the system is connected."""
    connect(house, admin, lms)
    return client(people.owner)


def launch(
    house: House, lms: Lms, *, again: dict[str, str] | None = None, slug: str = SLUG, **data: Any
) -> dict[str, str]:  # fmt: skip
    """What the system sends a browser with; `again`: of the same registration and unit as that one."""
    if again is not None:
        data |= {"registration": again["registration"], "activity_id": again["activityId"]}
    return lms.launch(publisher_id=publisher_id(house, slug), **data)


def press(one: PageClient, sent: dict[str, str], slug: str = SLUG) -> int:
    return one.post(f"/cmi5/modules/{slug}", data=sent, follow_redirects=False).status_code


def sessions(house: House) -> list[Cmi5Session]:
    with house.database.read() as session:
        return list(session.exec(select(Cmi5Session).order_by(col(Cmi5Session.at), col(Cmi5Session.id))))


def outbox(house: House) -> list[Cmi5Statement]:
    with house.database.read() as session:
        return list(session.exec(select(Cmi5Statement).order_by(col(Cmi5Statement.at), col(Cmi5Statement.id))))


def later(house: House, name: str = SEND) -> None:
    """As if the wait were over."""
    with house.database.write() as session:
        for job in session.exec(select(Job).where(col(Job.name) == name, col(Job.state) == JobState.WAITING)):
            job.run_at = utc_now() - timedelta(seconds=1)
            session.add(job)
        for row in session.exec(select(Cmi5Session)):
            row.next_try_at = None
            session.add(row)


__all__ = [
    "MODULE", "OTHER", "SLUG", "WATCH", "connect", "later", "launch", "learner", "lms", "outbox", "press",
    "publisher_id", "sessions", "settings",
]  # fmt: skip
