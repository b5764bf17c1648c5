"""Every POST of the API makes what it makes once, however often it is sent; feedback changes as it was seen."""

import threading
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, func, select

from api.house import House
from models.columns import utc_now
from models.feedback import CodeContest, Feedback, FeedbackMessage
from models.idempotency import IN_FLIGHT_FOR, IdempotentRequest, begin_request
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role, RoleGrant
from models.recording_in_progress import RecordingInProgress
from models.review import Review
from models.webhook_actions import end_old_secret, rotate_secret
from models.webhook_kept import Webhook
from tests.coding.review.conftest import Bench, bench
from tests.conftest import People, add_person, work_off
from tests.web.conftest import Client, PageClient
from web.app import create_app
from web.worker import Worker

__all__ = ["bench"]
DOES_WITHOUT = {
    "/api/v1/oauth/token": "a token is asked for anew, and must not be kept",
    "/api/v1/recordings-in-progress/{recording_id}/send": "the recording is sent once",
    "/api/v1/reviews/{review_id}/redo": "has the number of the step",
    "/api/v1/reviews/{review_id}/steps": "each step has a client_id and a number",
    "/api/v1/reviews/{review_id}/undo": "has the number of the step",
    "/api/v1/uploads/{resumable_id}/finish": "an upload is finished once; again it says which session it became",
    "/api/v1/sessions/{session_id}/listening": "says whether the sound is ready",
}
HOOK = {"address": "https://hooks.example.org/evoke", "events": ["session.ready"]}
BEGUN = {
    "details": {"kind": "role_play", "agreement_confirmed": "yes", "title": "At the kitchen table"},
    "media_type": "audio/webm", "microphones": 1,
}  # fmt: skip
WORDS = {"well": [{"text": "You let her finish."}], "to_try": {"text": "Reflect first."}}


def many(house: House, table: Any) -> int:
    with house.database.read() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def twice(one: PageClient, path: str, key: str = "k1", **sends: Any) -> tuple[Any, Any]:
    first = one.post(path, headers={"idempotency-key": key}, **sends)
    again = one.post(path, headers={"idempotency-key": key}, **sends)
    assert first.status_code < 300, first.text
    assert again.status_code == first.status_code
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    return first, again


@pytest.fixture
def admin(house: House, people: People) -> Actor:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, home, "Ada Admin", role=Role.ADMINISTRATOR)


@pytest.fixture
def no_address_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.webhook_actions.check_address", lambda address, *, settings: address)


def test_every_post_takes_a_key_or_says_why_not(house: House) -> None:
    paths = create_app(house.settings).openapi()["paths"]
    posts = {path: ways["post"] for path, ways in paths.items() if "post" in ways}
    named = {"$ref": "#/components/parameters/IdempotencyKey"}
    without = {path for path, way in posts.items() if named not in way.get("parameters", [])}
    assert without == set(DOES_WITHOUT)


def test_a_webhook_is_added_once_and_its_secret_is_not_kept(
    house: House, client: Client, admin: Actor, no_address_is_looked_up: None
) -> None:
    one = client(admin)
    first, again = twice(one, "/api/v1/webhooks", json=HOOK)
    assert again.json() == first.json()
    assert many(house, Webhook) == 1
    with house.database.read() as session:
        kept = session.exec(select(IdempotentRequest)).one()
    assert kept.answer.keys() == {"id", "secret_hash"}
    assert kept.answer["id"] == first.json()["id"]
    assert first.json()["secret"].removeprefix("whsec_") not in str(kept.answer)
    other = one.post("/api/v1/webhooks", headers={"idempotency-key": "k1"}, json=HOOK | {"events": ["session.stopped"]})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    same = f'{{ "events":["session.ready"],\n "address": "{HOOK["address"]}" }}'
    spaced = one.post(
        "/api/v1/webhooks", content=same, headers={"idempotency-key": "k1", "content-type": "application/json"}
    )
    assert spaced.json() == first.json(), "the same values are the same request"
    twice(one, f"/api/v1/webhooks/{first.json()['id']}/redeliver", json={})
    one.delete(f"/api/v1/webhooks/{first.json()['id']}")
    assert one.post("/api/v1/webhooks", headers={"idempotency-key": "k1"}, json=HOOK).status_code == 404, "it is gone"


def test_a_secret_that_was_made_since_is_not_told(
    house: House, client: Client, admin: Actor, no_address_is_looked_up: None
) -> None:
    one, key = client(admin), {"idempotency-key": "k1"}
    first = one.post("/api/v1/webhooks", headers=key, json=HOOK).json()
    with house.database.write() as session:
        new = rotate_secret(session, webhook=session.get_one(Webhook, UUID(first["id"])), by=admin)
    again = one.post("/api/v1/webhooks", headers=key, json=HOOK)
    assert again.json()["secret"] == first["secret"], "which is good for some days more"
    with house.database.write() as session:
        end_old_secret(session, webhook=session.get_one(Webhook, UUID(first["id"])), by=admin)
    refused = one.post("/api/v1/webhooks", headers=key, json=HOOK)
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_secret_renewed")
    assert new not in again.text + refused.text
    assert many(house, Webhook) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_nests_of_any_depth_are_refused(client: Client, admin: Actor, house: House) -> None:
    """Also those that can be read and not be written again: one deeper."""
    one = client(admin)
    for deep in (10, *range(900, 1000), 20_000):
        sent = one.post(
            "/api/v1/webhooks", content=b"[" * deep + b"]" * deep,
            headers={"idempotency-key": "k1", "content-type": "application/json"},
        )  # fmt: skip
        assert sent.status_code == 422, (deep, sent.text)
    assert many(house, IdempotentRequest) == 0


def test_who_lost_the_right_hears_no_secret(
    house: House, client: Client, admin: Actor, no_address_is_looked_up: None
) -> None:
    one = client(admin)
    first = one.post("/api/v1/webhooks", headers={"idempotency-key": "k1"}, json=HOOK)
    assert first.status_code == 201
    with house.database.write() as session:
        grant = session.exec(select(RoleGrant).where(col(RoleGrant.person_id) == admin.person_id)).one()
        grant.ended_at = utc_now()
        session.add(grant)
    assert one.post("/api/v1/webhooks", headers={"idempotency-key": "k1"}, json=HOOK).status_code == 404


def test_a_recording_is_begun_once_and_its_words_are_not_kept(house: House, client: Client, people: People) -> None:
    first, again = twice(client(people.owner), "/api/v1/recordings-in-progress", json=BEGUN)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert many(house, RecordingInProgress) == 1
    with house.database.read() as session:
        assert "kitchen" not in str(session.exec(select(IdempotentRequest)).one().answer)


def test_what_was_refused_uses_up_no_key(house: House, client: Client, admin: Actor, people: People) -> None:
    one = client(admin)
    for wrong in (HOOK | {"events": ["nothing"]}, HOOK | {"more": 1}, {}):
        assert one.post("/api/v1/webhooks", headers={"idempotency-key": "k1"}, json=wrong).status_code == 422
    broken = one.post("/api/v1/webhooks", headers={"idempotency-key": "k1"}, content=b"{", params={"x": "1"})
    assert broken.status_code == 422
    refused = client(people.owner).post("/api/v1/webhooks", headers={"idempotency-key": "k1"}, json=HOOK)
    assert refused.status_code == 404
    assert many(house, IdempotentRequest) == 0
    odd = one.post("/api/v1/webhooks", headers={"idempotency-key": "a key"}, json=HOOK)
    assert (odd.status_code, odd.json()["code"]) == (422, "idempotency_key_wrong")


def test_twins_at_once_make_one(house: House, client: Client, people: People) -> None:
    one, answers = client(people.owner), []

    def send() -> None:
        answers.append(one.post("/api/v1/recordings-in-progress", headers={"idempotency-key": "k1"}, json=BEGUN))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency_in_flight"}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert many(house, RecordingInProgress) == 1


def test_a_key_whose_process_was_killed_is_free_after_minutes(house: House, client: Client, people: People) -> None:
    one, path = client(people.owner), "/api/v1/recordings-in-progress"
    with house.database.write() as session:
        begun = begin_request(session, person_id=people.owner.person_id, route=f"POST {path}?", key="k1").id
    waiting = one.post(path, headers={"idempotency-key": "k1"}, json=BEGUN)
    assert (waiting.status_code, waiting.json()["code"]) == (409, "idempotency_in_flight")
    with house.database.write() as session:
        session.get_one(IdempotentRequest, begun).begun_at = utc_now() - IN_FLIGHT_FOR
    assert one.post(path, headers={"idempotency-key": "k1"}, json=BEGUN).status_code == 201


def test_nothing_is_kept_where_the_change_fails(
    house: House, client: Client, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no row")

    one, path = client(people.owner), "/api/v1/recordings-in-progress"
    with monkeypatch.context() as broke:
        broke.setattr("api.once.keep_answer", broken)
        assert one.post(path, headers={"idempotency-key": "k1"}, json=BEGUN).status_code == 500
    assert (many(house, RecordingInProgress), many(house, IdempotentRequest)) == (0, 0)


def test_reviews_feedback_and_contests_once(house: House, client: Client, people: People, bench: Bench) -> None:
    coach, owner = client(bench.coach), client(people.owner)
    session_path = f"/api/v1/sessions/{bench.practice_id}"
    first, again = twice(coach, f"{session_path}/reviews")
    assert again.json() == first.json()
    assert many(house, Review) == 1
    review = coach.get(first.json()["url"]).json()
    sent = {"expected": first.json()["steps"]}
    signed, again = twice(coach, f"{first.json()['url']}/sign-off", json=sent)
    assert again.json() == signed.json(), "without a key it is a 409: it is signed off"
    assert review
    twice(coach, f"{session_path}/feedback", json=WORDS | {"send": True})
    assert many(house, Feedback) == 1
    twice(owner, f"{session_path}/feedback/messages", json={"words": "Thank you."})
    assert many(house, FeedbackMessage) == 1
    with house.database.read() as session:
        kept = " ".join(str(one.answer) for one in session.exec(select(IdempotentRequest)))
    assert "Thank" not in kept
    assert "finish" not in kept
    assert many(house, CodeContest) == 0


def test_feedback_is_changed_as_it_was_seen(house: House, client: Client, people: People, bench: Bench) -> None:
    coach, owner = client(bench.coach), client(people.owner)
    path = f"/api/v1/sessions/{bench.practice_id}"
    begun = coach.post(f"{path}/reviews").json()
    coach.post(f"{begun['url']}/sign-off", json={"expected": begun["steps"]})
    tag = coach.get(f"{path}/feedback").headers["etag"]
    saved = coach.post(f"{path}/feedback", json=WORDS, headers={"if-match": tag})
    assert saved.json()["state"] == "draft"
    late = coach.post(f"{path}/feedback", json=WORDS | {"send": True}, headers={"if-match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    tag = coach.get(f"{path}/feedback").headers["etag"]
    assert coach.post(f"{path}/feedback", json=WORDS | {"send": True}, headers={"if-match": tag}).status_code == 200
    seen = owner.get(f"{path}/feedback")
    assert owner.get(f"{path}/feedback").headers["etag"] == seen.headers["etag"], "reading it is no change of it"
    said = owner.post(f"{path}/feedback/messages", json={"words": "Thank you."})
    wrong = {"if-match": seen.headers["etag"]}
    message = f"{path}/feedback/messages/{said.json()['id']}"
    assert owner.delete(message, headers=wrong).status_code == 412
    right = {"if-match": owner.get(f"{path}/feedback").headers["etag"]}
    assert owner.delete(message, headers=right).status_code == 200


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_was_coded_elsewhere_comes_once(client: Client, people: People, house: House, worker: Worker) -> None:
    coach = client(people.colleague)
    owner = client(people.owner)
    turns = [{"speaker": "Worker", "text": "What brings you?"}, {"speaker": "Parent", "text": "I want to stop."}]
    made = owner.post("/api/v1/sessions", json={"agreement_confirmed": True, "turns": turns})
    work_off(worker)
    file = owner.get(f"{made.json()['url']}/export?format=json").content
    fields = {
        "kind": "role_play", "agreement_confirmed": "yes", "coder": "Ana", "practitioner": str(people.owner.person_id)
    }  # fmt: skip

    def send(data: bytes) -> Any:
        return coach.post(
            "/api/v1/sessions/coded", data=fields, files={"file": ("coded.json", data)},
            headers={"idempotency-key": "k1"},
        )  # fmt: skip

    first, again = send(file), send(file)
    assert first.status_code == 201, first.text
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert send(file + b" ").json()["code"] == "idempotency_key_reused"
