"""What a system gets: in order, signed, by ids alone."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from api.house import House
from coding.actions import SessionDetails, add_transcript_session, go_on_if_agreed
from coding.ledger import Ledger, TookPart
from coding.send_webhooks import body_of
from coding.transcript.read import read_transcripts
from models.columns import new_id, utc_now
from models.consent import Who
from models.permissions import Actor
from models.practice import AGREEMENT_MISSING, SessionKind
from models.webhook import say_happened
from models.webhook_actions import (
    end_old_secret,
    rotate_secret,
    secrets_of,
)
from models.webhook_kept import DeliveryState, Happened, Webhook, WebhookDelivery
from tests.coding.webhooks.told import add, happen, rows, sessions_told, verifier
from tests.conftest import CONVERSATION, People, work_off
from tests.webhook_receiver import Receiver
from web.worker import Worker


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


def test_what_is_sent_never_holds_a_word(house: House) -> None:
    row = WebhookDelivery(
        number=7, webhook_id=new_id(), event_id=new_id(), kind=Happened.MODULE_COMPLETED,
        data={"person_id": "p", "module": "open-questions", "edition": "1"},
    )  # fmt: skip
    said = json.loads(body_of(row, site="https://evoke.example"))
    assert said["data"] == {"person_id": "p", "module": "open-questions", "edition": "1"}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_session_that_waits_for_an_agreement_is_told_as_stopped_once(
    house: House, admin: Actor, people: People, receiver: Receiver
) -> None:
    details = SessionDetails(
        practitioner_id=people.owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
        agreement_confirmed=True, hold=True, ledger=Ledger((TookPart(Who.ACTOR, "Mother"),)),
    )  # fmt: skip
    parsed = read_transcripts("talk.txt", CONVERSATION.encode())[0]
    add(house, admin, receiver.address)
    with house.database.write() as session:
        practice = add_transcript_session(session, details=details, parsed=parsed, name="t", by=people.owner)
        go_on_if_agreed(session, practice=practice, by=people.owner)
        assert practice.problem_code == AGREEMENT_MISSING
    assert [row.kind for row in rows(house)] == [Happened.SESSION_ADDED, Happened.SESSION_STOPPED]
