"""A live session from the start to its deletion: the trainer, another trainer, a stranger, and phones without an
account."""

import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from api.house import House
from api.rate_limits import Rate
from coding.coder.desk import CodingDesk, DeskUnavailable
from coding.end_live_sessions import end_old_live_sessions
from models.audit import AuditEvent
from models.columns import utc_now
from models.keys import SessionKey
from models.live import AnswerState, LiveAnswer, LiveLine, LiveSession
from models.sweep import sweep_keys
from models.tries import FREE, Tried
from tests.conftest import People
from tests.web.conftest import Client, PageClient
from training.exercises.format import Written
from training.live.answer import LONGEST_ANSWER
from training.live.coder import LiveCoder
from training.modules.load import shipped_library

PARENT = "I only drink once they are in bed, so who does it hurt?"
REFLECTION = "You keep the drinking away from the children, and still it bothers you."


SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])
"""Of pages more than of data."""


def fails(*_: object, **__: object) -> None:
    raise DeskUnavailable


@pytest.fixture
def desk() -> None:
    """Asked for by who needs codes: starting one takes a second."""


@pytest.fixture(autouse=True)
def _no_desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CodingDesk, "warm", lambda _: None)
    if "desk" not in request.fixturenames:
        monkeypatch.setattr(CodingDesk, "code", fails)


@pytest.fixture
def trainer(client: Client, people: People) -> PageClient:
    return client(people.colleague)


def start(trainer: PageClient, **line: str) -> UUID:
    answer = trainer.post("/live/new", data=line or {"parent": PARENT}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].split("/")[2])


def the_session(house: House, live_id: UUID) -> LiveSession:
    with house.database.read() as session:
        return session.get_one(LiveSession, live_id)


def send(phone: PageClient, house: House, live_id: UUID, words: str, number: int = 1) -> httpx.Response:
    phone.get(f"/live/{the_session(house, live_id).code}")
    return phone.post(f"/live/{live_id}/answer", data={"number": str(number), "words": words})


def answers(house: House) -> list[LiveAnswer]:
    with house.database.read() as session:
        return list(session.exec(select(LiveAnswer)))


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("&#39;", "'").split())


def test_a_room_answers_and_sees_it_coded(trainer: PageClient, client: Client, house: House, desk: None) -> None:
    live_id = start(trainer)
    code = the_session(house, live_id).code
    screen = trainer.get(f"/live/{live_id}/screen")
    assert PARENT in screen.text
    assert f"{code[:3]} {code[3:]}" in screen.text
    one, two = client(None), client(None)
    assert one.post("/live", data={"code": f" {code[:3]}-{code[3:].lower()} "}).url.path == f"/live/{code}"
    assert "Your answer is in" in send(one, house, live_id, REFLECTION).text
    assert send(two, house, live_id, "Have you thought about what it does to them?").status_code == 200
    assert {one.state for one in answers(house)} == {AnswerState.CODED}

    screen = trainer.get(f"/live/{live_id}/screen")
    assert REFLECTION not in screen.text  # nobody sees an answer before they are shown
    assert trainer.get(f"/live/{live_id}/screen/state").json()["answered"] == 2
    mark = one.get(f"/live/{live_id}/phone").json()["mark"]
    screen = trainer.post(f"/live/{live_id}/show")
    assert REFLECTION in words_of(screen.text)
    assert "question" in words_of(screen.text)
    assert "% sure" in words_of(screen.text)
    assert one.get(f"/live/{live_id}/phone").json()["mark"] != mark
    shown = words_of(one.get(f"/live/{code}").text)
    assert REFLECTION in shown
    assert "what it does to them" not in shown  # a phone shows its own


def test_one_phone_has_one_answer_that_can_be_changed_until_shown(
    trainer: PageClient, client: Client, house: House
) -> None:
    live_id, phone = start(trainer), client(None)
    send(phone, house, live_id, "Why do you drink?")
    send(phone, house, live_id, REFLECTION)
    assert len(answers(house)) == 1
    trainer.post(f"/live/{live_id}/show")
    assert REFLECTION in trainer.get(f"/live/{live_id}/answers").text
    late = send(phone, house, live_id, "Something else.")
    assert late.status_code == 409
    assert "Something else." in late.text  # nothing is lost
    assert "Something else." not in trainer.get(f"/live/{live_id}/screen").text


@SQLITE
def test_a_browser_without_cookies_has_one_answer_too(trainer: PageClient, client: Client, house: House) -> None:
    live_id, phone = start(trainer), client(None)
    page = phone.get(f"/live/{the_session(house, live_id).code}").text
    secret = re.search(r'name="phone" value="([^"]+)"', page)
    assert secret
    for words in ("Why?", REFLECTION):
        phone.cookies.clear()
        phone.post(f"/live/{live_id}/answer", data={"number": "1", "words": words, "phone": secret[1]})
    assert len(answers(house)) == 1


@SQLITE
@pytest.mark.parametrize("words", ["", "   ", "a" * (LONGEST_ANSWER + 1)])
def test_what_is_no_answer_is_kept_in_its_form(trainer: PageClient, client: Client, house: House, words: str) -> None:
    live_id, phone = start(trainer), client(None)
    refused = send(phone, house, live_id, words)
    assert refused.status_code == 422
    assert "There is a problem" in refused.text
    assert words in refused.text
    assert answers(house) == []


@SQLITE
def test_nobody_reads_answers_one_by_one_as_they_come_in(trainer: PageClient, client: Client, house: House) -> None:
    """Who looks at the room while they do would know whose each is."""
    live_id = start(trainer)
    send(client(None), house, live_id, REFLECTION)
    page = trainer.get(f"/live/{live_id}/answers").text
    assert "1 answer is in." in page
    for path in ("answers", "screen", "screen/state"):
        assert REFLECTION not in trainer.get(f"/live/{live_id}/{path}").text
    assert REFLECTION in trainer.post(f"/live/{live_id}/end").text  # with that nobody adds to them any more


@SQLITE
def test_what_waits_is_coded_once_it_is_over_too(
    trainer: PageClient, client: Client, house: House, desk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_id = start(trainer)
    with monkeypatch.context() as killed:  # the website, before it came to this answer
        killed.setattr(LiveCoder, "code_waiting", lambda *_: 0)
        send(client(None), house, live_id, REFLECTION)
        trainer.post(f"/live/{live_id}/end")
    assert "Being coded" in trainer.get(f"/live/{live_id}/answers").text
    assert "% sure" in trainer.get(f"/live/{live_id}/answers").text


@SQLITE
def test_abuse_waits_for_the_trainer(trainer: PageClient, client: Client, house: House) -> None:
    live_id, phone = start(trainer), client(None)
    rude = "You are pathetic, just stop."
    assert "the trainer looks at it first" in send(phone, house, live_id, rude).text
    assert rude not in trainer.post(f"/live/{live_id}/show").text
    assert rude in trainer.get(f"/live/{live_id}/answers").text
    row = answers(house)[0]
    trainer.post(f"/live/{live_id}/answers/{row.id}", data={"choice": "let_through"})
    trainer.get(f"/live/{live_id}/screen/state")
    assert rude in trainer.get(f"/live/{live_id}/screen").text


@SQLITE
def test_a_trainer_picks_hides_and_shows_models(trainer: PageClient, client: Client, house: House) -> None:
    live_id = start(trainer, exercise="ref-the-letter")
    send(client(None), house, live_id, REFLECTION)
    trainer.post(f"/live/{live_id}/show")
    path = f"/live/{live_id}/answers/{answers(house)[0].id}"
    assert 'aria-label="The answer we talk about"' in trainer.post(path, data={"choice": "pick"}).text
    assert REFLECTION not in trainer.post(path, data={"choice": "hide"}).text
    assert REFLECTION in trainer.post(path, data={"choice": "show"}).text
    assert "Other ways to say it" in trainer.post(f"/live/{live_id}/models", data={"shown": "yes"}).text
    assert "Other ways to say it" not in trainer.post(f"/live/{live_id}/models", data={"shown": "no"}).text


def test_the_next_line_is_a_new_one_for_everybody(trainer: PageClient, client: Client, house: House) -> None:
    live_id, phone = start(trainer), client(None)
    send(phone, house, live_id, REFLECTION)
    again = trainer.post(f"/live/{live_id}/next", data={"parent": ""})
    assert again.status_code == 422
    trainer.post(f"/live/{live_id}/next", data={"parent": "Nobody asked me."})
    page = phone.get(f"/live/{the_session(house, live_id).code}").text
    assert "Nobody asked me." in page
    assert REFLECTION not in page
    assert send(phone, house, live_id, "Too late for the first.", number=1).status_code == 409
    assert send(phone, house, live_id, "You were left out.", number=2).status_code == 200
    first, second = answers(house)
    assert first.phone_hash != second.phone_hash  # of one phone, and nothing says so


def test_two_clicks_go_on_by_one_line(trainer: PageClient, house: House) -> None:
    live_id = start(trainer)
    assert 'name="after" value="1"' in trainer.get(f"/live/{live_id}/next").text
    for _ in range(2):
        trainer.post(f"/live/{live_id}/next", data={"parent": "Nobody asked me.", "after": "1"})
    with house.database.read() as session:
        assert sorted(one.number for one in session.exec(select(LiveLine))) == [1, 2]


def test_only_its_trainer_runs_it(trainer: PageClient, client: Client, people: People, house: House) -> None:
    live_id = start(trainer)
    for actor in (people.owner, people.lead, people.stranger, people.stranger_coach):
        one = client(actor)
        for path in ("screen", "screen/state", "answers", "next"):
            assert one.get(f"/live/{live_id}/{path}").status_code == 404
        for path in ("show", "models", "end", "delete", "code-again"):
            assert one.post(f"/live/{live_id}/{path}").status_code == 404
    assert client(people.owner).get("/live/new").status_code == 404
    assert client(people.lead).get("/live/new").status_code == 200
    assert not the_session(house, live_id).is_over


def test_nothing_of_a_phone_is_kept_and_nothing_lies_open(
    trainer: PageClient, client: Client, people: People, house: House
) -> None:
    live_id = start(trainer)
    send(client(people.owner), house, live_id, REFLECTION)  # signed in, and still nobody
    row = answers(house)[0]
    with house.database.read() as session:
        line = session.exec(select(LiveLine)).one()
        events = session.exec(select(AuditEvent).where(col(AuditEvent.actor_id) == people.owner.person_id)).all()
    assert not any("live" in one.action for one in events)
    assert b"children" not in row.sealed
    assert b"drink" not in line.sealed
    assert str(people.owner.person_id) not in repr(row)


def test_it_is_over_when_ended_and_after_its_hours(trainer: PageClient, client: Client, house: House) -> None:
    live_id, phone = start(trainer), client(None)
    send(phone, house, live_id, REFLECTION)
    trainer.post(f"/live/{live_id}/end")
    assert phone.get(f"/live/{live_id}/phone").json()["over"]
    assert "The live session is over" in phone.get(f"/live/{the_session(house, live_id).code}").text
    assert send(phone, house, live_id, "One more.").status_code == 409
    assert trainer.post(f"/live/{live_id}/show").status_code == 409
    other = start(trainer)
    with house.database.write() as session:
        session.get_one(LiveSession, other).expires_at = utc_now()
    assert send(phone, house, other, "One more.").status_code == 409


def test_it_goes_after_its_days_or_at_once_with_its_key(trainer: PageClient, client: Client, house: House) -> None:
    old, now, kept = start(trainer), start(trainer), start(trainer)
    for live_id in (old, now, kept):
        send(client(None), house, live_id, REFLECTION)
    days = house.settings.live_session_days
    with house.database.write() as session:
        session.get_one(LiveSession, old).ended_at = utc_now() - timedelta(days=days, minutes=1)
    trainer.post(f"/live/{now}/delete")
    with house.database.write() as session:
        assert end_old_live_sessions(session, days=days) == 1
    sweep_keys(house.database, older_than_hours=0)
    with house.database.read() as session:
        assert session.exec(select(LiveSession.id)).all() == [kept]
        assert len(session.exec(select(LiveLine)).all()) == len(session.exec(select(LiveAnswer)).all()) == 1
        keys = session.exec(select(SessionKey.session_id).where(col(SessionKey.session_id).in_([old, now, kept])))
        assert keys.all() == [kept]
    assert REFLECTION in trainer.post(f"/live/{kept}/end").text


@SQLITE
def test_who_guesses_codes_has_to_wait(trainer: PageClient, client: Client, house: House) -> None:
    live_id, phone = start(trainer), client(None)
    code = the_session(house, live_id).code
    for number in range(FREE[Tried.LIVE]):
        assert phone.post("/live", data={"code": "BCDFGH" if number % 2 else "nonsense"}).status_code == 422
    assert phone.get("/live/BCDFGH").status_code == 429
    assert phone.get(f"/live/{code}").status_code == 429
    assert client(None).get(f"/live/{live_id}/phone").status_code == 200


@SQLITE
def test_a_flood_of_answers_is_refused(
    trainer: PageClient, client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.rate_limits.ANSWERS", Rate(2, 60))
    live_id, phone = start(trainer), client(None)
    given = [phone.post(f"/live/{live_id}/answer", data={"words": ""}).status_code for _ in range(4)]
    assert given == [422, 422, 429, 429]


def test_what_cannot_be_coded_says_so_and_is_coded_later(
    trainer: PageClient, client: Client, house: House, desk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_id = start(trainer)
    with monkeypatch.context() as broken:
        broken.setattr(CodingDesk, "code", fails)
        send(client(None), house, live_id, REFLECTION)
        screen = trainer.post(f"/live/{live_id}/show").text
    assert "Not coded: the coder could not read it just now" in screen
    assert REFLECTION in screen
    trainer.post(f"/live/{live_id}/code-again")
    assert "% sure" in trainer.get(f"/live/{live_id}/screen").text


@SQLITE
def test_every_module_has_lines_to_choose_from(trainer: PageClient) -> None:
    page = trainer.get("/live/new").text
    written = [one for one in shipped_library().exercises.values() if isinstance(one.exercise, Written)]
    assert page.count('name="exercise"') == len(written) > 50
    some = trainer.get("/live/new?skill=affirming").text
    assert 0 < some.count('name="exercise"') < page.count('name="exercise"')
