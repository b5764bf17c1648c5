"""From a pasted list to somebody who signs in for the first time, by keyboard and pointer."""

from playwright.sync_api import expect

from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site


def test_from_a_list_to_the_first_sign_in(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.admin, "/people/import")
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a file, or paste the list.")
    page.get_by_label("Or paste the list").fill(
        "name\temail\tteam\nNia New\tnia@example.org\tFamily Safeguarding North\nBo\tnone\t"
    )
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_text("Nothing is done yet.")).to_be_visible()
    check_look(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download this report").click()
    assert "nia@example.org" in download.value.path().read_text("utf-8-sig")
    page.get_by_role("button", name="Invite them").click()
    expect(page.get_by_text("1 person was invited")).to_be_visible()
    page.goto("/people")
    page.get_by_role("link", name="Nia New").click()
    link = page.locator(".evoke-copy-alone .evoke-secret").inner_text()
    visitor = open_page(None, link[link.index("/join/") :])
    visitor.get_by_label("Choose a password").fill("short")
    visitor.get_by_label("Choose a password").press("Enter")
    expect(visitor.get_by_role("alert")).to_contain_text("Three words work well")
    check_look(visitor)
    visitor.get_by_label("Choose a password").fill("three calm words")
    visitor.get_by_role("button", name="Begin").click()
    expect(visitor.get_by_role("button", name="Add your first session")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Mark as left").click()
    expect(page.get_by_role("alert")).to_contain_text("Nia New has left")
    visitor.reload()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Sign in")
