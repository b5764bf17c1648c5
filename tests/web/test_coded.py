"""A session coded elsewhere is brought in: two layers, nothing lost, nothing guessed, nobody's own."""

import json
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.house import House
from coding.interchange.formats import read_coded
from coding.interchange.kept import Layer, coded_session_of
from coding.interchange.kept_import import import_of
from coding.review.actions import begin_review, take_steps
from coding.review.kept import draft_of
from coding.review.steps import WriteNote
from coding.scheme.codes import Behaviour
from models.coding import CodedBy, Coding
from models.columns import new_id
from models.imported_coding import ImportedCoding
from models.practice import PracticeSession
from models.review import Review, ReviewState
from tests.conftest import People, work_off
from tests.web.conftest import Client, PageClient, client
from tests.web.test_audit import noted
from web.worker import Worker

__all__ = ["client"]
LINES: list[dict[str, Any]] = [
    {"speaker": "Worker", "role": "practitioner", "text": "What would you like to talk about?", "code": "Q",
     "subtype": "open", "start": 0.5, "end": 2.25},
    {"speaker": "Parent", "role": "client", "text": "Kayleigh has noticed my drinking.", "code": "CT",
     "subtype": "reason", "note": "About Kayleigh.", "start": 2.5, "end": 4.0},
    {"speaker": "Parent", "role": "client", "text": "I want to stop.", "code": "CT", "subtype": "desire",
     "start": 4.1, "end": 5.0},
    {"speaker": "Worker", "role": "practitioner", "text": "That worries you.", "code": "CR",
     "start": 1300.5, "end": 1307.0},
]  # fmt: skip
RATED = {"ratings": {"empathy": 4, "child_focus": 2}, "evidence": {"empathy": [3]}}


def as_json(lines: list[dict[str, Any]] = LINES, **more: Any) -> bytes:
    whole = {"format": "evoke-coded-session-1", "sessions": [{"title": "Visit", "lines": lines, **more}]}
    return json.dumps(whole).encode()


def bring(coach: PageClient, people: People, data: bytes, name: str = "visit.json", **more: str) -> Any:
    fields = {
        "practitioner": str(people.owner.person_id), "agreement_confirmed": "yes", "coder": "Study team, coder 2",
        "names": "Kayleigh Marsh, child", **more,
    }  # fmt: skip
    return coach.post("/api/v1/sessions/coded", data=fields, files={"file": (name, data)})


def check_names(coach: PageClient, worker: Worker, session_id: str) -> None:
    work_off(worker)
    assert coach.post(f"/sessions/{session_id}/names", data={"right": "yes"}).status_code == 200
    work_off(worker)


def practice_of(session: Session, session_id: str) -> PracticeSession:
    from uuid import UUID

    return session.get_one(PracticeSession, UUID(session_id))


def test_a_coded_session_becomes_two_layers(house: House, client: Client, people: People, worker: Worker) -> None:
    coach = client(people.colleague)
    answer = bring(coach, people, as_json(**RATED), change_goal="drink less")
    assert answer.status_code == 201
    session_id = answer.json()["sessions"][0]["id"]
    work_off(worker)
    page = coach.get(f"/sessions/{session_id}").text
    assert "Codes by Study team, coder 2 came with a JSON file, brought in by Cass Coach" in page
    assert "count once the names" in page
    check_names(coach, worker, session_id)

    with house.database.read() as session:
        practice = practice_of(session, session_id)
        kept = coded_session_of(session, practice, Layer.PERSON)
        machine = coded_session_of(session, practice, Layer.MACHINE)
        made = session.exec(select(Coding).where(col(Coding.coded_by) == CodedBy.PERSON)).one()
    assert made.person_id == people.colleague.person_id
    (given,) = read_coded("visit.json", as_json(**RATED))
    assert [(one.code, one.subtype, one.start, one.end) for one in kept.lines] == [
        (one.code, one.subtype, one.start, one.end) for one in given.lines
    ]
    assert [line.text for line in machine.lines] == [line.text for line in kept.lines]
    assert kept.lines[1].text == "[child 1] has noticed my drinking."
    assert kept.lines[1].note == "About [child 1]."  # as in the words, and never as it was sent
    assert (kept.ratings, kept.evidence) == (RATED["ratings"], {"empathy": (3,)})
    (brought,) = noted(house, "codes_brought_in")
    assert (brought.actor_id, brought.details) == (
        people.colleague.person_id, {"form": "json", "lines": "4", "without_code": "0"},
    )  # fmt: skip
    assert "Checked and signed by Cass Coach" in coach.get(f"/sessions/{session_id}").text


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_ratings_that_a_session_does_not_allow_are_told(
    house: House, client: Client, people: People, worker: Worker
) -> None:
    coach = client(people.colleague)
    short = [*LINES[:3], LINES[3] | {"start": 5.5, "end": 7.0}]
    session_id = bring(coach, people, as_json(short, **RATED)).json()["sessions"][0]["id"]
    check_names(coach, worker, session_id)
    assert "Ratings in the file that this session does not allow" in coach.get(f"/sessions/{session_id}").text
    with house.database.read() as session:
        assert coded_session_of(session, practice_of(session, session_id), Layer.PERSON).ratings == {"child_focus": 2}


@pytest.mark.parametrize("form", ["csv", "json", "eaf"])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_goes_out_and_comes_in_again_is_the_same(
    form: str, house: House, client: Client, people: People, worker: Worker
) -> None:
    coach = client(people.colleague)
    first = bring(coach, people, as_json(**RATED)).json()["sessions"][0]["id"]
    check_names(coach, worker, first)
    path = {"format": form, "layer": "person"}
    out = coach.get(f"/api/v1/sessions/{first}/export", params=path).content
    second = bring(coach, people, out, name=f"visit.{form}").json()["sessions"][0]["id"]
    check_names(coach, worker, second)
    with house.database.read() as session:
        was, now = (coded_session_of(session, practice_of(session, one), Layer.PERSON) for one in (first, second))
    assert now == was


def test_a_code_that_evoke_does_not_have_is_left_for_a_person(
    house: House, client: Client, people: People, worker: Worker
) -> None:
    coach = client(people.colleague)
    table = b"speaker,text,code\nWorker,How was it?,OQ0\nMum,I must stop.,N+\nWorker,Do as I say.,DI\n"
    session_id = bring(coach, people, table, name="old.csv").json()["sessions"][0]["id"]
    check_names(coach, worker, session_id)
    page = coach.get(f"/sessions/{session_id}").text
    assert "Codes that Evoke has none for: DI (1)" in page
    assert f"/sessions/{session_id}/bench" in page
    with house.database.read() as session:
        review = session.exec(select(Review)).one()
        draft = draft_of(session, review)
    assert review.state is ReviewState.OPEN
    assert [(line.code and line.code.value, line.note) for line in draft.lines] == [
        ("Q", ""), ("CT", ""), (None, "In the file: DI"),
    ]  # fmt: skip
    assert draft.lines[0].code is Behaviour.Q


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_it_is_never_ones_own_and_never_a_strangers(
    house: House, client: Client, people: People, worker: Worker
) -> None:
    coach = client(people.colleague)
    own = bring(coach, people, as_json(), practitioner=str(people.colleague.person_id))
    assert (own.status_code, list(own.json()["fields"])) == (422, ["practitioner"])
    elsewhere = bring(client(people.stranger_coach), people, as_json())
    assert elsewhere.status_code == 422
    for who in (people.owner, people.teammate, people.lead):
        assert bring(client(who), people, as_json()).status_code == 404
        assert client(who).get("/sessions/coded").status_code == 404
    with house.database.read() as session:
        assert not session.exec(select(PracticeSession)).all()
        assert not session.exec(select(ImportedCoding)).all()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(house: House, client: Client, people: People) -> None:
    coach = client(people.colleague)
    page = coach.get("/sessions/coded").text
    assert "Olu Owner" in page
    assert "Cass Coach</option>" not in page
    fields = {"practitioner": str(people.owner.person_id), "agreement_confirmed": "yes", "coder": "Me, <b>"}
    answer = coach.post("/sessions/coded", data=fields, files={"file": ("a.csv", b"speaker,text\nA,Hello\n")})
    assert answer.status_code == 422
    assert "has no column called code" in answer.text
    assert 'value="Me, &lt;b&gt;"' in answer.text
    without = coach.post("/sessions/coded", data=fields | {"coder": " "}, files={"file": ("a.json", as_json())})
    assert "Say who coded it" in without.text
    unagreed = coach.post(
        "/sessions/coded", data=fields | {"agreement_confirmed": ""}, files={"file": ("a.json", as_json())}
    )
    assert "Confirm that everyone" in unagreed.text
    casaa = bring(coach, people, b"Audio File:\ta\n0:00:01\t9\tGI\n", name="a.casaa")
    assert casaa.json()["code"] == "codes_without_words"
    with house.database.read() as session:
        assert not session.exec(select(PracticeSession)).all()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_codes_wait_where_whoever_brought_them_may_not_review_any_more(
    house: House, client: Client, people: People, worker: Worker
) -> None:
    from models.people.leaving import mark_as_left
    from models.person import Person

    coach, owner = client(people.colleague), client(people.owner)
    session_id = bring(coach, people, as_json()).json()["sessions"][0]["id"]
    work_off(worker)
    with house.database.write() as session:
        mark_as_left(session, person=session.get_one(Person, people.colleague.person_id), by=None)
    check_names(owner, worker, session_id)
    assert "were not taken over" in owner.get(f"/sessions/{session_id}").text
    with house.database.read() as session:
        assert not session.exec(select(Review)).all()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_codes_are_not_laid_over_what_a_coach_did_meanwhile(
    house: House, client: Client, people: People, worker: Worker
) -> None:
    coach = client(people.colleague)
    session_id = bring(coach, people, as_json(**RATED)).json()["sessions"][0]["id"]
    work_off(worker)
    assert coach.post(f"/sessions/{session_id}/names", data={"right": "yes"}).status_code == 200
    with house.database.write() as session:
        review = begin_review(session, practice=practice_of(session, session_id), by=people.colleague)
        take_steps(session, review=review, steps=[(new_id(), WriteNote("0", "Mine"))], expected=0, by=people.colleague)
    work_off(worker)
    assert "their work stays as it is" in coach.get(f"/sessions/{session_id}").text
    with house.database.read() as session:
        (kept,) = session.exec(select(Review)).all()
        assert (kept.id, kept.state, kept.steps) == (review.id, ReviewState.OPEN, 1)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_codes_go_with_what_was_said(house: House, client: Client, people: People, worker: Worker) -> None:
    from coding.forget_words import forget_words

    coach = client(people.colleague)
    session_id = bring(coach, people, as_json()).json()["sessions"][0]["id"]
    check_names(coach, worker, session_id)
    with house.database.write() as session:
        practice = practice_of(session, session_id)
        assert import_of(session, practice.id) is not None
        forget_words(session, practice)
        assert import_of(session, practice.id) is None
