"""Feedback from its draft to a contested code that is decided: every page of the way, with the keyboard alone."""

from uuid import UUID

from playwright.sync_api import Page, expect

from coding.review.actions import begin_review
from coding.review.sign_off import sign_off_review
from models.columns import utc_now
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import Person, Role
from models.practice import PracticeSession
from tests.browser.bench import ready
from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.conftest import CONVERSATION, add_person


def signed_off(site: Site) -> tuple[str, Actor]:
    """The path of a session that the coach signed off, and a second coach."""
    path = ready(site, CONVERSATION, title="Signed_off_and_ready_for_feedback" * 2)
    with site.worker.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(path.rpartition("/")[2]))
        review = begin_review(session, practice=practice, by=site.coach)
        sign_off_review(session, review=review, expected=0, by=site.coach)
        team = session.get_one(Team, practice.team_id or next(iter(site.owner.team_ids)))
        home = session.get_one(Organisation, practice.organisation_id)
        return path, add_person(session, home, "Dora Decides", role=Role.COACH, role_team=team)


def press(page: Page, name: str, role: str = "button") -> None:
    """With Tab to it and Enter, as somebody without a mouse."""
    wanted = page.get_by_role(role, name=name).last  # type: ignore[arg-type]
    expect(wanted).to_be_visible()
    for _ in range(200):
        page.keyboard.press("Tab")
        if wanted.evaluate("(e) => e === document.activeElement"):
            break
    expect(wanted).to_be_focused()
    page.keyboard.press("Enter")


def test_feedback_is_given_answered_and_a_code_of_it_contested(open_page: OpenPage, site: Site) -> None:
    path, second = signed_off(site)
    owner, coach = open_page(site.owner, f"{path}/feedback"), open_page(site.coach, path)
    expect(owner.get_by_text("has not sent feedback on it")).to_be_visible()
    check_look(owner)
    press(coach, "Write it from a draft", "link")
    coach.get_by_text("The conversation with its line numbers").click()
    check_look(coach)
    coach.get_by_label("One thing to try next time").fill("")
    press(coach, "Send to Olu Owner")
    expect(coach.get_by_role("alert")).to_contain_text("Say one thing to try")
    check_look(coach)
    coach.get_by_label("One thing to try next time").fill("Stay_with_what_helped_before_a_little_longer" * 2)
    press(coach, "Send to Olu Owner")
    expect(coach.get_by_text("Not read yet")).to_be_visible()

    owner.goto("/")
    press(owner, "Cass Coach sent you feedback", "link")
    owner.get_by_label("Write a message").fill("Thank you.\nWhy_is_that_line_the_one_to_try" * 2)
    press(owner, "Send the message")
    expect(owner.get_by_role("button", name="Take it back")).to_be_visible()
    owner.goto(path)
    owner.locator("details.evoke-why").first.locator("summary").press("Enter")
    check_look(owner)
    press(owner, "Contest this code", "link")
    press(owner, "Contest the code")
    expect(owner.get_by_role("alert")).to_contain_text("Say why")
    check_look(owner)
    owner.get_by_label("Which code do you think right?").select_option(label="Affirm")
    owner.get_by_label("Why?").fill("It names a strength.")
    press(owner, "Contest the code")
    expect(owner.get_by_text("Waits for a second coach: Dora Decides")).to_be_visible()
    check_look(owner)

    other = open_page(second)
    press(other, "you are the second coach", "link")
    press(other, "Decide as second coach", "button")
    expect(other.get_by_role("heading", level=1)).to_have_text("Decide about a contested code")
    press(other, "Decide")
    expect(other.get_by_role("alert")).to_contain_text("Choose whether the code is kept")
    check_look(other)
    other.get_by_label("Change it to the code below").press("Space")
    other.get_by_label("Why?").fill("So do I hear it.")
    press(other, "Decide")
    expect(other.get_by_text("The code is changed: Affirm.")).to_be_visible()
    check_look(other)
    owner.goto(path)
    expect(owner.get_by_text("Dora Decides changed one code")).to_be_visible()
    with site.worker.database.write() as session:  # other tests have a second coach of their own
        session.get_one(Person, second.person_id).left_at = utc_now()
