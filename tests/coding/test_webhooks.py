"""From what happens to what another system gets: signed, in order, again after a failure, and nothing lost."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from api.house import House
from coding import send_webhooks
from coding.send_webhooks import WAITS, body_of, wait_after
from coding.webhook_failing import MAIL_JOB
from models.audit import AuditEvent
from models.columns import new_id, utc_now
from models.errors import NotFound
from models.job import Job
from models.keys import SessionKey
from models.organisation import Organisation, OrganisationKind
from models.permissions import Actor
from models.person import Role
from models.settings import Settings
from models.sweep import sweep_keys
from models.webhook import say_happened
from models.webhook_actions import (
    TooManyWebhooks,
    WebhookPaused,
    WebhookWrong,
    change_webhook,
    end_old_deliveries,
    end_old_secret,
    make_webhook,
    pause_webhook,
    redeliver,
    remove_webhook,
    require_webhook,
    resume_webhook,
    rotate_secret,
    secrets_of,
    webhooks_of,
)
from models.webhook_kept import DeliveryState, Happened, Webhook, WebhookDelivery, WebhookState
from tests.conftest import People, add_person, work_off
from tests.webhook_receiver import Receiver
from web.worker import Worker

ALL = [one.value for one in Happened.to_choose()]


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.outgoing_allowed = "localhost"
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def admin(house: House, people: People) -> Actor:
    with house.database.write() as session:
        organisation = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, organisation, "Ada Admin", role=Role.ADMINISTRATOR)


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


def test_what_happens_is_told_in_order_and_signed(
    house: House, worker: Worker, admin: Actor, receiver: Receiver, tmp_path: Path
) -> None:
    _, secret = add(house, admin, receiver.address)
    ids = happen(house, admin, 5)
    work_off(worker)
    assert sessions_told(receiver) == ids
    names = verifier(tmp_path)
    seen: set[str] = set()
    for headers, body in receiver.came:
        assert names["take"](headers, body, secrets=[secret], seen=seen)
    said = json.loads(receiver.came[0][1])
    assert set(said) == {"type", "timestamp", "number", "data"}
    assert said["type"] == "session.ready"
    assert said["data"] == {
        "session_id": str(ids[0]), "address": f"{house.settings.site}/api/v1/sessions/{ids[0]}",
        "page": f"{house.settings.site}/sessions/{ids[0]}",
    }  # fmt: skip
    assert [row.state for row in rows(house)] == [DeliveryState.DELIVERED] * 5
    assert [row.answered for row in rows(house)] == [204] * 5


def test_the_guides_check_refuses_what_is_not_as_sent(
    house: House, worker: Worker, admin: Actor, receiver: Receiver, tmp_path: Path
) -> None:
    _, secret = add(house, admin, receiver.address)
    happen(house, admin)
    work_off(worker)
    headers, body = receiver.came[0]
    take = verifier(tmp_path)["take"]
    wrong = [
        (headers, body + b" "),
        (headers | {"webhook-id": str(new_id())}, body),
        (headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)}, body),
        (headers | {"webhook-timestamp": "soon"}, body),
        (headers | {"webhook-signature": "v1,AAAA v2,BBBB"}, body),
        ({name: value for name, value in headers.items() if name != "webhook-signature"}, body),
    ]
    for changed, sent in wrong:
        with pytest.raises(ValueError, match="webhook"):
            take(changed, sent, secrets=[secret], seen=set())
    with pytest.raises(ValueError, match="webhook"):
        take(headers, body, secrets=["whsec_" + "A" * 43 + "="], seen=set())
    with pytest.raises(ValueError, match="webhook"):  # ten minutes later it is no news
        take(headers, body, secrets=[secret], seen=set(), now=int(headers["webhook-timestamp"]) + 600)
    seen: set[str] = set()
    assert take(headers, body, secrets=[secret], seen=seen) is not None
    assert take(headers, body, secrets=[secret], seen=seen) is None  # the same once more is taken, and does nothing


def test_nothing_is_told_of_what_did_not_commit_nor_to_who_did_not_ask(
    house: House, worker: Worker, admin: Actor, people: People, receiver: Receiver
) -> None:
    add(house, admin, receiver.address, ["module.completed"])
    happen(house, admin)
    with house.database.write() as session:
        say_happened(session, Happened.MODULE_COMPLETED, organisation_id=admin.organisation_id, module="m")
        session.rollback()
    with house.database.write() as session:
        say_happened(session, Happened.MODULE_COMPLETED, organisation_id=people.stranger.organisation_id, module="m")
    work_off(worker)
    assert receiver.came == []
    assert rows(house) == []


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


def test_two_secrets_are_good_for_a_while(
    house: House, worker: Worker, admin: Actor, receiver: Receiver, tmp_path: Path
) -> None:
    webhook, old = add(house, admin, receiver.address)
    with house.database.write() as session:
        new = rotate_secret(session, webhook=session.get_one(Webhook, webhook.id), by=admin)
    happen(house, admin)
    work_off(worker)
    take = verifier(tmp_path)["take"]
    for secret in (old, new):
        assert take(*receiver.came[-1], secrets=[secret], seen=set())
    with house.database.write() as session:
        end_old_secret(session, webhook=session.get_one(Webhook, webhook.id), by=admin)
    happen(house, admin)
    work_off(worker)
    assert take(*receiver.came[-1], secrets=[new], seen=set())
    with pytest.raises(ValueError, match="webhook"):
        take(*receiver.came[-1], secrets=[old], seen=set())
    with house.database.write() as session:
        row = session.get_one(Webhook, webhook.id)
        rotate_secret(session, webhook=row, by=admin)
        row.old_secret_until = utc_now() - timedelta(seconds=1)
        assert len(secrets_of(session, row)) == 1


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


def test_what_is_sent_never_holds_a_word(house: House) -> None:
    row = WebhookDelivery(
        number=7, webhook_id=new_id(), event_id=new_id(), kind=Happened.MODULE_COMPLETED,
        data={"person_id": "p", "module": "open-questions", "edition": "1"},
    )  # fmt: skip
    said = json.loads(body_of(row, site="https://evoke.example"))
    assert said["data"] == {"person_id": "p", "module": "open-questions", "edition": "1"}
