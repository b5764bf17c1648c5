"""Every page, full and empty, without barriers and without sideways scrolling."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, update
from sqlmodel import col

from coding.corrections.figures import figures_of
from models.consent import Participant, Who
from models.machine_check import MachineFigures
from models.practice import Stage
from tests.browser.checks import DESK, PHONE, SMALLEST, check_accessible, check_fits, check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site, empty_site
from tests.coding.corrections.test_groups_and_figures import team_of
from tests.conftest import PASSWORD

OUTSIDE = ("/forgotten-password", "/reset-password/not-a-link")
ACCOUNT = (
    "/account", "/account/details", "/account/password", "/account/second-step", "/account/tokens/new", "/your-data",
)  # fmt: skip


def test_signing_in(open_page: OpenPage) -> None:
    page = open_page(None)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    check_look(page)


def test_an_empty_evoke(browser: Browser, sqlite_template: Path, tmp_path: Path) -> None:
    with empty_site(tmp_path / "data", sqlite_template) as address:
        page = browser.new_page(base_url=address)
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Set up Evoke")
        check_look(page)
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_role("alert")).to_contain_text("There is a problem")
        check_look(page)
        page.close()


@pytest.mark.parametrize("who", ["owner", "coach", "lead", "admin"])
def test_home(open_page: OpenPage, site: Site, coded: str, who: str) -> None:
    check_look(open_page(getattr(site, who)))


@pytest.mark.parametrize("who", ["coach", "lead", "admin"])
def test_the_queue(open_page: OpenPage, site: Site, coded: str, who: str) -> None:
    check_look(open_page(getattr(site, who), "/queue"))
    if who == "coach":
        check_look(open_page(site.coach, f"{coded}/take"))


@pytest.mark.parametrize(
    "path", ["/sessions/new", "/sessions/coded", "/search", "/about-the-scores", "/nothing-here", *ACCOUNT]
)
def test_the_other_pages(open_page: OpenPage, site: Site, path: str) -> None:
    check_look(open_page(site.coach, path))


def test_taking_a_session_to_another_program(open_page: OpenPage, site: Site, coded: str) -> None:
    check_look(open_page(site.owner, f"{coded}/export"))


@pytest.mark.parametrize("wanted", ["want", "zebra", "x"], ids=["found", "not found", "too short"])
def test_search(open_page: OpenPage, site: Site, coded: str, wanted: str) -> None:
    page = open_page(site.owner, "/search")
    page.get_by_label("Words that were said").fill(wanted)
    page.get_by_label("Words that were said").press("Enter")
    expect(page.get_by_label("Words that were said")).to_have_value(wanted)
    check_look(page)


@pytest.mark.parametrize("path", OUTSIDE)
def test_pages_for_who_is_not_signed_in(open_page: OpenPage, path: str) -> None:
    check_look(open_page(None, path))


def test_a_token_shown_once_and_an_account_in_use(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.owner, "/account/tokens/new")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_role("alert")).to_contain_text("what the token is for")
    check_look(page)
    page.get_by_label("What is it for?").fill("sending_recordings_from_the_training_room" * 2)
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator(".evoke-secret")).to_contain_text("evoke_")
    check_look(page)
    open_page(site.owner)
    page.goto("/account")
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_role("alert")).to_contain_text("signed out everywhere but here")


@pytest.mark.parametrize(
    "path",
    [
        "/people", "/people?q=zz", "/people/invite", "/people/import", "/people/teams", "/retention", "/check-a-proof",
        "/audit", "/data-protection", "/signing-in", "/administration", "/api-clients", "/api-clients/new",
        "/people/teams/evaluation", "/people/teams/evaluation/seen", "/coder", "/running", "/plan/rule",
        "/parent-writer", "/connections", "/connections/webhooks",
        "/connections/webhooks/new", "/connections/lti", "/connections/lti/new", "/connections/badges",
    ],
)  # fmt: skip
def test_what_administrators_open(open_page: OpenPage, site: Site, path: str) -> None:
    check_look(open_page(site.admin, path))


def test_how_the_coders_codes_fare(open_page: OpenPage, site: Site) -> None:
    every = [*team_of("North", 12), *team_of("South", 12)]
    every += [replace(one, model_version="linear-1") for one in every]
    with site.worker.database.write() as session:
        mine = col(MachineFigures.organisation_id) == site.owner.organisation_id
        session.exec(delete(MachineFigures).where(mine))  # of what other pages' tests signed off
        session.add(MachineFigures(organisation_id=site.owner.organisation_id, figures=figures_of(every)))
    page = open_page(site.admin, "/coder")
    expect(page.get_by_text("24 signed-off sessions").first).to_be_visible()
    for details in page.locator("details").all():
        details.evaluate("(e) => { e.open = true; }")
    check_look(page)


def test_a_program_with_its_secret_shown_once(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.admin, "/api-clients/new")
    page.get_by_role("button", name="Add the program").click()
    expect(page.get_by_role("alert")).to_contain_text("what the program is called")
    check_look(page)
    page.get_by_label("Add sessions").check()
    page.get_by_label("What is it called?").fill("learning_portal_of_the_training_department" * 2)
    page.get_by_role("button", name="Add the program").click()
    expect(page.locator(".evoke-secret").nth(1)).to_contain_text("evoke_secret_")
    check_look(page)
    page.get_by_role("button", name="I have copied it").click()
    page.get_by_text("Renew or revoke").click()
    check_look(page)
    page.get_by_role("button", name="Revoke for good").click()
    expect(page.get_by_role("alert")).to_contain_text("is revoked")


def test_a_legal_hold_and_the_times(open_page: OpenPage, site: Site, coded: str) -> None:
    page = open_page(site.admin, f"{coded}/hold")
    check_look(page)
    page.get_by_role("button", name="Place the hold").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why it is held")
    page.get_by_label("Why is it held?").fill("Complaint_until_it_is_answered_by_everybody_concerned" * 2)
    page.get_by_role("button", name="Place the hold").click()
    expect(page.get_by_role("button", name="Lift the hold")).to_be_visible()
    check_look(page)
    page.goto("/retention")
    page.locator("details").first.evaluate("(e) => { e.open = true; }")
    page.get_by_label("Recordings, days").first.fill("0")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("alert")).to_contain_text("from 1 to 365")
    check_look(page)
    page.goto(f"{coded}/hold")
    page.get_by_role("button", name="Lift the hold").click()
    expect(page.get_by_role("heading", name="Legal holds")).to_be_visible()


@pytest.mark.parametrize("who", ["owner", "coach", "lead"])
def test_a_person(open_page: OpenPage, site: Site, who: str) -> None:
    page = open_page(site.admin, f"/people/{getattr(site, who).person_id}")
    for details in page.locator("details").all():
        details.evaluate("(e) => { e.open = true; }")
    check_look(page)


def test_a_second_step_from_set_up_to_codes(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.lead, "/account/second-step")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    check_look(page)
    secret = page.locator(".evoke-secret").inner_text().replace(" ", "")
    page.get_by_label("Code from your app").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    check_look(page)
    other = open_page(None, "/sign-in")
    other.locator("#email").fill("lee.lead@example.org")
    other.locator("#password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Enter your code")
    check_look(other)


def test_a_copy_of_ones_data_from_asking_to_fetching(open_page: OpenPage, site: Site, coded: str) -> None:
    page = open_page(site.owner, "/your-data")
    page.get_by_role("button", name="Make a copy").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    check_look(page)
    site.work()
    with page.expect_download() as download:
        page.get_by_role("link", name="To read: PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    check_look(page)


def test_copies_for_those_who_took_part(open_page: OpenPage, site: Site, coded: str) -> None:
    page = open_page(site.admin, f"{coded}/copies")
    expect(page.get_by_text("Nobody without an account took part")).to_be_visible()
    check_look(page)
    theirs = col(Participant.session_id) == UUID(coded.rpartition("/")[2])
    people = update(Participant).where(theirs, col(Participant.position) == 2)
    with site.worker.database.write() as session:
        session.exec(people.values(who=Who.ACTOR))
    page.reload()
    page.get_by_role("checkbox", name="Parent").check()
    page.get_by_role("button", name="Make a copy").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    check_look(page)
    site.work()
    expect(page.get_by_role("link", name="For programs: JSON")).to_be_visible()
    check_look(page)
    with site.worker.database.write() as session:
        session.exec(people.values(who=Who.STAFF))


def test_a_request_that_is_not_taken_keeps_its_words(open_page: OpenPage, site: Site) -> None:
    path = site.add("Worker: What would you like?\nParent: I want to change.\n")
    site.work()
    page = open_page(site.owner, path)
    page.get_by_text("Something about this session is wrong").click()
    page.get_by_label("Say what is wrong").fill("It was Wednesday. " * 300)
    page.get_by_role("button", name="Ask for a correction").click()
    expect(page.get_by_role("alert")).to_contain_text("Shorten this by")
    check_look(page)
    page.get_by_label("Say what is wrong").fill("It was Wednesday.")
    page.get_by_role("button", name="Ask for a correction").click()
    expect(page.locator("#requests")).to_be_visible()
    page = open_page(site.coach, path)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Write what you mean")
    check_look(page)


def test_a_session_under_way_and_one_that_stopped(open_page: OpenPage, site: Site) -> None:
    path = site.add("Worker: What would you like?\nParent: I want to change.\n")
    page = open_page(site.owner, path)
    check_look(page)
    site.change(path, stage=Stage.STOPPED, problem="There is nothing in it to code.", problem_code="nothing")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    check_look(page)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    site.work()
    expect(page.get_by_role("heading", name="The conversation")).to_be_visible()


def test_a_coded_session(open_page: OpenPage, site: Site, coded: str) -> None:
    page = open_page(site.owner, coded)
    check_look(page)
    for details in page.locator("details").all()[:12]:
        details.evaluate("(e) => { e.open = true; }")
    page.locator("a[data-count]").last.click()
    check_accessible(page)
    check_fits(page)


def test_long_words_fit_too(open_page: OpenPage, site: Site) -> None:
    long = "recording_of_the_practice_with_everybody_in_it" * 4
    path = site.add(f"{long[:50]}: What {long} now?\nParent: {long}.\n", title=long, change_goal=long)
    page = open_page(site.owner, path, width=SMALLEST)
    check_fits(page)
    page.goto("/")
    check_fits(page)
    site.work()
    page.goto(path)
    check_fits(page)
    page.set_viewport_size({"width": DESK, "height": 900})
    check_fits(page)


def test_the_menu_of_a_phone(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.owner, width=PHONE)
    menu = page.locator("#navigation")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(menu.get_by_role("link", name="About the scores")).to_be_visible()
    check_accessible(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_on_paper_there_is_the_talk_and_no_tool(open_page: OpenPage, site: Site, coded: str) -> None:
    page: Page = open_page(site.owner, coded)
    page.emulate_media(media="print")
    for seen in (".evoke-draft", ".evoke-score", ".evoke-turn"):
        expect(page.locator(seen).first).to_be_visible()
    for gone in (".evoke-navigation", ".evoke-tools", ".evoke-inline-form", ".evoke-footer"):
        expect(page.locator(gone)).to_be_hidden()


def test_a_barrier_is_found(open_page: OpenPage) -> None:
    page = open_page(None)
    page.evaluate("document.querySelector('label[for=email]').remove()")
    with pytest.raises(AssertionError, match="label"):
        check_accessible(page)
    page.evaluate("document.querySelector('h1').innerHTML = '<svg width=2000 height=9></svg>'")
    with pytest.raises(AssertionError, match="wider"):
        check_fits(page)
