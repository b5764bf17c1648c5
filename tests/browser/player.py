"""Where the player of a recording is, in seconds."""

import time

from playwright.sync_api import Page


def place(page: Page) -> float:
    return float(page.get_by_role("slider", name="Position in the recording").input_value())


def wait_for_place(page: Page, least: float) -> None:
    """Until it has come so far. A page's policy lets nobody wait inside it."""
    until = time.monotonic() + 30
    while place(page) < least:
        assert time.monotonic() < until, f"the player stays at {place(page)}"
        page.wait_for_timeout(50)
