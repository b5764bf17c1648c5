"""What does not arrive is tried again, and nothing is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from api.house import House
from coding import send_webhooks
from coding.send_webhooks import WAITS, wait_after
from models.columns import utc_now
from models.job import Job
from models.permissions import Actor
from models.webhook_actions import (
    WebhookWrong,
    redeliver,
)
from models.webhook_kept import DeliveryState, Webhook
from tests.coding.webhooks.told import add, happen, later, rows, sessions_told
from tests.conftest import work_off
from tests.webhook_receiver import Receiver
from web.worker import Worker


def test_a_failing_one_comes_again_with_the_same_id_and_holds_up_no_other(
    house: House, worker: Worker, admin: Actor, receiver: Receiver
) -> None:
    add(house, admin, receiver.address)
    receiver.answer = lambda number: 500 if number in (1, 4) else 200
    ids = happen(house, admin, 3)
    work_off(worker)
    assert sessions_told(receiver) == ids
    first = rows(house)[0]
    assert (first.state, first.answered, first.attempts) == (DeliveryState.WAITING, 500, 1)
    assert timedelta(seconds=7) < first.next_at - utc_now() < timedelta(seconds=12.1)
    later(house)
    work_off(worker)
    later(house)
    work_off(worker)
    assert sessions_told(receiver) == [*ids, ids[0], ids[0]]
    assert {headers["webhook-id"] for headers, _ in receiver.came[3:]} == {receiver.came[0][0]["webhook-id"]}
    assert receiver.came[3][1] == receiver.came[0][1]
    assert rows(house)[0].state is DeliveryState.DELIVERED


def test_tries_go_on_for_about_three_days_and_then_end(
    house: House, worker: Worker, admin: Actor, receiver: Receiver
) -> None:
    assert 2.5 < sum(WAITS) / 86400 < 3.5
    assert all(0.8 * WAITS[3] <= wait_after(4) <= 1.2 * WAITS[3] for _ in range(100))
    webhook, _ = add(house, admin, receiver.address)
    receiver.answer = lambda number: 503
    happen(house, admin)
    for _ in range(len(WAITS) + 3):
        work_off(worker)
        later(house)
    (row,) = rows(house)
    assert (row.state, row.attempts, len(receiver.came)) == (DeliveryState.GIVEN_UP, len(WAITS) + 1, len(WAITS) + 1)
    receiver.answer = lambda number: 200
    with house.database.write() as session:
        assert redeliver(session, webhook=session.get_one(Webhook, webhook.id), number=row.number, by=admin) == 1
    work_off(worker)
    assert rows(house)[0].state is DeliveryState.DELIVERED


def test_a_receiver_may_ask_for_more_time(house: House, worker: Worker, admin: Actor, receiver: Receiver) -> None:
    add(house, admin, receiver.address)
    receiver.answer, receiver.headers = (lambda number: 429), {"retry-after": "1000"}
    happen(house, admin)
    work_off(worker)
    assert rows(house)[0].next_at - utc_now() > timedelta(seconds=900)


def test_silence_stops_a_turn_and_a_redirect_is_not_followed(
    house: House, worker: Worker, admin: Actor, receiver: Receiver
) -> None:
    add(house, admin, receiver.address)
    receiver.answer = lambda number: 0
    happen(house, admin, 5)
    work_off(worker)
    assert len(receiver.came) == 2, "after two without an answer the others wait a minute, untried"
    assert [row.attempts for row in rows(house)] == [1, 1, 0, 0, 0]
    receiver.answer, receiver.headers = (lambda number: 302), {"location": "http://169.254.169.254/"}
    later(house)
    work_off(worker)
    assert "not followed" in rows(house)[4].why


def test_a_private_address_is_refused_when_entered_and_when_sent(
    house: House, worker: Worker, admin: Actor, receiver: Receiver
) -> None:
    for address in ("https://10.0.0.1/", "http://lms.example.org/", "https://169.254.169.254/latest", ""):
        with pytest.raises(WebhookWrong):
            add(house, admin, address)
    with pytest.raises(WebhookWrong) as wrong:
        add(house, admin, receiver.address, ["session.read"])
    assert set(wrong.value.fields) == {"events"}
    add(house, admin, receiver.address)
    house.settings.outgoing_allowed = worker.settings.outgoing_allowed = ""
    happen(house, admin)
    work_off(worker)
    assert receiver.came == []
    assert "private network" in rows(house)[0].why


def test_a_worker_that_dies_between_sending_and_noting_loses_nothing(
    house: House, worker: Worker, admin: Actor, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(house, admin, receiver.address)
    ids = happen(house, admin, 2)

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(send_webhooks, "_note", die)
        with pytest.raises(Killed):
            worker.run_one()
    assert sessions_told(receiver) == ids[:1]
    with house.database.write() as session:
        session.exec(update(Job).values(lease_until=utc_now() - timedelta(seconds=1)))
    work_off(worker)
    assert sessions_told(receiver) == ids, "the second is sent; the first is not known to have arrived"
    later(house)
    work_off(worker)
    assert sessions_told(receiver) == [*ids, ids[0]]
    assert {row.state for row in rows(house)} == {DeliveryState.DELIVERED}
