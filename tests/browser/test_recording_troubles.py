"""What can go wrong while a conversation is recorded, beyond a crash."""

import time

from playwright.sync_api import Page, Route, expect

from tests.browser.test_recording import (
    _patient,
    hearing_page,
    microphone,
    record_until,
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
