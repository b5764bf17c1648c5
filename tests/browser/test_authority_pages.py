"""The pages of an authority's teams and reports, looked at as `test_every_page` does."""

from datetime import timedelta

from playwright.sync_api import expect
from sqlmodel import Session, col, select

from coding.session_figures import ask_for_all_figures
from models.coding import CodedBy
from models.columns import utc_now
from models.organisation import Organisation, Team
from models.person import Role
from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.conftest import add_person
from tests.training.figures.authority import SLICE
from tests.training.figures.planted import TALK, plant_session


def _plant(session: Session, site: Site) -> list[Team]:
    """A team that may be shown, and one of two people."""
    before = utc_now().date().replace(day=1) - timedelta(days=1)
    home = session.get_one(Organisation, site.lead.organisation_id)
    north = session.exec(select(Team).where(col(Team.organisation_id) == home.id)).first()
    assert north is not None
    small = Team(organisation_id=home.id, name="Family Safeguarding East, which has a long name")
    session.add(small)
    session.flush()
    for team, size in ((north, 9), (small, 2)):
        for number in range(size):
            one = add_person(session, home, f"P {number} {team.id}", team=team, role=Role.TRAINEE, role_team=team)
            for day in (before, before - timedelta(days=100)):
                plant_session(
                    session, practitioner=one, team=team, day=day, counts={**TALK, "q": 8 + number},
                    coded_by=CodedBy.MACHINE,
                )  # fmt: skip
    ask_for_all_figures(session)
    return [north, small]


def test_a_team_its_sessions_and_its_report(open_page: OpenPage, site: Site) -> None:
    with site.worker.database.write() as session:
        north, small = (team.id for team in _plant(session, site))
    page = open_page(site.lead, "/authority/report")
    check_look(page)
    page.goto(f"/authority/teams/{north}")
    check_look(page)
    site.work()
    page.goto("/authority")
    check_look(page)
    page.get_by_role("link", name="The report of the month").click()
    check_look(page)
    page.get_by_role("button", name="Make the report of").click()
    expect(page.get_by_role("status")).to_contain_text("is being made")
    check_look(page)
    site.work()
    page.goto("/authority/report")
    expect(page.get_by_role("button", name="Download the PDF")).to_be_visible()
    check_look(page)
    for team in (north, small):
        page.goto(f"/authority/teams/{team}?of={SLICE}")
        page.locator("summary", has_text="The numbers").click()
        check_look(page)
    page = open_page(site.coach, f"/authority/teams/{north}/sessions?of={SLICE}")
    expect(page.get_by_role("row")).to_have_count(19)
    check_look(page)
    page.get_by_label("Coded in").select_option(index=6)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("There is none that you may open")).to_be_visible()
    check_look(page)
    page.goto(f"/authority/teams/{north}/report")
    check_look(page)
    page.goto(f"/team/{north}")
    page.get_by_text("The sessions behind the team’s figures").click()
    check_look(page)
    page.get_by_role("link", name="Role plays, chosen by people themselves, the machine’s codes").click()
    expect(page.get_by_role("row")).to_have_count(19)


def test_tables_with_lines_and_limits_scroll_inside_themselves(open_page: OpenPage, site: Site) -> None:
    before = utc_now().date().replace(day=1) - timedelta(days=1)
    with site.worker.database.write() as session:
        home = session.get_one(Organisation, site.lead.organisation_id)
        for name in ("North", "East", "South", "West"):
            team = Team(organisation_id=home.id, name=f"Court work {name}")
            session.add(team)
            session.flush()
            for number in range(6):
                one = add_person(session, home, f"{name} {number}", team=team, role=Role.TRAINEE, role_team=team)
                for day in (before, before - timedelta(days=31)):
                    plant_session(session, practitioner=one, team=team, day=day, counts={**TALK, "q": 8 + number})
        ask_for_all_figures(session)
    site.work()
    page = open_page(site.lead, f"/authority?of={SLICE}")
    for summary in page.locator("summary", has_text="The numbers").all():
        summary.click()
    for heading in ("Centre line", "Usual ups and downs", "Rests on", "Inner limits", "Outer limits", "Lies"):
        expect(page.get_by_role("columnheader", name=heading, exact=True)).to_be_visible()
    check_look(page)
