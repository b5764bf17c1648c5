"""Whether a page costs more when more is stored and the same is shown.

The same page of the same people is opened by turns on two databases that differ in what lies beside it: as many
sessions again, of other authorities.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, text

from api.access import COOKIE
from benchmarks.dashboards_site import PAGES, Page, Reader
from coding.coder.figures import Figure, at_most
from models.settings import Settings

LOOKS, FEW = 80, 1_000


@dataclass
class _Costs:
    """`queries` and `rows` are what one look asked and was given; `touched` are rows that the database read for it."""

    seconds: list[float] = field(default_factory=list)
    queries: int = 0
    rows: int = 0
    touched: int = 0


def growth(small: Settings, large: Settings, readers: Sequence[Reader]) -> Iterator[Figure]:
    """On PostgreSQL, of readers whose own authority is the same in both."""
    from web.app import create_app

    with ExitStack() as open_:
        apps = [create_app(settings) for settings in (small, large)]
        for app in apps:
            open_.callback(app.state.house.database.close)
        for page in (one for one in PAGES if not one.all_of_it):
            reader = next(one for one in readers if one.role is page.reader)
            before, after = _compared(apps, page, reader)
            if not before.seconds:
                continue
            grown = 100 * (median(after.seconds) / median(before.seconds) - 1)
            yield at_most(f"twice as many sessions stored: {page.name}, median grows by", grown, 10, "%")
            queries = 100 * (after.queries / before.queries - 1)
            yield at_most(f"twice as many sessions stored: {page.name}, queries grow by", queries, 10, "%")
            for name, one, other in (
                ("rows given", before.rows, after.rows),
                ("rows read inside the database", before.touched, after.touched),
            ):  # fmt: skip
                yield at_most(
                    f"twice as many sessions stored: {page.name}, {name} grow by", _grown(one, other), 10, "%"
                )


def _grown(before: int, after: int) -> float:
    """In percent, of FEW at least: a thousand rows are read in about a millisecond, so a hundred more cost nothing."""
    return 100 * (after - before) / max(before, FEW)


def _compared(apps: Sequence[FastAPI], page: Page, reader: Reader) -> tuple[_Costs, _Costs]:
    """No times where there is no such page."""
    costs = _Costs(), _Costs()
    with ExitStack() as open_:
        browsers = []
        for app in apps:
            browser = open_.enter_context(TestClient(app, base_url="http://evoke.test", follow_redirects=False))
            browser.cookies.set(COOKIE, reader.secret)
            browsers.append(browser)
        path = reader.address(page)
        if any(browser.get(path).status_code == 404 for browser in browsers):
            return costs
        for browser, app, cost in zip(browsers, apps, costs, strict=True):
            _counted(browser, path, app.state.house.database.write_engine, cost)
        for look in range(LOOKS + 2):
            pairs = list(zip(browsers, costs, strict=True))
            for browser, cost in pairs if look % 2 else pairs[::-1]:
                began = time.perf_counter()
                assert browser.get(path).status_code == 200, path
                if look >= 2:
                    cost.seconds.append(time.perf_counter() - began)
    return costs


def _counted(browser: TestClient, path: str, engine: Engine, cost: _Costs) -> None:
    def after(_connection: Any, cursor: Any, *_: object) -> None:
        cost.queries += 1
        cost.rows += max(0, cursor.rowcount)

    touched = _touched(engine)
    event.listen(engine, "after_cursor_execute", after)
    browser.get(path)
    event.remove(engine, "after_cursor_execute", after)
    cost.touched = _touched(engine) - touched


def _touched(engine: Engine) -> int:
    """Rows that this database's tables and indexes have given so far, for what the one connection asked."""
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
    with engine.connect() as connection:
        asked = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables"
        return int(connection.execute(text(asked)).scalar_one() or 0)
