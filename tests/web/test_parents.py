"""Pages of talks with simulated parents: for who talks, for a coach of the team, for a stranger."""

import re
from uuid import UUID

import pytest

from models.columns import new_id
from tests.conftest import People
from tests.training.simulated.conftest import ByHeart
from tests.web.conftest import Client, PageClient, work_off
from web.worker import Worker

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
BRIEFING = "/practice/parents/wine-at-night"
REFLECTION = "You're worn out, and you keep going for them."


@pytest.fixture
def codes(client: Client) -> ByHeart:
    """In the place of the coding desk, for every visitor of this test."""
    return ByHeart()


def at_the_desk(visitor: PageClient, codes: ByHeart, monkeypatch: pytest.MonkeyPatch) -> PageClient:
    monkeypatch.setattr("coding.coder.desk.CodingDesk.code", lambda _, *turns, **more: codes.code(*turns, **more))
    monkeypatch.setattr("coding.coder.desk.CodingDesk.warm", lambda _: None)
    return visitor


@pytest.fixture
def trainee(client: Client, people: People, codes: ByHeart, monkeypatch: pytest.MonkeyPatch) -> PageClient:
    return at_the_desk(client(people.owner), codes, monkeypatch)


def begun(trainee: PageClient) -> str:
    answer = trainee.post(BRIEFING, follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def form(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(position|client_id)" value="([^"]+)">\s', page)[:2])


def test_from_the_list_to_a_coded_session_by_forms_alone(
    trainee: PageClient, client: Client, people: People, worker: Worker
) -> None:
    assert BRIEFING in trainee.get("/practice/parents").text
    assert "eleven times this term" in trainee.get(BRIEFING).text
    talk = begun(trainee)
    assert begun(trainee) == talk, "a second click goes on with it"
    page = trainee.get(talk)
    assert "Talking with Kelly" in page.text
    said = trainee.post(talk, data=form(page.text) | {"said": REFLECTION})
    assert "worn out, and you keep going" in said.text
    said = trainee.post(talk, data=form(said.text) | {"silent": "yes"})
    assert "You say nothing for a moment" in said.text
    for other in (people.colleague, people.teammate, people.stranger):
        assert client(other).get(talk).status_code == 404
        assert client(other).post(talk, data={"said": "Hello", "position": "3"}).status_code == 404
    assert talk in trainee.get("/practice/parents").text
    after = trainee.post(f"{talk}/finish")
    assert "After your talk with Kelly" in after.text
    work_off(worker)
    after = trainee.get(talk)
    session = talk.replace("/practice/conversations/", "/sessions/")
    assert "See how it was coded" in after.text
    assert "<svg" in after.text
    assert "Met</strong>" in trainee.get("/practice/parents").text
    assert talk in trainee.get(BRIEFING).text
    coach = client(people.colleague)
    assert "Simulated" in coach.get(session).text
    assert coach.get(talk).status_code == 404
    assert client(people.stranger_coach).get(session).status_code == 404


def test_scripts_get_the_answer_alone(trainee: PageClient, codes: ByHeart) -> None:
    talk = begun(trainee)
    sent = {"said": REFLECTION, "position": "1", "client_id": str(new_id())}
    told = trainee.post(talk, data=sent, headers={"accept": "application/json"}).json()
    assert (told["position"], told["over"], told["unread"]) == (2, False, False)
    assert told["reply"]
    assert UUID(told["client_id"])
    again = trainee.post(talk, data=sent, headers={"accept": "application/json"}).json()
    assert (again["position"], again["reply"]) == (2, told["reply"])
    codes.broken = True
    sent |= {"position": "2", "client_id": told["client_id"]}
    told = trainee.post(talk, data=sent, headers={"accept": "application/json"}).json()
    assert told["unread"]
    assert "could not be read just now" in trainee.get(talk).text


def test_who_speaks_of_dying_themselves_is_told_where_help_is(trainee: PageClient) -> None:
    talk = begun(trainee)
    sent = {"said": "I want to die.", "position": "1", "client_id": str(new_id())}
    assert trainee.post(talk, data=sent, headers={"accept": "application/json"}).json()["distress"]
    hidden = "data-talk-distress hidden"
    assert hidden not in trainee.get(talk).text
    sent |= {"said": "Are you thinking of ending your life?", "position": "2", "client_id": str(new_id())}
    assert not trainee.post(talk, data=sent, headers={"accept": "application/json"}).json()["distress"]
    assert hidden in trainee.get(talk).text


def test_what_is_refused_says_why_and_keeps_what_was_typed(trainee: PageClient) -> None:
    talk = begun(trainee)
    empty = trainee.post(talk, data={"said": "  ", "position": "1"})
    assert (empty.status_code, "Write what you would say" in empty.text) == (422, True)
    long = trainee.post(talk, data={"said": "never " * 400, "position": "1"})
    assert "That is a speech" in long.text
    assert "never never" in long.text
    assert "not said anything yet" in trainee.post(f"{talk}/finish").text
    assert "another window" in trainee.post(talk, data={"said": REFLECTION, "position": "5"}).text
    gone = trainee.post(f"{talk}/throw-away")
    assert "thrown away" in gone.text
    assert trainee.get(talk).status_code == 404
    assert trainee.get("/practice/parents/nobody").status_code == 404


def test_a_line_said_after_another_window_finished_leads_to_how_it_went(trainee: PageClient) -> None:
    talk = begun(trainee)
    trainee.post(talk, data={"said": REFLECTION, "position": "1"})
    trainee.post(f"{talk}/finish")
    late = trainee.post(talk, data={"said": "One more thing.", "position": "2"})
    assert late.status_code == 200
    assert "data-talk-form" not in late.text
    assert late.text.partition("<h1")[2][:80] == trainee.get(talk).text.partition("<h1")[2][:80]


def test_the_list_is_narrowed(trainee: PageClient) -> None:
    assert BRIEFING in trainee.get("/practice/parents?discipline=social_work&level=1&met=no").text
    assert BRIEFING not in trainee.get("/practice/parents?met=yes").text
    assert "No parent fits" in trainee.get("/practice/parents?topic=none").text
