"""Evaluators see authorities that opted in; an administrator switches that, and sees what they would see."""

from datetime import date, timedelta

import pytest

from api.house import House
from coding.retention import set_periods
from coding.retention_periods import Periods
from models.columns import utc_now
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role, RoleGrant
from models.practice import SessionKind
from tests.conftest import People
from tests.web.adoption import make_authority, opt_in
from tests.web.conftest import Client, PageClient

SEEN = "/people/teams/evaluation/seen"
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])


def last_month() -> date:
    """In this year where there is one, so that it is shown whenever the test runs."""
    return (utc_now().date().replace(day=1) - timedelta(days=3)).replace(day=1)


@pytest.fixture
def made(house: House, people: People) -> None:
    """Two authorities with twelve people each, who all had a session last month."""
    with house.database.write() as session:
        for seed, one in enumerate((people.owner, people.stranger), 1):
            organisation = session.get_one(Organisation, one.organisation_id)
            make_authority(session, organisation, people=12, months=[last_month()], seed=seed)


@pytest.mark.usefixtures("made")
def test_an_evaluator_sees_who_takes_part_and_nobody_else(
    house: House, client: Client, people: People, evaluator: Actor
) -> None:
    one = client(evaluator)
    assert "No authority takes part yet" in one.get("/adoption").text
    opt_in(house, people.owner.organisation_id)
    page = one.get("/adoption").text
    assert "Ferndale Council" in page
    assert "about 10 sessions" in page
    assert "Harbour Borough" not in page
    assert "Worker 1" not in page
    for who in (people.owner, people.colleague):
        assert client(who).get("/adoption").status_code == 404
        assert 'href="/adoption"' not in client(who).get("/").text
    assert one.get("/").text.count('href="/adoption"') == 2, "in the menu, and said on the page"
    opt_in(house, people.owner.organisation_id, on=False)
    assert "Ferndale" not in one.get("/adoption").text


@SQLITE
@pytest.mark.usefixtures("made")
def test_an_administrator_sees_what_evaluators_would_see_and_switches(
    house: House, client: Client, people: People, admin: Actor, evaluator: Actor
) -> None:
    desk: PageClient = client(admin)
    before = desk.get("/people/teams/evaluation").text
    assert "does not take part" in before
    assert f'href="{SEEN}"' in before
    assert "Switched" not in before
    assert "No authority takes part yet" in client(evaluator).get("/adoption").text
    would_see = desk.get(SEEN).text
    switched = desk.post("/people/teams/evaluation", data={"opt_in": "yes"}).text
    assert "Switched on by Ada Administrator, today" in switched
    theirs = client(evaluator).get(f"/adoption/authorities/{people.owner.organisation_id}").text
    assert practice(would_see) == practice(theirs)
    assert "about 10 sessions" in practice(theirs)
    switched = desk.post("/people/teams/evaluation", data={"opt_in": "no"}).text
    assert "Switched off by Ada Administrator, today" in switched
    assert "Ferndale" not in client(evaluator).get("/adoption").text
    for who in (people.colleague, people.lead, people.stranger, evaluator):
        for path in ("/people/teams/evaluation", SEEN):
            assert client(who).get(path).status_code == 404


def practice(page: str) -> str:
    """All that the page tells of the authority."""
    return page[page.index('<div class="evoke-legs">') : page.index("</main>")]


@SQLITE
@pytest.mark.usefixtures("made")
def test_who_is_a_lead_too_is_shown_no_second_series(house: House, client: Client, admin: Actor) -> None:
    assert "about 10 sessions" in client(admin).get(SEEN).text
    with house.database.write() as session:
        session.add(RoleGrant(person_id=admin.person_id, role=Role.LEAD))
    page = client(admin).get(SEEN).text
    assert "about 10 sessions" not in page
    assert "Because you are a lead" in page


@SQLITE
def test_few_are_told_as_few(house: House, client: Client, people: People, evaluator: Actor) -> None:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        make_authority(session, home, people=9, months=[last_month()])
    opt_in(house, people.owner.organisation_id)
    assert "figures need 10 sessions of 10 people" in client(evaluator).get("/adoption").text


@pytest.mark.usefixtures("made")
def test_what_goes_soon_is_not_shown(house: House, client: Client, people: People, admin: Actor) -> None:
    """Sessions that go one by one would be told from one day's figures to the next's."""
    assert "about 10 sessions" in client(admin).get(SEEN).text
    with house.database.write() as session:
        for kind in SessionKind:
            set_periods(
                session, organisation_id=people.owner.organisation_id, kind=kind, periods=Periods(20, 1, 1), by=admin
            )
    shown = client(admin).get(SEEN).text
    assert "about 10 sessions" not in shown
