"""A learning system connected in a few steps, and a module opened from it: every page on the way."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models.cmi5_systems import end_system, systems_of
from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.cmi5_lms import Lms, launch_path, running_lms
from training.modules.load import shipped_library
from training.xapi.names import Names

MODULE = shipped_library().modules[0]


@pytest.fixture
def lms(site: Site) -> Iterator[Lms]:
    with running_lms() as one:
        yield one
    with site.worker.database.write() as session:
        for system in systems_of(session, site.admin.organisation_id):
            end_system(session, system=system, by=site.admin)


def looked(page: Page, name: str) -> None:
    check_look(page)
    if folder := os.environ.get("EVOKE_LOOK"):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_a_system_is_connected_and_opens_a_module(open_page: OpenPage, site: Site, lms: Lms) -> None:
    path = f"/cmi5/modules/{MODULE.slug}"
    unit = Names(site.worker.settings.site).module(MODULE.slug)
    page = open_page(site.admin, "/connections/cmi5")
    expect(page.get_by_text("Nobody yet.")).to_be_visible()
    looked(page, "1-empty")
    page.goto(launch_path(MODULE.slug, lms.launch(publisher_id=unit, account="ada")))
    expect(page.get_by_text("not connected yet")).to_be_visible()
    looked(page, "2-unknown")
    page.get_by_role("button", name="Connect it").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Enter what your people call the system")
    looked(page, "3-mistake")
    page.get_by_label("What your people call it").fill("Ferndale Learning")
    page.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_role("button", name="Test").click()
    expect(page.get_by_text("It works.")).to_be_visible()
    looked(page, "4-tested")

    learner = open_page(site.owner, launch_path(MODULE.slug, lms.launch(publisher_id=unit)))
    expect(learner.get_by_text("Olu of Learning")).to_be_visible()
    looked(learner, "5-open")
    learner.get_by_role("button", name="Both are me: go on").click()
    expect(learner.get_by_text("Ferndale Learning opened this.")).to_be_visible()
    looked(learner, "6-module")
    learner.get_by_role("button", name="Stop, and tell Ferndale Learning").click()
    expect(learner.get_by_text("You can close this window.")).to_be_visible()
    looked(learner, "7-ended")
    site.work()
    assert lms.sessions[-1].verbs == ["initialized", "terminated"]
    learner.goto(f"{path}?endpoint=x")
    expect(learner.get_by_text("something it should say is missing")).to_be_visible()
    looked(learner, "8-refused")
    learner.goto(f"/learn/{MODULE.slug}")
    expect(learner.get_by_text("takes it that you have left")).to_be_visible()
    page.goto("/connections/cmi5")
    expect(page.get_by_text("It has heard: begun, left.")).to_be_visible()
    looked(page, "9-used")


def test_where_packages_are_taken(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.admin, "/connections/scorm")
    with page.expect_download() as taken:
        page.get_by_role("button", name="cmi5 package").click()
    assert taken.value.suggested_filename == "evoke-programme-cmi5.zip"
    looked(page, "10-packages")
