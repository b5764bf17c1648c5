"""The page of an authority: what its leads see, and who does not."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from api.house import House
from coding.session_figures import ask_for_all_figures
from coding.withdraw import withdraw_session
from models.coding import CodedBy
from models.columns import utc_now
from models.figures import FigureSnapshot, SessionFigure
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import Role
from models.practice import PracticeSession, SessionKind
from models.withdrawal import Why
from tests.conftest import People, add_person, work_off
from tests.training.figures.planted import TALK, plant_session
from tests.web.conftest import PageClient
from training.figures.report_view import build_report
from web.render import render
from web.worker import Worker


@pytest.fixture
def planted(house: House, people: People) -> UUID:
    """Two teams of eight, three sessions each over three months; one of two people. The id of one session."""
    before = utc_now().date().replace(day=1) - timedelta(days=1)
    days = [before, before - timedelta(days=31), before - timedelta(days=62)]
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        teams = [
            Team(organisation_id=home.id, name=name, site="Town") for name in ("Family Safeguarding East", "Small")
        ]
        session.add_all(teams)
        session.flush()
        session.add(people.team)
        for team, size, q in ((people.team, 8, 8), (teams[0], 8, 20), (teams[1], 2, 9)):
            for number in range(size):
                name = f"{team.name} {number}"
                one = add_person(session, home, name, team=team, role=Role.TRAINEE, role_team=team)
                for day in days:
                    practice = plant_session(
                        session, practitioner=one, team=team, day=day, counts={**TALK, "q": q},
                        coded_by=CodedBy.MACHINE,
                    )  # fmt: skip
        return practice.id


def test_before_the_first_night_there_is_a_way_to_begin(
    client: Callable[[Actor], PageClient], house: House, people: People, worker: Worker, planted: UUID
) -> None:
    lead = client(people.lead)
    page = lead.get("/authority")
    assert "Nothing is worked out yet" in page.text
    lead.post("/authority/figures")
    lead.post("/authority/figures")
    assert work_off(worker) == 1
    page = lead.get("/authority")
    assert "Role plays, chosen by people themselves, the machine’s codes" in page.text
    assert "A coach may have checked some of these sessions too" in page.text
    assert "Sessions at fair" in page.text
    assert "Family Safeguarding East" in page.text
    assert "too few to show" in page.text
    # Two teams are not held against each other, so they are not drawn either.
    assert "There are too few teams" in page.text
    assert "funnel-t" not in page.text
    assert "Inner limits" not in page.text


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_line_and_limit_that_is_drawn_stands_in_a_table(
    client: Callable[[Actor], PageClient], house: House, people: People, worker: Worker
) -> None:
    before = utc_now().date().replace(day=1) - timedelta(days=1)
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        for name, q in (("One", 8), ("Two", 8), ("Three", 8), ("Four", 40)):
            team = Team(organisation_id=home.id, name=f"Team {name}")
            session.add(team)
            session.flush()
            for number in range(6):
                who = add_person(session, home, f"{name} {number}", team=team, role=Role.TRAINEE, role_team=team)
                for day in (before, before - timedelta(days=31)):
                    plant_session(session, practitioner=who, team=team, day=day, counts={**TALK, "q": q + number})
        ask_for_all_figures(session)
    work_off(worker)
    page = client(people.lead).get("/authority?measure=at_fair").text
    with house.database.read() as session:
        body = session.get_one(FigureSnapshot, (people.lead.organisation_id, "role_play.chosen.machine")).body
    chart, funnel = body["charts"]["at_fair"], body["funnels"]["at_fair"]
    assert "control-t" in page
    assert "funnel-t" in page
    months, teams = table_of(page, "By month"), table_of(page, "By team")
    drawn = [point for point in chart["points"] if point["value"] is not None]
    assert [row[-2:] for row in months] == [
        [percent(chart["centre"]), f"{100 * one['lower']:.0f} to {percent(one['upper'])}"] for one in drawn[::-1]
    ]
    assert len(funnel["groups"]) == 4
    assert {row[0] for row in teams} == {"Team One", "Team Two", "Team Three", "Team Four"}
    limits = [row[-4:] for row in teams]
    assert [row[0] for row in limits] == ["12"] * 4, "sessions, for a share of them"
    inner = funnel["groups"][0]["limits"]
    assert limits[0][1:3] == [
        f"{100 * inner['low']:.0f} to {percent(inner['high'])}",
        f"{100 * inner['far_low']:.0f} to {percent(inner['far_high'])}",
    ]
    assert {row[0]: row[-1] for row in teams}["Team Four"] == "below the outer"
    assert {row[0]: row[-1] for row in teams}["Team One"] in ("inside both", "above the inner")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_several_versions_of_the_machine_are_told(
    client: Callable[[Actor], PageClient], house: House, people: People, worker: Worker, planted: UUID
) -> None:
    def page() -> str:
        with house.database.write() as session:
            ask_for_all_figures(session)
        work_off(worker)
        return client(people.lead).get("/authority").text

    assert "versions of the machine" not in page(), "one is nothing to tell"
    with house.database.write() as session:
        session.get_one(SessionFigure, (planted, CodedBy.MACHINE)).model_version = "newer"
    told = "coded by two versions of the machine: newer and planted."
    assert told in page()
    lead = client(people.lead)
    assert told in lead.get(f"/authority/teams/{people.team.id}").text
    with house.database.read() as session:
        of_all, of_team = (
            build_report(session, people.lead.organisation_id, team_id=one) for one in (None, people.team.id)
        )
    whole, own = (render("figures_paper.html", nonce="", person=None, report=one) for one in (of_all, of_team))
    assert told in whole
    assert "versions of the machine" not in own, "a team's report says nothing of other teams"


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def table_of(page: str, caption: str) -> list[list[str]]:
    """The words of its cells, by row."""
    table = re.search(rf"<caption[^>]*>{caption}</caption>.*?</table>", page, re.DOTALL)
    assert table is not None
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table[0], re.DOTALL)[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>", "", one).replace("\xa0", " ").strip() for one in row] for row in cells]


def test_only_who_leads_sees_it(client: Callable[[Actor], PageClient], people: People, house: House) -> None:
    for who in (people.owner, people.colleague, people.teammate, people.stranger, people.stranger_coach):
        stranger = client(who)
        assert stranger.get("/authority").status_code == 404
        assert stranger.post("/authority/figures").status_code == 404
        assert 'href="/authority"' not in stranger.get("/").text


def test_each_figure_has_its_page_and_an_unknown_one_is_no_fault(
    client: Callable[[Actor], PageClient], house: House, people: People, worker: Worker, planted: UUID
) -> None:
    with house.database.write() as session:
        ask_for_all_figures(session)
    work_off(worker)
    lead = client(people.lead)
    page = lead.get("/authority?measure=reflection_to_question")
    # 14 reflections to 8, 20 and 9 questions in 24, 24 and 6 sessions.
    assert f"Reflections for each question: {14 * 54 / (24 * 8 + 24 * 20 + 6 * 9):.1f} (" in page.text
    for measure in ("nothing", "percent_change_talk", "mi_adherent_in_a_session"):
        assert lead.get(f"/authority?of=none.of.these&measure={measure}").status_code == 200


def test_a_withdrawn_session_leaves_the_tables(house: House, people: People, worker: Worker, planted: UUID) -> None:
    with house.database.write() as session:
        ask_for_all_figures(session)
    work_off(worker)

    def sessions() -> int:
        with house.database.read() as session:
            kept = session.get_one(FigureSnapshot, (people.lead.organisation_id, "role_play.chosen.machine"))
            return int(kept.body["counts"]["whole"][0])

    assert sessions() == 54
    with house.database.write() as session:
        practice = session.exec(
            select(PracticeSession).where(
                col(PracticeSession.team_id) == people.team.id, col(PracticeSession.kind) == SessionKind.ROLE_PLAY
            )
        ).first()
        assert practice is not None
        withdraw_session(session, practice=practice, why=Why.MISTAKE, by=people.colleague)
    work_off(worker)
    assert sessions() == 53


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_one_month_of_teams_of_few_is_told_in_words_and_not_drawn(
    client: Callable[[Actor], PageClient], house: House, people: People, worker: Worker
) -> None:
    day = utc_now().date().replace(day=1) - timedelta(days=1)
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        for name in ("One", "Two", "Three"):
            team = Team(organisation_id=home.id, name=name)
            session.add(team)
            session.flush()
            for number in range(2):
                who = add_person(session, home, f"{name} {number}", team=team, role=Role.TRAINEE, role_team=team)
                plant_session(
                    session, practitioner=who, team=team, day=day, kind=SessionKind.ROLE_PLAY,
                    coded_by=CodedBy.MACHINE, signed_by=people.colleague.person_id, counts=TALK,
                )  # fmt: skip
        ask_for_all_figures(session)
    work_off(worker)
    page = client(people.lead).get("/authority").text
    assert "from 6 sessions by 6 people" in page
    assert "One month has enough sessions so far." in page
    assert "No month differs" not in page, "of one month nothing can be said over time"
    assert "control-t" not in page
    assert "Each of them has too few sessions or people to show." in page
    assert "by-team-chart" not in page, "an empty drawing says nothing"
