"""The pages of adoption, looked at as `test_every_page` does."""

from datetime import date

from playwright.sync_api import expect
from sqlmodel import select

from models.columns import utc_now
from models.organisation import Organisation
from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.web.adoption import make_authority
from tests.web.test_adoption import OUTCOMES, POSTS, WORKBOOK
from training.figures.snapshot import bodies, keep


def test_figures_of_the_programme_and_what_evaluators_see(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.lead, "/adoption")
    check_look(page)
    page.get_by_role("button", name="Add or correct figures").click()
    check_look(page)
    page.get_by_label("In which wave did you join?").fill("Wave_two_" * 6)
    page.get_by_label("On which day did you go live?").fill("soon")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("is no day")
    check_look(page)
    page.get_by_label("On which day did you go live?").fill("1/2/2026")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The wave is saved.")).to_be_visible()
    for kind, text in (("posts", POSTS), ("workbook", WORKBOOK), ("outcomes", OUTCOMES)):
        page.goto(f"/adoption/data/{kind}")
        page.get_by_role("button", name="See what would change").click()
        expect(page.get_by_role("alert")).to_contain_text("Choose a file, or paste the list")
        page.get_by_text("What the columns are").click()
        check_look(page)
        page.get_by_label("Or paste the table").fill(text + "Nowhere_" * 12 + ",2026-01,-1,2,3\n")
        page.get_by_role("button", name="See what would change").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Mend the file first")
        check_look(page)
        page.goto(f"/adoption/data/{kind}")
        page.get_by_label("Or paste the table").fill(text)
        page.get_by_role("button", name="See what would change").click()
        check_look(page)
        page.get_by_role("button", name="Take it in").click()
        expect(page.get_by_text("counts from now on")).to_be_visible()
    page.goto("/adoption/data/workbook")
    page.get_by_label("Or paste the table").fill(WORKBOOK.replace("40;10;5", "40;12;5"))
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_text("10 of 40 families before, now 12 of 40")).to_be_visible()
    check_look(page)
    page.get_by_role("button", name="Take it in").click()
    page.get_by_role("button", name="Take it back").first.click()
    expect(page.get_by_text("The upload is taken back.")).to_be_visible()
    check_look(page)
    with site.worker.database.write() as session:
        home = session.exec(select(Organisation).where(Organisation.id == site.lead.organisation_id)).one()
        make_authority(session, home, people=14, months=[date(2026, month, 1) for month in (1, 2, 3, 4)], seed=7)
        keep(session, home.id, bodies(session, home.id, now=utc_now()))
    page.goto("/adoption")
    for details in page.locator("details").all():
        details.evaluate("(e) => { e.open = true; }")
    check_look(page)
    page = open_page(site.evaluator, "/adoption")
    check_look(page)
    page.get_by_role("link", name="Ferndale Council").click()
    expect(page.get_by_text("Side by side is no claim about cause")).to_be_visible()
    for details in page.locator("details").all():
        details.evaluate("(e) => { e.open = true; }")
    check_look(page)
    page.goto("/adoption/export")
    check_look(page)
    page.get_by_role("button", name="Make the file").click()
    expect(page.get_by_text("is being made")).to_be_visible()
    check_look(page)
    site.work()
    page.reload()
    expect(page.get_by_role("link", name="Download evoke-evaluation.zip")).to_be_visible()
    check_look(page)
    page = open_page(site.admin, "/people/teams/evaluation")
    check_look(page)
