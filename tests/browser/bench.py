"""Sessions that are ready for the bench, and what a test reads of one there."""

from uuid import UUID

from playwright.sync_api import Locator, Page, expect

from coding.check_names import finish_check
from models.practice import PracticeSession
from tests.browser.site import Site


def ready(site: Site, text: str, *, goal: str = "drink less at weekends", title: str = "Tuesday practice") -> str:
    """The path of a session of the owner's, coded and with its names checked."""
    path = site.add(text, title=title, change_goal=goal)
    site.work()
    with site.worker.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(path.rpartition("/")[2]))
        finish_check(session, practice=practice, no_names=(), more=(), bleep=False, by=site.owner)
    return path


def to_the_bench(page: Page) -> Page:
    page.get_by_role("button", name="Review this session").click()
    expect(page.locator("[data-bench][data-ready]")).to_be_visible()
    return page


def here(page: Page) -> Locator:
    """The current line."""
    return page.get_by_role("option", selected=True)


def all_saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text("All saved")


def yours(page: Page, code: str) -> int:
    """How often a code counts."""
    return int(page.locator(f"[data-count-of='{code}'] [data-yours]").inner_text())
