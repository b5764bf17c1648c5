"""What was done on the bench is kept: without a connection, when the page is left, and beside another window."""

from typing import Any

from playwright.sync_api import Dialog, Page, expect

from tests.browser.bench import all_saved, here, ready, to_the_bench, yours
from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.conftest import CONVERSATION

STEPS = "**/api/v1/reviews/*/steps"
ANY_STEPS = "/api/v1/reviews/none/steps"


def cut_off(page: Page) -> None:
    """From now on. The browser tells the page's own process in its time: until then a request would still get out."""
    page.route(STEPS, lambda route: route.abort())
    page.wait_for_function(f"() => fetch({ANY_STEPS!r}).then(() => false, () => true)")


def answered(page: Page, problem: dict[str, Any]) -> None:
    """What is sent from now on gets this answer; the page's own process has been told, as for `cut_off`."""
    page.route(STEPS, lambda route: route.fulfill(status=problem["status"], json=problem))
    page.wait_for_function(
        f"(status) => fetch({ANY_STEPS!r}).then((answer) => answer.status === status)", arg=problem["status"]
    )


def reopened(page: Page) -> None:
    """Loaded again, though it warns."""
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("[data-bench][data-ready]")).to_be_visible()


def test_without_a_connection_changes_stay_and_are_sent_later(open_page: OpenPage, site: Site) -> None:
    page = to_the_bench(open_page(site.coach, ready(site, CONVERSATION)))
    begun = yours(page, "ST")
    cut_off(page)
    for key in ("5", "Enter", "2"):
        page.keyboard.press(key)
    saved = page.locator("[data-saved]")
    expect(saved).to_have_text("No connection: 2 changes are kept here and will be sent")
    check_look(page)
    page.keyboard.press("f")
    page.get_by_role("button", name="Sign off", exact=True).last.click()
    expect(page.get_by_role("dialog")).to_contain_text("Your last changes are not saved yet")
    page.keyboard.press("Escape")
    warned: list[str] = []

    def stay(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("link", name="The session").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert warned == ["beforeunload"]
    page.unroute(STEPS)
    all_saved(page)
    reopened(page)
    assert (yours(page, "AF"), yours(page, "ST")) == (1, begun + 1)


def test_what_a_closed_window_could_not_send_is_sent_by_the_next(open_page: OpenPage, site: Site) -> None:
    page = to_the_bench(open_page(site.coach, ready(site, CONVERSATION)))
    begun = yours(page, "ST")
    cut_off(page)
    for key in ("5", "Enter", "2"):
        page.keyboard.press(key)
    expect(page.locator("[data-saved]")).to_contain_text("No connection")
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.locator("[data-bench][data-ready]")).to_be_visible()
    expect(again.locator("[data-notice]")).to_contain_text("an earlier window could not send")
    all_saved(again)
    assert (yours(again, "AF"), yours(again, "ST")) == (1, begun + 1)


def test_two_windows_come_together_again(open_page: OpenPage, site: Site) -> None:
    one = to_the_bench(open_page(site.coach, ready(site, CONVERSATION)))
    begun = yours(one, "ST")
    other = one.context.new_page()
    other.goto(one.url)
    expect(other.locator("[data-bench][data-ready]")).to_be_visible()
    one.keyboard.press("5")
    all_saved(one)
    for key in ("j", "2"):
        other.keyboard.press(key)
    expect(other.locator("[data-notice]")).to_contain_text("This review went on in another window")
    all_saved(other)
    assert (yours(other, "AF"), yours(other, "ST")) == (1, begun + 1)
    expect(here(other)).to_contain_text("Sustain talk")
    other.keyboard.press("z")
    expect(other.locator("[data-status]")).to_have_text("Undone.")
    assert (yours(other, "AF"), yours(other, "ST")) == (1, begun)


def test_undo_goes_on_where_an_earlier_window_was(open_page: OpenPage, site: Site) -> None:
    page = to_the_bench(open_page(site.coach, ready(site, CONVERSATION)))
    begun = yours(page, "AF")
    for key in ("5", "5", "Enter", "Shift+X"):
        page.keyboard.press(key)
    all_saved(page)
    reopened(page)
    for _ in range(4):
        page.keyboard.press("z")
    expect(page.locator("[data-status]")).to_contain_text("There is nothing to undo.")
    assert yours(page, "AF") == begun
    page.keyboard.press("Shift+Z")
    page.keyboard.press("Shift+Z")
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()
    all_saved(page)
    reopened(page)
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()


def test_a_review_that_ended_elsewhere_says_so(open_page: OpenPage, site: Site) -> None:
    page = to_the_bench(open_page(site.coach, ready(site, CONVERSATION)))
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_text("Put this review away").click()
    other.get_by_role("button", name="Put it away").click()
    expect(other.get_by_role("button", name="Review this session")).to_be_visible()
    page.keyboard.press("5")
    expect(page.locator("[data-notice]")).to_contain_text("This review is put away, and cannot be changed.")
    expect(page.locator("[data-saved]")).to_contain_text("Not saved")


def test_nothing_stays_in_the_browser_once_what_was_said_is_gone(open_page: OpenPage, site: Site) -> None:
    page = to_the_bench(open_page(site.coach, ready(site, CONVERSATION)))
    gone = {"title": "Gone", "status": 410, "code": "words_went", "detail": "What was said in this session is gone."}
    answered(page, gone)
    page.keyboard.press("5")
    expect(page.locator("[data-notice]")).to_contain_text("What was said in this session is gone. 1 change could not")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('evoke.bench.'))") == []
