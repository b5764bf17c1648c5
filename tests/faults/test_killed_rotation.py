"""A worker killed with SIGKILL while it wraps sessions with a new key: none is lost, and the next one goes on."""

import os
import signal
import subprocess
import sys
import time
from uuid import UUID

from sqlmodel import col, func, select

from api.house import House
from models.columns import new_id
from models.keys import OrganisationKey, SessionKey, make_session_key, open_session_key
from models.organisation import Organisation
from models.queue import release_worker
from models.rotate import rotate_organisation_key
from tests.conftest import People, work_off
from web.worker import Worker

ONE_BY_ONE = """
from models import rotate
from models.settings import get_settings
from web.worker import Worker

rotate.BATCH = 1
Worker(get_settings(), "killed").run_one()
"""
MANY = 400


def wrapped_by(house: House, key_id: UUID) -> int:
    with house.database.read() as session:
        count = select(func.count()).select_from(SessionKey).where(col(SessionKey.organisation_key_id) == key_id)
        return session.exec(count).one()


def opened(house: House, sessions: dict[UUID, bytes]) -> dict[UUID, bytes]:
    with house.database.read() as session:
        return {one: open_session_key(session, one).file for one in sessions}


def test_a_rotation_killed_half_way_is_completed_and_every_session_opens_all_the_time(
    house: House, people: People
) -> None:
    ours, sessions = people.owner.organisation_id, {}
    with house.database.write() as session:
        for _ in range(MANY):
            session_id = new_id()
            sessions[session_id] = make_session_key(session, organisation_id=ours, session_id=session_id).file
        made = rotate_organisation_key(session, organisation=session.get_one(Organisation, ours), by=None)
    child = subprocess.Popen([sys.executable, "-c", ONE_BY_ONE], env=os.environ | house.settings.as_environment())
    until = time.monotonic() + 120
    while wrapped_by(house, made.id) < 5 and time.monotonic() < until:
        time.sleep(0.005)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert 5 <= wrapped_by(house, made.id) < MANY
    assert opened(house, sessions) == sessions

    release_worker(house.database, "killed")  # as its successor in the same slot does
    successor = Worker(house.settings, "killed")
    assert work_off(successor) == 1
    successor.close()
    assert wrapped_by(house, made.id) == MANY
    assert opened(house, sessions) == sessions
    with house.database.read() as session:
        keys = session.exec(select(OrganisationKey.version).where(col(OrganisationKey.organisation_id) == ours))
        assert keys.all() == [2]
