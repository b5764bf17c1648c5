"""The bench in a real browser: reviewed with keys, kept when the page is loaded again, and signed off."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import all_saved, here, ready, to_the_bench, yours
from tests.browser.checks import check_accessible, check_look
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


def test_a_line_is_split_joined_corrected_noted_and_made_evidence_with_keys(page: Page) -> None:
    lines, count = page.get_by_role("option"), page.get_by_role("option").count()
    press(page, "s")
    expect(page.get_by_role("dialog")).to_contain_text("Move the cut with the arrow keys")
    check_accessible(page)
    press(page, "Home Enter")
    expect(lines).to_have_count(count + 1)
    expect(page.locator("[data-status]")).to_contain_text("Split in two.")
    expect(here(page)).to_have_text(re.compile(r"^Worker, practitioner\. What\s+Seek"))
    press(page, "Shift+J")
    expect(lines).to_have_count(count)
    expect(page.locator("[data-status]")).to_have_text("Joined.")
    press(page, "t")
    expect(page.locator("[data-status]")).to_contain_text("have a kind")
    press(page, "j")
    expect(page.locator("[data-status]")).to_be_empty()
    press(page, "k")
    press(page, "w Control+a")
    page.keyboard.type("What shall we talk about?")
    press(page, "Enter n")
    page.keyboard.type("j is a letter here")
    press(page, "Enter e 1")
    check_accessible(page)
    press(page, "Enter")
    for words in ("What shall we talk about?", "Note: j is a letter here", "Evidence for Cultivating change talk"):
        expect(here(page)).to_contain_text(words)
    expect(page.get_by_role("list", name="Lines pinned to Cultivating change talk")).to_contain_text("Line 1")
    press(page, "m")
    expect(here(page)).to_contain_text("Parent, client")
    press(page, "1 t 3")
    expect(here(page)).to_contain_text("Change talk, reason")
    press(page, "Shift+X")
    expect(here(page)).to_contain_text("Parent, practitioner")
    expect(here(page)).to_contain_text("No code yet")
    press(page, "z")
    expect(here(page)).to_contain_text("Change talk, reason")
    press(page, "g 4 g 2 Escape")
    expect(page.locator("[data-rating]").nth(1).get_by_role("radio").nth(1)).to_be_checked()
    expect(page.get_by_label("It is picked up and drawn out wherever it comes.")).to_be_checked()
    expect(here(page)).to_be_focused()
    press(page, "?")
    check_accessible(page)
    press(page, "Escape f")
    expect(page.get_by_role("button", name="Go to the first").first).to_be_focused()  # Enter signs nothing off
    check_accessible(page)
    press(page, "Escape")
    all_saved(page)
    page.reload()
    expect(page.get_by_text("Change talk, reason")).to_be_visible()


def test_a_key_that_comes_before_the_next_frame_is_not_lost(page: Page) -> None:
    press(page, "w")
    closed_and_next = """async () => {
        const press = (key) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
        document.querySelector("#ask-text").value = "What shall we talk about?";
        press("Enter");
        for (let turn = 0; turn < 20; turn += 1) await null; // time for what the window does, but for no frame
        press("e");
    }"""
    page.evaluate(closed_and_next)
    expect(page.get_by_role("dialog")).to_contain_text("This line is evidence for")
    press(page, "1 Enter")
    for words in ("What shall we talk about?", "Evidence for Cultivating change talk"):
        expect(here(page)).to_contain_text(words)


def test_a_mouse_does_it_too(page: Page) -> None:
    page.get_by_role("option").nth(1).click()
    expect(here(page)).to_contain_text("I want to stop drinking")
    page.get_by_role("button", name="Sustain talk", exact=True).click()
    expect(here(page)).to_contain_text("Sustain talk")
    expect(here(page)).to_contain_text("machine: CT")
    page.get_by_role("button", name="Undo").click()
    expect(here(page)).to_contain_text("Change talk")
    page.get_by_role("button", name="Whole turn").click()
    expect(page.get_by_role("option").nth(1)).to_contain_text("looked at")
    all_saved(page)
