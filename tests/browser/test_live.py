"""A live session in a room: one screen and two phones, and its pages looked at."""

import re

from playwright.sync_api import Page, expect

from tests.browser.checks import PHONE, check_accessible, check_fits, check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site

PARENT = "I only drink once they are in bed, so who does it hurt?"
SCREENS = ((1280, 720), (1920, 1080))


def look_at_screen(page: Page) -> None:
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        check_accessible(page)
        check_fits(page)
    check_look(page)
    page.set_viewport_size({"width": 1280, "height": 720})


def test_a_room_from_joining_to_the_end(open_page: OpenPage, site: Site) -> None:
    screen = open_page(site.coach, "/live/new")
    screen.locator("details").first.evaluate("(e) => { e.open = true; }")
    check_look(screen)
    screen.get_by_label("What the parent says").fill(PARENT)
    screen.get_by_role("button", name="Start with this line").click()
    expect(screen.get_by_text("Join at")).to_be_visible()
    look_at_screen(screen)
    code = re.sub(r"[^A-Z]", "", screen.locator(".evoke-screen__code").inner_text())

    one, two = open_page(None, "/live", width=PHONE), open_page(None, f"/live/{code}", width=PHONE)
    check_look(one)
    one.get_by_label("The six letters on the screen").fill(code.lower())
    one.get_by_role("button", name="Join").click()
    expect(one.get_by_text(PARENT)).to_be_visible()
    one.get_by_label("What would you say?").fill("You keep it away from the children.")
    one.get_by_role("button", name="Send").click()
    expect(one.get_by_text("Your answer is in")).to_be_visible()
    check_look(one)
    expect(screen.get_by_text("1 answer is in")).to_be_visible()  # by itself
    two.get_by_label("What would you say?").fill("I am still writing this when")

    screen.get_by_role("button", name="Show answers").click()
    expect(screen.get_by_text("You keep it away from the children.")).to_be_visible()
    expect(screen.get_by_text("% sure").first).to_be_visible(timeout=30_000)  # coded while the room looks
    look_at_screen(screen)
    expect(one.get_by_role("heading", level=1)).to_have_text("Look at the screen")
    check_look(one)
    expect(two.get_by_text("cannot be sent any more")).to_be_visible()
    expect(two.get_by_label("What would you say?")).to_have_value("I am still writing this when")

    screen.get_by_role("button", name="Talk about this").click()
    expect(screen.get_by_label("The answer we talk about")).to_be_visible()
    screen.get_by_role("button", name="Next line").click()
    screen.get_by_label("What the parent says").fill("Nobody asked me what I want.")
    screen.get_by_role("button", name="Put it on the screen").click()
    expect(one.get_by_text("Nobody asked me what I want.")).to_be_visible()
    expect(one.get_by_label("What would you say?")).to_have_value("")

    screen.get_by_role("link", name="All answers, not for the room").click()
    expect(screen.get_by_text("You keep it away from the children.")).to_be_visible()
    check_look(screen)
    screen.get_by_role("link", name="The screen").click()
    screen.get_by_role("button", name="End").click()
    expect(one.get_by_role("heading", level=1)).to_have_text("The live session is over")
    screen.get_by_role("button", name="Delete for good").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("Live session")
