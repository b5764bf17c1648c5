"""Speaking an answer instead of typing it, with a (made-up) microphone and the small speech model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import col, select

from models.conversation import Conversation
from models.exercise import ExerciseAttempt
from models.spoken_answer import SpokenAnswer
from tests.browser.checks import check_look
from tests.browser.conftest import ARGUMENTS, _chromium
from tests.browser.site import Site
from tests.browser.test_recording import hearing, microphone, sign_in
from tests.fixtures.role_play import WHISPER
from tests.web.conftest import work_off
from tests.web.exercises import address_of, first_of
from training.simulated.actions import begin_conversation
from training.simulated.parents_view import require_scenario
from web.worker import Worker

__all__ = ["microphone"]
EXERCISE = address_of(first_of("answer_the_parent"))


@pytest.fixture(autouse=True)
def _patient() -> None:
    expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def ear(site: Site) -> Iterator[Worker]:
    worker = Worker(site.worker.settings.model_copy(update={"whisper_model": str(WHISPER)}), "ear")
    yield worker
    worker.close()


@pytest.fixture
def speaking(browser: Browser, site: Site, microphone: Path) -> Iterator[BrowserContext]:
    own = browser.browser_type.launch(executable_path=_chromium(), args=hearing(microphone))
    context = own.new_context(base_url=site.address, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    sign_in(site, context, site.owner)
    yield context
    own.close()


def opened(context: BrowserContext, path: str) -> tuple[Page, list[str]]:
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(path)
    return page, wrong


def say(page: Page, seconds: int) -> None:
    page.get_by_role("button", name="Speak instead").click()
    expect(page.get_by_role("button", name="Stop and write it down")).to_be_focused()
    expect(page.locator("[data-speak-clock]")).to_have_text(f"0:{seconds:02}")


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop and write it down").click()


def kept(site: Site) -> int:
    with site.worker.database.read() as session:
        return len(session.exec(select(SpokenAnswer)).all())


def sent(site: Site) -> int:
    with site.worker.database.read() as session:
        theirs = col(ExerciseAttempt.person_id) == site.owner.person_id
        return len(session.exec(select(ExerciseAttempt).where(theirs)).all())


def forgotten(page: Page, site: Site) -> None:
    for _ in range(100):
        if kept(site) == 0:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the server was not told that the words have come")


@pytest.mark.slow
def test_what_was_said_is_read_before_it_is_sent(speaking: BrowserContext, site: Site, ear: Worker) -> None:
    before = sent(site)  # other tests of this site answer exercises
    page, wrong = opened(speaking, EXERCISE)
    box = page.get_by_label("What do you say?")
    box.fill("First,")
    say(page, 4)
    check_look(page)
    stop(page)
    expect(page.locator("[data-speak-waits]")).to_have_text("Writing it down…")
    assert work_off(ear) >= 1  # other tests of this site leave jobs
    expect(page.locator("[data-speak-told]")).to_contain_text("This is what was heard. Read it")
    expect(box).to_be_focused()
    assert box.input_value().startswith("First, ")
    assert "drinking" in box.input_value() or "drinks" in box.input_value()
    expect(page).to_have_url(site.address + EXERCISE)
    assert sent(site) == before
    forgotten(page, site)
    check_look(page)
    assert wrong == []


def test_in_a_talk_and_what_is_not_wanted_goes(speaking: BrowserContext, site: Site, ear: Worker) -> None:
    with site.worker.database.write() as session:
        scenario = require_scenario("wine-at-night")
        talk: Conversation = begin_conversation(session, slug="wine-at-night", scenario=scenario, by=site.owner)
        path = f"/practice/conversations/{talk.id}"
    page, wrong = opened(speaking, path)
    say(page, 1)
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_role("button", name="Speak instead")).to_be_focused()
    assert kept(site) == 0
    say(page, 2)
    stop(page)
    expect(page.locator("[data-speak-waits]")).to_have_text("Writing it down…")
    page.get_by_role("button", name="Do not wait for it").click()
    forgotten(page, site)
    page.route("**/spoken-answers", lambda route: route.abort())
    say(page, 3)
    stop(page)
    expect(page.locator("[data-speak-told]")).to_contain_text("What you said is kept in this page")
    page.unroute("**/spoken-answers")
    page.get_by_role("button", name="Send what I said again").click()
    expect(page.locator("[data-speak-waits]")).to_have_text("Writing it down…")
    assert work_off(ear) >= 1
    expect(page.locator("[data-speak-told]")).to_contain_text("This is what was heard. Read it")
    assert page.get_by_label("What do you say?").input_value()
    forgotten(page, site)
    assert wrong == []


def test_a_microphone_that_is_refused_and_a_browser_that_cannot(browser: Browser, site: Site) -> None:
    own = browser.browser_type.launch(executable_path=_chromium(), args=ARGUMENTS)
    context = own.new_context(base_url=site.address)
    sign_in(site, context, site.owner)
    page, wrong = opened(context, EXERCISE)
    page.get_by_role("button", name="Speak instead").click()
    expect(page.locator("[data-speak-told]")).to_be_visible()
    assert "microphone" in page.locator("[data-speak-told]").inner_text()
    expect(page.get_by_role("button", name="Speak instead")).to_be_focused()
    context.add_init_script("delete globalThis.MediaRecorder")
    page.reload()
    expect(page.get_by_role("button", name="Speak instead")).to_be_hidden()
    own.close()
    assert wrong == []
