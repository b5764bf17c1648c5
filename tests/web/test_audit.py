"""Who saw and took away a session is noted, from where, and an administrator can look through it."""

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from api.house import House
from models.api_token import make_api_token
from models.audit import AuditEvent
from models.audit_hash import hash_of
from models.audit_triggers import guard, unguard
from models.organisation import Organisation
from models.origin import Channel
from models.permissions import Actor
from models.person import Person, Role
from models.practice import PracticeSession
from models.session_words import session_words
from tests.conftest import CONVERSATION, People, add_person
from tests.web.conftest import Client, PageClient, work_off
from web.worker import Worker

TITLE = "The whispering orchard"


@pytest.fixture
def administrator(house: House, people: People) -> Actor:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, home, "=Ada Admin", role=Role.ADMINISTRATOR)


@pytest.fixture
def coded(client: Client, people: People, worker: Worker) -> str:
    """A coded session of the owner's; its id."""
    fields = {"agreement_confirmed": "yes", "title": TITLE, "change_goal": "drink less", "transcript": CONVERSATION}
    added = client(people.owner).post("/api/v1/sessions", files={"a": ("", b"")}, data=fields)
    work_off(worker)
    return str(added.json()["id"])


def noted(house: House, *actions: str) -> list[AuditEvent]:
    with house.database.read() as session:
        rows = select(AuditEvent).where(col(AuditEvent.action).in_(actions)).order_by(col(AuditEvent.sequence))
        return list(session.exec(rows))


def an_hour_passes(house: House) -> None:
    with house.database.write_engine.begin() as connection:
        unguard(connection)
    with house.database.write() as session:
        for row in session.exec(select(AuditEvent)):
            row.at -= timedelta(hours=1)
            session.add(row)
    with house.database.write_engine.begin() as connection:
        guard(connection)


def test_opening_a_session_is_one_row_an_hour_and_person(
    house: House, client: Client, people: People, coded: str
) -> None:
    owner, coach = client(people.owner), client(people.colleague)
    for reader in (owner, coach, owner, coach):
        assert reader.get(f"/sessions/{coded}").status_code == 200
    seen = noted(house, "session_seen")
    assert [row.actor_id for row in seen] == [people.owner.person_id, people.colleague.person_id]
    assert {(str(row.subject_id), row.channel, row.address) for row in seen} == {(coded, Channel.PAGE, "testclient")}
    an_hour_passes(house)
    owner.get(f"/sessions/{coded}")
    assert len(noted(house, "session_seen")) == 3


def test_all_that_is_taken_away_is_noted_each_time(house: House, client: Client, people: People, coded: str) -> None:
    owner = client(people.owner)
    with house.database.write() as session:
        token = make_api_token(session, person=session.get_one(Person, people.colleague.person_id), name="a program")
    for _ in range(2):
        owner.get(f"/sessions/{coded}/codes.csv")
    program = client(None)
    program.get(f"/api/v1/sessions/{coded}", headers={"authorization": f"Bearer {token}"})
    taken = noted(house, "session_exported")
    assert [(row.details["form"], row.channel) for row in taken] == [
        ("csv", Channel.PAGE), ("csv", Channel.PAGE), ("json", Channel.API_TOKEN),
    ]  # fmt: skip
    assert taken[2].actor_id == people.colleague.person_id


def test_who_may_not_see_a_session_leaves_no_row_of_having_seen_it(
    house: House, client: Client, people: People, coded: str
) -> None:
    stranger = client(people.stranger_coach)
    for path in (f"/sessions/{coded}", f"/sessions/{coded}/codes.csv", f"/api/v1/sessions/{coded}"):
        assert stranger.get(path).status_code == 404
    assert not noted(house, "session_seen", "session_exported")


def test_what_cannot_be_noted_is_not_shown(
    house: House, client: Client, people: People, coded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the audit cannot be written")

    owner = client(people.owner)
    monkeypatch.setattr("models.audit._append", broken)
    for path in (f"/sessions/{coded}", f"/sessions/{coded}/codes.csv", f"/api/v1/sessions/{coded}"):
        assert owner.get(path).status_code == 500


def test_the_trail_is_for_administrators_of_the_same_authority(
    client: Client, people: People, administrator: Actor, coded: str
) -> None:
    for actor in (people.owner, people.colleague, people.lead, people.stranger_coach):
        for path in ("/audit", "/audit.csv", "/audit.json"):
            assert client(actor).get(path).status_code == 404
    assert client(None).get("/audit", follow_redirects=False).status_code == 303
    assert "Session added" in client(administrator).get("/audit").text


def test_an_administrator_finds_rows_by_person_session_action_and_day(
    house: House, client: Client, people: People, administrator: Actor, coded: str
) -> None:
    client(people.colleague).get(f"/sessions/{coded}")
    looking = client(administrator)

    def found(**query: str) -> int:
        return looking.get("/audit", params=query).text.count("evoke-log__row")

    everything = found()
    assert found(person=str(people.colleague.person_id)) == 2  # signed in, opened it
    assert found(person=str(people.colleague.person_id), action="session_seen") == 1
    assert found(session=f"http://evoke.test/sessions/{coded}") == found(session=coded) == 2  # added, opened
    assert found(since="2020-01-01", until="2099-01-01") == everything
    assert found(until="2020-01-01") == 0
    assert "No row is like that" in looking.get("/audit?until=2020-01-01").text
    wrong = looking.get("/audit?since=yesterday&session=it&person=me")
    assert wrong.status_code == 422
    for sentence in ("like 2026-03-27", "Paste the session", "Choose a person"):
        assert sentence in wrong.text
    assert looking.get("/audit.csv?since=yesterday").status_code == 422
    assert looking.get("/audit?before=99999999999").status_code == 422


def test_a_long_trail_comes_a_page_at_a_time(
    house: House, client: Client, people: People, administrator: Actor
) -> None:
    with house.database.write() as session:
        person = session.get_one(Person, people.owner.person_id)
        for number in range(120):
            make_api_token(session, person=person, name=f"token {number}")
    looking = client(administrator)
    pages, path = [], "/audit?action=api_token_made"
    while path:
        page = looking.get(path).text
        pages.append(page.count("evoke-log__row"))
        path = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert pages == [50, 50, 20]


def test_the_trail_goes_out_whole_and_harmless_and_that_is_noted(
    house: House, client: Client, people: People, administrator: Actor, coded: str
) -> None:
    looking = client(administrator)
    rows = json.loads(looking.get("/audit.json").text)
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(hash_of(row) == row["hash"] for row in rows)
    assert rows[-1]["action"] == "audit_exported"
    table = list(csv.DictReader(io.StringIO(looking.get("/audit.csv?action=signed_in").text)))
    assert {row["action"] for row in table} == {"signed_in"}
    assert "'=Ada Admin" in {row["actor"] for row in table}
    assert [row.details["wanted"] for row in noted(house, "audit_exported")] == ["", "action=signed_in"]


def test_the_trail_holds_nothing_of_what_was_said(
    house: House, client: Client, people: People, administrator: Actor, coded: str
) -> None:
    """Every action on a session, then a search for its words in the table, the page and both files."""
    owner: PageClient = client(people.owner)
    owner.get(f"/sessions/{coded}")
    owner.get(f"/sessions/{coded}/codes.csv")
    owner.post(f"/sessions/{coded}/practitioner", data={"label": "Parent"})
    owner.post(f"/sessions/{coded}/stop")
    owner.post(f"/sessions/{coded}/retry")
    looking = client(administrator)
    shown = "".join(looking.get(path).text for path in ("/audit", "/audit.csv", "/audit.json"))
    with house.database.read() as session:
        shown += str(session.connection().execute(text("SELECT * FROM audit_event")).all())
        assert session_words(session, session.exec(select(PracticeSession)).one()).title == TITLE
    assert "practitioner_decided" in shown
    said = {line.partition(": ")[2] for line in CONVERSATION.splitlines()} | {TITLE, "drink less", "Parent", "Worker"}
    assert [words for words in said if words in shown] == []
