"""Giving Evoke a conversation: sent, checked, coded, read; and nothing lost when something goes wrong."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from models.practice import Stage
from tests.browser.checks import check_accessible, check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import UPLOAD_LIMIT_MB, Site
from tests.coding.speech.making import wav
from tests.web.conftest import CONVERSATION

AGREED = "Yes, everybody who takes part agreed"


def fill(page: Page, **also: str) -> None:
    page.get_by_label("Simulated").check()
    page.get_by_label(AGREED).check()
    page.get_by_label("Which change is it about?").fill("stop drinking at weekends")
    for label, value in also.items():
        page.locator(f"#{label}").fill(value)


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def check_kept(page: Page) -> None:
    expect(page.get_by_label("Simulated")).to_be_checked()
    expect(page.get_by_label("Which change is it about?")).to_have_value("stop drinking at weekends")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "Friday role play.txt"
    file.write_text(CONVERSATION, encoding="utf-8")
    return file


def test_a_file_becomes_a_session_that_can_be_read(open_page: OpenPage, site: Site, file: Path) -> None:
    page = open_page(site.owner)
    page.get_by_role("main").get_by_role("button", name="Add").click()
    fill(page)
    page.locator("#file").set_input_files(file)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Friday role play")
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert site.work() == 1
    expect(page.get_by_role("heading", name="The conversation")).to_be_visible()  # by itself
    expect(page.locator("[data-line]").first).to_contain_text("What would you like us to talk about today?")
    expect(page.locator(".evoke-facts")).to_contain_text("stop drinking at weekends")
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("link", name="Friday role play")).to_be_visible()


def test_a_mistake_is_shown_at_its_field_and_nothing_is_lost(open_page: OpenPage, site: Site, file: Path) -> None:
    page = open_page(site.owner, "/sessions/new")
    fill(page, held_on="2999-01-01")
    page.locator("#file").set_input_files(file)
    send(page)
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("The date is in the future")
    expect(page.locator("#held_on-error")).to_contain_text("The date is in the future")
    expect(page).to_have_title("Error: Add a session – Evoke")
    check_kept(page)
    assert page.locator("#file").evaluate("(field) => field.files[0].name") == file.name
    check_look(page)
    summary.get_by_role("link").click()
    date = page.get_by_label("When did it take place?")
    expect(date).to_be_focused()
    expect(date).to_have_accessible_description(
        "Error: The date is in the future. Enter the day the conversation took place."
    )
    date.fill("2026-01-02")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Friday role play")


def test_what_cannot_be_read_is_said_and_the_file_stays(open_page: OpenPage, site: Site, tmp_path: Path) -> None:
    page = open_page(site.owner, "/sessions/new")
    fill(page)
    send(page)  # neither file nor text
    expect(page.locator("#file-error")).to_contain_text("paste a transcript")
    noise = tmp_path / "noise.mp3"
    noise.write_bytes(bytes(range(256)) * 40)
    page.locator("#file").set_input_files(noise)
    send(page)
    expect(page.locator("#file-error")).not_to_contain_text("paste a transcript")
    expect(page.locator("#file-error")).to_be_visible()
    assert page.locator("#file").evaluate("(field) => field.files.length") == 1
    check_kept(page)
    check_accessible(page)


def test_what_would_be_refused_is_not_even_sent(open_page: OpenPage, site: Site, tmp_path: Path) -> None:
    page = open_page(site.owner, "/sessions/new")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    large = tmp_path / "large.wav"
    with large.open("wb") as out:
        out.truncate((UPLOAD_LIMIT_MB + 1) * 1_000_000)
    page.locator("#file").set_input_files(large)
    send(page)
    expect(page.locator("#agreement_confirmed-error")).to_contain_text("everyone taking part has agreed")
    expect(page.locator("#file-error")).to_contain_text(f"{UPLOAD_LIMIT_MB} MB is the most")
    assert sent == []


def test_a_large_file_waits_until_the_rest_is_right(open_page: OpenPage, site: Site, tmp_path: Path) -> None:
    page = open_page(site.owner, "/sessions/new")
    sent: list[int] = []

    def count(request: Request) -> None:
        if request.method == "POST":  # the page's icon may be fetched at any time
            sent.append(len(request.post_data_buffer or b""))

    page.on("request", count)
    large = tmp_path / "large.wav"
    large.write_bytes(wav(b"\x80" * 6_000_000))
    fill(page, held_on="2999-01-01")
    page.locator("#file").set_input_files(large)
    send(page)
    expect(page.locator("#held_on-error")).to_contain_text("The date is in the future")
    assert len(sent) == 1
    assert sent[0] < 10_000
    page.get_by_label("When did it take place?").fill("2026-01-02")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("large.wav")


def test_a_large_file_with_a_mistake_beside_it_without_scripts(open_page: OpenPage, site: Site, tmp_path: Path) -> None:
    """The browser sends on while the answer waits; it must get it all the same."""
    page = open_page(site.owner, "/sessions/new", java_script_enabled=False)
    large = tmp_path / "large.wav"
    large.write_bytes(wav(b"\x80" * 40_000_000))
    page.locator("#title").fill("Tuesday practice")
    page.locator("#file").set_input_files(large)
    send(page)
    expect(page.locator("[data-error-summary]")).to_contain_text("everyone taking part has agreed")
    expect(page.get_by_role("group", name="Has everybody agreed?")).to_have_accessible_description(
        "Error: Confirm that everyone taking part has agreed. Without that Evoke keeps nothing."
    )
    expect(page.locator("#title")).to_have_value("Tuesday practice")


def test_a_lost_connection_loses_nothing(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.owner, "/sessions/new")
    fill(page, title="After the storm", transcript=CONVERSATION)
    page.context.set_offline(True)
    send(page)
    expect(page.locator("[data-error-summary]")).to_contain_text("The connection was lost")
    check_kept(page)
    expect(page.get_by_label("Or paste the transcript")).to_have_value(CONVERSATION)
    page.context.set_offline(False)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("After the storm")


def test_a_slow_upload_tells_how_far_it_is_and_can_be_stopped(open_page: OpenPage, site: Site, tmp_path: Path) -> None:
    recording = tmp_path / "long.wav"
    recording.write_bytes(b"RIFF" + bytes(20_000_000))
    page = open_page(site.owner, "/sessions/new")
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 1_000_000}
    network.send("Network.emulateNetworkConditions", slow)
    fill(page)
    page.locator("#file").set_input_files(recording)
    send(page)
    expect(page.locator("[data-upload-detail]")).to_contain_text("of 20 MB")
    expect(page.locator("[data-upload-detail]")).to_contain_text("left")
    assert 0 < page.get_by_role("progressbar").evaluate("(bar) => bar.value") < 100
    check_accessible(page)
    page.get_by_role("button", name="Stop sending").click()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_focused()
    expect(page.get_by_role("progressbar")).to_be_hidden()
    check_kept(page)


def test_who_was_signed_out_meanwhile_can_go_on(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.owner, "/sessions/new")
    fill(page, transcript=CONVERSATION)
    page.context.clear_cookies()
    send(page)
    summary = page.locator("[data-error-summary]")
    expect(summary).to_contain_text("You are no longer signed in")
    expect(summary.get_by_role("link")).to_have_attribute("href", "/sign-in")
    check_kept(page)


def test_progress_is_true_and_outlives_the_network(open_page: OpenPage, site: Site) -> None:
    path = site.add(CONVERSATION)
    page = open_page(site.owner, path)
    site.change(path, stage=Stage.CODING, progress=60)
    expect(page.locator("[data-progress-shown]")).to_have_text("60 %")
    expect(page.locator("[data-step=coding]")).to_have_attribute("aria-current", "step")
    expect(page.locator("[data-step=queued] [data-step-state]")).to_have_text("done")
    page.context.set_offline(True)
    expect(page.locator("[data-progress-time]")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    expect(page.locator("[data-progress-time]")).to_be_empty()
    site.work()
    expect(page.get_by_role("heading", name="The conversation")).to_be_visible()


def test_all_of_it_without_scripts(open_page: OpenPage, site: Site, file: Path) -> None:
    page = open_page(site.owner, "/sessions/new", java_script_enabled=False)
    page.locator("#file").set_input_files(file)
    send(page)
    expect(page.locator("[data-error-summary]")).to_contain_text("everyone taking part has agreed")
    fill(page)
    page.locator("#file").set_input_files(file)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Friday role play")
    site.work()
    page.reload()
    line = page.locator("[data-line]").first
    line.locator("summary").click()
    expect(line.get_by_role("link")).to_be_visible()
    page.locator("a[data-count]").first.click()
    expect(page.locator("[data-line]:target")).to_be_visible()
