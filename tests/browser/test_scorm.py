"""The launcher of a SCORM package within a learning system's page, at another site than Evoke's. The system's run-time
is in `scorm_player.html`: it writes every call down, and answers as the specifications say."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from models.course_package import PackageForm, end_packages, make_package
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Person
from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.conftest import add_person
from tests.served import Quiet, served
from training.courses.package import Course, scorm_package
from training.exercises.attempts import Sent, keep_chosen
from training.exercises.format import OrderTheSummary, SpotTheCode
from training.modules.load import Placed, shipped_library
from training.modules.progress import mark_as_read
from training.modules.read import Module

PLAYER = (Path(__file__).parent / "scorm_player.html").read_bytes()
FORMS = {"1.2": PackageForm.SCORM_12, "2004": PackageForm.SCORM_2004}
KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
AGAIN = 10_500  # milliseconds after which the launcher has asked anew


@dataclass
class Lms:
    """A learning system that has unpacked the package."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture(scope="module")
def lms() -> Iterator[Lms]:
    made = Lms()

    class Handler(Quiet):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            content = PLAYER if path == "/player" else made.files.get(path.removeprefix("/course/"))
            kind = KINDS.get(Path(path).suffix, "text/html")
            self.answer_bytes(200 if content is not None else 404, content or b"", kind=f"{kind}; charset=utf-8")

    with served(Handler) as port:
        made.address = f"http://localhost:{port}"  # to a browser, another site than Evoke's
        yield made


def choosable(module: Module) -> list[Placed]:
    """Exercises that need no coder."""
    every = shipped_library().exercises.values()
    return [one for one in every if one.module is module and isinstance(one.exercise, SpotTheCode | OrderTheSummary)]


MODULE = next(one for one in shipped_library().modules if len(choosable(one)) >= 3)


@pytest.fixture
def learner(site: Site) -> Actor:
    """Has done all of the module but its check."""
    with site.worker.database.write() as session:
        home = session.get_one(Organisation, site.owner.organisation_id)
        who = add_person(session, home, f"Lina Learner {uuid4().hex[:8]}")
        mark_as_read(session, module=MODULE, by=who)
        for placed in choosable(MODULE)[:3]:
            choice = "NC" if isinstance(placed.exercise, SpotTheCode) else "1,2,3"
            keep_chosen(session, placed=placed, choice=choice, sent=Sent(uuid4(), None), by=who)
    return who


def upload(lms: Lms, site: Site, version: str) -> None:
    """The administrator's part: a package is taken in Evoke, and unpacked by the learning system."""
    with site.worker.database.write() as session:
        token = make_package(session, module=MODULE.slug, form=FORMS[version], by=site.admin)
    head = MODULE.head
    course = Course(MODULE.slug, head.title, head.summary, head.minutes, site.address, token)
    with zipfile.ZipFile(io.BytesIO(scorm_package(course, FORMS[version]))) as packed:
        lms.files = {name: packed.read(name) for name in packed.namelist()}


def launched(page: Page, lms: Lms, version: str, refuse: str = "") -> FrameLocator:
    page.goto(f"{lms.address}/player?api={version}&refuse={refuse}")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text(MODULE.head.title)
    return frame


def calls(page: Page) -> list[list[Any]]:
    return list(page.evaluate("calls"))


def state(frame: FrameLocator) -> Any:
    return frame.locator("#state")


def opened(page: Page, frame: FrameLocator) -> Page:
    """The window that the launcher opens."""
    with page.context.expect_page() as window:
        frame.get_by_role("button", name="Open the module").click()
    window.value.set_default_timeout(20_000)
    return window.value


def pass_the_check(window: Page) -> None:
    window.goto(f"{window.url.partition('/learn/')[0]}/learn/{MODULE.slug}/check")
    for number, one in enumerate(MODULE.head.check, 1):
        window.locator(f"[name=question-{number}][value='{one.answer}']").check()
    window.get_by_role("button", name="See how it went").click()
    expect(window.get_by_role("heading", level=1)).to_contain_text("right")


EXPECTED = {
    "1.2": {
        "begun": [
            ["LMSInitialize", "", "true", "0"], ["LMSGetValue", "cmi.core.lesson_status", "not attempted", "0"],
            ["LMSSetValue", "cmi.core.lesson_status", "incomplete", "true", "0"], ["LMSCommit", "", "true", "0"],
            ["LMSGetValue", "cmi.suspend_data", "", "0"],
            ["LMSSetValue", "cmi.suspend_data", "SECRET", "true", "0"], ["LMSCommit", "", "true", "0"],
        ],
        "completed": [
            ["LMSSetValue", "cmi.core.lesson_status", "completed", "true", "0"], ["LMSCommit", "", "true", "0"],
        ],
        "left": [
            ["LMSSetValue", "cmi.core.exit", "suspend", "true", "0"], ["LMSCommit", "", "true", "0"],
            ["LMSFinish", "", "true", "0"],
        ],
        "again": [
            ["LMSInitialize", "", "true", "0"], ["LMSGetValue", "cmi.core.lesson_status", "completed", "0"],
            ["LMSGetValue", "cmi.suspend_data", "SECRET", "0"],
        ],
    },
    "2004": {
        "begun": [
            ["Initialize", "", "true", "0"], ["GetValue", "cmi.completion_status", "unknown", "0"],
            ["SetValue", "cmi.completion_status", "incomplete", "true", "0"], ["Commit", "", "true", "0"],
            ["GetValue", "cmi.suspend_data", "", "403"],  # not set yet, which the specification calls an error
            ["SetValue", "cmi.suspend_data", "SECRET", "true", "0"], ["Commit", "", "true", "0"],
        ],
        "completed": [
            ["SetValue", "cmi.completion_status", "completed", "true", "0"],
            ["SetValue", "cmi.success_status", "passed", "true", "0"], ["Commit", "", "true", "0"],
        ],
        "left": [
            ["SetValue", "cmi.exit", "suspend", "true", "0"], ["Commit", "", "true", "0"],
            ["Terminate", "", "true", "0"],
        ],
        "again": [
            ["Initialize", "", "true", "0"], ["GetValue", "cmi.completion_status", "completed", "0"],
            ["GetValue", "cmi.suspend_data", "SECRET", "0"],
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("version", ["1.2", "2004"])
def test_a_module_completed_in_evoke_is_completed_in_the_learning_system(
    open_page: OpenPage, site: Site, lms: Lms, learner: Actor, version: str
) -> None:
    upload(lms, site, version)
    page = open_page(learner)
    page.clock.install()
    frame = launched(page, lms, version)
    said, expected = calls(page), EXPECTED[version]
    secret = said[5][2]
    assert re.fullmatch("[0-9a-f]{64}", secret)
    assert [[one.replace(secret, "SECRET") for one in row] for row in said] == expected["begun"]
    expect(state(frame)).to_contain_text("Leave this page open")
    expect(frame.get_by_role("button", name="Start again as yourself")).to_be_hidden()

    window = opened(page, frame)
    expect(window.get_by_role("heading", level=1)).to_have_text(MODULE.head.title)
    expect(window.get_by_text(learner_name(site, learner)).last).to_be_visible()
    check_look(window)
    window.get_by_role("button", name="Go on").click()
    window.wait_for_url(f"**/learn/{MODULE.slug}")
    page.clock.fast_forward(AGAIN)
    expect(state(frame)).to_contain_text("You have opened the module in Evoke")
    assert calls(page) == said, "opened is not completed"

    pass_the_check(window)
    page.clock.fast_forward(AGAIN)
    expect(state(frame)).to_have_text("Completed. Your learning system knows. You can close this page.")
    expect(frame.get_by_role("button", name="Start again as yourself")).to_be_hidden()
    page.clock.fast_forward(AGAIN)
    page.evaluate("document.querySelector('iframe').remove()")
    assert calls(page)[len(said) :] == [*expected["completed"], *expected["left"]], "once, and no more after it"

    frame = launched(page, lms, version)
    expect(state(frame)).to_contain_text("You have completed this module, and your learning system knows")
    assert [[one.replace(secret, "SECRET") for one in row] for row in calls(page)] == expected["again"]
    check_look(opened(page, frame))


def learner_name(site: Site, learner: Actor) -> str:
    with site.worker.database.read() as session:
        return session.get_one(Person, learner.person_id).name


@pytest.mark.parametrize("version", ["1.2", "2004"])
def test_a_system_that_does_not_let_it_begin_is_asked_nothing_more(
    open_page: OpenPage, site: Site, lms: Lms, version: str
) -> None:
    upload(lms, site, version)
    page = open_page(None)
    frame = launched(page, lms, version, "begin")
    code = {"1.2": "101", "2004": "102"}[version]
    expect(state(frame)).to_contain_text(f"did not let this page begin (error {code}: Refused for reason {code})")
    expect(frame.get_by_role("button", name="Open the module")).to_be_visible()
    page.evaluate("document.querySelector('iframe').remove()")
    assert len(calls(page)) == 1, "neither a value nor an end without a beginning"


@pytest.mark.parametrize("version", ["1.2", "2004"])
@pytest.mark.parametrize("refuse", ["status", "commit"])
def test_a_completion_that_the_system_does_not_take_is_not_said_to_be_there_and_is_tried_again(
    open_page: OpenPage, site: Site, lms: Lms, learner: Actor, version: str, refuse: str
) -> None:
    upload(lms, site, version)
    page = open_page(learner)
    page.clock.install()
    frame = launched(page, lms, version)
    window = opened(page, frame)
    window.get_by_role("button", name="Go on").click()
    window.wait_for_url(f"**/learn/{MODULE.slug}")
    pass_the_check(window)
    page.evaluate(f"refuse = '{refuse}'")
    page.clock.fast_forward(AGAIN)
    code = {"1.2status": "101", "1.2commit": "101", "2004status": "351", "2004commit": "391"}[version + refuse]
    expect(state(frame)).to_contain_text(f"did not take it (error {code}: Refused for reason {code})")
    page.evaluate("refuse = ''")
    page.clock.fast_forward(AGAIN)
    expect(state(frame)).to_have_text("Completed. Your learning system knows. You can close this page.")


def test_a_system_out_of_order_and_one_that_offers_nothing_are_said(open_page: OpenPage, site: Site, lms: Lms) -> None:
    upload(lms, site, "1.2")
    page = open_page(None)
    expect(state(launched(page, lms, "1.2", "throw"))).to_contain_text(
        "did not let this page begin (it gave no reason)"
    )
    frame = launched(page, lms, "none")
    expect(state(frame)).to_contain_text("did not offer its SCORM connection")
    page.goto(f"{lms.address}/course/index.html")
    check_look(page)


def test_a_window_that_the_browser_blocks_can_be_opened_by_a_link(
    open_page: OpenPage, site: Site, lms: Lms, learner: Actor
) -> None:
    upload(lms, site, "2004")
    page = open_page(learner)
    frame = launched(page, lms, "2004")
    frame.locator("body").evaluate("() => { window.open = () => null; }")
    frame.get_by_role("button", name="Open the module").click()
    expect(frame.get_by_role("alert")).to_contain_text("Your browser did not open the window")
    with page.context.expect_page() as window:
        frame.get_by_role("link", name="open the module with this link").click()
    expect(window.value.get_by_role("heading", level=1)).to_have_text(MODULE.head.title)


def test_evoke_out_of_reach_is_said_and_goes_by_itself(
    open_page: OpenPage, site: Site, lms: Lms, learner: Actor
) -> None:
    upload(lms, site, "1.2")
    page = open_page(learner)
    page.clock.install()
    page.context.route("**/courses/launches/*", lambda route: route.abort("connectionrefused"))
    frame = launched(page, lms, "1.2")
    expect(state(frame)).to_contain_text("Evoke cannot be reached just now")
    page.context.unroute("**/courses/launches/*")
    page.clock.fast_forward(AGAIN)
    expect(state(frame)).to_contain_text("it tells your learning system when you have completed the module")


def test_a_package_that_was_ended_says_so_to_who_has_it_open(
    open_page: OpenPage, site: Site, lms: Lms, learner: Actor
) -> None:
    upload(lms, site, "1.2")
    page = open_page(learner)
    page.clock.install()
    frame = launched(page, lms, "1.2")
    window = opened(page, frame)
    window.get_by_role("button", name="Go on").click()
    window.wait_for_url(f"**/learn/{MODULE.slug}")
    with site.worker.database.write() as session:
        end_packages(session, by=site.admin)
    pass_the_check(window)
    before = calls(page)
    page.clock.fast_forward(AGAIN)
    expect(state(frame)).to_contain_text("This course was ended in Evoke")
    page.clock.fast_forward(AGAIN)
    assert calls(page) == before, "it is not told to be completed"


def test_who_was_signed_in_as_somebody_else_starts_again_as_themselves(
    open_page: OpenPage, site: Site, lms: Lms, learner: Actor
) -> None:
    """At a shared computer, say: a colleague was still signed in to Evoke."""
    upload(lms, site, "1.2")
    page = open_page(site.owner)
    page.clock.install()
    frame = launched(page, lms, "1.2")
    before = calls(page)[5][2]
    window = opened(page, frame)
    window.get_by_role("button", name="Go on").click()
    window.wait_for_url(f"**/learn/{MODULE.slug}")

    mine = open_page(learner, f"/courses/open?package={token_in(lms)}&launch={before}")
    expect(mine.get_by_role("heading", level=1)).to_have_text("This course is not open to you")
    expect(mine.get_by_text("Start again as yourself")).to_be_visible()
    check_look(mine)

    page.clock.fast_forward(AGAIN)
    again = frame.get_by_role("button", name="Start again as yourself")
    again.click()
    expect(state(frame)).to_contain_text("sign out, then press Open the module here")
    after = calls(page)[-2][2]
    assert calls(page)[-2][:2] == ["LMSSetValue", "cmi.suspend_data"]
    assert after != before
    window = opened(page, frame)
    window.get_by_role("button", name="Not you?").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert after in window.locator("[name=next]").first.input_value()


def token_in(lms: Lms) -> str:
    found = re.search(rb"token&quot;: &quot;([^&]+)&quot;", lms.files["index.html"])
    assert found
    return found[1].decode()
