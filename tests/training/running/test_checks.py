"""What is said of an installation: nothing where all is well, and of each thing that is not what to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from training.running.check import State, worst
from training.running.checks import GIGABYTE, checks_of
from training.running.facts import Disk, Facts, LastRun, Reviews, WorkerFacts
from training.running.job_facts import Failed, Pace, Standing, quantile
from training.running.names import QUEUES

NOW = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORKER = WorkerFacts("serve", QUEUES, True, False, "encoder-2", True, "", NOW)
WELL = Facts(
    at=NOW, jobs=(Standing("nightly", later=1),), failed=(), took=(), pace=Pace(None, None), reviews=Reviews(0, None),
    workers=(WORKER,), webhooks=(), disks=(Disk("the data folder", 60 * GIGABYTE, 100 * GIGABYTE),), clock_ahead=0.0,
    backup=LastRun(NOW - HOUR), drill=LastRun(NOW - 30 * 24 * HOUR), audit=LastRun(NOW - HOUR), coder="encoder-2",
    young=False, authorities=1,
)  # fmt: skip
WAITS = Standing("transcribe_recording", due=3, oldest=NOW - timedelta(minutes=10))


def test_where_all_is_well_nothing_is_to_do() -> None:
    checks = checks_of(WELL)
    assert worst(checks) is State.OK
    assert all(one.what and not one.do for one in checks)


@pytest.mark.parametrize(
    ("facts", "key", "state", "words"),
    [
        (replace(WELL, workers=()), "workers", State.BROKEN, "evoke worker"),
        (replace(WELL, workers=(WORKER, replace(WORKER, name="b", alive=False))), "workers", State.LOOK, "1 worker"),
        (
            replace(WELL, jobs=(WAITS,), workers=(replace(WORKER, takes=("cpu", "mail", "deliver")),)),
            "queue_gpu", State.BROKEN, "3 recordings wait, and no worker that hears",
        ),
        (replace(WELL, jobs=(replace(WAITS, oldest=NOW - 5 * HOUR),)), "queue_gpu", State.LOOK, "--only speech"),
        (replace(WELL, workers=(replace(WORKER, stopping=True),), jobs=(WAITS,)), "queue_gpu", State.BROKEN, "wait"),
        (
            replace(WELL, jobs=(WAITS,), workers=(replace(WORKER, speech_ready=False, speech_problem="gone"),)),
            "speech_model", State.BROKEN, "3 recordings wait",
        ),
        (replace(WELL, coder=""), "coder", State.BROKEN, "evoke model use"),
        (replace(WELL, workers=(WORKER, replace(WORKER, coder="linear-2"))), "coder", State.LOOK, "2 different coders"),
        (replace(WELL, jobs=(Standing("code_transcript", due=1, again=1, oldest=NOW),)), "retries", State.LOOK, "1"),
        (replace(WELL, jobs=(Standing("send_reset", later=2, again=2),)), "mail", State.BROKEN, "2 mails could not"),
        (replace(WELL, failed=(Failed("send_reset", 1, NOW),)), "mail", State.LOOK, "evoke doctor"),
        (replace(WELL, webhooks=((UUID(int=1), NOW),)), "webhooks", State.LOOK, "1 webhook fails"),
        (replace(WELL, disks=(Disk("the data folder", GIGABYTE, 100 * GIGABYTE),)), "disk", State.BROKEN, "1.0 GB"),
        (replace(WELL, disks=(Disk("temporary files", 5 * GIGABYTE, 10**11),)), "disk_temporary", State.LOOK, " "),
        (replace(WELL, clock_ahead=90.0), "clock", State.LOOK, "90 seconds behind"),
        (replace(WELL, backup=LastRun(None)), "backup", State.LOOK, "no backup that Evoke knows"),
        (replace(WELL, backup=LastRun(NOW - 60 * HOUR)), "backup", State.LOOK, "2 days ago"),
        (replace(WELL, drill=LastRun(NOW - HOUR, ok=False)), "drill", State.BROKEN, "did not go well"),
        (replace(WELL, audit=LastRun(NOW - HOUR, ok=False)), "audit", State.BROKEN, "not whole"),
    ],
)  # fmt: skip
def test_each_thing_says_what_is_the_matter_and_what_to_do(facts: Facts, key: str, state: State, words: str) -> None:
    (found,) = [one for one in checks_of(facts) if one.state is not State.OK]
    assert (found.key, found.state) == (key, state)
    assert words in f"{found.what} {found.do}"
    assert found.do
    assert found.do.count("`") % 2 == 0


def test_a_new_installation_is_not_scolded_for_what_it_had_no_time_for() -> None:
    never = LastRun(None)
    assert worst(checks_of(replace(WELL, young=True, backup=never, drill=never, audit=never))) is State.OK


def test_a_quantile_is_one_of_the_values() -> None:
    assert [quantile([3, 1, 2, 4], share) for share in (0.5, 0.95, 0.01)] == [2, 4, 1]
