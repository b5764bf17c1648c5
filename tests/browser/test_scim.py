"""The page that connects a directory, empty, with a token, tested, and with a mistake."""

from playwright.sync_api import expect

from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site


def test_a_directory_is_connected(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.admin, "/connections/scim")
    expect(page.get_by_text("No directory is connected.")).to_be_visible()
    check_look(page)
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The token for your directory")
    check_look(page)
    page.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_text("The token in use")).to_be_visible()
    for words in ("Steps for Microsoft Entra ID", "Steps for Okta", "What your directory decides"):
        page.get_by_text(words).click()
    page.get_by_label("User name to look up").fill("olu.owner@example.org")
    page.get_by_role("button", name="Test it").click()
    expect(page.get_by_text("olu.owner@example.org is known.")).to_be_visible()
    check_look(page)
    page.get_by_text("Add a group").first.click()
    page.get_by_role("button", name="Add the group").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a role from the list.")
    check_look(page)
    page.get_by_label("The group’s name").fill("Evoke leads")
    page.get_by_label("Role").select_option("lead")
    page.get_by_role("button", name="Add the group").click()
    expect(page.get_by_text("not sent by your directory yet")).to_be_visible()
    check_look(page)
