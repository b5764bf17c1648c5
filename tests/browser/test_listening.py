"""A recording is listened to in a real browser: it plays, jumps to a moment, and keeps step with what is said."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import PHONE, check_accessible, check_fits
from tests.browser.conftest import OpenPage
from tests.browser.player import place, wait_for_place
from tests.browser.site import Site
from tests.fixtures.heard import SECONDS, TWO_MINUTES, add_heard, check_names

DRAWN = """(canvas) => {
  const found = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return found.filter((value, at) => at % 4 === 3 && value > 0).length / (found.length / 4);
}"""


@pytest.fixture(scope="module")
def heard(site: Site) -> str:
    practice_id = add_heard(site.worker, site.owner)
    check_names(site.worker, site.owner, practice_id)
    site.work()
    return f"/sessions/{practice_id}"


def opened(open_page: OpenPage, site: Site, path: str, **options: object) -> Page:
    page = open_page(site.owner, path, **options)
    page.get_by_role("button", name="Listen to the recording").click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_focused()
    return page


def test_it_plays_and_leads_to_what_is_said(open_page: OpenPage, site: Site, heard: str) -> None:
    page = opened(open_page, site, heard)
    whole, near = page.locator("[data-whole]"), page.locator("[data-near]")
    expect(page.locator("[data-time]")).to_have_text("0:00 of 2:01")
    assert near.evaluate(DRAWN) > 0.1
    check_accessible(page)

    box = whole.bounding_box()
    assert box is not None
    whole.click(position={"x": box["width"] / 2, "y": 5})
    expect(page.locator("[data-time]")).to_have_text("1:00 of 2:01")
    assert place(page) == pytest.approx(SECONDS / 2, abs=1)

    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    wait_for_place(page, 61.5)
    page.get_by_label("Speed").select_option("2")
    page.get_by_role("button", name="Pause", exact=True).click()

    turn = TWO_MINUTES.turns[9]
    assert turn.start is not None
    button = page.locator("#t9 .evoke-turn__time")
    button.click()
    wait_for_place(page, turn.start)
    assert place(page) < turn.start + 5
    said = page.get_by_role("slider", name="Position in the recording").get_attribute("aria-valuetext")
    assert said is not None
    assert said.endswith(turn.speaker_label)


def test_keys_move_it_and_leave_fields_alone(open_page: OpenPage, site: Site, heard: str) -> None:
    page = opened(open_page, site, heard)
    for keys, at in ((["ArrowRight"] * 4, 2.0), (["Shift+ArrowRight"], 7.0), (["ArrowLeft"], 6.5)):
        for key in keys:
            page.keyboard.press(key)
        assert place(page) == pytest.approx(at, abs=0.3)
    page.keyboard.press("r")  # the line from 5.97 seconds on, once
    wait_for_place(page, 6.6)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert place(page) == pytest.approx(9.3, abs=0.6)
    page.get_by_label("Speed").focus()
    before = place(page)
    page.keyboard.press("ArrowRight")
    assert place(page) == before
    page.get_by_role("slider", name="Position in the recording").focus()
    page.keyboard.press("ArrowRight")
    assert place(page) == pytest.approx(before + 0.5, abs=0.3)


def test_on_a_phone_it_is_a_plain_player(open_page: OpenPage, site: Site, heard: str) -> None:
    page = opened(open_page, site, heard, width=PHONE)
    expect(page.locator("[data-near]")).to_be_hidden()
    page.locator("#t3 .evoke-turn__time").click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.get_by_role("button", name="Pause", exact=True).click()
    check_accessible(page)
    check_fits(page)


def test_a_transcript_has_no_player(open_page: OpenPage, site: Site, coded: str) -> None:
    page = open_page(site.owner, coded)
    expect(page.get_by_role("button", name="Listen to the recording")).to_have_count(0)
