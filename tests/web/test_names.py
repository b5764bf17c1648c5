"""Names given at upload are replaced before anything is coded; whoever added the session looks once; then they go."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from sqlmodel import select, update

from api.house import House
from coding.end_name_checks import end_old_name_checks
from coding.transcript.versions import words_of
from models.audit import AuditEvent
from models.coding import Coding
from models.columns import utc_now
from models.name_check import NameCheck
from models.person import Person
from models.practice import PracticeSession
from models.retention import SessionHold
from models.sealed import seal_into
from models.transcript import TranscriptVersion
from tests.conftest import People, work_off
from tests.web.conftest import Client
from tests.web.test_sessions import DETAILS
from web.worker import Worker

TALK = """\
Worker: Hiya Kayleigh, how is Alfie? What would you like to talk about?
Parent: Alfies fine. I want to stop drinking at weekends, Tilly's noticed and the Crown is shut.
Worker: You've seen it's getting to Tilly, and that worries you.
Parent: Yeah. Ring me on 07700 900123, and say it's about Oakhurst.
"""
NAMES = "Kayleigh Marsh, mum\nAlfie Marsh – child"


def add(client, text: str = TALK, **fields: str) -> str:  # type: ignore[no-untyped-def]
    answer = client.post("/api/v1/sessions", data=DETAILS | {"names": NAMES} | fields, files={"file": ("t.txt", text)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def said(client, session_id: str) -> str:  # type: ignore[no-untyped-def]
    turns = client.get(f"/api/v1/sessions/{session_id}").json()["turns"]
    return "\n".join(" ".join(line["text"] for line in turn["utterances"]) for turn in turns)


def number_of(page: str, words: str) -> str:
    """Of the box that puts these words back."""
    found = re.search(rf'value="(\d+)"[^>]*>\s*<label[^>]*>This is not a name<span[^>]*>: {re.escape(words)}<', page)
    assert found, words
    return found.group(1)


def test_what_is_kept_and_coded_holds_no_name(client: Client, people: People, worker: Worker) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    work_off(worker)
    text = said(owner, session_id)
    assert "Hiya [parent 1], how is [child 1]?" in text
    assert "[child 1]'s fine." in text
    assert "[phone number 1]" in text
    assert not re.search("Kayleigh|Alfie|07700", text)
    page = owner.get(f"/sessions/{session_id}").text
    assert "Nobody has checked this yet." in page
    assert f"/sessions/{session_id}/names" in page


def test_whoever_added_it_puts_back_and_replaces_more_and_then_the_names_are_gone(
    client: Client, people: People, worker: Worker, house: House
) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    work_off(worker)
    page = owner.get(f"/sessions/{session_id}/names").text
    assert "Kayleigh" in page
    back = number_of(page, "Tilly")
    changes = {"back": back, "more": "the Crown, friend\nOakhurst, address"}

    shown = unescape(owner.post(f"/sessions/{session_id}/names", data=changes).text)
    assert "Tilly's noticed" in shown
    assert "[address 1]" in shown
    assert "Tilly" not in said(owner, session_id)  # looking changes nothing

    answer = owner.post(f"/sessions/{session_id}/names", data=changes | {"right": "yes"}, follow_redirects=False)
    assert answer.headers["location"] == f"/sessions/{session_id}"
    assert work_off(worker) == 1  # words changed, so it is coded again
    text = said(owner, session_id)
    assert "Tilly's noticed and [person 1] is shut." in text or "Tilly's noticed and [person 2] is shut." in text
    assert "about [address 1]." in text
    assert not re.search("Crown|Oakhurst|Kayleigh|Alfie", text)
    assert "Nobody has checked" not in owner.get(f"/sessions/{session_id}").text
    with house.database.read() as session:
        check = session.exec(select(NameCheck)).one()
        assert (check.names, check.said) == (None, None)
        assert check.checked_by_id == people.owner.person_id
        versions = session.exec(select(TranscriptVersion).order_by(TranscriptVersion.version)).all()
        assert [bool(words_of(session, one).turns) for one in versions] == [False, True]
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "names_checked")).one()
        assert event.details == {"put_back": "1", "added": "2", "bleep": "no"}


def test_right_as_they_are_is_not_coded_again(client: Client, people: People, worker: Worker) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    work_off(worker)
    before = said(owner, session_id)
    owner.post(f"/sessions/{session_id}/names", data={"right": "yes"})
    assert work_off(worker) == 0
    assert said(owner, session_id) == before
    again = owner.get(f"/sessions/{session_id}/names")
    assert again.status_code == 409
    assert "no names to check" in again.text


def test_utterances_that_a_file_drew_stay_as_many(client: Client, people: People, worker: Worker) -> None:
    owner = client(people.owner)
    rows = (
        "transcript_id,turn,utterance,speaker,text\n1,1,1,practitioner,Hello Kayleigh.\n"
        "1,1,2,practitioner,It is Tilly here.\n1,2,1,client,I drink less.\n"
    )
    files = {"file": ("t.csv", rows)}
    answer = owner.post("/api/v1/sessions", data=DETAILS | {"names": NAMES}, files=files)
    session_id = answer.json()["id"]
    work_off(worker)
    owner.post(f"/sessions/{session_id}/names", data={"more": "drink", "right": "yes"})
    work_off(worker)
    turns = owner.get(f"/api/v1/sessions/{session_id}").json()["turns"]
    assert [[line["text"] for line in turn["utterances"]] for turn in turns] == [
        ["Hello [parent 1].", "It is [person 1] here."], ["I [name 1] less."],
    ]  # fmt: skip


def test_words_that_stand_nowhere_or_are_replaced_are_told_and_nothing_is_lost(
    client: Client, people: People, worker: Worker
) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    work_off(worker)
    told = (
        ("Zog, child", "“Zog” cannot be found"),
        ("Kayleigh, sister", "“Kayleigh” is replaced already, by [parent 1]"),
    )
    for right in ("", "yes"):
        for more, sentence in told:
            answer = owner.post(f"/sessions/{session_id}/names", data={"more": more, "right": right})
            assert answer.status_code == 422
            assert sentence in answer.text
            assert f">{more}</textarea>" in answer.text
    assert owner.get(f"/sessions/{session_id}/names").status_code == 200


@pytest.mark.parametrize("who", ["teammate", "lead", "stranger", "stranger_coach"])
def test_nobody_else_sees_the_names(who: str, client: Client, people: People, worker: Worker) -> None:
    session_id = add(client(people.owner))
    work_off(worker)
    other = client(getattr(people, who))
    assert other.get(f"/sessions/{session_id}/names").status_code == 404
    assert other.post(f"/sessions/{session_id}/names", data={"right": "yes"}).status_code == 404
    assert client(people.colleague).get(f"/sessions/{session_id}/names").status_code == 200  # the team's coach


def test_the_practitioners_own_name_is_known(client: Client, people: People, worker: Worker, house: House) -> None:
    owner = client(people.owner)
    with house.database.read() as session:
        first = session.get_one(Person, people.owner.person_id).name.split()[0]
    talk = f"Worker: Hello, it's {first} here again. How are you?\nParent: Fine, I want to drink less.\n"
    session_id = add(owner, talk)
    work_off(worker)
    assert "it's [practitioner 1] here" in said(owner, session_id)


def test_a_speaker_who_is_called_by_name_gets_the_stand_in(client: Client, people: People, worker: Worker) -> None:
    owner = client(people.owner)
    session_id = add(owner, TALK.replace("Parent:", "Kayleigh:"))
    work_off(worker)
    view = owner.get(f"/api/v1/sessions/{session_id}").json()
    assert view["speaker_labels"] == ["Worker", "[parent 1]"]
    assert view["practitioner_labels"] == ["Worker"]


def test_names_are_read_a_line_each_and_too_many_are_told(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    many = DETAILS | {"names": "A name\n" * 61}
    wrong = owner.post("/sessions", data=many, files={"file": ("t.txt", TALK)})
    assert wrong.status_code == 422
    assert "at most 60 names" in wrong.text
    turns = [{"speaker": "Worker", "text": "Hello Alfie."}, {"speaker": "Parent", "text": "Hello."}]
    body = {"kind": "role_play", "agreement_confirmed": True, "names": ["Alfie Marsh, child"], "turns": turns}
    assert owner.post("/api/v1/sessions", json=body).status_code == 201
    with house.database.read() as session:
        assert len(session.exec(select(PracticeSession)).all()) == 1


def test_names_that_nobody_checks_end_after_their_days_and_the_page_says_when(
    client: Client, people: People, worker: Worker, house: House
) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    work_off(worker)
    days = house.settings.name_check_days
    assert "If nobody has looked by" in owner.get(f"/sessions/{session_id}/names").text
    with house.database.write() as session:
        assert end_old_name_checks(session, days=days) == 0
    long_ago = utc_now() - timedelta(days=days, minutes=1)
    with house.database.write() as session:
        session.exec(update(NameCheck).values(created_at=long_ago))
        assert end_old_name_checks(session, days=days) == 0  # it counts from the first coding
        session.exec(update(Coding).values(created_at=long_ago))
        practice = session.get_one(PracticeSession, UUID(session_id))
        hold = SessionHold(session_id=practice.id, placed_by_id=people.owner.person_id)
        seal_into(session, hold, "a complaint", session_id=practice.id)
        session.add(hold)
        session.flush()
        assert end_old_name_checks(session, days=days) == 0  # as long as the hold lasts
        session.delete(hold)
        session.flush()
        assert end_old_name_checks(session, days=days) == 1
    with house.database.read() as session:
        check = session.exec(select(NameCheck)).one()
        assert (check.names, check.said, check.checked_by_id) == (None, None, None)
        assert session.exec(select(AuditEvent).where(AuditEvent.action == "name_check_ended")).one().actor_id is None
    assert "[child 1]'s fine." in said(owner, session_id)
    assert owner.get(f"/sessions/{session_id}/names").status_code == 409


def test_names_in_title_and_goal_are_for_those_who_wrote_them(client: Client, people: People, worker: Worker) -> None:
    owner, coach, stranger = client(people.owner), client(people.colleague), client(people.stranger)
    session_id = add(owner, title="Kayleigh at the Crown", change_goal="Kayleigh rings 07700 900123")
    page, own = f"/sessions/{session_id}", "Kayleigh at the Crown"
    for done in range(2):
        assert own in owner.get(page).text
        assert own in owner.get("/").text
        assert own not in coach.get("/").text
        assert "[parent 1] at the Crown" in coach.get("/").text
        assert own not in coach.get(page).text
        for reader in (owner, coach):
            shown = reader.get(f"/api/v1{page}").json()
            assert (shown["title"], shown["change_goal"]) == (
                "[parent 1] at the Crown",
                "[parent 1] rings [phone number 1]",
            )
            assert own not in reader.get("/api/v1/sessions").text
        assert stranger.get(page).status_code == 404
        if not done:
            work_off(worker)
    assert "Others see it as “[parent 1] at the Crown”." in unescape(owner.get(page).text)

    owner.post(f"{page}/names", data={"more": "the Crown, address", "right": "yes"})
    work_off(worker)
    assert "[parent 1] at [address 1]" in coach.get(page).text
    assert own in owner.get(page).text


def test_the_name_of_a_file_is_replaced_as_a_title_is(client: Client, people: People, worker: Worker) -> None:
    sent = client(people.owner).post(
        "/api/v1/sessions", data=DETAILS | {"names": NAMES}, files={"file": ("Kayleigh_Marsh_and_Alfie.txt", TALK)}
    )
    work_off(worker)
    shown = client(people.colleague).get(f"/api/v1/sessions/{sent.json()['id']}").json()["title"]
    assert not re.search("Kayleigh|Marsh|Alfie", shown)
    assert "[child 1]" in shown
