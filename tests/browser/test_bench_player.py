"""On the bench the recording and the lines keep step, and of a long conversation only a stretch is scored."""

import pytest
from playwright.sync_api import expect

from tests.browser.bench import all_saved, here, ready, to_the_bench
from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.player import place, wait_for_place
from tests.browser.site import Site
from tests.conftest import CONVERSATION
from tests.fixtures.heard import TWO_MINUTES, add_heard, check_names


def test_sound_and_lines_keep_step_with_keys_alone(open_page: OpenPage, site: Site) -> None:
    practice_id = add_heard(site.worker, site.owner)
    check_names(site.worker, site.owner, practice_id)
    site.work()
    page = to_the_bench(open_page(site.coach, f"/sessions/{practice_id}"))
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    check_look(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator("[data-stretch]")).to_be_hidden()

    begins = [turn.start for turn in TWO_MINUTES.turns]
    for _ in range(3):
        page.keyboard.press("j")
    time = here(page).locator(".evoke-turn__time")
    if time.count():
        assert place(page) == pytest.approx(min(begins, key=lambda at: abs((at or 0) - place(page))), abs=0.3)
    assert place(page) > 4
    before = place(page)
    page.keyboard.press("ArrowRight")
    assert place(page) == pytest.approx(before + 0.5, abs=0.1)
    page.keyboard.press("Shift+ArrowLeft")
    assert place(page) == pytest.approx(before - 4.5, abs=0.1)
    page.keyboard.press(" ")
    wait_for_place(page, before - 3.5)
    expect(page.locator(".evoke-bench-line--spoken")).to_have_count(1)
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Play the line again")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    stands = place(page)
    page.get_by_role("dialog").get_by_role("textbox").press_sequentially("r r ")
    assert place(page) == stands  # what is typed is no key


def test_of_a_long_conversation_a_stretch_is_scored_or_all_of_it(open_page: OpenPage, site: Site) -> None:
    more = "and there was a good deal more of the same to say about all that happened since the last time we met"
    talk = "".join(CONVERSATION.replace(".\n", f", {more}.\n").replace("?\n", f", {more}?\n") for _ in range(30))
    page = to_the_bench(open_page(site.coach, ready(site, talk)))
    stretch, progress = page.locator("[data-stretch]"), page.locator("[data-progress]")
    expect(stretch).to_contain_text("chosen by chance")
    scored = str(progress.text_content())
    expect(page.locator("#bench-player")).to_be_empty()
    check_look(page)
    page.get_by_role("button", name="Score all of it instead").click()
    expect(stretch).to_contain_text("Scoring all about")
    expect(progress).not_to_have_text(scored)
    all_saved(page)
    page.get_by_role("button", name="Score the 20 minutes that chance chose instead").click()
    expect(stretch).to_contain_text("chosen by chance")
    expect(progress).to_have_text(scored)
    page.keyboard.press("z")
    expect(stretch).to_contain_text("Scoring all about")
    page.keyboard.press("z")
    expect(progress).to_have_text(scored)
