"""Reading a coded session: by numbers, by doubt, by keys; and saying who is who."""

from playwright.sync_api import Page, expect

from tests.browser.checks import PHONE
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.web.conftest import CONVERSATION

LINES = "[data-line]:visible"
MARKED = ".evoke-line--marked"


def current_line(page: Page) -> str:
    """The id of the line whose code has the focus."""
    return str(page.evaluate("document.activeElement.closest('[data-line]')?.id ?? ''"))


def line_ids(page: Page, selector: str = LINES) -> list[str]:
    return [str(line.get_attribute("id")) for line in page.locator(selector).all()]


def test_the_practitioner_stands_right_the_client_left_and_the_summary_beside(
    open_page: OpenPage, site: Site, coded: str
) -> None:
    page = open_page(site.owner, coded)
    boxes = {
        name: page.locator(name).first.bounding_box() or {}
        for name in (".evoke-talk", ".evoke-summary", ".evoke-turn--practitioner", ".evoke-turn--client")
    }
    talk, summary = boxes[".evoke-talk"], boxes[".evoke-summary"]
    practitioner, client = boxes[".evoke-turn--practitioner"], boxes[".evoke-turn--client"]
    assert client["x"] == talk["x"]
    assert round(practitioner["x"] + practitioner["width"]) == round(talk["x"] + talk["width"])
    assert summary["x"] > talk["x"] + talk["width"]
    page.mouse.wheel(0, 3000)
    expect(page.get_by_role("heading", name="What it adds up to")).to_be_in_viewport()  # it stays beside the talk
    page.set_viewport_size({"width": PHONE, "height": 844})
    summary, talk = (page.locator(name).bounding_box() or {} for name in (".evoke-summary", ".evoke-talk"))
    assert talk["y"] >= summary["y"] + summary["height"]


def test_a_number_leads_to_its_lines(open_page: OpenPage, site: Site, coded: str) -> None:
    page = open_page(site.owner, coded)
    number = page.get_by_role("link", name="Change talk: show the lines")
    ids = [f"u{i}" for i in str(number.get_attribute("data-count")).split()]
    assert len(ids) > 2
    number.click()
    assert line_ids(page, MARKED) == ids
    assert current_line(page) == ids[0]
    expect(page.locator(f"#{ids[0]}")).to_be_in_viewport()
    said = page.locator("[data-tools-status]")
    expect(said).to_have_text(f"Change talk: line 1 of {len(ids)}")
    page.keyboard.press("j")
    assert current_line(page) == ids[1]
    page.get_by_role("button", name="Next").click()
    assert current_line(page) == ids[2]
    page.get_by_role("button", name="Previous").click()
    expect(said).to_have_text(f"Change talk: line 2 of {len(ids)}")
    page.get_by_role("link", name="Question: show the lines").click()
    assert set(line_ids(page, MARKED)).isdisjoint(ids)
    page.get_by_role("button", name="Clear the marks").click()
    expect(page.locator(MARKED)).to_have_count(0)
    expect(page.get_by_role("button", name="Clear the marks")).to_be_hidden()


def test_only_the_unsure_lines(open_page: OpenPage, site: Site, coded: str) -> None:
    page = open_page(site.owner, coded)
    every, unsure = len(line_ids(page)), line_ids(page, "[data-unsure]")
    assert 0 < len(unsure) < every
    only = page.get_by_label(f"Show only unsure lines ({len(unsure)})")
    only.check()
    assert line_ids(page) == unsure
    for turn in page.locator("[data-turn]:visible").all():
        expect(turn.locator("[data-unsure]").first).to_be_visible()
    expect(page.locator("[data-tools-status]")).to_contain_text(f"of {every}")
    page.keyboard.press("j")
    assert current_line(page) == unsure[0]
    page.get_by_role("link", name="Neutral: show the lines").click()  # brings back what it leads to
    expect(only).not_to_be_checked()
    assert len(line_ids(page)) == every


def test_keys_walk_and_can_be_switched_off_for_good(open_page: OpenPage, site: Site, coded: str) -> None:
    page = open_page(site.owner, coded)
    ids = line_ids(page)
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    assert current_line(page) == ids[1]
    page.keyboard.press("Control+j")
    assert current_line(page) == ids[1]
    page.get_by_label("Keys J and K move down and up").uncheck()
    page.keyboard.press("j")
    assert current_line(page) == ""
    page.reload()
    expect(page.get_by_label("Keys J and K move down and up")).not_to_be_checked()
    page.keyboard.press("j")
    assert current_line(page) == ""


def test_saying_who_the_practitioner_is(open_page: OpenPage, site: Site) -> None:
    path = site.add(CONVERSATION)
    site.work()
    page = open_page(site.coach, path)
    first = page.locator("[data-turn]").first
    expect(first).to_have_class("evoke-turn evoke-turn--practitioner")
    page.get_by_label("The practitioner is").select_option("Parent")
    page.get_by_role("button", name="Code it again").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert site.work() == 1
    expect(first).to_have_class("evoke-turn evoke-turn--client")
    expect(page.get_by_text("Now it is Parent.")).to_be_visible()


def test_the_codes_can_be_taken_away(open_page: OpenPage, site: Site, coded: str) -> None:
    page = open_page(site.owner, coded)
    with page.expect_download() as download:
        page.get_by_role("link", name="Every line with its code").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert "code" in download.value.path().read_text(encoding="utf-8-sig").splitlines()[0]
