"""Signing in by the real form; and the whole way to a session by keyboard alone."""

from playwright.sync_api import Page, expect

from tests.browser.checks import check_accessible
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.conftest import PASSWORD

EMAIL = "olu.owner@example.org"
FOCUSED = "(() => { const e = document.activeElement; return (e.labels?.[0] ?? e).textContent.trim(); })()"


def tab_to(page: Page, text: str, most: int = 40) -> None:
    """Presses Tab until the thing with this text (or label) has the focus."""
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
        if passed[-1].startswith(text):
            return
    raise AssertionError(f"no way by Tab to {text!r}; passed {passed}")


def test_a_wrong_password_says_so_and_keeps_the_address(open_page: OpenPage) -> None:
    page = open_page(None)
    page.get_by_label("Email address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill("not it")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(page).to_have_title("Error: Sign in – Evoke")
    expect(page.get_by_label("Email address")).to_have_value(EMAIL)
    check_accessible(page)
    summary.get_by_role("link").click()
    expect(page.get_by_label("Email address")).to_be_focused()


def test_a_password_can_be_looked_at(open_page: OpenPage) -> None:
    page = open_page(None)
    field = page.get_by_label("Password", exact=True)
    field.fill("three")
    expect(field).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")


def test_the_way_to_a_session_by_keyboard_alone(open_page: OpenPage, site: Site, coded: str) -> None:
    page = open_page(None)
    tab_to(page, "Skip to main content")
    tab_to(page, "Email address")
    page.keyboard.type(EMAIL)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your practice")
    tab_to(page, "A long practice")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("A long practice")
    expect(page.locator("[data-tools]")).to_be_visible()  # the page's script has begun
    page.keyboard.press("j")
    first = page.locator("[data-line]").first
    expect(first.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(first.get_by_role("link")).to_be_visible()
    tab_to(page, "What “")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("About the scores")
