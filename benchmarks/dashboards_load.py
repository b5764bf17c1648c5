"""How long pages take while twenty people read and sessions are being scored."""

import os
import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import quantiles

import httpx

from api.access import COOKIE
from benchmarks.dashboards_site import PAGES, Page, Reader, environment, serving
from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure, at_least, at_most, for_information
from models.settings import Settings

SCORED_A_SECOND = 5
WARMING_UP = 30.0
"""Seconds longer than the measuring that sessions are scored: while readers open each page for the first time too."""
LOOKS = (1.0, 3.0)
"""Seconds that a reader looks at a page before they open the next."""


def pages_under_load(
    settings: Settings, readers: Sequence[Reader], *, on: str, seconds: float, target_ms: float
) -> Iterator[Figure | NotMeasured]:
    """`on` says of what, for the lines. The website, the scoring, the database and the readers share the machine."""
    with serving(settings) as address:
        there = [page for page in PAGES if _is_there(address, page, readers)]
        for page in (page for page in PAGES if page not in there):
            yield NotMeasured(f"{on}: {page.name}, 95th percentile", f"<= {target_ms:g}", "there is no such page")
        scoring = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.dashboards_scoring", str(seconds + WARMING_UP), str(SCORED_A_SECOND)],
            env=os.environ | environment(settings), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        took = _read(address, readers, there, seconds)
        said, _ = scoring.communicate(timeout=120)
    rate, each = (float(one) for one in said.split())
    for page in there:
        name = f"{on}: {page.name}, 95th percentile with {len(readers)} readers"
        yield at_most(name, quantiles(took[page.name], n=20)[-1] * 1000, target_ms, "ms")
    yield at_least(f"{on}: sessions scored a second meanwhile", rate, 0.95 * SCORED_A_SECOND)
    yield for_information(f"{on}: one session of 250 utterances kept, median", each * 1000, "ms")
    yield for_information(f"{on}: pages read", sum(map(len, took.values())))


def _is_there(address: str, page: Page, readers: Sequence[Reader]) -> bool:
    reader = next(one for one in readers if one.role is page.reader)
    with _browser(address, reader) as browser:
        status = browser.get(reader.address(page)).status_code
    assert status in (200, 404), f"{page.name}: {status}"
    return status == 200


def _browser(address: str, reader: Reader) -> httpx.Client:
    return httpx.Client(base_url=address, trust_env=False, timeout=60, cookies={COOKIE: reader.secret})


def _read(
    address: str, readers: Sequence[Reader], pages: Sequence[Page], seconds: float
) -> dict[str, list[float]]:  # fmt: skip
    """Seconds by page. The first look at each page is not counted, and nothing is before everybody had theirs: that all
    open everything at one moment is no way in which people read."""
    took: dict[str, list[float]] = defaultdict(list)
    everybody, failed = threading.Barrier(len(readers)), list[str]()

    def read(number: int, reader: Reader) -> None:
        own, dice = [page for page in pages if page.reader is reader.role], random.Random(number)
        with _browser(address, reader) as browser:
            for page in own:
                browser.get(reader.address(page))
            everybody.wait(120)
            ends = time.monotonic() + seconds
            while own and time.monotonic() < ends:
                time.sleep(dice.uniform(*LOOKS))
                page = dice.choice(own)
                began = time.perf_counter()
                answer = browser.get(reader.address(page))
                took[page.name].append(time.perf_counter() - began)
                if answer.status_code != 200:
                    failed.append(f"{page.name}: {answer.status_code}")

    threads = [threading.Thread(target=read, args=one) for one in enumerate(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed[:3]
    return took
