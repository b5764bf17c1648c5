"""A thousand webhooks to a receiver that fails half the time, sent by a real worker. The waits between tries are 500
times shorter than in use, so that three days pass in minutes."""

import json
import random
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from sqlmodel import col, func, select

from coding import send_webhooks
from coding.coder.figures import Figure, at_least, at_most, for_information
from models.columns import new_id
from models.database import Database
from models.migrations import upgrade
from models.permissions import Actor
from models.person import Person
from models.settings import Settings
from models.sign_in import make_organisation
from models.webhook import say_happened
from models.webhook_actions import make_webhook
from models.webhook_kept import DeliveryState, Happened, WebhookDelivery
from tests.webhook_receiver import Receiver
from web.worker import Worker

HOW_MANY = 1000
SHORTER = 500
MOST_SECONDS = 900


def measure() -> Iterator[Figure]:
    receiver, chance = Receiver(), random.Random(20)
    failed: set[int] = set()

    def answer(number: int) -> int:
        if chance.random() < 0.5:
            failed.add(number)
            return 500
        return 200

    receiver.answer = answer
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(_env_file=None, data_dir=Path(name), outgoing_allowed="localhost")  # type: ignore[call-arg]
        yield from _send(settings, receiver, failed)
    receiver.close()


def _send(settings: Settings, receiver: Receiver, failed: set[int]) -> Iterator[Figure]:
    database = Database.of(settings)
    upgrade(database)
    with database.write() as session:
        home = make_organisation(session, name="Ferndale Council")
        person = Person(organisation_id=home.id, name="A", email="a@example.org", password_hash="")
        session.add(person)
        session.flush()
        by, home_id = Actor(person.id, home.id, "A"), home.id
    with database.write() as session:
        make_webhook(session, address=receiver.address, events=["session.ready"], settings=settings, by=by)
    for _ in range(HOW_MANY):
        with database.write() as session:
            say_happened(session, Happened.SESSION_READY, organisation_id=home_id, session_id=new_id())
    whole = send_webhooks.wait_after
    send_webhooks.wait_after = lambda attempts: whole(attempts) / SHORTER
    worker, begun = Worker(settings, "bench"), time.perf_counter()
    try:
        while _left(database) and time.perf_counter() - begun < MOST_SECONDS:
            if not worker.run_one():
                time.sleep(0.05)
    finally:
        send_webhooks.wait_after = whole
        worker.close()
    took = time.perf_counter() - begun
    ids = [headers["webhook-id"] for headers, _ in receiver.came]
    good = [one for number, one in enumerate(ids, 1) if number not in failed]
    firsts = [
        json.loads(body)["number"] for place, (_, body) in enumerate(receiver.came) if ids[place] not in ids[:place]
    ]
    out_of_order = sum(later < earlier for earlier, later in pairwise(firsts))
    with database.read() as session:
        told = set(map(str, session.exec(select(WebhookDelivery.event_id))))
    database.close()
    what = f"{HOW_MANY} webhooks, receiver fails half the time"
    yield at_least(f"{what}: delivered", len(set(good)), HOW_MANY)
    yield at_most(f"{what}: lost", len(told - set(good)), 0)
    yield at_most(f"{what}: taken twice, though no process died", len(good) - len(set(good)), 0)
    yield at_most(f"{what}: first tries out of order", out_of_order, 0)
    yield for_information(f"{what}: requests", len(ids), "")
    yield for_information(f"{what}: requests a second", len(ids) / took, "/s")


def _left(database: Database) -> int:
    with database.read() as session:
        waiting = select(func.count()).where(col(WebhookDelivery.state) == DeliveryState.WAITING)
        return session.exec(waiting).one()
