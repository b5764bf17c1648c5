"""A worker killed with SIGKILL as it sends webhooks: each arrives, and one that comes twice has the same id."""

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from api.house import House
from models import queue
from models.permissions import Actor
from tests.coding.webhooks.conftest import admin, receiver
from tests.coding.webhooks.told import add, happen, later, rows, sessions_told
from tests.conftest import work_off
from tests.faults.test_killed_deletion import CHILD, SLOT
from tests.webhook_receiver import Receiver
from web.worker import Worker

__all__ = ["admin", "receiver"]
KILLED_AT = {
    "claimed and not sent": ("coding.send_webhooks", "send", "before", 0),
    "sent and not noted": ("coding.send_webhooks", "send", "after", 1),
    "noted and not committed": ("coding.send_webhooks", "_note", "after", 1),
    "all sent, and the job not ended": ("coding.context.JobContext", "finish", "before", 3),
}
"""The last is how many had come by then."""


@pytest.mark.parametrize("where", KILLED_AT)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_killed_worker_loses_no_webhook(where: str, house: House, admin: Actor, receiver: Receiver) -> None:
    kill_and_go_on(where, house, admin, receiver)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_killed_worker_loses_no_webhook_on_postgresql_either(house: House, admin: Actor, receiver: Receiver) -> None:
    kill_and_go_on("sent and not noted", house, admin, receiver)


def kill_and_go_on(where: str, house: House, admin: Actor, receiver: Receiver) -> None:
    add(house, admin, receiver.address)
    ids = happen(house, admin, 3)
    *place, had_come = KILLED_AT[where]
    child = [sys.executable, "-c", CHILD, *map(str, place), SLOT]
    done = subprocess.run(child, env=os.environ | house.settings.as_environment(), check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert sessions_told(receiver) == ids[:had_come]
    successor = Worker(house.settings, SLOT)
    assert queue.release_worker(successor.database, SLOT) == 1
    work_off(successor)
    later(house)  # what was claimed is let go
    work_off(successor)
    successor.close()
    assert set(sessions_told(receiver)) == set(ids)
    assert {row.state.value for row in rows(house)} == {"delivered"}
    came = Counter(headers["webhook-id"] for headers, _ in receiver.came)
    assert len(came) == 3
    assert max(came.values()) <= 2
