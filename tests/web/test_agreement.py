"""Figures of agreement for coaches and leads, and the page where two coaches settle what they coded otherwise."""

import json
import re

import pytest
from sqlmodel import col, select

from coding.double.agree import both_codings
from coding.forget_words import forget_words
from coding.review.steps import Join, Recode, Split
from models.audit import AuditEvent
from models.double_coding import AgreedLine, DoubleCodingRule
from models.practice import PracticeSession
from models.review import Review
from tests.coding.double.conftest import Twice, bench, twice
from tests.conftest import People, work_off
from tests.web.conftest import Client, client
from training.build_session_view import build_session_view
from web.worker import Worker

__all__ = ["bench", "client", "twice"]
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@on_sqlite
def test_without_a_session_coded_twice_the_page_says_what_is_needed(
    twice: Twice, client: Client, people: People
) -> None:
    for actor in (people.lead, twice.coach):
        page = client(actor).get("/agreement").text
        assert "No session has been coded by two coaches yet" in page
        assert "draws 100 in 100" in page
        found = client(actor).get("/api/v1/agreement").json()
        assert found == {"coded_twice": 0, "needed": 10, "made_at": None, "people": None, "machine": None}
    for actor in (people.owner, people.teammate):
        assert client(actor).get("/agreement").status_code == 404
        assert client(actor).get("/api/v1/agreement").status_code == 404
    assert "draws 10 in 100" in client(people.stranger_coach).get("/agreement").text
    with twice.house.database.write() as session:
        session.exec(select(DoubleCodingRule)).one().percent = 0
    assert "None is drawn" in client(people.lead).get("/agreement").text


@on_sqlite
def test_figures_are_shown_and_what_is_undefined_is_a_sentence(
    twice: Twice, client: Client, people: People, worker: Worker
) -> None:
    twice.sign(twice.coach, Recode("2", "SR"))
    twice.sign_blind()
    lead = client(people.lead)
    assert "being worked out" in lead.get("/agreement").text
    work_off(worker)
    page = lead.get("/agreement").text
    assert "1 session is coded by two coaches." in page
    assert "that takes 10 sessions, 9 more than now" in page
    assert "being worked out" not in page
    assert "Neither of the two used this code." in page
    assert re.search(r"first \d+, second \d+", page)
    assert re.search(r"machine \d+, second coach \d+", page)
    assert not re.search(r"\bnan\b", page, re.IGNORECASE)
    assert "drinking" not in page
    assert "Cass" not in client(twice.second).get("/agreement").text
    found = lead.get("/api/v1/agreement")
    assert "NaN" not in found.text
    assert found.json()["people"]["practitioner"]["same"]["value"] == 0.75
    assert "No session has been coded" in client(people.stranger_coach).get("/agreement").text


def test_two_coaches_settle_their_differences_and_neither_coding_changes(
    twice: Twice, client: Client, people: People
) -> None:
    first_id = twice.sign(twice.coach, Recode("2", "SR"), Split("3", 3), Recode("3.1", "FN"))
    second_id = twice.sign_blind(codes=("Q", "CT", "CR", "ST", "Seek", "Q", "CT"))
    path = f"/sessions/{twice.practice_id}/agreement"
    for actor, status in (
        (people.owner, 403),
        (people.teammate, 404),
        (people.lead, 404),
        (people.stranger_coach, 404),
    ):
        assert client(actor).get(path).status_code == status
        assert client(actor).post(path, data={"place": "f2"}).status_code == status

    with twice.house.database.read() as session:
        before = _codes(twice, first_id, second_id)
        shown = build_session_view(session, session.get_one(PracticeSession, twice.practice_id))
    coach = client(twice.coach)
    assert path in coach.get("/agreement").text
    assert path in coach.get(f"/sessions/{twice.practice_id}").text
    assert path not in client(people.owner).get(f"/sessions/{twice.practice_id}").text
    page = coach.get(path).text
    assert f'href="/sessions/{twice.practice_id}"' in page
    assert "3 of 3 are still to be settled" in page
    assert "Difference 1 of 3" in page
    refused = coach.post(path, data={"place": "f2", "choice": "code", "code": "CT", "reason": " "})
    assert (refused.status_code, refused.text.count("govuk-error-message")) == (422, 2)
    assert coach.post(path, data={"place": "f0", "choice": "first", "reason": "x"}).status_code == 404
    for data in (
        {"place": "f2", "choice": "second", "reason": "It adds a feeling."},
        {"place": "f3", "choice": "second", "reason": "One thought."},
        {"place": "f5", "choice": "code", "code": "AF", "reason": "It names a strength."},
    ):
        page = coach.post(path, data=data).text
    assert "All 3 are settled" in page
    assert "It names a strength." in page
    again = client(twice.second).post(path, data={"place": "f2", "choice": "first", "reason": "On second thoughts."})
    assert "On second thoughts." in again.text
    assert path not in coach.get("/agreement").text

    with twice.house.database.read() as session:
        assert _codes(twice, first_id, second_id) == before
        assert build_session_view(session, session.get_one(PracticeSession, twice.practice_id)) == shown
        agreed = both_codings(session, twice.coach, twice.practice_id).agreed_coding()
        assert [str(one.code) for one in agreed] == ["Q", "CT", "SR", "ST", "AF", "Q", "CT"]
        events = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "codings_agreed")).all()
        assert [one.details["left"] for one in events] == ["2", "1", "0", "0"]
        assert "feeling" not in json.dumps([one.details for one in events])
        assert len(session.exec(select(AgreedLine)).all()) == 4


@on_sqlite
def test_when_the_words_go_the_reasons_go_too(twice: Twice, client: Client) -> None:
    twice.sign(twice.coach, Recode("2", "SR"))
    twice.sign_blind()
    path = f"/sessions/{twice.practice_id}/agreement"
    client(twice.coach).post(path, data={"place": "f2", "choice": "second", "reason": "It adds a feeling."})
    with twice.house.database.write() as session:
        forget_words(session, session.get_one(PracticeSession, twice.practice_id))
    with twice.house.database.read() as session:
        assert session.exec(select(AgreedLine)).one().choice == "second"
    assert "feeling" not in client(twice.coach).get(path).text


@on_sqlite
def test_coaches_who_coded_alike_have_nothing_to_settle(twice: Twice, client: Client) -> None:
    twice.sign(twice.coach, Split("3", 3), Recode("3.1", "ST"), Join("3.1"))
    twice.sign_blind()
    page = client(twice.second).get(f"/sessions/{twice.practice_id}/agreement").text
    assert "nothing to settle" in page


def _codes(twice: Twice, *reviews: object) -> list[object]:
    from coding.double.kept import coded_lines

    with twice.house.database.read() as session:
        made = [session.get_one(Review, one).made_coding_id for one in reviews]
        return [coded_lines(session, one) for one in made if one is not None]
