"""A review over the API: steps that come again, out of order or wrong, and what each answer holds."""

import json
from typing import Any
from uuid import UUID

import pytest

from coding.forget_words import forget_words
from coding.review.draft import draft_from_json
from coding.review.kept import draft_of
from models.columns import new_id
from models.practice import PracticeSession
from models.review import Review
from tests.coding.review.conftest import Bench, bench
from tests.conftest import People
from tests.web.conftest import Client, client

__all__ = ["bench", "client"]
AS_JSON = {"content-type": "application/json"}
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def sent(*steps: dict[str, Any], expected: int) -> dict[str, Any]:
    return {"expected": expected, "steps": [{"client_id": str(new_id()), "step": step} for step in steps]}


def test_a_review_is_begun_worked_on_and_put_away(bench: Bench, client: Client) -> None:
    coach = client(bench.coach)
    begun = coach.post(f"/api/v1/sessions/{bench.practice_id}/reviews")
    assert begun.status_code == 201
    assert coach.post(f"/api/v1/sessions/{bench.practice_id}/reviews").json() == begun.json()
    path = begun.json()["url"]
    whole = coach.get(path).json()
    assert (whole["state"], whole["steps"], whole["last"], whole["redo"]) == ("open", 0, 0, None)
    assert whole["figures"]["counts"]["CR"] == 1
    assert whole["figures"]["volley_of"]["0"] == 0
    assert whole["draft"]["lines"][0]["machine"]["code"] == whole["draft"]["lines"][0]["code"]

    steps = sent({"kind": "recode", "key": "2", "code": "SR"}, {"kind": "split", "key": "0", "at": 6}, expected=0)
    changed = coach.post(f"{path}/steps", json=steps).json()
    assert [line["key"] for line in changed["lines"]] == ["0.1", "0.2", "2"]
    assert changed["keys"][:3] == ["0.1", "0.2", "1"]
    assert (changed["steps"], changed["last"]) == (2, 2)
    assert (changed["figures"]["counts"]["CR"], changed["figures"]["counts"]["SR"]) == (0, 1)
    assert coach.post(f"{path}/steps", json=steps).json()["lines"] == []  # sent again

    undone = coach.post(f"{path}/undo", json={"number": 2}).json()
    assert (undone["last"], undone["redo"], [line["key"] for line in undone["lines"]]) == (1, 2, ["0"])
    assert coach.post(f"{path}/redo", json={"number": 2}).json()["redo"] is None
    with bench.house.database.read() as session:
        now = draft_of(session, session.get_one(Review, UUID(begun.json()["id"])))
    assert draft_from_json(coach.get(path).json()["draft"]) == now
    assert coach.post(f"{path}/put-away").json()["state"] == "put_away"
    assert coach.post(f"{path}/undo", json={"number": 2}).json()["code"] == "review_closed"


def test_who_is_out_of_step_gets_the_review_as_it_is(bench: Bench, client: Client) -> None:
    coach, path = client(bench.coach), f"/api/v1/reviews/{bench.begin()}"
    accept = {"kind": "accept", "key": "0"}
    coach.post(f"{path}/steps", json=sent(accept, expected=0))
    for answer in (
        coach.post(f"{path}/steps", json=sent(accept, expected=5)),
        coach.post(f"{path}/steps", json=sent(accept, expected=0)),
        coach.post(f"{path}/undo", json={"number": 3}),
        coach.post(f"{path}/redo", json={"number": 3}),
    ):
        assert (answer.status_code, answer.json()["code"], answer.json()["steps"]) == (409, "out_of_step", 1)
        assert answer.json()["review"] == coach.get(path).json()


def test_a_wrong_step_is_told_with_its_place(bench: Bench, client: Client) -> None:
    coach, path = client(bench.coach), f"/api/v1/reviews/{bench.begin()}"
    accept = {"kind": "accept", "key": "0"}
    for wrong in ({"kind": "accept", "key": "99"}, {"kind": "fly"}, {"kind": "accept", "key": "\ud800"}, {}):
        answer = coach.post(f"{path}/steps", content=json.dumps(sent(accept, wrong, expected=0)), headers=AS_JSON)
        assert (answer.status_code, answer.json()["code"], answer.json()["step"]) == (422, "step_refused", 1)
    assert coach.get(path).json()["steps"] == 0
    odd = json.dumps(sent({"kind": "write_note", "key": "0", "text": "a\ud800\0b"}, expected=0))
    note = coach.post(f"{path}/steps", content=odd, headers=AS_JSON)
    assert note.json()["lines"][0]["note"] == "ab"


def test_it_is_its_reviewers_alone(bench: Bench, client: Client, people: People) -> None:
    path = f"/api/v1/reviews/{bench.begin()}"
    for actor, status in ((people.owner, 403), (bench.second, 404), (people.teammate, 404), (people.stranger, 404)):
        assert client(actor).get(path).status_code == status
        assert client(actor).post(f"{path}/steps", json=sent(expected=0)).status_code == status


def test_once_what_was_said_is_gone_it_says_so(bench: Bench, client: Client) -> None:
    review_id = bench.begin()
    with bench.house.database.write() as session:
        forget_words(session, session.get_one(PracticeSession, bench.practice_id))
    assert client(bench.coach).get(f"/api/v1/reviews/{review_id}").status_code == 410


def test_what_is_signed_off_is_what_the_session_shows(bench: Bench, client: Client, people: People) -> None:
    coach, path = client(bench.coach), f"/api/v1/reviews/{bench.begin()}"
    steps = [{"kind": "recode", "key": "2", "code": "SR"}, {"kind": "rate", "name": "empathy", "value": 4}]
    coach.post(f"{path}/steps", json=sent(*steps, {"kind": "uncode", "key": "0"}, expected=0))
    assert coach.post(f"{path}/sign-off", json={"expected": 2}).json()["review"]["steps"] == 3
    assert coach.post(f"{path}/sign-off", json={"expected": 3}).json()["code"] == "cannot_sign_off_yet"
    coach.post(f"{path}/undo", json={"number": 3})
    signed = coach.post(f"{path}/sign-off", json={"expected": 3}).json()
    assert signed["state"] == "signed_off"
    shown = client(people.owner).get(signed["session"]).json()
    assert (shown["coded_by"], shown["checked"]["by"]) == ("person", "Cass Coach")
    page = client(people.owner).get(f"/sessions/{bench.practice_id}").text
    for phrase in (
        "Checked and signed by Cass Coach",
        "1 line is not as the machine had it",
        "4 of 5",
        "The machine had",
    ):
        assert phrase in page
    assert "first draft by a machine" not in page
