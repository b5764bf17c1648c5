"""One team of an authority for its leads, and the sessions behind a figure for those who may open them."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from sqlmodel import col, select

from api.house import House
from coding.retention import set_periods
from coding.retention_periods import Periods
from models.columns import utc_now
from models.figures import SessionFigure
from models.organisation import Organisation, Team
from models.permissions import Actor, Grant
from models.person import Person, Role, RoleGrant
from models.practice import SessionKind
from models.sign_in import actor_of
from tests.conftest import People, add_person
from tests.training.figures.authority import SLICE, Planted, plant_authority
from tests.web.conftest import Client
from training.figures.rows import SLICES, months_before
from training.figures.snapshot import slice_view
from training.figures.team_view import build_team
from web.worker import Worker


@pytest.fixture
def planted(house: House, people: People, worker: Worker) -> Planted:
    return plant_authority(house, people, worker, east="Family Safeguarding East")


def page_of(team: UUID) -> str:
    return f"/authority/teams/{team}"


def behind(team: UUID, month: str = "") -> str:
    return f"/authority/teams/{team}/sessions?of={SLICE}&month={month}"


def test_a_team_beside_all_teams(client: Client, house: House, people: People, planted: Planted) -> None:
    lead = client(people.lead)
    assert f'href="{page_of(planted.north)}?of={SLICE}&amp;measure=at_fair"' in lead.get("/authority").text
    page = lead.get(f"{page_of(planted.north)}?of={SLICE}&measure=percent_change_talk")
    assert "Change talk of Family Safeguarding North: 60" in page.text
    assert "All teams together: 60" in page.text
    with house.database.read() as session:
        team = session.get_one(Team, planted.north)
        view = build_team(session, team, slice_name=SLICE, measure_name="reflection_to_question")
        kept = slice_view(session, team.organisation_id, next(one for one in SLICES if one.name == SLICE))
    assert view is not None
    assert view.figures is not None
    assert kept is not None
    values = kept.values[view.measure]
    assert f"{values[f'team:{planted.north}'].value:.1f} (" in view.figures.said[0]
    shown = {line.name: line.sessions for line in view.figures.lines}
    assert shown["The newest 12 months"] == "24"
    assert shown["All teams together"] == "54"
    assert sum(int(line.sessions) for line in view.figures.lines[:-2]) == 24


def test_what_is_hidden_is_said_and_nothing_of_it_shown(client: Client, people: People, planted: Planted) -> None:
    lead = client(people.lead)
    page = lead.get(page_of(planted.small)).text
    assert "too few to show" in page
    assert "not shown: too few sessions or people" in page
    assert "has no such session" in lead.get(page_of(planted.empty)).text
    assert lead.get(f"{page_of(planted.north)}?of=nothing&measure=none").status_code == 200


def test_before_the_first_night_and_no_such_team(client: Client, house: House, people: People) -> None:
    with house.database.write() as session:
        session.add(people.team)
    lead = client(people.lead)
    assert "Nothing is worked out yet" in lead.get(page_of(people.team.id)).text
    with house.database.read() as session:
        away = session.exec(select(Team).where(col(Team.organisation_id) == people.stranger.organisation_id)).one()
    assert lead.get(page_of(away.id)).status_code == 404
    assert lead.get(behind(away.id)).status_code == 404


def test_sessions_behind_a_figure_are_for_who_may_open_them(
    client: Client, house: House, people: People, planted: Planted
) -> None:
    coach = client(people.colleague)
    page = coach.get(behind(planted.north)).text
    assert page.count('href="/sessions/0') == 24
    assert "Person 0 of" in page
    lead = client(people.lead)
    assert lead.get(behind(planted.north)).status_code == 404
    assert "/sessions?of=" not in lead.get(page_of(planted.north)).text
    for who in (people.owner, people.teammate, people.stranger, people.stranger_coach):
        assert client(who).get(behind(planted.north)).status_code == 404
        assert client(who).get(page_of(planted.north)).status_code == 404
    assert coach.get(behind(planted.east)).status_code == 404
    assert coach.get(page_of(planted.north)).status_code == 404
    assert coach.get(f"{page_of(planted.north)}/sessions").status_code == 404  # of no slice
    month = f"{utc_now().date().replace(day=1) - timedelta(days=1):%Y-%m}"
    assert coach.get(behind(planted.north, month)).text.count('href="/sessions/0') == 8
    assert coach.get(behind(planted.north, "2020-13")).text.count('href="/sessions/0') == 24


def test_a_lead_who_coaches_the_team_finds_the_way_to_them(
    client: Client, house: House, people: People, planted: Planted
) -> None:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.lead.organisation_id)
        team = session.get_one(Team, planted.north)
        both = add_person(session, home, "Bo Both", team=team, role=Role.COACH, role_team=team)
        session.add(RoleGrant(person_id=both.person_id, role=Role.LEAD))
        session.flush()
        both = actor_of(session, session.get_one(Person, both.person_id))
    one = client(both)
    assert f'href="{behind(planted.north)[: -len("&month=")]}"' in one.get(page_of(planted.north)).text
    assert "/sessions?of=" not in one.get(page_of(planted.east)).text
    assert one.get(behind(planted.north)).status_code == 200


def hrefs(page: str, part: str) -> list[str]:
    return [one for one in map(unescape, re.findall(r'href="([^"]+)"', page)) if part in one]


def test_a_coach_finds_the_way_from_the_team_to_the_sessions_behind_its_figures(
    client: Client, people: People, planted: Planted
) -> None:
    coach = client(people.colleague)
    page = coach.get(f"/team/{planted.north}").text
    assert "Role plays, chosen by people themselves, the machine’s codes" in page
    [link] = hrefs(page, "/sessions?of=")
    found = coach.get(link)
    assert found.text.count('href="/sessions/0') == 24
    assert hrefs(found.text, f"/team/{planted.north}"), "and back"
    assert "/sessions?of=" not in client(people.owner).get("/").text


def test_each_figure_of_three_months_leads_to_its_own_sessions(
    client: Client, house: House, people: People, planted: Planted
) -> None:
    with house.database.write() as session:
        session.add(RoleGrant(person_id=people.colleague.person_id, role=Role.LEAD))
        session.flush()
        both = actor_of(session, session.get_one(Person, people.colleague.person_id))
        team = session.get_one(Team, planted.north)
        view = build_team(session, team, slice_name=SLICE)
    assert view is not None
    assert view.figures is not None
    one = client(both)
    page = one.get(f"{page_of(planted.north)}?of={SLICE}").text
    links = hrefs(page, "&month=")
    counts = [one.get(link).text.count('href="/sessions/0') for link in links]
    blocks = [line for line in view.figures.lines if line.month]
    assert counts == [int(line.sessions) for line in blocks]
    assert sum(counts) == 24
    chosen = f'<option value="{blocks[-1].month}" selected>{blocks[-1].name}</option>'
    assert chosen in one.get(links[-1]).text, "the page says which months it shows"
    assert "&amp;month=" not in client(people.lead).get(f"{page_of(planted.north)}?of={SLICE}").text


def test_months_that_figures_leave_out_are_not_offered(
    client: Client, house: House, people: People, planted: Planted
) -> None:
    home = people.lead.organisation_id
    office = Actor(people.lead.person_id, home, "Data protection", grants=(Grant(Role.DATA_PROTECTION),))
    months = months_before(utc_now().date(), 3)
    with house.database.write() as session:
        periods = Periods(30, 1, 3)
        set_periods(session, organisation_id=home, kind=SessionKind.ROLE_PLAY, periods=periods, by=office)
    coach = client(people.colleague)
    page = coach.get(behind(planted.north)).text
    assert page.count('href="/sessions/0') == 16
    assert re.findall(r'<option value="([0-9-]+)"', page) == [f"{one:%Y-%m}" for one in (months[2], months[1])]
    assert f"{months[1]:%B %Y} to {months[2]:%B %Y}" in page
    gone = f"{months[0]:%Y-%m}"
    assert coach.get(behind(planted.north, gone)).text.count('href="/sessions/0') == 16, "as of no month"
    block = coach.get(behind(planted.north, f"{gone}..{months[1]:%Y-%m}")).text
    assert block.count('href="/sessions/0') == 8, "what is left of several"
    with house.database.write() as session:
        periods = Periods(30, 1, 1)
        set_periods(session, organisation_id=home, kind=SessionKind.ROLE_PLAY, periods=periods, by=office)
    assert "There is none that you may open." in coach.get(behind(planted.north)).text
    assert "/sessions?of=" not in coach.get(f"/team/{planted.north}").text


def test_sessions_to_code_blind_are_left_out(
    client: Client, house: House, people: People, planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.read() as session:
        figure = session.exec(select(SessionFigure).where(col(SessionFigure.team_id) == planted.north)).first()
    assert figure is not None
    monkeypatch.setattr("training.figures.behind.hidden_from", lambda session, reader: {figure.session_id})
    page = client(people.colleague).get(behind(planted.north)).text
    assert page.count('href="/sessions/0') == 23
    assert str(figure.session_id) not in page
    assert "still to code blind" in page
