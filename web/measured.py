"""How fast requests are answered, counted for Prometheus where the operator asked for metrics.

Several processes of the website share one port, so that a scrape reaches any of them: they then keep their counts in
files of one folder (the multiprocess mode of prometheus_client), and whichever is asked adds them up.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from models.database import Database
from models.settings import Settings
from training.running.facts import read_facts
from training.running.metrics import metrics_of

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.1, 0.4, 1, 5)
"""Seconds. Few: each is a series for every route."""


class Measured:
    """One of a process. `observe` takes microseconds, `read` some milliseconds."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._own = CollectorRegistry()
        self._seconds = Histogram(
            "evoke_request_seconds", "Until an answer began, by route",
            ["method", "route"], buckets=BUCKETS, registry=self._own,
        )  # fmt: skip
        self._requests = Counter(
            "evoke_requests", "Requests by kind of status", ["method", "route", "status"], registry=self._own
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is a template or one of few words: an address would make a series of each session."""
        self._seconds.labels(method, route).observe(seconds)
        self._requests.labels(method, route, f"{status // 100}xx").inc()

    def read(self) -> bytes:
        registry = CollectorRegistry()
        if os.environ.get(FOLDER):
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(self)
        text = generate_latest(registry)
        return text if os.environ.get(FOLDER) else text + generate_latest(self._own)

    def collect(self) -> Iterator[Metric]:
        with self.database.read() as session:
            yield from metrics_of(read_facts(session, self.settings))


def counts_folder(settings: Settings) -> dict[str, str]:
    """The environment of several websites, with an empty folder for their counts; nothing where one is enough."""
    if not settings.shows_metrics or settings.websites < 2:
        return {}
    folder: Path = settings.data_dir / "counts"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return {FOLDER: str(folder)}
