"""Stopped, let go on, sent again, kept for a while and removed."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from api.house import House
from coding.webhook_failing import MAIL_JOB
from models.audit import AuditEvent
from models.columns import new_id, utc_now
from models.errors import NotFound
from models.job import Job
from models.keys import SessionKey
from models.organisation import Organisation, OrganisationKind
from models.permissions import Actor
from models.person import Person
from models.settings import Settings
from models.sweep import sweep_keys
from models.webhook import say_happened
from models.webhook_actions import (
    TooManyWebhooks,
    WebhookPaused,
    change_webhook,
    end_old_deliveries,
    pause_webhook,
    redeliver,
    remove_webhook,
    require_webhook,
    resume_webhook,
    webhooks_of,
)
from models.webhook_kept import Happened, Webhook, WebhookDelivery, WebhookState
from tests.coding.webhooks.told import ALL, add, happen, later, rows, sessions_told
from tests.conftest import People, work_off
from tests.webhook_receiver import Receiver
from training.own_data import own_data
from web.worker import Worker


def test_after_three_days_it_pauses_and_says_so_and_goes_on_without_loss(
    house: House, worker: Worker, admin: Actor, receiver: Receiver, settings: Settings
) -> None:
    webhook, _ = add(house, admin, receiver.address)
    receiver.answer = lambda number: 500
    first = happen(house, admin)
    work_off(worker)
    with house.database.write() as session:
        session.get_one(Webhook, webhook.id).failing_since = utc_now() - timedelta(days=3, minutes=1)
    later(house)
    work_off(worker)
    with house.database.read() as session:
        assert session.get_one(Webhook, webhook.id).state is WebhookState.FAILING
        assert len(session.exec(select(Job).where(col(Job.name) == MAIL_JOB)).all()) == 1
        assert session.exec(select(AuditEvent).where(col(AuditEvent.action) == "webhook_failing")).one()
    with house.database.write() as session, pytest.raises(WebhookPaused):
        redeliver(session, webhook=session.get_one(Webhook, webhook.id), since=utc_now(), by=admin)
    (mail,) = [one for one in (settings.data_dir / "mail").iterdir() if "webhook" in one.name]
    assert "Nothing is lost" in mail.read_text("utf-8")
    second = happen(house, admin)
    work_off(worker)
    receiver.came.clear()
    receiver.answer = lambda number: 200
    with house.database.write() as session:
        resume_webhook(session, webhook=session.get_one(Webhook, webhook.id), by=admin)
    work_off(worker)
    assert sessions_told(receiver) == first + second


def test_gone_pauses_at_once(house: House, worker: Worker, admin: Actor, receiver: Receiver) -> None:
    webhook, _ = add(house, admin, receiver.address)
    receiver.answer = lambda number: 410
    happen(house, admin)
    work_off(worker)
    with house.database.read() as session:
        assert session.get_one(Webhook, webhook.id).state is WebhookState.FAILING


def test_all_since_a_moment_are_sent_again(house: House, worker: Worker, admin: Actor, receiver: Receiver) -> None:
    webhook, _ = add(house, admin, receiver.address)
    old = happen(house, admin)
    work_off(worker)
    with house.database.write() as session:
        session.exec(update(WebhookDelivery).values(happened_at=utc_now() - timedelta(days=2)))
    new = happen(house, admin, 2)
    work_off(worker)
    with house.database.write() as session:
        row = session.get_one(Webhook, webhook.id)
        assert redeliver(session, webhook=row, since=utc_now() - timedelta(days=1), by=admin) == 2
        with pytest.raises(NotFound):
            redeliver(session, webhook=row, number=10**6, by=admin)
    work_off(worker)
    assert sessions_told(receiver) == [*old, *new, *new]


def test_paused_changed_and_removed(house: House, worker: Worker, admin: Actor, receiver: Receiver) -> None:
    webhook, _ = add(house, admin, "http://localhost:9/")
    with house.database.write() as session:
        row = session.get_one(Webhook, webhook.id)
        pause_webhook(session, webhook=row, by=admin)
        change_webhook(session, webhook=row, address=receiver.address, events=ALL, settings=house.settings, by=admin)
    ids = happen(house, admin)
    work_off(worker)
    assert receiver.came == []
    with house.database.write() as session:
        resume_webhook(session, webhook=session.get_one(Webhook, webhook.id), by=admin)
    work_off(worker)
    assert sessions_told(receiver) == ids
    sweep_keys(house.database, older_than_hours=-1)
    with house.database.write() as session:
        assert session.get(SessionKey, webhook.id) is not None, "the sweep knows whose key it is"
        happened = say_happened(
            session, Happened.SESSION_READY, organisation_id=admin.organisation_id, session_id=new_id()
        )  # fmt: skip
        assert happened is None
        remove_webhook(session, webhook=session.get_one(Webhook, webhook.id), by=admin)
    work_off(worker)
    assert len(receiver.came) == 1
    with house.database.read() as session:
        assert session.get(SessionKey, webhook.id) is None
        assert webhooks_of(session, admin.organisation_id) == []
        with pytest.raises(NotFound):
            require_webhook(session, webhook.id, by=admin)
    assert rows(house) == []


def test_the_log_is_kept_for_thirty_days(house: House, worker: Worker, admin: Actor, receiver: Receiver) -> None:
    add(house, admin, receiver.address)
    happen(house, admin, 2)
    with house.database.write() as session:
        first = select(WebhookDelivery).order_by(col(WebhookDelivery.number)).limit(1)
        session.exec(first).one().happened_at = utc_now() - timedelta(days=31)
    with house.database.write() as session:
        end_old_deliveries(session)
    assert len(rows(house)) == 1


def test_there_is_a_most_and_none_in_an_evaluation_centre(house: House, admin: Actor, people: People) -> None:
    house.settings.outgoing_allowed = "localhost"
    for _ in range(20):
        add(house, admin, "http://localhost:9/")
    with pytest.raises(TooManyWebhooks):
        add(house, admin, "http://localhost:9/")
    with house.database.write() as session:
        session.get_one(Organisation, people.stranger.organisation_id).kind = OrganisationKind.EVALUATION
    with pytest.raises(NotFound):
        add(house, people.stranger, "http://localhost:9/")


def test_a_copy_of_ones_data_says_what_was_told(
    house: House, worker: Worker, admin: Actor, people: People, receiver: Receiver
) -> None:
    add(house, admin, receiver.address)
    with house.database.write() as session:
        for who in (people.owner, people.teammate):
            say_happened(
                session, Happened.MODULE_COMPLETED, organisation_id=who.organisation_id, person_id=who.person_id,
                module="open-questions", edition="1",
            )  # fmt: skip
    happen(house, admin)
    work_off(worker)
    with house.database.read() as session:
        (told,) = own_data(session, session.get_one(Person, people.owner.person_id))["told_by_webhook"]
        assert own_data(session, session.get_one(Person, people.colleague.person_id))["told_by_webhook"] == []
    assert told | {"at": ""} == {
        "to": receiver.address.split("/")[2], "what": "module.completed", "at": "", "state": "delivered",
        "module": "open-questions",
    }  # fmt: skip
