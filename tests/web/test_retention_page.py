"""Consent and retention: what goes when, what went, and the times that administrators set."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import true
from sqlmodel import Session, col, select

from api.house import House
from coding.night import next_night
from coding.retention import counts_from, due_parts, periods_of, set_periods
from coding.retention_periods import Periods
from models.audit import AuditEvent
from models.coding import CodedBy, Coding
from models.columns import utc_now
from models.permissions import Actor
from models.person import Person
from models.practice import PracticeSession, SessionKind, Stage
from models.retention import Part
from models.transcript import TranscriptSource, TranscriptVersion
from tests.conftest import People, work_off
from tests.web.conftest import Client
from tests.web.kept_sessions import PHRASE, heard, make_older, went
from tests.web.test_nightly import at_night
from tests.web.test_team import statements
from tests.web.test_withdrawal import add
from training.retention_view import LIST_LIMIT
from web.worker import Worker


def add_coded(session: Session, person: UUID, at: datetime, times: int) -> PracticeSession:
    """A session coded so many times, a day apart."""
    home = session.get_one(Person, person).organisation_id
    practice = PracticeSession(
        organisation_id=home, practitioner_id=person, added_by_id=person, kind=SessionKind.ROLE_PLAY,
        held_on=at.date(), agreement_confirmed=True, stage=Stage.READY, progress=100,
    )  # fmt: skip
    session.add(practice)
    session.flush()
    version = TranscriptVersion(
        session_id=practice.id, version=1, source=TranscriptSource.FILE, method="import", utterances_given=True
    )
    session.add(version)
    session.flush()
    for number in range(times):
        session.add(
            Coding(
                transcript_id=version.id, coded_by=CodedBy.MACHINE, model_version="test",
                created_at=at + timedelta(days=number),
            )
        )  # fmt: skip
    return practice


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


def test_months_end_with_the_month() -> None:
    since = datetime(2027, 1, 31, 15, tzinfo=UTC)
    assert Periods(transcript_months=1).over_at(Part.WORDS, since) == datetime(2027, 2, 28, 15, tzinfo=UTC)
    assert Periods(score_months=24).over_at(Part.SCORES, since).date() == date(2029, 1, 31)


@pytest.mark.parametrize("lengths", [(1, 1, 2), (30, 12, 24), (365, 13, 37)])
def test_nothing_that_is_over_began_after_the_latest_start(lengths: tuple[int, int, int]) -> None:
    """The database leaves out what began later, so that nothing may be lost by it where months differ in length."""
    periods = Periods(*lengths)
    for until in (datetime(2028, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(430)):
        for part in Part:
            latest = periods.latest_start(part, until)
            later = (latest + timedelta(days=days, microseconds=1) for days in range(40))
            assert all(periods.over_at(part, since) > until for since in later)


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])
def test_what_is_due_is_what_each_session_says_by_itself(
    client: Client, people: People, house: House, admin: Actor
) -> None:
    """Asked for all at once, with times of its own for one kind; and the page asks no more for more sessions."""
    now, asked = utc_now(), []
    ages = (5, 25, 55, 65, 330, 334, 360, 364, 366, 500, 700, 729, 732, 800)
    for _ in range(2):
        with house.database.write() as session:
            two_months = Periods(recording_days=10, transcript_months=2, score_months=3)
            set_periods(
                session, organisation_id=admin.organisation_id, kind=SessionKind.SIMULATED, periods=two_months, by=admin
            )
            for number, age in enumerate(ages):
                at = now - timedelta(days=age)
                for codings in range(3):
                    one = add_coded(session, people.owner.person_id, at + timedelta(days=1), codings)
                    one.created_at, one.kind = at, list(SessionKind)[(number + codings) % 2]
        with statements(house) as seen:
            assert client(admin).get("/retention").status_code == 200
            asked.append(len(seen))
    assert asked[0] == asked[1]
    with house.database.read() as session:
        since = counts_from(session, true())
        periods = periods_of(session, admin.organisation_id)
        for until in (now - timedelta(days=40), now, now + timedelta(days=30)):
            due = due_parts(session, until=until, organisation_id=admin.organisation_id)
            assert due == due_parts(session, until=until)
            assert {(one.session_id, one.part, one.over_at) for one in due} == {
                (one.id, part, over_at)
                for one in session.exec(select(PracticeSession))
                for part in (Part.WORDS, Part.SCORES)
                if (over_at := periods[one.kind].over_at(part, since[one.id].at)) <= until
            }
            assert [one.over_at for one in due if one.part is Part.SCORES] == sorted(
                one.over_at for one in due if one.part is Part.SCORES
            )


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


def test_the_newest_sessions_are_listed_and_an_older_one_is_found_by_its_day(
    client: Client, people: People, house: House, admin: Actor
) -> None:
    newest = utc_now() - timedelta(days=1)
    with house.database.write() as session:
        days = [newest - timedelta(days=number) for number in range(LIST_LIMIT + 1)]
        added = [add_coded(session, people.owner.person_id, day, 1) for day in days]
        oldest, its_day = added[-1].id, added[-1].held_on
    administrator = client(admin)
    page = administrator.get("/retention").text
    assert page.count('/withdraw">') == LIST_LIMIT
    assert f"/sessions/{oldest}/" not in page
    assert f"The newest {LIST_LIMIT} are shown." in page
    page = administrator.get(f"/retention?until={(newest - timedelta(days=1)).date().isoformat()}").text
    assert page.count('/withdraw">') == LIST_LIMIT
    assert f"/sessions/{oldest}/withdraw" in page
    assert "are shown." not in page  # all that fit are
    page = administrator.get(f"/retention?until={its_day.isoformat()}").text
    assert f"/sessions/{oldest}/withdraw" in page
    assert "are shown." not in page


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
