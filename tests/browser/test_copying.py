"""Values to paste elsewhere: copied by a button, by keyboard too, and selected by hand where no button can work."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.checks import DESK, PHONE, SMALLEST, check_accessible, check_fits
from tests.browser.conftest import OpenPage
from tests.browser.site import Site

CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
PAGES = ("/connections/lti", "/connections/lti/new", "/connections/scim", "/connections/xapi", "/signing-in")


def test_a_value_is_copied_by_keyboard_and_said(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.admin, "/connections/lti", **CLIPBOARD)
    button = page.get_by_role("button", name="Copy Initiate login URL, OIDC login URL")
    expect(button).to_be_visible()
    page.clock.install()
    button.focus()
    button.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Copied: Initiate login URL, OIDC login URL")
    expect(page.get_by_role("button", name="Copied Initiate login URL, OIDC login URL")).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"/lti/login/{site.admin.organisation_id}")
    check_accessible(page)
    page.clock.fast_forward(5_000)
    expect(button).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text("Copied: Initiate login URL, OIDC login URL")


def test_where_the_browser_lets_nothing_be_copied_the_value_is_selected(open_page: OpenPage, site: Site) -> None:
    """As on a page that came without encryption."""
    page = open_page(site.admin, "/connections/lti")
    page.evaluate(
        """() => {
            navigator.clipboard.writeText = async () => { throw new Error("not here"); };
            document.execCommand = () => false;
        }"""
    )
    value = page.locator("[data-copy] code").first.inner_text()
    page.locator("[data-copy-button]").first.click()
    expect(page.get_by_role("status")).to_contain_text("Press Control and C")
    assert page.evaluate("getSelection().toString()").strip() == value


def test_without_a_script_a_press_on_the_value_selects_all_of_it(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.admin, "/connections/lti", java_script_enabled=False)
    expect(page.locator("[data-copy-button]").first).to_be_hidden()
    value = page.locator("[data-copy] code").first
    value.click()
    assert page.evaluate("getSelection().toString()").strip() == value.inner_text()


@pytest.mark.parametrize("path", PAGES)
def test_every_value_has_a_button_of_its_own_name_and_fits(open_page: OpenPage, site: Site, path: str) -> None:
    page = open_page(site.admin, path)
    for details in page.locator("details").all():
        details.evaluate("(e) => { e.open = true; }")
    expect(page.locator("[data-copy-button]").first).to_be_visible()
    boxes = page.locator(".evoke-secret").all()
    names = [one.locator("xpath=..").get_by_role("button").inner_text() for one in boxes]
    assert boxes
    assert len(set(names)) == len(names)
    assert all(re.match(r"Copy\s+\S", one) for one in names), names
    for width in (DESK, PHONE, SMALLEST):
        page.set_viewport_size({"width": width, "height": 900})
        check_fits(page)
        for box in boxes:
            value, button = box.bounding_box(), box.locator("xpath=..").get_by_role("button").bounding_box()
            assert value
            assert button
            assert value["x"] + value["width"] <= button["x"]
            assert button["x"] + button["width"] <= width
            assert button["height"] >= 36


def test_a_secret_that_is_shown_once_is_copied(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.owner, "/account/tokens/new", **CLIPBOARD)
    page.get_by_label("What is it for?").fill("the training room")
    page.get_by_role("button", name="Make the token").click()
    page.get_by_role("button", name="Copy token").click()
    expect(page.get_by_role("status")).to_have_text("Copied: token")
    assert re.fullmatch(r"evoke_\S+", page.evaluate("navigator.clipboard.readText()"))
