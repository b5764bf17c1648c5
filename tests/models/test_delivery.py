"""How PostgreSQL brings jobs to workers: with the transaction, in fair turns, and again where one is lost."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, text, update
from sqlmodel import Session

from api.house import House
from models import delivery, delivery_schema, queue
from models.columns import utc_now
from models.delivery_schema import QueueTablesDiffer
from models.job import Job, JobState
from models.job_queues import EVERY_QUEUE, JobQueue, NoSuchQueue, read_queues
from models.migrations import alembic_config, upgrade

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])


def add(house: House, name: str = "code_transcript", organisation: uuid.UUID | None = None) -> uuid.UUID:
    with house.database.write() as session:
        return queue.enqueue(session, name, organisation_id=organisation, transcript_id=uuid.uuid4()).id


def take(house: House, queues: tuple[JobQueue, ...] = EVERY_QUEUE) -> queue.Claim | None:
    return queue.claim(house.database, worker="one", lease_seconds=60, queues=queues)


def rows(house: House, what: str = "queue_name, priority, args, status, scheduled_at") -> list[Any]:
    with house.database.read() as session:
        return list(session.connection().execute(text(f"SELECT {what} FROM procrastinate_jobs ORDER BY id")))


def run(house: House, statement: str, **values: object) -> None:
    with house.database.write() as session:
        session.connection().execute(text(statement), values)


def add_then_fail(session: Session) -> None:
    queue.enqueue(session, "send_reset", person_id=uuid.uuid4())
    raise RuntimeError


def test_a_delivery_is_made_by_the_commit_and_names_the_job_alone(house: House) -> None:
    later = utc_now() + timedelta(hours=1)
    with house.database.write() as session:
        now = queue.enqueue(session, "send_reset", person_id=uuid.uuid4())
        scheduled = queue.enqueue(session, "send_webhooks", webhook_id=uuid.uuid4())
        scheduled.run_at = later
        with pytest.raises(RuntimeError), session.begin_nested():
            add_then_fail(session)
        assert rows(house) == []
    assert rows(house) == [
        ("mail", 10 - now.turn, {"job": str(now.id)}, "todo", None),
        ("deliver", -scheduled.turn, {"job": str(scheduled.id)}, "todo", later),
    ]
    with pytest.raises(RuntimeError), house.database.write() as session:
        add_then_fail(session)
    assert len(rows(house)) == 2


@pytest.fixture
def three(house: House) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    return uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


def next_ones(house: House, names: dict[uuid.UUID, str], count: int) -> str:
    found = []
    for _ in range(count):
        claimed = take(house)
        assert claimed is not None
        found.append(names[claimed.job_id])
        with house.database.write() as session:
            queue.finish(session, claimed)
    return "".join(found)


def test_three_organisations_share_a_queue(house: House, three: tuple[uuid.UUID, uuid.UUID, uuid.UUID]) -> None:
    large, small, late = three
    with house.database.write() as session:
        names = {
            queue.enqueue(session, "code_transcript", organisation_id=large, transcript_id=uuid.uuid4()).id: "A"
            for _ in range(100)
        }
    assert next_ones(house, names, 5) == "AAAAA"
    names |= {add(house, organisation=small): "B" for _ in range(3)}
    names |= {add(house, organisation=late): "C" for _ in range(2)}
    assert next_ones(house, names, 10) == "ABCABCABAA"
    assert add(house, organisation=large) is not None  # its hundred-and-first takes nobody's turn
    names[add(house, organisation=small)] = "B"
    assert "B" in next_ones(house, names, 2)
    served = Counter[str]()
    for _ in range(20):  # who always has one more does not keep the large one from its own
        names[add(house, organisation=small)] = "B"
        served.update(next_ones(house, names, 1))
    assert 9 <= served["A"] <= 11


def test_who_withdraws_what_waits_has_its_turns_back(
    house: House, three: tuple[uuid.UUID, uuid.UUID, uuid.UUID]
) -> None:
    hasty, other, _ = three
    names = {add(house, organisation=other): "B" for _ in range(4)}
    with house.database.write() as session:
        many = [queue.enqueue(session, "code_transcript", organisation_id=hasty, all=hasty) for _ in range(50)]
    with house.database.write() as session:
        assert queue.cancel(session, organisation_id=hasty, ids=[hasty]) == len(many)
    names[add(house, organisation=hasty)] = "A"
    assert "A" in next_ones(house, names, 2)


def test_a_worker_of_several_queues_takes_turns_between_them(house: House) -> None:
    large, small = uuid.uuid4(), uuid.uuid4()
    names = {add(house, "transcribe_recording", large): "R" for _ in range(30)}
    assert next_ones(house, names, 10) == "R" * 10
    names[add(house, "code_transcript", small)] = "T"
    assert "T" in next_ones(house, names, 2)
    answer = add(house, "hear_answer", large)
    claimed = take(house)
    assert claimed is not None
    assert claimed.job_id == answer


def test_what_failed_takes_a_new_turn(house: House) -> None:
    large, small = uuid.uuid4(), uuid.uuid4()
    names = {add(house, organisation=large): "A" for _ in range(6)}
    for _ in range(3):
        claimed = take(house)
        assert claimed is not None
        with house.database.write() as session:
            queue.give_back(session, claimed, problem="broke")
    names[add(house, organisation=small)] = "B"
    with house.database.write() as session:
        session.exec(update(Job).values(run_at=utc_now()))
    assert queue.reconcile(house.database) == 3
    assert "B" in next_ones(house, names, 2)


def test_two_workers_and_two_deliveries_of_one_job_are_one_run(house: House) -> None:
    job_id = add(house)
    with house.database.write() as session:
        delivery.defer(session, [session.get_one(Job, job_id)])
    begin, found = threading.Barrier(2), []

    def work() -> None:
        with house.database.write() as session:
            brought = delivery.fetch(session, EVERY_QUEUE)
            assert brought is not None
            begin.wait()
            found.append(queue.take(session, brought.job_id, worker="one", lease_seconds=60))

    both = [threading.Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(one is None for one in found) == [False, True]
    with house.database.read() as session:
        assert session.get_one(Job, job_id).attempts == 1


def test_a_lost_delivery_is_made_anew_and_only_where_it_is_needed(house: House) -> None:
    lost, kept, done = add(house), add(house), add(house)
    run(house, "UPDATE job SET state = 'done' WHERE id = :done", done=done)
    run(house, "DELETE FROM procrastinate_jobs WHERE args ->> 'job' <> :kept", kept=str(kept))
    assert queue.reconcile(house.database) == 1
    assert queue.reconcile(house.database) == 0
    assert sorted(args["job"] for (args,) in rows(house, "args")) == sorted([str(lost), str(kept)])


def test_a_dead_workers_deliveries_come_again_when_its_leases_are_over(house: House) -> None:
    held, over = add(house), add(house)
    with house.database.write() as session:
        dead = session.connection().execute(text("SELECT procrastinate_register_worker_v1()")).scalar_one()
        for _ in range(2):
            session.connection().execute(text("SELECT procrastinate_fetch_job_v2(NULL, :dead)"), {"dead": dead})
        for one in (held, over):
            assert queue.take(session, one, worker="dead", lease_seconds=60)
        session.get_one(Job, over).state = JobState.DONE
    assert queue.reconcile(house.database) == 0
    assert [status for (status,) in rows(house, "status")] == ["doing", "doing"], "its heart beats"
    run(house, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
    queue.reconcile(house.database)
    with house.database.read() as session:
        until = session.get_one(Job, held).lease_until
    assert rows(house, "args, status, scheduled_at") == [({"job": str(held)}, "todo", until)]
    assert take(house) is None, "the lease still holds"


def test_a_delivery_that_ends_meanwhile_keeps_no_other_from_being_made_anew(house: House) -> None:
    """A worker whose heart stood still for a moment ends its job after all."""
    ends, dead = add(house), add(house)
    with house.database.write() as session:
        gone = session.connection().execute(text("SELECT procrastinate_register_worker_v1()")).scalar_one()
        fetched = text("SELECT id FROM procrastinate_fetch_job_v2(NULL, :gone)")
        first, _ = (session.connection().execute(fetched, {"gone": gone}).scalar_one() for _ in range(2))
    run(house, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
    looking = threading.Thread(target=queue.reconcile, args=(house.database,))
    with house.database.write() as session:
        delivery.end(session, delivery.Delivery(first, ends))
        looking.start()
        looking.join(1)
    looking.join(30)
    assert rows(house, "args ->> 'job', status") == [(str(dead), "todo")]


def test_a_living_worker_that_could_not_take_its_job_up_keeps_nobody_from_it(house: House) -> None:
    """The database was away just then: the delivery is held by one who will not come back to it."""
    job_id = add(house)
    with house.database.write() as session:
        lives = session.connection().execute(text("SELECT procrastinate_register_worker_v1()")).scalar_one()
        session.connection().execute(text("SELECT procrastinate_fetch_job_v2(NULL, :lives)"), {"lives": lives})
    assert queue.reconcile(house.database) == 0, "it is about to"
    run(house, "UPDATE procrastinate_events SET at = at - interval '31 seconds'")
    assert queue.reconcile(house.database) == 1
    assert queue.reconcile(house.database) == 0
    claimed = take(house)
    assert claimed is not None
    assert claimed.job_id == job_id


def test_what_waited_before_the_upgrade_is_delivered(house: House) -> None:
    config = alembic_config(house.database)
    command.downgrade(config, "0047")
    values = "id, name, args, state, run_at, attempts, created_at, organisation_id"
    one, two = uuid.uuid4(), uuid.uuid4()
    for number, organisation in ((1, one), (2, one), (3, two), (4, two)):
        run(
            house,
            f"INSERT INTO job ({values}) VALUES (:id, :name, '{{}}', :state, now(), 0, now(), :organisation)",
            id=uuid.UUID(int=number), organisation=organisation, state="done" if number == 4 else "waiting",
            name="hear_answer" if number == 2 else "code_transcript",
        )  # fmt: skip
    upgrade(house.database)
    assert len(rows(house)) == 3
    taken = [take(house) for _ in range(3)]
    assert [claimed.job_id.int for claimed in taken if claimed] == [2, 1, 3]
    assert take(house) is None


def test_tables_of_another_procrastinate_are_refused_in_words(house: House) -> None:
    def checked(session: Session) -> None:
        delivery_schema.check(session.connection())

    with house.database.read() as session:
        checked(session)
    for mark in ("99.00.00_50_post_later.sql", "99.00.00_01_pre_a.sql, cleared to 99.00.00_50_post_a.sql", "by hand"):
        run(house, f"COMMENT ON TABLE procrastinate_jobs IS 'Procrastinate, migrated to {mark}'")
        with house.database.read() as session, pytest.raises(QueueTablesDiffer, match=rf"another version.*{mark[:5]}"):
            checked(session)
    added = [one for one in delivery_schema._migrations() if "_post_" not in one]
    run(house, f"COMMENT ON TABLE procrastinate_jobs IS 'Procrastinate, migrated to {added[-2]}'")
    with house.database.read() as session, pytest.raises(QueueTablesDiffer, match="evoke migrate"):
        checked(session)


def test_what_an_old_worker_uses_goes_an_upgrade_later(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers of the version before go on beside the new tables, and may start again."""
    old = delivery_schema._migrations()
    versions = (old, ["90.00.00_01_pre_a.sql", "90.00.00_50_post_a.sql"], ["91.00.00_01_pre_b.sql"])
    folders = [tmp_path / str(number) for number in range(3)]
    for number, folder in enumerate(folders):
        folder.mkdir()
        for name in (one for each in versions[: number + 1] for one in each):
            does = f"CREATE TABLE of_{name[:2]} (id int)" if "_pre_" in name else f"DROP TABLE of_{name[:2]}"
            (folder / name).write_text("" if name in old else does)

    def of_version(number: int, do: Callable[[Connection], None]) -> None:
        monkeypatch.setattr(delivery_schema, "_folder", lambda: folders[number])
        with house.database.write() as session:
            do(session.connection())

    def there(name: str) -> bool:
        with house.database.read() as session:
            return session.connection().execute(text(f"SELECT to_regclass('{name}')")).scalar() is not None

    of_version(1, delivery_schema.bring_up)
    of_version(1, delivery_schema.bring_up)
    assert there("of_90"), "what takes it away waits"
    of_version(0, delivery_schema.check)
    of_version(0, delivery_schema.bring_up)
    of_version(1, delivery_schema.check)
    of_version(2, delivery_schema.bring_up)
    assert (there("of_90"), there("of_91")) == (False, True)
    of_version(1, delivery_schema.check)
    with pytest.raises(QueueTablesDiffer, match="another version"):
        of_version(0, delivery_schema.check)


def test_an_operator_names_queues(database_kind: str) -> None:
    assert read_queues("gpu") == (JobQueue.ANSWERS, JobQueue.GPU)
    assert read_queues("mail, cpu") == (JobQueue.CPU, JobQueue.MAIL)
    for wrong in ("", "gpus", "gpu,answers"):
        with pytest.raises(NoSuchQueue):
            read_queues(wrong)
