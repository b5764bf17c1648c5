"""No consent, no work: refused with nothing kept, or held sealed until the ledger is complete."""

from datetime import date
from uuid import UUID

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import delete
from sqlmodel import select

from api.house import House
from coding.consent import ledger_of, switch_real_practice
from models.audit import AuditEvent
from models.consent import Agreement, HowGiven, Participant, Scope, Who
from models.permissions import Actor, Grant
from models.person import Role
from models.practice import PracticeSession
from tests.conftest import People, work_off
from tests.web.conftest import CONVERSATION, Client, PageClient
from tests.web.refusals import kept, refused
from web.worker import Worker

FILE = {"file": ("talk.txt", CONVERSATION.encode())}
ROLE_PLAY = {"kind": "role_play", "agreement_confirmed": "yes"}
MOTHER = {
    "person-2-who": "family_member", "person-2-label": "Mother", "person-2-supervision": "yes",
    "person-2-how": "recorded", "person-2-heard_at": "0:12",
}  # fmt: skip
REAL = {
    "kind": "real_practice", "agreement_confirmed": "yes", "lawful_basis": "public_task",
    "person-1-who": "staff", "person-1-supervision": "yes", **MOTHER,
}  # fmt: skip


def switch(house: House, people: People, *, on: bool = True) -> None:
    by = Actor(people.lead.person_id, people.lead.organisation_id, "Ada", (Grant(Role.ADMINISTRATOR),))
    with house.database.write() as session:
        switch_real_practice(session, organisation_id=by.organisation_id, on=on, by=by)


def add(client: PageClient, **data: str) -> str:
    answer = client.post("/api/v1/sessions", data=data, files=FILE)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def progress(client: PageClient, session_id: str) -> tuple[str, str]:
    said = client.get(f"/api/v1/sessions/{session_id}/progress").json()
    return said["stage"], said["problem_code"]


def test_one_tick_is_written_down_as_two_people_and_supervision(client: Client, people: People, house: House) -> None:
    session_id = add(client(people.owner), **ROLE_PLAY)
    with house.database.read() as session:
        ledger = ledger_of(session, UUID(session_id))
        rows = session.exec(select(Agreement)).all()
    assert [(one.who, set(one.agreed)) for one in ledger.people] == [(Who.STAFF, {Scope.SUPERVISION})] * 2
    assert len(rows) == 2 * len(Scope)
    assert {row.recorded_by_id for row in rows} == {people.owner.person_id}


def test_real_practice_is_refused_until_it_is_switched_on(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    refused(owner, house, code="session_details_wrong", says="has not switched on", data=REAL, files=FILE)
    sound = {"file": ("talk.wav", b"RIFF" + b"\0" * 5000)}
    refused(owner, house, code="session_details_wrong", says="has not switched on", data=REAL, files=sound)
    begun = {"details": REAL, "media_type": "audio/webm", "microphones": 1}
    assert owner.post("/api/v1/recordings-in-progress", json=begun).status_code == 422
    assert "Real practice</label>" not in owner.get("/sessions/new").text
    switch(house, people)
    assert "Real practice</label>" in owner.get("/sessions/new").text
    assert "Real practice</label>" not in client(people.stranger).get("/sessions/new").text
    add(owner, **REAL)
    assert owner.post("/api/v1/recordings-in-progress", json=begun).status_code == 201
    switch(house, people, on=False)
    refused(owner, house, code="session_details_wrong", says="has not switched on", data=REAL, files=FILE)


@pytest.mark.parametrize(("without", "field"), [
    ("lawful_basis", "lawful_basis"), ("person-2-supervision", "person-2-supervision"),
    ("agreement_confirmed", "agreement_confirmed"),
])  # fmt: skip
def test_what_is_missing_is_told_and_nothing_is_kept(
    client: Client, people: People, house: House, without: str, field: str
) -> None:
    owner = client(people.owner)
    switch(house, people)
    data = {name: value for name, value in REAL.items() if name != without}
    before = kept(house)
    answer = owner.post("/api/v1/sessions", data=data, files=FILE)
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {field})
    page = owner.post("/sessions", data=data, files=FILE)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert f'href="#{field}"' in page.text
    assert 'value="Mother"' in page.text  # nothing entered is lost
    assert kept(house) == before


def test_json_names_its_participants(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    switch(house, people)
    people_sent = [
        {"who": "staff", "agreed_to": ["supervision"]},
        {"who": "family_member", "label": "Mother", "agreed_to": ["supervision", "research"], "how": "form"},
    ]
    body = {
        "kind": "real_practice", "agreement_confirmed": True, "lawful_basis": "public_task",
        "participants": people_sent,
        "turns": [{"speaker": "Worker", "text": "Hello?"}, {"speaker": "Mother", "text": "Yes."}],
    }  # fmt: skip
    answer = owner.post("/api/v1/sessions", json=body)
    assert answer.status_code == 201, answer.text
    consent = owner.get(answer.json()["url"]).json()["consent"]
    assert consent["basis"] == "public_task"
    assert [(p["label"], [a["scope"] for a in p["agreements"] if a["state"] == "yes"]) for p in consent["people"]] == [
        ("Staff member 1", ["supervision"]), ("Mother", ["supervision", "research"]),
    ]  # fmt: skip
    bad = body | {"participants": [{"who": "staff", "agreed_to": ["gossip"]}]}
    assert set(owner.post("/api/v1/sessions", json=bad).json()["fields"]) == {"person-1-supervision"}


def test_a_held_session_waits_for_its_ledger(client: Client, people: People, house: House, worker: Worker) -> None:
    owner = client(people.owner)
    session_id = add(owner, kind="real_practice", hold="yes")
    assert progress(owner, session_id) == ("stopped", "agreement_missing")
    assert work_off(worker) == 0
    path = f"/sessions/{session_id}"
    assert "Complete people and consent" in owner.get(path).text
    assert owner.post(f"/api/v1{path}/retry").json()["code"] == "agreement_missing"
    switch(house, people)
    coach = client(people.colleague)
    new = {"new-who": "staff", "new-label": "Worker", "new-supervision": "yes"}
    assert coach.post(f"{path}/consent", data=new).status_code == 200
    mother = {"new-who": "family_member", "new-label": "Mother", "new-how": "form"}
    refused = owner.post(f"{path}/consent", data=mother | {"new-agreed_on": "2999-01-01", "new-research": "yes"}).text
    for typed in ("Mother", 'form" selected', "2999-01-01", 'yes" data-scope="research" checked'):
        assert f'value="{typed}' in refused
    assert '<a href="#new-agreed_on">The date is in the future' in refused
    wrong = owner.post(f"{path}/consent/1", data={"p1-how": "form", "p1-agreed_on": "2999-01-02"}).text
    assert 'value="2999-01-02"' in wrong
    assert 'id="p1-supervision" name="p1-supervision" type="checkbox" value="yes" data-scope="supervision">' in wrong
    assert "not agreed" not in owner.get(f"{path}/consent").text  # that one was refused
    owner.post(f"{path}/consent", data=mother)
    assert "“Mother” has not agreed" in owner.get(f"{path}/consent").text
    owner.post(f"{path}/consent/basis", data={"lawful_basis": "because"})
    owner.post(f"{path}/consent/basis", data={"lawful_basis": "public_task"})
    assert work_off(worker) == 0
    assert owner.post(f"{path}/consent/2", data={"p2-supervision": "yes", "p2-how": "form"}).status_code == 200
    assert work_off(worker) == 1
    assert progress(owner, session_id) == ("ready", "")
    with house.database.read() as session:
        actions = [event.action for event in session.exec(select(AuditEvent).order_by(AuditEvent.at))]  # type: ignore[arg-type]
    for action in ("participant_added", "lawful_basis_set", "agreement_corrected"):
        assert action in actions


def test_a_correction_is_a_new_row(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    path = f"/sessions/{add(owner, **ROLE_PLAY)}/consent"
    answer = owner.post(
        f"{path}/2", data={"p2-supervision": "yes", "p2-research": "yes", "p2-agreed_until": "2099-01-01"}
    )
    assert "until 1 January 2099" in answer.text
    with house.database.read() as session:
        rows = session.exec(select(Agreement).where(Agreement.scope == Scope.RESEARCH)).all()
        assert sorted((row.given for row in rows), key=bool) == [False, False, True]
    owner.post(f"{path}/2", data={"p2-supervision": "yes", "p2-research": "yes", "p2-agreed_until": "2099-01-01"})
    with house.database.read() as session:
        assert len(session.exec(select(Agreement)).all()) == 2 * len(Scope) + 2  # the same again is no news
    assert owner.post(f"{path}/9", data={"p9-supervision": "yes"}).status_code == 404


def test_who_may_see_and_who_may_correct(client: Client, people: People) -> None:
    path = f"/sessions/{add(client(people.owner), **ROLE_PLAY)}/consent"
    assert client(people.colleague).get(path).status_code == 200
    for stranger in (people.stranger, people.stranger_coach, people.teammate, people.lead):
        one = client(stranger)
        assert one.get(path).status_code == 404
        assert one.post(path, data={"new-who": "staff"}).status_code == 404
        assert one.post(f"{path}/1", data={"p1-supervision": "yes"}).status_code == 404
        assert one.post(f"{path}/basis", data={"lawful_basis": "consent"}).status_code == 404


def test_agreement_is_asked_again_when_the_work_begins(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner = client(people.owner)
    session_id = add(owner, **ROLE_PLAY)
    with house.database.write() as session:
        first = session.exec(select(Participant).where(Participant.position == 2)).one()
        session.add(
            Agreement(
                participant_id=first.id, scope=Scope.SUPERVISION, given=True, how=HowGiven.SAID,
                given_on=date(2020, 1, 1), expires_on=date(2021, 1, 1), recorded_by_id=people.owner.person_id,
            )
        )  # fmt: skip
    assert work_off(worker) == 1
    assert progress(owner, session_id) == ("stopped", "agreement_missing")
    assert "ended on 1 January 2021" in owner.get(f"/sessions/{session_id}").text


def test_a_tick_from_before_the_ledger_is_written_into_it(client: Client, people: People, house: House) -> None:
    session_id = UUID(add(client(people.owner), **ROLE_PLAY))
    from importlib import import_module

    migration = import_module("models.migrations.versions.0009_who_agreed_to_what")
    with house.database.write() as session:
        session.exec(delete(Agreement))
        session.exec(delete(Participant))
        with Operations.context(MigrationContext.configure(session.connection())):
            migration._what_was_confirmed()
    with house.database.read() as session:
        ledger = ledger_of(session, session_id, named=False)  # which version 0022 seals
        practice = session.get_one(PracticeSession, session_id)
        assert [(one.label, set(one.agreed)) for one in ledger.people] == [
            ("Person 1", {Scope.SUPERVISION}), ("Person 2", {Scope.SUPERVISION}),
        ]  # fmt: skip
        rows = session.exec(select(Agreement)).all()
        assert {row.recorded_by_id for row in rows} == {practice.added_by_id}
        assert {row.given_on for row in rows} == {practice.created_at.date()}
    assert ledger.basis is None
