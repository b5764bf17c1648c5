"""How a session was picked: said when it is added, shown, put right by those who may, and counted so."""

import json

import pytest
from sqlmodel import col, select

from api.house import House
from models.audit import AuditEvent
from models.figures import SessionFigure
from models.practice import Picked, PracticeSession
from tests.conftest import People
from tests.web.chunks import DETAILS, begin, put_all, send, webm
from tests.web.conftest import CONVERSATION, Client, work_off
from tests.web.test_coded import as_json, bring
from tests.web.test_sessions import add
from web.worker import Worker

TURNS = [{"speaker": "Worker", "text": "What brings you here?"}, {"speaker": "Parent", "text": "I want to change."}]


def picked_of(house: House) -> list[Picked]:
    with house.database.read() as session:
        return list(session.exec(select(PracticeSession.picked).order_by(col(PracticeSession.id))))


def test_it_is_said_when_a_session_is_added_and_chosen_where_nobody_says(
    client: Client, people: People, house: House
) -> None:
    owner = client(people.owner)
    page = owner.get("/sessions/new").text
    assert "How was this conversation chosen?" in page
    assert "never put together" in page
    add(owner)
    add(owner, picked="drawn")
    sent = {"kind": "role_play", "agreement_confirmed": True, "picked": "drawn", "turns": TURNS}
    assert owner.post("/api/v1/sessions", json=sent).status_code == 201
    assert picked_of(house) == [Picked.CHOSEN, Picked.DRAWN, Picked.DRAWN]


def test_a_recording_in_progress_keeps_it_until_it_is_sent(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    assert "How was this conversation chosen?" in owner.get("/sessions/record").text
    url = begin(owner, details=DETAILS | {"picked": "drawn"})
    assert owner.get(url).json()["details"]["picked"] == "drawn"
    chunks = put_all(owner, url, webm(2))
    assert send(owner, url, chunks).status_code == 201
    assert picked_of(house) == [Picked.DRAWN]
    wrong = owner.post("/api/v1/recordings-in-progress", json={
        "details": DETAILS | {"picked": "x"}, "media_type": "audio/webm", "microphones": 1,
    })  # fmt: skip
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["picked"])


def test_coded_sessions_are_brought_in_with_it(client: Client, people: People, house: House) -> None:
    coach = client(people.colleague)
    assert "How was this conversation chosen?" in coach.get("/sessions/coded").text
    assert bring(coach, people, as_json(), picked="drawn").status_code == 201
    assert picked_of(house) == [Picked.DRAWN]


def test_a_mistake_is_named_and_what_was_said_stands_in_the_form_again(client: Client, people: People) -> None:
    owner = client(people.owner)
    sent = {"kind": "role_play", "picked": "lucky"}
    answer = owner.post("/sessions", data=sent, files={"file": ("talk.txt", CONVERSATION.encode())})
    assert answer.status_code == 422
    assert '<a href="#picked">Say whether the conversation was chosen or drawn.</a>' in answer.text
    answer = owner.post("/sessions", data=sent | {"picked": "drawn"}, files={"file": ("t.txt", CONVERSATION.encode())})
    assert answer.status_code == 422  # nobody agreed
    assert 'value="drawn" checked' in answer.text


@pytest.mark.parametrize("who", ["owner", "colleague"])
def test_those_who_may_put_it_right_and_its_figures_follow(
    client: Client, people: People, house: House, worker: Worker, who: str
) -> None:
    session_id = add(client(people.owner))
    work_off(worker)
    one = client(getattr(people, who))
    page = one.get(f"/sessions/{session_id}").text
    assert "<dt>How it was picked</dt><dd>Somebody chose it</dd>" in page
    assert "Not right? It was drawn" in page
    answer = one.post(f"/sessions/{session_id}/picked", data={"picked": "drawn"})
    assert answer.status_code == 200
    assert "<dt>How it was picked</dt><dd>It was drawn</dd>" in answer.text
    assert "Not right? Somebody chose it" in answer.text
    with house.database.read() as session:
        assert session.exec(select(SessionFigure.picked)).all() == [Picked.DRAWN]
    assert one.post(f"/sessions/{session_id}/picked", data={"picked": "drawn"}).status_code == 200  # a second click
    with house.database.read() as session:
        changed = select(AuditEvent).where(col(AuditEvent.action) == "session_picked_changed")
        (row,) = session.exec(changed).all()
    assert row.details == {"picked": "drawn"}
    read = one.get(f"/api/v1/sessions/{session_id}").json()
    assert (read["picked"], read["picked_shown"]) == ("drawn", "It was drawn")
    back = one.post(f"/api/v1/sessions/{session_id}/picked", params={"picked": "chosen"})
    assert (back.status_code, back.json()["picked"]) == (200, "chosen")
    assert one.post(f"/api/v1/sessions/{session_id}/picked", params={"picked": "x"}).status_code == 422
    assert picked_of(house) == [Picked.CHOSEN]


def test_strangers_change_nothing(client: Client, people: People, house: House, worker: Worker) -> None:
    session_id = add(client(people.owner))
    for stranger in (people.teammate, people.lead, people.stranger, people.stranger_coach):
        one = client(stranger)
        assert one.post(f"/sessions/{session_id}/picked", data={"picked": "drawn"}).status_code == 404
        answer = one.post(f"/api/v1/sessions/{session_id}/picked", params={"picked": "drawn"})
        assert answer.status_code == 404
    assert picked_of(house) == [Picked.CHOSEN]


def test_before_it_is_coded_it_can_be_put_right_and_has_no_figures(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    assert owner.post(f"/sessions/{session_id}/picked", data={"picked": "drawn"}).status_code == 200
    work_off(worker)
    with house.database.read() as session:
        assert session.exec(select(SessionFigure.picked)).all() == [Picked.DRAWN]


def test_files_for_other_programs_say_it(client: Client, people: People, worker: Worker) -> None:
    owner = client(people.owner)
    session_id = add(owner, picked="drawn")
    work_off(worker)
    path = f"/api/v1/sessions/{session_id}/export"
    (one,) = json.loads(owner.get(path, params={"format": "json"}).content)["sessions"]
    assert (one["kind"], one["picked"]) == ("role_play", "drawn")
    header, row, *_ = owner.get(path, params={"format": "csv"}).text.splitlines()
    assert "session_kind,session_picked" in header
    assert "role_play,drawn" in row
