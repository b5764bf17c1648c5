"""The bench page in headless Chromium: how soon it can be used, how soon a key shows, and how long a review takes."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from playwright.sync_api import Browser, Page, sync_playwright

from api.access import COOKIE
from benchmarks.bench_reviewer import Reviewer
from benchmarks.bench_site import BenchSite, bench_site
from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure, at_least, at_most, for_information

LONG, SESSION = 2000, 250
KEY_SECONDS, LOOK_SECONDS = 0.9, 1.0
"""Of a person: for a key press with the thought before it, and to look a line and its code over."""
WORDS_A_MINUTE = 260
"""Reading every word silently (Brysbaert 2019)."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WATCH = """() => {
    window.took = [];
    addEventListener("keydown", (event) => requestAnimationFrame(() => setTimeout(() => {
        window.took.push([event.key, performance.now() - event.timeStamp]);
    })), true);
}"""
"""From the press to after the frame that shows what it did."""


def measure() -> Iterator[Figure | NotMeasured]:
    if CHROMIUM is None:
        yield NotMeasured("bench page", "<= 1000 ms", "there is no Chromium here")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with bench_site(Path(folder) / "long", lines=LONG) as site, _page(browser, site) as page:
            yield from _speed(page)
        with bench_site(Path(folder) / "session", lines=SESSION) as site, _page(browser, site) as page:
            yield from _a_review(page, site)
        browser.close()


@contextmanager
def _page(browser: Browser, site: BenchSite) -> Iterator[Page]:
    """The bench with a review begun."""
    context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": COOKIE, "value": site.cookie, "url": site.address}])
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"/sessions/{site.practice_id}")
    page.get_by_role("button", name="Review this session").click()
    page.wait_for_selector("[data-bench][data-ready]")
    yield page
    context.close()


def _speed(page: Page) -> Iterator[Figure]:
    ready = []
    for _ in range(5):
        page.reload()
        painted = page.wait_for_selector("[data-bench][data-painted]")
        ready.append(float((painted and painted.get_attribute("data-painted")) or 0))
    yield at_most(f"bench page ready, {LONG} lines, median of 5", sorted(ready)[2], 1000, "ms")
    page.evaluate(WATCH)
    for number in range(60):
        for key in ("j", "0", "Enter", "u" if number % 5 == 0 else "k"):
            page.keyboard.press(key)
            page.wait_for_timeout(30)
    took: list[tuple[str, float]] = page.evaluate("window.took")
    yield at_most(f"bench key to paint, {LONG} lines, 95th percentile", _p95([ms for _, ms in took]), 100, "ms")
    recodes = [ms for key, ms in took if key == "0"]
    yield at_most(f"bench recode to counts and scores, {LONG} lines, 95th percentile", _p95(recodes), 100, "ms")


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def _a_review(page: Page, site: BenchSite) -> Iterator[Figure]:
    """The keys are pressed without waiting; a person's time is counted from them."""
    coach = Reviewer(page, site.truth)
    coach.review()
    page.get_by_text("All saved").wait_for()
    coach.sign_off()
    keys = coach.pressed * KEY_SECONDS / 60
    name = f"review of {SESSION} lines, {coach.corrected} wrong, keyboard alone"
    yield for_information(f"{name}: keys pressed", coach.pressed)
    yield for_information(f"{name}: words", coach.words)
    look = f"{KEY_SECONDS} s a key, {LOOK_SECONDS:g} s a line"
    yield at_most(f"{name}: {look}", keys + len(site.truth) * LOOK_SECONDS / 60, 10, "min")
    read = keys + coach.words / WORDS_A_MINUTE
    yield for_information(f"{name}: {KEY_SECONDS} s a key, every word read at {WORDS_A_MINUTE} a minute", read, "min")
    yield at_least(f"{name}: lines put right", coach.corrected, round(0.15 * SESSION))
