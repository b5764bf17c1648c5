"""Legal holds: what is held stays, and what was to be deleted waits for the end of the hold."""

from datetime import date
from uuid import UUID

import pytest
from sqlmodel import col, select

from api.house import House
from coding.consent import agreements_of
from coding.hold import lift_hold, place_hold
from models.audit import AuditEvent
from models.errors import NotFound
from models.permissions import Actor
from models.practice import PracticeSession
from tests.conftest import People, work_off
from tests.web.conftest import Client
from tests.web.kept_sessions import make_older
from tests.web.test_nightly import at_night
from tests.web.test_withdrawal import ALL, add, left
from web.worker import Worker


def test_what_is_held_stays_and_a_withdrawal_waits_for_the_end_of_the_hold(
    client: Client, people: People, house: House, worker: Worker, admin: Actor
) -> None:
    owner = client(people.owner)
    kept, withdrawn = add(owner), add(owner)
    work_off(worker)
    with house.database.write() as session:
        for one in (kept, withdrawn):
            place_hold(session, practice=session.get_one(PracticeSession, UUID(one)), reason="A complaint", by=admin)
    make_older(house, kept, days=1000)
    owner.post(f"/sessions/{withdrawn}/withdraw", data=ALL)
    before = left(house, kept), left(house, withdrawn)
    at_night(house, worker)
    at_night(house, worker)
    assert (left(house, kept), left(house, withdrawn)) == before
    assert owner.get(f"/sessions/{withdrawn}").status_code == 404
    page = owner.get(f"/sessions/{kept}").text
    assert "Under a legal hold since" in page
    assert "A complaint" not in page
    with house.database.write() as session:
        for one in (kept, withdrawn):
            lift_hold(session, practice=session.get_one(PracticeSession, UUID(one)), by=admin)
    work_off(worker)
    assert left(house, withdrawn) == {}
    at_night(house, worker)
    assert left(house, kept) == {}


def test_who_may_hold(house: House, client: Client, people: People, admin: Actor) -> None:
    session_id = UUID(add(client(people.owner)))
    for one in (people.owner, people.colleague, people.lead, people.stranger):
        with house.database.write() as session, pytest.raises(NotFound):
            place_hold(session, practice=session.get_one(PracticeSession, session_id), reason="A complaint", by=one)


def test_a_hold_is_placed_and_lifted_on_its_page(
    client: Client, people: People, house: House, worker: Worker, admin: Actor
) -> None:
    owner, administrator = client(people.owner), client(admin)
    session_id = add(owner, title="A quiet word")
    work_off(worker)
    address = f"/sessions/{session_id}/hold"
    for one in (people.owner, people.colleague, people.teammate, people.stranger):
        for method, path in (("GET", address), ("POST", address), ("POST", f"{address}/lift")):
            assert client(one).request(method, path, data={"reason": "A complaint"}).status_code == 404
    assert administrator.post(address, data={"reason": " no "}).status_code == 422
    assert administrator.post(f"{address}/lift").status_code == 409
    page = administrator.post(address, data={"reason": "Complaint 2026-114 <b>"}).text
    assert "Complaint 2026-114 &lt;b&gt;" in page
    assert "quiet word" not in page
    assert administrator.post(address, data={"reason": "Another one"}).status_code == 409
    assert "Complaint 2026-114" in administrator.get("/retention").text
    assert "under a legal hold" in owner.get(f"/sessions/{session_id}/withdraw").text
    gone = owner.post(f"/sessions/{session_id}/withdraw", data=ALL)
    assert "kept by a legal hold" in gone.text
    assert "Complaint" not in gone.text
    assert work_off(worker) == 0
    page = administrator.get("/retention").text
    assert "Kept by a hold" in page
    assert "deleted when the hold is lifted" in page
    assert "Lift the hold and delete the session" in administrator.get(address).text
    assert "No session is under a legal hold" in administrator.post(f"{address}/lift").text
    work_off(worker)
    assert left(house, session_id) == {}
    assert "The session is deleted" in owner.get(gone.url.path).text
    assert administrator.get(address).status_code == 404
    with house.database.read() as session:
        actions = [event.action for event in session.exec(select(AuditEvent).order_by(col(AuditEvent.sequence)))]
    assert [one for one in actions if one.startswith("hold")] == ["hold_placed", "hold_lifted"]


def test_an_agreement_that_ends_under_a_hold_hides_the_session_and_keeps_it(
    client: Client, people: People, house: House, worker: Worker, admin: Actor
) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    work_off(worker)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(session_id))
        place_hold(session, practice=practice, reason="A complaint", by=admin)
        for row in agreements_of(session, practice.id):
            row.given_on, row.expires_on = date(2020, 1, 1), date(2021, 1, 1)
            session.add(row)
    before = left(house, session_id)
    for _ in range(2):
        at_night(house, worker)
    assert owner.get(f"/sessions/{session_id}").status_code == 404
    assert left(house, session_id) == before
    client(admin).post(f"/sessions/{session_id}/hold/lift")
    work_off(worker)
    assert left(house, session_id) == {}
