"""One team of an authority for its leads, and the sessions behind a figure for those who may open them."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from api.house import House
from models.columns import utc_now
from models.figures import SessionFigure
from models.organisation import Organisation, Team
from models.person import Person, Role, RoleGrant
from models.sign_in import actor_of
from tests.conftest import People, add_person
from tests.training.figures.authority import SLICE, Planted, plant_authority
from tests.web.conftest import Client
from training.figures.rows import SLICES
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
