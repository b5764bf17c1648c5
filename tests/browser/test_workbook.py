"""The note of a session and of a plan as they are met: kept as it is written, copied whole, taken away."""

from uuid import UUID

from playwright.sync_api import expect

from coding.consent import participants_of
from coding.review.actions import begin_review
from coding.review.sign_off import sign_off_review
from models.columns import utc_now
from models.consent import Agreement, HowGiven, Scope
from models.practice import PracticeSession
from tests.browser.bench import ready
from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.conftest import CONVERSATION


def signed_off(site: Site, *, quoting: bool) -> str:
    """The path of a session that the coach signed off; with `quoting` everybody agreed to be quoted."""
    path = ready(site, CONVERSATION, title="Signed off for a note")
    with site.worker.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(path.rpartition("/")[2]))
        review = begin_review(session, practice=practice, by=site.coach)
        sign_off_review(session, review=review, expected=0, by=site.coach)
        for one in participants_of(session, practice.id) if quoting else ():
            session.add(
                Agreement(
                    participant_id=one.id, scope=Scope.QUOTING, given=True, how=HowGiven.SAID,
                    given_on=utc_now().date(), recorded_by_id=site.owner.person_id,
                )
            )  # fmt: skip
    return path


def test_a_note_is_kept_as_it_is_written_copied_and_taken_away(open_page: OpenPage, site: Site) -> None:
    path = signed_off(site, quoting=True)
    coach = open_page(site.coach, f"{path}/workbook")
    expect(coach.get_by_text("has not written a note of this session")).to_be_visible()
    check_look(coach)
    page = open_page(site.owner, path)
    check_look(page)
    page.get_by_role("link", name="Write a practice note").click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for fold in page.locator("details.evoke-note-lines").all():
        fold.evaluate("fold => { fold.open = true; }")
    check_look(page)
    note, said = page.locator("[data-note-text]"), page.locator("[data-note-said]")
    page.get_by_label("What was agreed, and the next step").fill("She_rings_her_sister_and_tells_us_on_Friday" * 3)
    expect(said).to_have_text("Kept.", timeout=10_000)
    expect(note).to_contain_text("She_rings_her_sister")
    chosen = page.get_by_role("checkbox").first
    quoted = note.locator("blockquote").count()
    chosen.set_checked(not chosen.is_checked())
    expect(note.locator("blockquote")).not_to_have_count(quoted, timeout=10_000)
    page.get_by_label("What I will practise next").fill("")
    page.get_by_role("button", name="Copy all").click()
    expect(said).to_have_text("Copied. Paste it where you want it.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Practice note\nPractice. This is not about a real family")
    assert "She_rings_her_sister" in copied
    assert "What I will practise next" not in copied
    with page.expect_download() as download:
        page.get_by_role("button", name="Download for Word").click()
    assert download.value.suggested_filename.endswith(".docx")
    page.reload()
    expect(page.get_by_label("What was agreed")).to_have_value("She_rings_her_sister_and_tells_us_on_Friday" * 3)
    page.get_by_label("What was agreed").fill("x" * 4001)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Shorten this by 1 character")
    check_look(page)
    coach.goto(f"{path}/workbook")
    expect(coach.locator("[data-note-text]")).to_contain_text("She_rings_her_sister")
    check_look(coach)


def test_without_agreement_the_page_says_why_nothing_is_quoted(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.owner, f"{signed_off(site, quoting=False)}/workbook")
    expect(page.get_by_text("Quotations from the conversation")).to_be_visible()
    expect(page.locator("[data-note-text] blockquote")).to_have_count(0)
    check_look(page)


def test_a_plan_is_shown_as_it_goes_out(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.owner, "/plan/note")
    check_look(page)
    page.get_by_label("What would help me").fill("A second pair of ears.")
    page.get_by_role("button", name="See it as it goes out").click()
    expect(page.locator("[data-note-text]")).to_contain_text("A second pair of ears.")
    check_look(page)
