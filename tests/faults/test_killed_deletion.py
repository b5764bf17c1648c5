"""A worker killed with SIGKILL in the middle of a deletion: nothing half-deleted is seen, and the next one finishes."""

import os
import signal
import subprocess
import sys
from uuid import UUID

import pytest
from sqlmodel import select

from api.house import House
from models import queue
from models.practice import PracticeSession
from models.proof import Verdict, check_proof
from models.session_permissions import visible_sessions
from models.withdrawal import DeletionProof, ProofKey, Withdrawal
from tests.conftest import People, work_off
from tests.fixtures.role_play import MONO
from tests.web.conftest import Client, client
from tests.web.test_withdrawal import ALL, add, left
from web.worker import Worker

__all__ = ["client"]
SLOT = "to be killed"
KILLED_AT = {
    "before the first file": ("models.storage.Storage", "delete", "before"),
    "after a file": ("models.storage.Storage", "delete", "after"),
    "with all rows deleted and nothing committed": ("coding.delete_session", "delete_rows", "after"),
    "before its end is written": ("coding.context.JobContext", "finish", "before"),
}
CHILD = """
import os, signal, sys
from pydoc import locate
from models.settings import get_settings
from web.worker import Worker

place, name, when = sys.argv[1:4]
owner = locate(place)
real = getattr(owner, name)

def killed(*args, **kwargs):
    if when == "after":
        real(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, name, killed)
worker = Worker(get_settings(), sys.argv[4])
while worker.run_one():
    pass
"""


@pytest.mark.parametrize("where", KILLED_AT)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_killed_deletion_is_finished_by_the_next_worker(
    where: str, client: Client, people: People, house: House
) -> None:
    kill_and_finish(where, client, people, house)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_killed_deletion_is_finished_on_postgresql_too(client: Client, people: People, house: House) -> None:
    kill_and_finish("with all rows deleted and nothing committed", client, people, house)


def kill_and_finish(where: str, client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    session_id = add(owner, MONO.name, MONO.read_bytes())
    before = left(house, session_id)
    owner.post(f"/sessions/{session_id}/withdraw", data=ALL)
    child = [sys.executable, "-c", CHILD, *KILLED_AT[where], SLOT]
    done = subprocess.run(child, env=os.environ | house.settings.as_environment(), check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert left(house, session_id) == before  # rows go together, or not at all
    with house.database.read() as session:
        assert session.exec(select(PracticeSession).where(visible_sessions(people.owner))).all() == []
        assert session.exec(select(DeletionProof)).all() == []
    assert owner.get(f"/sessions/{session_id}").status_code == 404
    successor = Worker(house.settings, SLOT)
    try:
        assert queue.release_worker(successor.database, SLOT) == 1
        assert work_off(successor) == 1
    finally:
        successor.close()
    assert left(house, session_id) == {}
    assert house.storage.keys() == []
    with house.database.read() as session:
        [proof] = session.exec(select(DeletionProof)).all()
        [withdrawal] = session.exec(select(Withdrawal)).all()
        keys = session.exec(select(ProofKey.public_key)).all()
    assert withdrawal.session_id == UUID(session_id)
    assert withdrawal.done_at is not None
    assert len(proof.document["files"]) == 1  # also where it had gone before the crash
    assert check_proof(proof.document, known_keys=keys) is Verdict.GENUINE
