"""Codes of CACTI, which have no words, are laid onto a session as its coach's open review."""

from typing import Any

import pytest
from sqlmodel import col, select

from api.house import House
from coding.review.draft import Draft
from coding.review.kept import draft_of
from models.review import Review, ReviewState
from tests.conftest import People
from tests.web.conftest import Client, PageClient, client
from tests.web.test_audit import noted
from tests.web.test_coded import LINES, RATED, as_json, bring, check_names
from web.worker import Worker

__all__ = ["client"]
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def lay(coach: PageClient, session_id: str, data: bytes, name: str = "visit.casaa") -> Any:
    return coach.post(f"/sessions/{session_id}/cacti", files={"file": (name, data)})


def take(coach: PageClient, session_id: str, form: str) -> bytes:
    answer = coach.get(f"/api/v1/sessions/{session_id}/export", params={"format": form, "layer": "person"})
    assert answer.status_code == 200
    return bytes(answer.content)


def brought(coach: PageClient, people: People, worker: Worker) -> str:
    """A session whose lines have times, coded by a person."""
    session_id = str(bring(coach, people, as_json(**RATED), change_goal="drink less").json()["sessions"][0]["id"])
    check_names(coach, worker, session_id)
    return session_id


def open_draft(house: House) -> Draft:
    with house.database.read() as session:
        review = session.exec(select(Review).where(col(Review.state) == ReviewState.OPEN)).one()
        return draft_of(session, review)


def test_what_was_taken_to_cacti_comes_back_as_it_was(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    coach = client(people.colleague)
    session_id = brought(coach, people, worker)
    page = lay(coach, session_id, take(coach, session_id, "casaa"))
    assert page.status_code == 200
    assert f"{len(LINES)} lines have codes of the file now." in page.text
    draft = open_draft(house)
    assert [(line.code.value, line.subtype.value if line.subtype else None) for line in draft.lines if line.code] == [
        (line["code"], line.get("subtype")) for line in LINES
    ]
    assert all(line.accepted for line in draft.lines)
    assert (draft.ratings, draft.evidence) == ({"empathy": 4, "child_focus": 2}, {"empathy": (draft.lines[3].key,)})
    assert len(noted(house, "codes_brought_in")) == 2


@on_sqlite
def test_what_the_file_leaves_out_has_no_code_and_waits_for_the_coach(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    coach = client(people.colleague)
    session_id = brought(coach, people, worker)
    file = b"Audio File:\tvisit.wav\n00:00:02.3\t1\tGI\n00:00:04.1\t2\tWHAT+\n00:21:47.0\t3\tCR\n00:21:47.5\t4\tAF\n"
    page = lay(coach, session_id, file)
    assert "2 lines have codes of the file now. 2 lines have none" in page.text
    assert "Codes that Evoke has none for: WHAT+." in page.text
    assert "1 code of the file lies near no line of their own." in page.text
    draft = open_draft(house)
    assert [line.code.value if line.code else None for line in draft.lines] == ["GI", None, None, "CR"]
    assert draft.lines[1].note.endswith("In the file: WHAT+")
    assert draft.lines[3].note == "In the file: AF at 21:47"
    again = lay(coach, session_id, file)
    assert again.status_code == 409
    assert "You have begun to review this session." in again.text
    rated = lay(coach, session_id, b"Global Ratings\nAudio File:\ta.wav\nEMPATHY:\t2\nSPIRIT:\t3\n", "a.globals")
    assert "The ratings in the file are taken over." in rated.text
    assert "SPIRIT: 3" in rated.text
    assert open_draft(house).ratings["empathy"] == 2


@on_sqlite
@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"Audio File:\ta.wav\n05:00:00.0\t1\tGI\n", "lies near a line of this session"),
        (b"not of CACTI", "does not begin as CACTI"),
        (b"SQLite format 3\x00", "is damaged"),
    ],
)
def test_a_wrong_file_is_told_and_changes_nothing(
    client: Client, people: People, house: House, worker: Worker, file: bytes, said: str
) -> None:
    coach = client(people.colleague)
    session_id = brought(coach, people, worker)
    page = lay(coach, session_id, file)
    assert page.status_code in (409, 422)
    assert said in page.text
    with house.database.read() as session:
        assert session.exec(select(Review).where(col(Review.state) == ReviewState.OPEN)).first() is None


@on_sqlite
def test_it_is_for_who_reviews_the_session(client: Client, people: People, worker: Worker) -> None:
    coach, owner, stranger = client(people.colleague), client(people.owner), client(people.stranger)
    session_id = brought(coach, people, worker)
    at = f"/sessions/{session_id}/cacti"
    assert f'href="{at}"' in coach.get(f"/sessions/{session_id}").text
    assert at not in owner.get(f"/sessions/{session_id}").text
    for reader, status in ((coach, 200), (owner, 403), (stranger, 404)):
        assert reader.get(at).status_code == status
    for reader, status in ((owner, 403), (stranger, 404)):
        assert lay(reader, session_id, b"Audio File:\ta.wav\n00:00:02.3\t1\tGI\n").status_code == status
