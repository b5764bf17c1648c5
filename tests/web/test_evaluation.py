"""Figures of authorities for evaluators: only of those that opted in, only of ten and more, and noted when taken."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from api.house import House
from coding.retention import set_periods
from coding.retention_periods import Periods
from coding.scheme.summary import ScoreName
from models.audit import AuditEvent
from models.coding import CodedBy, Coding, Score
from models.columns import utc_now
from models.organisation import Organisation
from models.people.evaluation import set_evaluation_opt_in
from models.permissions import Actor
from models.person import Person, Role
from models.practice import PracticeSession, SessionKind, Stage
from models.transcript import TranscriptSource, TranscriptVersion
from tests.conftest import People, add_person
from tests.web.conftest import Client, PageClient
from training.evaluation_view import authority_figures

TODAY = date(2026, 11, 26)
RATIO = ScoreName.REFLECTION_TO_QUESTION


@pytest.fixture
def admin(house: House, people: People) -> Actor:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, home, "Ada Admin", role=Role.ADMINISTRATOR)


def add_coded(session: Session, person: UUID, at: datetime, *values: float) -> PracticeSession:
    """A session coded once for each of the values, a day apart."""
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
    for number, value in enumerate(values):
        coding = Coding(
            transcript_id=version.id, coded_by=CodedBy.MACHINE, model_version="test",
            created_at=at + timedelta(days=number),
        )  # fmt: skip
        session.add(coding)
        session.flush()
        session.add(Score(coding_id=coding.id, name=RATIO, value=value))
    return practice


def fill(house: House, organisation_id: UUID, *, people: int, at: datetime) -> None:
    """A session of each of so many people, with a ratio of 1.5."""
    with house.database.write() as session:
        home = session.get_one(Organisation, organisation_id)
        for number in range(people):
            who = add_person(session, home, f"Person {organisation_id} {number}")
            add_coded(session, who.person_id, at, 1.5)


def opt_in(house: House, organisation_id: UUID, *, by: UUID | None = None, on: bool = True) -> None:
    with house.database.write() as session:
        set_evaluation_opt_in(session, organisation=session.get_one(Organisation, organisation_id), opt_in=on, by=by)


def last_month() -> datetime:
    """In this year where there is one, so that it is shown whenever the test runs."""
    return utc_now().replace(day=1) - timedelta(days=3)


def test_an_evaluator_sees_who_takes_part_and_nobody_else(
    house: House, client: Client, people: People, evaluator: Actor
) -> None:
    for organisation_id in (people.owner.organisation_id, people.stranger.organisation_id):
        fill(house, organisation_id, people=12, at=last_month())
    one = client(evaluator)
    assert "No authority takes part yet" in one.get("/evaluation").text
    opt_in(house, people.owner.organisation_id)
    page = one.get("/evaluation").text
    assert "Ferndale Council" in page
    assert "about 10 sessions" in page
    assert "Harbour Borough" not in page
    assert "Person" not in page
    for who in (people.owner, people.colleague, people.lead, people.stranger):
        for path in ("/evaluation", "/evaluation.csv"):
            assert client(who).get(path).status_code == 404
        assert 'href="/evaluation"' not in client(who).get("/").text
    assert 'href="/evaluation"' in one.get("/").text
    opt_in(house, people.owner.organisation_id, on=False)
    assert "Ferndale" not in one.get("/evaluation").text


def test_the_newest_coding_counts_in_the_month_of_the_first(house: House, people: People) -> None:
    home = people.owner.organisation_id
    fill(house, home, people=9, at=datetime(2026, 3, 3, tzinfo=UTC))
    with house.database.write() as session:
        add_coded(session, people.owner.person_id, datetime(2026, 3, 31, tzinfo=UTC), 9.0, 11.5)
        gone = add_coded(session, people.teammate.person_id, datetime(2026, 3, 5, tzinfo=UTC), 99.0)
        gone.withdrawn_at = utc_now()
        waits = add_coded(session, people.teammate.person_id, datetime(2026, 3, 5, tzinfo=UTC), 99.0)
        waits.stage = Stage.CODING
        session.add_all([gone, waits])
    with house.database.read() as session:
        figures = authority_figures(session, session.get_one(Organisation, home), today=TODAY)
    (shown,) = [one for one in figures.periods if one.sessions is not None]
    assert (shown.first, shown.last, shown.sessions) == (date(2026, 1, 1), date(2026, 3, 1), 10)
    spread = shown.measures[RATIO]
    assert spread is not None
    assert (spread.mean, spread.median) == (2.5, 1.5)


def test_the_file_is_noted_in_every_trail_and_harmless(
    house: House, client: Client, people: People, evaluator: Actor, admin: Actor
) -> None:
    home = people.owner.organisation_id
    fill(house, home, people=12, at=last_month())
    with house.database.write() as session:
        organisation = session.get_one(Organisation, home)
        organisation.name = "=1+1"
        session.add(organisation)
    opt_in(house, home)
    rows = list(csv.DictReader(io.StringIO(client(evaluator).get("/evaluation.csv").text)))
    assert {row["authority"] for row in rows} == {"'=1+1"}
    counts = {row["sessions"] for row in rows}
    assert counts == {"10", "fewer than 10"}
    ratio = next(row for row in rows if row["measure"] == "Reflections to questions")
    assert (ratio["mean"], ratio["median"]) == ("1.5", "1.5")
    with house.database.read() as session:
        taken = select(AuditEvent.chain).where(col(AuditEvent.action) == "evaluation_exported")
        assert set(session.exec(taken)) == {home, evaluator.organisation_id}
    audit = client(admin).get("/audit").text
    assert "Took evaluation figures away" in audit
    assert "Somebody of Elm University" in audit


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_administrator_sees_what_evaluators_would_see_and_switches(
    house: House, client: Client, people: People, admin: Actor, evaluator: Actor
) -> None:
    fill(house, people.owner.organisation_id, people=12, at=last_month())
    desk: PageClient = client(admin)
    before = desk.get("/people/teams/evaluation").text
    assert "does not take part" in before
    assert "about 10 sessions" in before
    assert "Switched" not in before
    assert "No authority takes part yet" in client(evaluator).get("/evaluation").text
    assert "Switched on by Ada Admin, today" in desk.post("/people/teams/evaluation", data={"opt_in": "yes"}).text
    assert "Ferndale Council" in client(evaluator).get("/evaluation").text
    assert "Switched off by Ada Admin, today" in desk.post("/people/teams/evaluation", data={"opt_in": "no"}).text
    assert "Ferndale" not in client(evaluator).get("/evaluation").text
    for who in (people.colleague, people.lead, people.stranger, evaluator):
        assert client(who).get("/people/teams/evaluation").status_code == 404


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_few_are_told_as_few(house: House, client: Client, people: People, evaluator: Actor) -> None:
    fill(house, people.owner.organisation_id, people=9, at=last_month())
    opt_in(house, people.owner.organisation_id)
    page = client(evaluator).get("/evaluation").text
    assert page.count("Fewer than 10 sessions or people") == len(SessionKind)
    assert "1.5" not in page


def test_what_goes_soon_is_not_shown(house: House, client: Client, people: People, admin: Actor) -> None:
    """Sessions that go one by one would be told from one day's figures to the next's."""
    home = people.owner.organisation_id
    fill(house, home, people=10, at=last_month())
    shown = client(admin).get("/people/teams/evaluation").text
    assert "about 10 sessions" in shown
    with house.database.write() as session:
        for kind in SessionKind:
            set_periods(session, organisation_id=home, kind=kind, periods=Periods(20, 1, 1), by=admin)
    shown = client(admin).get("/people/teams/evaluation").text
    assert "about 10 sessions" not in shown
    assert "Nothing to show" in shown
