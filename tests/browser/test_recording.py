"""Recording a conversation with a browser's (made-up) microphones, through a crash, and what is seen on the way."""

import os
import re
import signal
import subprocess
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import col, select

from api.access import COOKIE
from coding.recordings import open_recordings, throw_away
from coding.speech.decode import Decoded, decode
from models.browser_sign_in import start_sign_in
from models.chunks import delete_chunks
from models.permissions import Actor
from models.person import Person
from models.practice import Recording
from models.storage import open_recording
from tests.browser.checks import PHONE, check_accessible, check_look
from tests.browser.conftest import ARGUMENTS, OpenPage, _chromium
from tests.browser.site import Site
from tests.fixtures.role_play import MONO

PATH = "/sessions/record"
MOST_LOST = 5  # seconds, of what was recorded when the computer was closed
KEPT_HERE = """() => new Promise((resolve) => {
    const opening = indexedDB.open("evoke-recordings", 1);
    opening.onsuccess = () => {
        const counting = opening.result.transaction("chunks").objectStore("chunks").count();
        counting.onsuccess = () => { opening.result.close(); resolve(counting.result); };
    };
})"""


@pytest.fixture(autouse=True)
def _patient() -> None:
    """Sound takes its time, and on a busy machine more."""
    expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The role play as what a microphone hears, over and over."""
    with MONO.open("rb") as file:
        heard = decode(file)
    path = tmp_path_factory.mktemp("microphone") / "role-play.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(heard.rate)
        out.writeframes((heard.samples.read(0, heard.samples.length)[0] * 32767).astype(np.int16).tobytes())
    return path


def hearing(microphone: Path) -> list[str]:
    return [
        *ARGUMENTS, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
    ]  # fmt: skip


def sign_in(site: Site, context: BrowserContext, actor: Actor) -> None:
    with site.worker.database.write() as session:
        token = start_sign_in(session, session.get_one(Person, actor.person_id), settings=site.worker.settings)
    context.add_cookies([{"name": COOKIE, "value": token, "url": site.address}])


class Computer:
    """A Chromium of its own, whose profile outlives it, and which can be killed as by pulling the plug."""

    def __init__(self, browser: Browser, profile: Path, arguments: list[str]) -> None:
        told = profile / "DevToolsActivePort"
        told.unlink(missing_ok=True)  # of the one that was killed
        self.process = subprocess.Popen(
            [_chromium(), "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}", *arguments],
            start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while not (told.exists() and told.read_text().strip()):
            assert self.process.poll() is None, "Chromium did not start"
            assert time.monotonic() < deadline, "Chromium did not start in time"
            time.sleep(0.1)
        port = told.read_text().split()[0]
        self.browser = browser.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}", timeout=120_000)
        self.context = self.browser.contexts[0]

    def open(self, site: Site, actor: Actor) -> Page:
        sign_in(site, self.context, actor)
        page = self.context.new_page()
        page.set_default_timeout(60_000)
        page.goto(site.address + PATH)
        return page

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def hearing_page(browser: Browser, site: Site, microphone: Path) -> Iterator[Page]:
    own = browser.browser_type.launch(executable_path=_chromium(), args=hearing(microphone))
    context = own.new_context(base_url=site.address, viewport={"width": 1280, "height": 900})
    sign_in(site, context, site.owner)
    page = context.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(PATH)
    yield page
    own.close()
    throw_away_all(site)
    assert not wrong, wrong


def throw_away_all(site: Site) -> None:
    """What a test that failed in the middle left would be found by the next."""
    with site.worker.database.write() as session:
        left = open_recordings(session, site.owner)
        for recording in left:
            throw_away(session, recording=recording, by=site.owner)
    for recording in left:
        delete_chunks(site.worker.workshop.storage, site.owner.organisation_id, recording.id)


def to_the_desk(page: Page, title: str) -> None:
    page.get_by_label("Title").fill(title)
    page.get_by_label("Which change is it about?").fill("stop drinking at weekends")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Everybody in the room has said yes").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_visible()


def recorded(page: Page) -> int:
    minutes, seconds = (page.locator("[data-desk-time]").text_content() or "").split(":")
    return int(minutes) * 60 + int(seconds)


def record_until(page: Page, seconds: int) -> None:
    deadline = time.monotonic() + 120
    while recorded(page) < seconds:
        assert time.monotonic() < deadline, f"only {recorded(page)} seconds were recorded"
        page.wait_for_timeout(100)


def send(page: Page, title: str) -> None:
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=120_000)


def kept(site: Site, page: Page) -> Decoded:
    with site.worker.database.read() as session:
        session_id = UUID(page.url.rpartition("/")[2])
        recording = session.exec(select(Recording).where(col(Recording.session_id) == session_id)).one()
        return decode(open_recording(session, site.worker.workshop.storage, recording))


@pytest.mark.slow
def test_a_crash_loses_seconds_and_the_recording_goes_on(
    browser: Browser, site: Site, microphone: Path, tmp_path: Path
) -> None:
    """The network goes first, so that only what the browser kept by itself can bring the last seconds back."""
    computer = Computer(browser, tmp_path / "profile", hearing(microphone))
    page = computer.open(site, site.owner)
    to_the_desk(page, "Through a crash")
    page.get_by_role("button", name="Record", exact=True).click()
    record_until(page, 4)
    computer.context.set_offline(True)
    expect(page.locator("[data-desk-time] ~ [data-saved]")).to_contain_text("kept on this computer", timeout=60_000)
    record_until(page, recorded(page) + 6)
    before = recorded(page)
    computer.kill()

    computer = Computer(browser, tmp_path / "profile", hearing(microphone))
    try:
        page = computer.open(site, site.owner)
        expect(page.locator("[data-found]")).to_contain_text("You have a recording from")
        expect(page.locator("[data-found]")).to_contain_text("“Through a crash”")
        page.get_by_role("button", name="Go on with it").click()
        expect(page.get_by_role("button", name="Go on recording")).to_be_visible()
        expect(page.locator("[data-desk-time]")).not_to_have_text(re.compile(r"^0?0:00$"))  # it is counted anew
        assert before - MOST_LOST <= recorded(page) <= before + 1
        already = recorded(page)
        page.get_by_role("button", name="Go on recording").click()
        record_until(page, already + 5)
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("in 2 parts")).to_be_visible()
        expect(page.get_by_label("Which change is it about?", exact=False)).to_have_value("stop drinking at weekends")
        send(page, "Through a crash")
        after = 5
        heard = kept(site, page)
        assert before + after - MOST_LOST <= heard.decoded_seconds <= before + after + 4
        assert float(np.abs(heard.samples.read(0, heard.samples.length)).max()) > 0.05
        assert page.evaluate(KEPT_HERE) == 0
    finally:
        computer.kill()


@pytest.mark.slow
def test_two_microphones_are_two_channels_and_each_state_can_be_read(hearing_page: Page, site: Site) -> None:
    page = hearing_page
    check_look(page)
    to_the_desk(page, "Two microphones")
    page.get_by_label("One for each of two people").check()
    expect(page.locator("[data-meter-name]").nth(1)).to_have_text("The other person")
    lists = page.locator("[data-choice-list]")
    first, second = (lists.nth(at).input_value() for at in range(2))
    assert first != second
    lists.nth(1).select_option(first)  # one microphone cannot be both
    expect(lists.nth(0)).to_have_value(second)
    check_look(page)
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    record_until(page, 3)
    expect(page.locator("[data-meter-hint]").first).to_have_text("Good")
    check_look(page)
    page.keyboard.press("Enter")
    expect(page.locator("[data-desk-state]")).to_have_text("Paused")
    paused = recorded(page)
    check_look(page)
    page.wait_for_timeout(1500)
    assert recorded(page) == paused
    page.keyboard.press("Enter")
    record_until(page, paused + 2)
    page.context.set_offline(True)
    expect(page.get_by_role("status")).to_contain_text("Offline", timeout=60_000)
    check_accessible(page)
    page.context.set_offline(False)
    expect(page.get_by_role("status")).to_contain_text("The connection is back", timeout=60_000)
    total = recorded(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-step=review] [data-saved]")).to_have_text("All of it is saved.", timeout=60_000)
    check_look(page)
    page.get_by_role("button", name="Listen to it").click()
    expect(page.locator("audio")).to_be_focused()
    length = "(sound) => new Promise((done) => setInterval(() => sound.duration < 1e6 && done(sound.duration), 50))"
    assert page.locator("audio").evaluate(length) == pytest.approx(total, abs=2.5)
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    check_accessible(page)
    page.keyboard.press("Escape")
    send(page, "Two microphones")
    assert kept(site, page).samples.channels == 2


def test_what_is_thrown_away_is_gone(hearing_page: Page, site: Site) -> None:
    page = hearing_page
    page.set_viewport_size({"width": PHONE, "height": 800})
    to_the_desk(page, "Not this one")
    page.get_by_role("button", name="Record", exact=True).click()
    record_until(page, 3)
    page.reload()
    found = page.locator("[data-found]")
    expect(found).to_contain_text("“Not this one”")
    check_look(page)
    found.get_by_role("button", name="Throw it away").click()
    page.get_by_role("dialog").get_by_role("button", name="Throw it away").click()
    expect(page.get_by_role("status")).to_have_text("The recording was thrown away.")
    expect(found).to_be_hidden()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Everybody in the room has said yes")).not_to_be_checked()
    assert page.evaluate(KEPT_HERE) == 0
    files = site.worker.workshop.storage.keys()
    assert not [key for key in files if "in-progress" in key]


def test_nothing_is_recorded_before_everybody_agreed(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.coach, "/sessions/new")
    page.get_by_role("link", name="Record it now").click()
    page.get_by_label("When does it take place?").fill("2999-01-01")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#held_on-error")).to_contain_text("The date is in the future")
    page.get_by_label("When does it take place?").fill("2026-01-02")
    page.get_by_label("Whose practice is it?").select_option(label="Olu Owner")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Read this aloud together")).to_be_focused()
    expect(page.locator(".evoke-aloud")).to_contain_text("Olu Owner wants to get better")
    expect(page.locator(".evoke-aloud")).to_contain_text("Cass Coach records it")
    check_look(page)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Ask everybody")
    check_accessible(page)


def test_without_a_microphone_it_says_what_to_do(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.owner, PATH)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Everybody in the room has said yes").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-desk-refused]")).to_be_visible()
    expect(page.locator("[data-desk-refused]")).to_contain_text("try again")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_hidden()
    check_look(page)


@pytest.mark.parametrize(
    ("lacking", "says"),
    [("isSecureContext", "begins with https"), ("MediaRecorder", "This browser cannot record")],
)
def test_a_browser_that_cannot_record_is_told_why(open_page: OpenPage, site: Site, lacking: str, says: str) -> None:
    page = open_page(site.owner, "/")
    page.context.add_init_script(f"Object.defineProperty(globalThis, '{lacking}', {{ value: undefined }})")
    page.goto(PATH)
    expect(page.locator("[data-obstacle]")).to_contain_text(says)
    expect(page.get_by_role("button", name="Continue")).to_be_hidden()
    check_look(page)


def test_without_scripts_there_is_the_other_way(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.owner, PATH, java_script_enabled=False)
    expect(page.get_by_role("main")).to_contain_text("Recording here needs JavaScript")
    page.get_by_role("link", name="add the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add a session")
