"""A time that is over: the recording goes, then what was said, then whose the scores are; and what is held stays."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from api.house import House
from coding.forget_words import forget_words
from coding.requests import ask
from coding.retention import counts_from
from coding.transcript.versions import latest_transcript
from models.audit import AuditEvent
from models.coding import Score
from models.columns import utc_now
from models.job import Job
from models.keys import open_session_key
from models.practice import PracticeSession, Recording, Stage
from models.retention import KeptFigures, Part
from models.session_request import RequestKind
from models.withdrawal import DeletionProof, Why, Withdrawal
from tests.conftest import People, work_off
from tests.web.conftest import Client
from tests.web.kept_sessions import PHRASE, TALK, heard, lies_in, make_older, went
from tests.web.test_nightly import at_night, everywhere
from tests.web.test_withdrawal import add, left
from web.worker import Worker

pytestmark = pytest.mark.usefixtures("own_temporary_folder")


def test_one_after_the_other_goes_and_the_page_says_so(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner, coach, stranger = client(people.owner), client(people.colleague), client(people.stranger)
    session_id = heard(client, people, house, worker, title=f"About {PHRASE}", change_goal=PHRASE)
    page = f"/sessions/{session_id}"
    make_older(house, session_id, days=29)
    at_night(house, worker)
    assert went(house) == []
    assert "The recording goes on" in owner.get(page).text

    make_older(house, session_id, days=1)
    at_night(house, worker)
    assert went(house) == [(session_id, Part.RECORDING)]
    assert house.storage.keys() == []
    assert "recording" not in left(house, session_id)
    for one in (owner, coach):
        text = one.get(page).text
        assert "30 days after the session was coded" in text
        assert PHRASE in text
    before = owner.get(f"/api/v1{page}").json()

    make_older(house, session_id, days=365)
    at_night(house, worker)
    assert went(house)[1:] == [(session_id, Part.WORDS)]
    text = owner.get(page).text
    assert "12 months after the session was coded" in text
    assert PHRASE not in text
    after = coach.get(f"/api/v1{page}").json()
    assert after["scores"] == before["scores"]
    assert [(c["code"], c["count"]) for c in after["counts"]] == [(c["code"], c["count"]) for c in before["counts"]]
    assert (after["turns"], after["change_goal"]) == ([], "")
    assert PHRASE not in str(after)
    assert owner.get(f"{page}/codes.csv").status_code == 410
    assert PHRASE not in owner.get("/search", params={"q": "soup"}).text
    assert owner.post(f"{page}/practitioner", data={"label": "Parent"}).status_code == 410
    assert stranger.get(page).status_code == 404

    make_older(house, session_id, days=366)
    at_night(house, worker)
    assert owner.get(page).status_code == coach.get(page).status_code == stranger.get(page).status_code == 404
    assert left(house, session_id) == {}
    with house.database.read() as session:
        [figures] = session.exec(select(KeptFigures)).all()
        [withdrawal] = session.exec(select(Withdrawal)).all()
        [proof] = session.exec(select(DeletionProof)).all()
    assert (withdrawal.why, proof.document["codings_kept_as_figures"]) == (Why.RETENTION, 1)
    shown = {score["name"]: [score["value"], score["low"], score["high"]] for score in before["scores"]}
    assert shown.items() <= figures.scores.items()
    assert figures.counts == {c["code"]: c["count"] for c in before["counts"] if c["count"]}
    assert (figures.team_id, figures.month) == (people.team.id, utc_now().date().replace(day=1))
    kept = str(figures.model_dump())
    assert session_id not in kept
    assert str(people.owner.person_id) not in kept


def test_no_byte_of_what_was_said_is_left(client: Client, people: People, house: House, worker: Worker) -> None:
    """Neither in the clear nor sealed; nor do the names, questions and answers about it stay."""
    owner = client(people.owner)
    session_id = add(
        owner, data=TALK.encode(), title=f"About {PHRASE}", change_goal=PHRASE, names="Kayleigh Marsh, child"
    )
    work_off(worker)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(session_id))
        ask(session, practice=practice, kind=RequestKind.CONTEST, words=f"I heard {PHRASE}", by=people.owner)
        version = latest_transcript(session, practice.id)
        assert version is not None
        sealed = [bytes(version.sealed), bytes(version.utterances or b""), bytes(practice.sealed)]
        old_key = open_session_key(session, practice.id)
    hidden = everywhere(house)
    assert all(lies_in(hidden, one) for one in sealed)  # it does look where they lie
    make_older(house, session_id, days=366)
    at_night(house, worker)
    assert (session_id, Part.WORDS) in went(house)
    after = everywhere(house)
    assert PHRASE.encode() not in after
    if house.database.is_sqlite:  # PostgreSQL's log keeps what is sealed for a while
        assert not any(lies_in(after, one) for one in sealed)
    with house.database.read() as session:
        assert open_session_key(session, UUID(session_id)) != old_key
    assert {"name_check", "speaker_decision"} & set(left(house, session_id)) == set()
    text = owner.get(f"/sessions/{session_id}").text
    assert "The scores are contested" in text
    assert "Nobody answered while" in text
    assert owner.post(f"/sessions/{session_id}/requests", data={"kind": "correction", "words": "No"}).status_code == 410


def test_a_machine_that_was_down_catches_up_in_one_night_and_the_second_does_nothing(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner = client(people.owner)
    old = heard(client, people, house, worker)
    middle, young = add(owner), add(owner)
    work_off(worker)
    for session_id, days in ((old, 800), (middle, 400), (young, 20)):
        make_older(house, session_id, days=days)
    at_night(house, worker)
    assert left(house, old) == {}
    assert house.storage.keys() == []
    assert sorted(went(house)) == sorted([(old, Part.RECORDING), (old, Part.WORDS), (middle, Part.WORDS)])
    assert left(house, young)["practice_session"] == 1
    with house.database.read() as session:
        audited = len(session.exec(select(AuditEvent)).all())
        figures = len(session.exec(select(KeptFigures)).all())
    at_night(house, worker)
    with house.database.read() as session:
        assert len(session.exec(select(AuditEvent)).all()) == audited
        assert len(session.exec(select(KeptFigures)).all()) == figures == 1
    assert len(went(house)) == 3


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_time_counts_from_the_newest_coding_and_not_while_there_is_work(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    make_older(house, session_id, days=900)
    with house.database.read() as session:
        which = col(PracticeSession.id) == UUID(session_id)
        assert not counts_from(session, which)[UUID(session_id)].coded
    with house.database.write() as session:  # its turn has not come yet
        session.exec(update(Job).where(col(Job.name) == "code_transcript").values(run_at=utc_now() + timedelta(days=1)))
    at_night(house, worker)
    assert went(house) == []
    with house.database.write() as session:
        session.exec(update(Job).where(col(Job.name) == "code_transcript").values(run_at=utc_now()))
    work_off(worker)
    at_night(house, worker)
    assert went(house) == []
    with house.database.read() as session:
        since = counts_from(session, which)[UUID(session_id)]
        assert since.coded
        assert since.at.date() == utc_now().date()
        assert session.exec(select(Score)).first() is not None


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_recording_that_was_never_written_down_goes_too(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner = client(people.owner)
    heard(client, people, house, worker)
    with house.database.read() as session:
        stopped = str(session.exec(select(PracticeSession.id).where(col(PracticeSession.stage) == Stage.STOPPED)).one())
    with house.database.write() as session:
        recording = session.exec(select(Recording)).one()
        recording.session_id = UUID(stopped)
        session.add(recording)
    make_older(house, stopped, days=31)
    at_night(house, worker)
    assert went(house) == [(stopped, Part.RECORDING)]
    page = owner.get(f"/sessions/{stopped}").text
    assert "30 days after the session was added" in page
    assert "nothing left to work on" in page
    assert owner.post(f"/sessions/{stopped}/retry").status_code == 409


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_one_that_fails_keeps_nobody_else(
    client: Client, people: People, house: House, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = client(people.owner)
    first, second = add(owner), add(owner)
    work_off(worker)
    for one in (first, second):
        make_older(house, one, days=400)
    real = forget_words

    def fails(session: Session, practice: PracticeSession) -> None:
        real(session, practice)
        if str(practice.id) == first:
            raise OSError("the disk is full")

    monkeypatch.setattr("coding.let_go.forget_words", fails)
    at_night(house, worker)
    assert went(house) == [(second, Part.WORDS)]
    assert "drinking at weekends" in owner.get(f"/sessions/{first}").text
    monkeypatch.undo()
    at_night(house, worker)
    assert {one for one, _ in went(house)} == {first, second}
