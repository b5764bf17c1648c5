"""Copies of what is held about somebody follow who is who, and tell nobody what is another's affair."""

import json

import pytest
from sqlmodel import select

from api.house import House
from coding.consent import add_to_ledger
from coding.ledger import TookPart
from coding.requests import ask
from models.api_client import SCOPES, make_api_client
from models.consent import Who
from models.data_copy import DataCopy
from models.errors import NotFound
from models.organisation import Organisation
from models.people.leaving import mark_as_left
from models.permissions import narrowed
from models.person import Person
from models.practice import PracticeSession
from models.session_request import RequestKind
from models.session_words import NAME_DELETED, participant_label
from models.sign_in import actor_of
from models.withdrawal import Why
from tests.conftest import CONVERSATION, People
from tests.web.conftest import Client, work_off
from tests.web.data_copies import Held, fetched, held, make, quick_paper
from tests.web.kept_sessions import make_older
from tests.web.test_nightly import at_night
from training.data_copies import ask_participants_copy
from web.worker import Worker

__all__ = ["held", "quick_paper"]
pytestmark = pytest.mark.usefixtures("quick_paper")


def test_who_was_taken_for_another_keeps_no_copy_of_their_words(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    owner, admin = client(people.owner), client(held.admin)
    make(owner, worker)
    make(admin, worker, f"{held.copies}/2", label="Parent")
    admin.post(f"{held.copies}/3", data={"label": "Parent"})  # and one that is still to be made
    owner.post(f"/sessions/{held.practice_id}/practitioner", data={"label": "Parent"})
    work_off(worker)
    assert owner.get("/your-data/copy.json").status_code == 404
    for position in (2, 3):
        assert admin.get(f"{held.copies}/{position}/copy.json").status_code == 404
    with house.database.read() as session:
        assert session.exec(select(DataCopy)).all() == []


def test_a_participants_copy_tells_neither_what_is_contested_nor_of_others_copies(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, held.practice_id)
        ask(session, practice=practice, kind=RequestKind.CONTEST, words="I was kinder than that.", by=people.owner)
    admin, owner = client(held.admin), client(people.owner)
    make(admin, worker, f"{held.copies}/3", label="Sister")
    fetched(admin, f"{held.copies}/3")
    make(admin, worker, f"{held.copies}/2", label="Parent")
    fetched(admin, f"{held.copies}/2")
    make(admin, worker, f"{held.copies}/2", label="Parent")
    mothers = fetched(admin, f"{held.copies}/2")["trail"]
    assert not any("contest" in row["action"] for row in mothers)
    asked = [row for row in mothers if row["action"] in ("data_copy_asked", "exported")]
    assert [(row["action"], row["details"]["participant"]) for row in asked] == [
        ("data_copy_asked", "2"), ("exported", "2"), ("data_copy_asked", "2"),
    ]  # fmt: skip
    make(owner, worker)
    own = fetched(owner)["trail"]
    assert any(row["action"] == "contest_asked" for row in own)
    assert [row["by"] for row in own if row["action"] == "data_copy_asked"] == ["you"]
    assert "participant" not in json.dumps(own)


def test_no_copy_begins_of_a_session_that_was_just_withdrawn(
    house: House, client: Client, people: People, held: Held
) -> None:
    with house.database.read() as session:
        before = session.get_one(PracticeSession, held.practice_id)
    client(people.owner).post(f"/sessions/{held.practice_id}/withdraw", data={"what": "all", "why": Why.ASKED.value})
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, held.practice_id)
        practice = session.merge(before, load=False)  # as another request had found it a moment earlier
        assert practice.withdrawn_at is None
        with pytest.raises(NotFound):
            ask_participants_copy(session, practice=practice, position=2, labels=["Parent"], by=held.admin)


def test_whoever_is_written_down_after_the_words_went_has_no_name(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    make_older(house, str(held.practice_id), days=366)
    at_night(house, worker)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, held.practice_id)
        person = TookPart(Who.FAMILY_MEMBER, "Kayleigh Marsh")
        row = add_to_ledger(session, practice=practice, person=person, by=people.owner)
        assert participant_label(session, row) == NAME_DELETED
    assert "Kayleigh" not in client(people.owner).get(f"/sessions/{held.practice_id}/consent").text


def test_nothing_is_added_for_somebody_who_has_left(house: House, client: Client, people: People) -> None:
    with house.database.write() as session:
        mark_as_left(session, person=session.get_one(Person, people.owner.person_id), by=None)
    sent = {"kind": "role_play", "agreement_confirmed": "yes", "practitioner": str(people.owner.person_id)}
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        made, _ = make_api_client(session, organisation=home, name="Portal", scopes=SCOPES, days=90, by=None)
        program = narrowed(actor_of(session, session.get_one(Person, made.id)), SCOPES)
    for other in (people.colleague, program):
        refused = client(other).post("/api/v1/sessions", data=sent, files={"file": ("t.txt", CONVERSATION)})
        assert (refused.status_code, list(refused.json()["fields"])) == (422, ["practitioner"])
