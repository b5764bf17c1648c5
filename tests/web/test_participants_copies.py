"""A copy for who took part and has no account, made by an administrator."""

import json

import pytest
from sqlalchemy import update

from api.house import House
from models.consent import Participant, Who
from tests.conftest import People
from tests.web.conftest import Client
from tests.web.data_copies import GOAL, MINE, THEIRS, Held, actions, fetched, held, make, on_sqlite, quick_paper
from web.worker import Worker

__all__ = ["held", "quick_paper"]


@pytest.mark.usefixtures("quick_paper")
def test_an_administrator_makes_one_for_who_took_part(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    for other in (people.owner, people.colleague, people.teammate, people.stranger, people.lead):
        one = client(other)
        assert one.get(held.copies).status_code == 404
        assert one.post(f"{held.copies}/2", data={"label": "Parent"}).status_code == 404
    assert "Consent and retention" in client(people.colleague).get(f"/sessions/{held.practice_id}/consent").text
    admin = client(held.admin)
    assert held.copies in admin.get("/retention").text
    page = admin.get(held.copies).text
    assert "Practitioner <span" not in page  # staff make their own
    for label in ("Worker", "Nobody"):
        refused = admin.post(f"{held.copies}/2", data={"label": label})
        assert refused.status_code == 422
        assert "Choose from the speakers" in refused.text
    assert admin.post(f"{held.copies}/1", data={"label": "Parent"}).status_code == 404
    assert "kept until" in make(admin, worker, f"{held.copies}/2", label="Parent")
    data = fetched(admin, f"{held.copies}/2")
    assert data["participant"]["part"] == "Mother"
    assert THEIRS in json.dumps(data)
    turns = [turn for one in data["sessions"] for turn in one["turns"]]
    assert {turn["speaker"] for turn in turns if turn["lines"]} == {"you"}  # nothing to count the practitioner from
    assert any(turn["speaker"] == "somebody else" for turn in turns)
    for others in (MINE, "stays with me", GOAL, "Tuesday", "Olu", "Sister", "scores", "accounts"):
        assert others not in json.dumps(data), others
    assert {row["part"] for row in data["sessions"][0]["agreements"]} == {"Mother"}
    assert {row["by"] for row in data["trail"]} <= {"somebody else", "Evoke"}
    assert admin.get(f"{held.copies}/2/copy.pdf").content.startswith(b"%PDF")
    assert admin.get(f"{held.copies}/3/copy.json").status_code == 404
    assert actions(house, "exported") == [("exported", held.admin.person_id, held.practice_id)] * 2
    for other in (people.owner, people.colleague, people.stranger):
        assert client(other).get(f"{held.copies}/2/copy.json").status_code == 404
    assert admin.get(f"{held.copies}/2/progress").json()["stage"] == "ready"
    assert "The copy is deleted." in admin.post(f"{held.copies}/2/end").text


@on_sqlite
def test_nobody_took_part(house: House, client: Client, people: People, held: Held) -> None:
    with house.database.write() as session:
        session.exec(update(Participant).values(who=Who.STAFF))
    assert "Nobody without an account took part" in client(held.admin).get(held.copies).text
