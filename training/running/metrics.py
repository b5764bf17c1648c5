"""The facts as Prometheus reads them. Labels are names of queues, jobs and states: few, and none of a person or an
authority."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

from coding.coder.in_use import TRAINED
from training.running.check import Check, State
from training.running.checks import checks_of, oldest_in
from training.running.facts import Facts
from training.running.names import QUEUES

_VALUE = {State.OK: 0, State.LOOK: 1, State.BROKEN: 2}


def metrics_of(facts: Facts) -> Iterator[Metric]:
    yield from _queues(facts)
    yield from _jobs(facts)
    yield from _pace(facts)
    yield from _rest(facts)
    yield _checks(checks_of(facts))


def shown_version(name: str) -> str:
    """A coder of an authority's own is called by its folder, which may tell whose it is."""
    if not name or name in _shipped():
        return name
    return f"own-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


@cache
def _shipped() -> frozenset[str]:
    return frozenset(path.name for path in TRAINED.iterdir())


def _family(name: str, help_: str, labels: Iterable[str] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"evoke_{name}", help_, labels=list(labels))


def _one(name: str, help_: str, value: float) -> Iterator[Metric]:
    family = _family(name, help_)
    family.add_metric([], value)
    yield family


def _age(facts: Facts, since: datetime | None) -> float:
    return max(0.0, (facts.at - since).total_seconds()) if since else 0.0


def _queues(facts: Facts) -> Iterator[Metric]:
    depth = _family(
        "queue_jobs", "Jobs of a queue that wait for a worker, wait for their time, or run", ("queue", "state")
    )
    oldest = _family(
        "queue_oldest_seconds", "For how long the oldest job of a queue is due; 0 where none is", ("queue",)
    )
    takers = _family("queue_workers", "Live workers that take the jobs of a queue", ("queue",))
    for queue in QUEUES:
        here = [one for one in facts.jobs if one.queue == queue]
        depth.add_metric([queue, "due"], sum(one.due for one in here))
        depth.add_metric([queue, "later"], sum(one.later for one in here))
        depth.add_metric([queue, "running"], sum(one.running for one in here))
        oldest.add_metric([queue], _age(facts, oldest_in(facts, queue)))
        takers.add_metric([queue], sum(queue in one.takes and not one.stopping for one in facts.alive))
    yield from (depth, oldest, takers)


def _jobs(facts: Facts) -> Iterator[Metric]:
    standing = _family("jobs", "Jobs that are not done, by name", ("job", "state"))
    for one in facts.jobs:
        for state in ("due", "later", "running", "again"):
            standing.add_metric([one.name, state], getattr(one, state))
    failed = _family("jobs_failed_week", "Jobs that were given up in the last seven days", ("job",))
    for lost in facts.failed:
        failed.add_metric([lost.name], lost.jobs)
    took = _family("job_seconds", "How long jobs took that ended well in the last hour", ("job", "quantile"))
    ended = _family("jobs_done_hour", "Jobs that ended well in the last hour, at most 400 in all", ("job",))
    for done in facts.took:
        took.add_metric([done.name, "0.5"], done.median)
        took.add_metric([done.name, "0.95"], done.p95)
        ended.add_metric([done.name], done.jobs)
    yield from (standing, failed, took, ended)


def _pace(facts: Facts) -> Iterator[Metric]:
    """Without a value where nothing was done: a 0 would be a lie."""
    if facts.pace.real_time is not None:
        yield from _one(
            "recording_real_time_factor", "Seconds of work for a second of recording, in the last hour",
            facts.pace.real_time,
        )  # fmt: skip
    if facts.pace.utterances is not None:
        yield from _one(
            "coder_utterances_per_second", "Utterances that a worker codes in a second, in the last hour",
            facts.pace.utterances,
        )  # fmt: skip
    info = InfoMetricFamily("evoke_coder", "The coder that codes the next session, as this process sees it")
    info.add_metric([], {"version": shown_version(facts.coder)})
    yield info
    used = _family("coder_workers", "Live workers by the coder that they use", ("coder",))
    names = [shown_version(one.coder) for one in facts.alive if "cpu" in one.takes]
    for name in sorted(set(names)):
        used.add_metric([name], names.count(name))
    yield used


def _rest(facts: Facts) -> Iterator[Metric]:
    yield from _one(
        "reviews_waiting", "Coded sessions of the last 90 days that nobody has signed off", facts.reviews.waiting
    )
    yield from _one(
        "review_oldest_seconds", "Since when the oldest of them is there", _age(facts, facts.reviews.oldest)
    )
    yield from _one("workers_silent", "Workers that fell silent without ending", len(facts.workers) - len(facts.alive))
    yield from _one("webhooks_failing", "Webhooks that are paused because they failed", len(facts.webhooks))
    yield from _one("clock_ahead_seconds", "By how much the database’s clock is ahead of ours", facts.clock_ahead)
    free = _family("disk_free_bytes", "Free on the disk of the data folder and of temporary files", ("of",))
    total = _family("disk_bytes", "Size of these disks", ("of",))
    for disk in facts.disks:
        of = "data" if disk.of == "the data folder" else "temporary"
        free.add_metric([of], disk.free)
        total.add_metric([of], disk.total)
    yield from (free, total)
    last = _family(
        "last_run_timestamp_seconds", "When the last backup, drill or check of the audit trail was", ("what",)
    )
    went = _family("last_run_ok", "Whether it went well", ("what",))
    for what, run in (("backup", facts.backup), ("drill", facts.drill), ("audit_check", facts.audit)):
        if run.at is not None:
            last.add_metric([what], run.at.timestamp())
            went.add_metric([what], float(run.ok))
    yield from (last, went)


def _checks(checks: Iterable[Check]) -> Metric:
    family = _family("check", "What the page Running says: 0 well, 1 to look at, 2 broken", ("check",))
    for one in checks:
        family.add_metric([one.key], _VALUE[one.state])
    return family
