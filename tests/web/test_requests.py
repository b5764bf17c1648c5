"""A practitioner contests scores or asks for a correction; a second coach answers; both read it beside the scores."""

from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from api.house import House
from coding.actions import SessionDetails, add_transcript_session
from coding.requests import MOST_WORDS, ask
from coding.transcript.read import read_transcripts
from models.audit import AuditEvent
from models.columns import utc_now
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import Role
from models.practice import PracticeSession, SessionKind
from models.session_request import RequestKind, SessionRequest
from tests.conftest import CONVERSATION, People, add_person
from tests.web.conftest import Client, work_off
from web.worker import Worker

WORDS = "You counted “going to my sister's” as nothing, and it is what she wants."


@dataclass(frozen=True)
class Contested:
    """`coach` added the owner's session; `second` coaches the team too; `elsewhere` another team of the authority."""

    path: str
    coach: Actor
    second: Actor
    elsewhere: Actor


@pytest.fixture
def coded(house: House, people: People, worker: Worker) -> Contested:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        team, other = session.get_one(Team, people.team.id), Team(organisation_id=home.id, name="South")
        session.add(other)
        session.flush()
        second = add_person(session, home, "Sid Second", role=Role.COACH, role_team=team)
        elsewhere = add_person(session, home, "Eli Elsewhere", role=Role.COACH, role_team=other)
        details = SessionDetails(
            practitioner_id=people.owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
            agreement_confirmed=True, title="Tuesday",
        )  # fmt: skip
        parsed = read_transcripts("talk.txt", CONVERSATION.encode())[0]
        practice = add_transcript_session(session, details=details, parsed=parsed, name="t", by=people.colleague)
    work_off(worker)
    return Contested(f"/sessions/{practice.id}", people.colleague, second, elsewhere)


def only(session: Session) -> SessionRequest:
    return session.exec(select(SessionRequest)).one()


def answer_path(house: House) -> str:
    with house.database.read() as session:
        return f"/requests/{only(session).id}"


def test_a_contest_goes_to_a_second_coach_and_its_answer_stands_beside_the_scores(
    house: House, client: Client, people: People, coded: Contested
) -> None:
    owner, second = client(people.owner), client(coded.second)
    assert "data-contest" not in owner.get(coded.path).text
    sent = owner.post(f"{coded.path}/requests", data={"kind": "contest", "words": WORDS})
    assert "data-contest" in sent.text
    assert "Waits for a second coach" in sent.text
    assert owner.get(f"/api/v1{coded.path}").json()["contest"] == "contested"

    assert "contests the scores" in second.get("/").text
    for nobody in (coded.coach, coded.elsewhere, people.owner, people.teammate, people.stranger_coach):
        assert "contests the scores" not in client(nobody).get("/").text
    answered = second.post(answer_path(house), data={"words": "I read it, and you are right about it."})
    assert "you are right about it" in answered.text
    assert "Contest answered" in owner.get(coded.path).text
    assert "Answer by Sid Second" in owner.get(coded.path).text
    assert owner.get(f"/api/v1{coded.path}").json()["contest"] == "answered"
    assert "contests the scores" not in second.get("/").text
    assert second.post(answer_path(house), data={"words": "Again."}).status_code == 409


def test_only_a_coach_who_is_not_concerned_answers(
    house: House, client: Client, people: People, coded: Contested
) -> None:
    client(people.owner).post(f"{coded.path}/requests", data={"kind": "contest", "words": WORDS})
    for actor, status in (
        (coded.coach, 403),
        (people.owner, 403),
        (coded.elsewhere, 404),
        (people.stranger_coach, 404),
    ):
        assert client(actor).post(answer_path(house), data={"words": "No."}).status_code == status
    with house.database.read() as session:
        assert only(session).answer is None


def test_a_correction_may_be_answered_by_the_coach_who_added_it(
    house: House, client: Client, people: People, coded: Contested
) -> None:
    client(people.owner).post(f"{coded.path}/requests", data={"kind": "correction", "words": "It was Wednesday."})
    coach = client(coded.coach)
    assert "asks for a correction" in coach.get("/").text
    assert "Put right" in coach.post(answer_path(house), data={"words": "Put right, thank you."}).text
    assert "data-contest" not in coach.get(coded.path).text


def test_only_the_practitioner_asks_and_once_at_a_time(client: Client, people: People, coded: Contested) -> None:
    for actor, status in ((coded.coach, 403), (people.teammate, 404), (people.stranger, 404)):
        asked = client(actor).post(f"{coded.path}/requests", data={"kind": "contest", "words": WORDS})
        assert asked.status_code == status
    owner = client(people.owner)
    for words, status in (("  ", 422), ("x" * (MOST_WORDS + 1), 422), (WORDS, 200), (WORDS, 409)):
        asked = owner.post(f"{coded.path}/requests", data={"kind": "contest", "words": words})
        assert asked.status_code == status
    assert owner.post(f"{coded.path}/requests", data={"kind": "other", "words": WORDS}).status_code == 422


def test_what_is_not_taken_stands_in_its_form_again(
    house: House, client: Client, people: People, coded: Contested
) -> None:
    owner, second = client(people.owner), client(coded.second)
    long = "“<so long>” " * 400
    asked = owner.post(f"{coded.path}/requests", data={"kind": "contest", "words": long})
    assert asked.status_code == 422
    assert "Shorten this by" in asked.text
    assert "“&lt;so long&gt;” " * 400 in asked.text
    assert 'name="kind" value="contest"' in asked.text
    assert "Write what you mean" in owner.post(f"{coded.path}/requests", data={"kind": "correction"}).text
    as_browsers_send = "a\r\n" * (MOST_WORDS // 2)
    assert owner.post(f"{coded.path}/requests", data={"kind": "contest", "words": as_browsers_send}).status_code == 200
    again = owner.post(f"{coded.path}/requests", data={"kind": "contest", "words": "and one more thing"})
    assert again.status_code == 409
    assert "and one more thing" in again.text

    path = answer_path(house)
    for words, status in (("", 422), (long, 422), ("Yes.", 200), ("And again yes.", 409)):
        answered = second.post(path, data={"words": words})
        assert answered.status_code == status
        if status != 200:
            assert words.strip().replace("<", "&lt;").replace(">", "&gt;") in answered.text
            assert "Olu Owner" in answered.text


def test_there_is_nothing_to_contest_before_there_are_scores(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    file = {"file": ("good.txt", CONVERSATION.encode())}
    added = owner.post("/api/v1/sessions", data={"kind": "role_play", "agreement_confirmed": "yes"}, files=file).json()
    asked = owner.post(f"/sessions/{added['id']}/requests", data={"kind": "contest", "words": WORDS})
    assert asked.status_code == 422
    assert "no scores to contest yet" in asked.text


def test_the_words_lie_sealed(house: House, client: Client, people: People, coded: Contested) -> None:
    client(people.owner).post(f"{coded.path}/requests", data={"kind": "contest", "words": WORDS})
    client(coded.second).post(answer_path(house), data={"words": "A quiet answer."})
    with house.database.read() as session:
        row = only(session)
        kept = row.words + (row.answer or b"") + repr(session.exec(select(AuditEvent)).all()).encode()
        kept += repr(session.connection().execute(text("SELECT details FROM audit_event")).all()).encode()
    assert b"sister" not in kept
    assert b"quiet" not in kept


@pytest.mark.parametrize("answering", [False, True])
def test_without_its_audit_row_nothing_is_asked_or_answered(
    house: House, people: People, coded: Contested, client: Client, monkeypatch: pytest.MonkeyPatch, answering: bool
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the audit cannot be written")

    owner = client(coded.second if answering else people.owner)
    if answering:
        client(people.owner).post(f"{coded.path}/requests", data={"kind": "contest", "words": WORDS})
    path, form = (answer_path(house), {}) if answering else (f"{coded.path}/requests", {"kind": "contest"})
    monkeypatch.setattr("models.audit._append", broken)
    assert owner.post(path, data={**form, "words": WORDS}).status_code == 500
    with house.database.read() as session:
        rows = session.exec(select(SessionRequest)).all()
        assert [row.answer for row in rows] == ([None] if answering else [])


def test_two_at_once_are_one(house: House, people: People, coded: Contested) -> None:
    """The session's row is locked while it is looked whether somebody has asked."""
    with house.database.write() as session:
        practice = session.exec(select(PracticeSession)).one()
        ask(session, practice=practice, kind=RequestKind.CONTEST, words=WORDS, by=people.owner)
        if not house.database.is_sqlite:
            locked = text("SELECT id FROM practice_session FOR UPDATE SKIP LOCKED")
            with house.database.write_engine.connect() as other:
                assert other.execute(locked).all() == []
