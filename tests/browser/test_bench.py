"""The bench in a real browser: reviewed with keys, kept when the page is loaded again, and signed off."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import all_saved, here, ready, to_the_bench, yours
from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.conftest import CONVERSATION


@pytest.fixture
def page(open_page: OpenPage, site: Site) -> Page:
    return to_the_bench(open_page(site.coach, ready(site, CONVERSATION)))


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def test_a_coach_goes_through_with_keys_and_signs_off(page: Page) -> None:
    count = page.get_by_role("option").count()
    expect(here(page)).to_contain_text("What would you like us to talk about today?")
    press(page, "5")
    expect(here(page)).to_contain_text("Affirm")
    assert yours(page, "AF") == 1
    press(page, "z Enter")
    assert yours(page, "AF") == 0
    press(page, "k")
    expect(here(page)).to_contain_text("looked at")
    press(page, "Enter " * count)
    expect(page.locator("[data-progress]")).to_contain_text(f"{count} of {count} looked at, 0 unsure left")
    all_saved(page)
    check_look(page)
    press(page, "f")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("You have looked at every line.")
    press(page, "Enter")
    expect(page.get_by_text("Checked and signed by Cass Coach")).to_be_visible()
