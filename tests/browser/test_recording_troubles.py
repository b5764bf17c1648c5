"""What can go wrong while a conversation is recorded, beyond a crash."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.browser.checks import PHONE, check_look
from tests.browser.site import Site
from tests.browser.test_recording import (
    KEPT_HERE,
    _patient,
    hearing_page,
    kept,
    microphone,
    record_until,
    recorded,
    send,
    to_the_desk,
)

__all__ = ["_patient", "hearing_page", "microphone"]
ASKING = """() => {
    const really = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    globalThis.given = [];
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        await new Promise((allow) => (globalThis.allow = allow));
        given.push(await really(wanted));
        return given.at(-1);
    };
}"""
GIVEN = "given.flatMap((stream) => stream.getTracks()).map((track) => track.readyState)"
RECORDER = """() => {
    const start = MediaRecorder.prototype.start;
    MediaRecorder.prototype.start = function (...given) {
        globalThis.recorder = this;
        return start.apply(this, given);
    };
}"""
DELETE_OLDEST = """() => new Promise((resolve) => {
    const opening = indexedDB.open("evoke-recordings", 1);
    opening.onsuccess = () => {
        const chunks = opening.result.transaction("chunks", "readwrite").objectStore("chunks");
        chunks.getAllKeys().onsuccess = ({ target }) => { chunks.delete(target.result[0]); };
        chunks.transaction.oncomplete = () => { opening.result.close(); resolve(); };
    };
})"""


def test_a_microphone_that_is_allowed_too_late_is_let_go(hearing_page: Page) -> None:
    page = hearing_page
    page.evaluate(ASKING)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Everybody in the room has said yes").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("Everybody in the room has said yes")).to_be_visible()
    page.evaluate("allow()")
    deadline = time.monotonic() + 60
    while page.evaluate(GIVEN) != ["ended"]:
        assert time.monotonic() < deadline, page.evaluate(GIVEN)
        page.wait_for_timeout(100)


def test_a_recorder_that_ends_by_itself_is_told_and_what_it_heard_is_sent(hearing_page: Page) -> None:
    page = hearing_page
    page.evaluate(RECORDER)
    to_the_desk(page, "Ended by itself")
    page.get_by_role("button", name="Record", exact=True).click()
    record_until(page, 3)
    page.evaluate("recorder.stop()")
    expect(page.locator("[data-review-notice]")).to_contain_text("The browser stopped recording by itself.")
    send(page, "Ended by itself")


def test_a_server_in_trouble_is_not_asked_all_the_time(hearing_page: Page) -> None:
    page = hearing_page
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503, json={})

    page.route("**/chunks/*", refuse)
    to_the_desk(page, "A server in trouble")
    page.get_by_role("button", name="Record", exact=True).click()
    record_until(page, 3)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Send", exact=True).click()
    before = len(asked)
    page.wait_for_timeout(4000)
    assert len(asked) - before <= 4
    page.unroute("**/chunks/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("A server in trouble", timeout=120_000)


def record_and_lose(page: Page, title: str, lose: Callable[[], object]) -> None:
    """Some seconds are saved, some only kept in the browser, and of those `lose` takes some away."""
    to_the_desk(page, title)
    page.get_by_role("button", name="Record", exact=True).click()
    record_until(page, 5)
    page.route("**/chunks/*", lambda route: route.abort())
    expect(page.locator("[data-desk-time] ~ [data-saved]")).to_contain_text("kept on this computer")
    record_until(page, recorded(page) + 3)
    lose()
    page.unroute("**/chunks/*")


def test_a_kept_piece_that_the_browser_deleted_is_told_and_the_rest_is_sent(hearing_page: Page, site: Site) -> None:
    page = hearing_page
    record_and_lose(page, "A piece deleted", lambda: page.evaluate(DELETE_OLDEST))
    notice = page.locator("[data-review-notice]")
    expect(notice).to_contain_text("The browser deleted a piece of the recording before Evoke had it")
    check_look(page)
    page.set_viewport_size({"width": PHONE, "height": 800})
    check_look(page)
    total = re.search(r"You recorded (\d+) seconds", page.locator("[data-review-words]").inner_text())
    assert total
    send(page, "A piece deleted")
    assert 2 < kept(site, page).decoded_seconds < int(total[1]) - 1
    assert page.evaluate(KEPT_HERE) == 0


def test_a_browser_that_deletes_all_it_kept_is_told_and_it_can_be_thrown_away(hearing_page: Page, site: Site) -> None:
    page = hearing_page
    chromium = page.context.new_cdp_session(page)
    everything = {"origin": site.address, "storageTypes": "indexeddb"}
    record_and_lose(page, "All deleted", lambda: chromium.send("Storage.clearDataForOrigin", everything))
    expect(page.locator("[data-review-notice]")).to_contain_text("The browser deleted a piece of the recording")
    page.get_by_role("button", name="Throw it away").click()
    page.get_by_role("dialog").get_by_role("button", name="Throw it away").click()
    expect(page.get_by_role("status")).to_have_text("The recording was thrown away.")
