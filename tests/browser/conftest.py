"""One site and one Chromium for the whole folder; a fresh, watched page for each test."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from api.access import COOKIE
from coding.corpus.load import load_corpus
from models.browser_sign_in import start_sign_in
from models.permissions import Actor
from models.person import Person
from tests.browser.site import Site, running_site
from web.assets import BUILT, WEB

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
OpenPage = Callable[..., Page]
"""`open_page(actor, path)`: a new browser window at that path, signed in as the actor (or nobody)."""


def _chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("CI"):
        pytest.fail("there is no Chromium here, and CI must look at the pages (Debian: apt install chromium)")
    pytest.skip("there is no Chromium here (Debian: apt install chromium)")


def _look_is_built() -> None:
    for source in (WEB / "scripts").glob("*.js"):
        built = BUILT / source.name
        if not built.exists() or built.read_bytes() != source.read_bytes():
            pytest.fail(f"{source.name} is not built as it stands; run: make assets")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Package scope: Playwright's event loop must be gone before another folder's test starts one of its own."""
    executable = _chromium()
    _look_is_built()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site") / "data", sqlite_template) as site:
        yield site


@pytest.fixture(scope="package")
def long_talk() -> str:
    """Part of a conversation as pasted text, long enough to have doubtful lines."""
    said = load_corpus()[0].utterances[:60]
    return "\n".join(f"{'Worker' if u.speaker == 'practitioner' else 'Parent'}: {u.text}" for u in said)


@pytest.fixture(scope="package")
def coded(site: Site, long_talk: str) -> str:
    """The path of a session that can be read. Tests leave it as it is."""
    path = site.add(long_talk, title="A long practice", change_goal="keep the kitchen clean")
    site.work()
    return path


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """Fails the test when a page's script failed or its security policy refused something."""
    wrong: list[str] = []
    contexts: list[BrowserContext] = []

    def heard(message: ConsoleMessage) -> None:
        # What the network answers (401, 422) is the test's business; the rest is a fault of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            wrong.append(message.text)

    def open_page(actor: Actor | None, path: str = "/", *, width: int = 1280, **options: object) -> Page:
        context = browser.new_context(base_url=site.address, viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        if actor is not None:
            with site.worker.database.write() as session:
                token = start_sign_in(session, session.get_one(Person, actor.person_id), settings=site.worker.settings)
            context.add_cookies([{"name": COOKIE, "value": token, "url": site.address}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", heard)
        page.goto(path)
        return page

    expect.set_options(timeout=20_000)
    yield open_page
    for context in contexts:
        context.close()
    assert not wrong, wrong
