"""A time that is over: the recording goes, then what was said, then whose the scores are; and what is held stays."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from api.house import House
from coding.consent import agreements_of
from coding.forget_words import forget_words
from coding.hold import lift_hold, place_hold
from coding.night import next_night
from coding.requests import ask
from coding.retention import counts_from, set_periods
from coding.retention_periods import Periods
from coding.transcript.versions import latest_transcript
from models.audit import AuditEvent
from models.coding import Coding, Score
from models.columns import utc_now
from models.errors import NotFound
from models.job import Job, JobState
from models.keys import open_session_key
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role
from models.practice import PracticeSession, Recording, SessionKind, Stage
from models.retention import KeptFigures, Part, RetentionStep
from models.session_request import RequestKind
from models.transcript import TranscriptVersion
from models.withdrawal import DeletionProof, Why, Withdrawal
from tests.conftest import People, add_person, work_off
from tests.fixtures.role_play import MONO
from tests.web.conftest import Client
from tests.web.test_nightly import at_night, everywhere
from tests.web.test_withdrawal import ALL, add, left
from web.worker import Worker

pytestmark = pytest.mark.usefixtures("own_temporary_folder")
PHRASE = "nettle soup at half past nine"
TALK = f"Worker: What would you like?\nParent: There was {PHRASE}, and I want to stop.\nWorker: You want to stop.\n"


@pytest.fixture
def admin(house: House, people: People) -> Actor:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, home, "Ada Administrator", role=Role.ADMINISTRATOR)


def make_older(house: House, session_id: str, **days: float) -> None:
    """As if everything of the session had been done so long before."""
    by = timedelta(**days)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(session_id))
        practice.created_at -= by
        versions = select(TranscriptVersion.id).where(col(TranscriptVersion.session_id) == practice.id)
        for coding in session.exec(select(Coding).where(col(Coding.transcript_id).in_(versions))).all():
            coding.created_at -= by
            session.add(coding)
        session.add(practice)


def with_sound(house: House, session_id: str) -> None:
    """Gives a coded session the recording of another, as if it had been written down from that."""
    with house.database.write() as session:
        recording = session.exec(select(Recording)).one()
        recording.session_id = UUID(session_id)
        session.add(recording)
        version = latest_transcript(session, UUID(session_id))
        assert version is not None
        version.recording_id = recording.id
        session.add(version)


def heard(client: Client, people: People, house: House, worker: Worker, **more: str) -> str:
    """A coded session with a recording, without the minutes of hearing one."""
    owner = client(people.owner)
    sound = add(owner, MONO.name, MONO.read_bytes())
    with house.database.write() as session:
        session.exec(update(Job).where(col(Job.name) == "transcribe_recording").values(state=JobState.CANCELLED))
    session_id = add(owner, data=TALK.encode(), **more)
    work_off(worker)
    with_sound(house, session_id)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(sound))
        practice.stage, practice.problem_code, practice.problem = Stage.STOPPED, "stopped_by_person", "Stopped."
        session.add(practice)
    return session_id


def went(house: House) -> list[tuple[str, Part]]:
    with house.database.read() as session:
        steps = session.exec(select(RetentionStep).order_by(col(RetentionStep.at))).all()
    assert all(step.done_at for step in steps)
    return [(str(step.session_id), step.part) for step in steps]


def lies_in(found: bytes, sealed: bytes) -> bool:
    """As it is, or as PostgreSQL writes bytes out."""
    return sealed in found or sealed.hex().encode() in found


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


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_periods_are_of_a_kind_and_an_organisation(
    client: Client, people: People, house: House, worker: Worker, admin: Actor
) -> None:
    owner = client(people.owner)
    role_play, simulated = add(owner), add(owner, kind="simulated")
    elsewhere = add(client(people.stranger))
    work_off(worker)
    for one in (role_play, simulated, elsewhere):
        make_older(house, one, days=70)
    with house.database.write() as session:
        two_months = Periods(recording_days=10, transcript_months=2, score_months=3)
        set_periods(
            session, organisation_id=admin.organisation_id, kind=SessionKind.SIMULATED, periods=two_months, by=admin
        )
    at_night(house, worker)
    assert went(house) == [(simulated, Part.WORDS)]


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


def test_months_end_with_the_month() -> None:
    since = datetime(2027, 1, 31, 15, tzinfo=UTC)
    assert Periods(transcript_months=1).over_at(Part.WORDS, since) == datetime(2027, 2, 28, 15, tzinfo=UTC)
    assert Periods(score_months=24).over_at(Part.SCORES, since).date() == date(2029, 1, 31)


def test_the_page_says_what_goes_when_and_what_went(
    client: Client, people: People, house: House, worker: Worker, admin: Actor
) -> None:
    administrator = client(admin)
    assert "Nothing goes in the next 30 days." in administrator.get("/retention").text
    session_id = heard(client, people, house, worker, title=f"About {PHRASE}")
    young = add(client(people.owner))
    work_off(worker)
    make_older(house, session_id, days=20)
    make_older(house, young, days=1)
    page = administrator.get("/retention").text
    night = next_night(utc_now() + timedelta(days=10))
    assert f"{night.day} {night:%B %Y}" in page
    assert page.count("1 recording <") == 1
    make_older(house, session_id, days=340)
    assert "1 transcript <" in administrator.get("/retention").text
    make_older(house, session_id, days=20)
    at_night(house, worker)
    page = administrator.get("/retention").text
    assert "<strong>1 recording</strong>" in page
    assert "Role play, 12 months after the session was coded" in page
    make_older(house, session_id, days=360)
    at_night(house, worker)
    work_off(worker)
    page = administrator.get("/retention").text
    assert "Its time was over" in page
    assert PHRASE not in page
    for one in (people.owner, people.colleague, people.lead, people.stranger):
        assert client(one).get("/retention").status_code == 404


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_administrator_sets_the_times(client: Client, people: People, house: House, admin: Actor) -> None:
    administrator = client(admin)
    times = {"recording_days": "14", "transcript_months": "6", "score_months": "12"}
    address = "/retention/periods/real_practice"
    for one in (people.owner, people.colleague, people.lead, people.stranger):
        assert client(one).post(address, data=times).status_code == 404
    wrong = (
        ({"recording_days": "0"}, "from 1 to 365"),
        ({"recording_days": "ten"}, "from 1 to 365"),
        ({"recording_days": "２０"}, "Recordings: enter a whole number of days from 1 to 365"),
        ({"transcript_months": "61"}, "What was said: enter a whole number of months from 1 to 60"),
        ({"score_months": "5"}, "at least as long as what was said"),
        ({"recording_days": "200"}, "at least as long as recordings"),
    )
    for change, sentence in wrong:
        answer = administrator.post(address, data=times | change)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert next(iter(change.values())) in answer.text
    assert administrator.post("/retention/periods/nonsense", data=times).status_code == 404
    page = administrator.post(address, data=times).text
    assert "<dd>14 days</dd>" in page
    assert "Set by Ada Administrator" in page
    assert page.count("nobody has changed them") == 2
    administrator.post(address, data=times)
    with house.database.read() as session:
        [event] = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "retention_periods_set")).all()
    assert event.details == {
        "kind": "real_practice", "recording": "30 days before, now 14 days", "words": "12 months before, now 6 months",
        "scores": "24 months before, now 12 months",
    }  # fmt: skip
    assert client(people.stranger).get("/retention").status_code == 404


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
