import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from api.house import House
from models import queue
from models.columns import utc_now
from models.job import Job, JobState
from models.queue import LeaseLost, Only


def add(house: House, name: str = "code_transcript", organisation: uuid.UUID | None = None) -> uuid.UUID:
    with house.database.write() as session:
        return queue.enqueue(session, name, organisation_id=organisation, transcript_id=uuid.uuid4()).id


def add_then(house: House, end: Callable[[Session], None]) -> None:
    """Adds another job and calls `end`, in one transaction."""
    with house.database.write() as session:
        queue.enqueue(session, "other", transcript_id=uuid.uuid4())
        end(session)


def take(house: House, worker: str = "one", only: Only | None = None) -> queue.Claim | None:
    return queue.claim(house.database, worker=worker, lease_seconds=60, only=only)


def expire_leases(house: House) -> None:
    with house.database.write() as session:
        session.exec(update(Job).values(lease_until=utc_now() - timedelta(seconds=1)))


def state(house: House, job_id: uuid.UUID) -> JobState:
    with house.database.read() as session:
        return session.get_one(Job, job_id).state


def test_a_job_exists_only_if_its_transaction_commits(house: House) -> None:
    def fail(_session: Session) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        add_then(house, fail)
    assert take(house) is None


def test_a_job_is_held_by_one_worker_until_it_ends(house: House) -> None:
    job_id = add(house)
    claimed = take(house)
    assert claimed is not None
    assert claimed.job_id == job_id
    assert take(house, "two") is None
    with house.database.write() as session:
        queue.finish(session, claimed)
    assert state(house, job_id) is JobState.DONE
    assert take(house) is None


def test_whoever_lost_the_lease_writes_nothing(house: House) -> None:
    job_id = add(house)
    slow = take(house, "slow")
    expire_leases(house)
    quick = take(house, "quick")
    assert slow is not None
    assert quick is not None
    assert (quick.job_id, quick.attempts) == (job_id, 2)
    for end in (queue.finish, lambda s, c: queue.renew(s, c, lease_seconds=9)):
        with pytest.raises(LeaseLost):
            add_then(house, lambda session, end=end: end(session, slow))
        with house.database.read() as session:
            assert [job.name for job in session.exec(select(Job))] == ["code_transcript"]
    with house.database.write() as session:
        queue.finish(session, quick)


def test_a_job_given_back_waits_longer_each_time(house: House) -> None:
    add(house)
    waits = []
    for _ in range(3):
        claimed = take(house)
        assert claimed is not None
        with house.database.write() as session:
            queue.give_back(session, claimed, problem="broke")
        with house.database.write() as session:
            job = session.get_one(Job, claimed.job_id)
            waits.append((job.run_at - utc_now()).total_seconds())
            assert take_none(house)
            job.run_at = utc_now()
            session.add(job)
    assert waits == pytest.approx([5, 20, 80], abs=2)


def take_none(house: House) -> bool:
    with house.database.read() as session:
        due = select(Job).where(col(Job.state) == JobState.WAITING, col(Job.run_at) <= utc_now())
        return session.exec(due).first() is None


def test_a_dead_workers_jobs_are_free_at_once(house: House) -> None:
    add(house)
    add(house)
    assert take(house, "dead")
    assert take(house, "alive")
    assert queue.release_worker(house.database, "dead") == 1
    again = take(house, "dead")
    assert again is not None
    assert again.attempts == 2
    assert take(house, "third") is None


def test_many_workers_take_each_job_once(house: House) -> None:
    wanted = {add(house) for _ in range(30)}
    taken: list[uuid.UUID] = []
    errors: list[Exception] = []

    def work(name: str) -> None:
        try:
            while claimed := take(house, name):
                taken.append(claimed.job_id)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(f"w{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(taken) == len(set(taken))
    assert set(taken) == wanted


def test_recordings_have_a_queue_of_their_own(house: House) -> None:
    recording, transcript = add(house, "transcribe_recording"), add(house, "code_transcript")
    other = take(house, only=Only.OTHER)
    assert other is not None
    assert other.job_id == transcript
    assert take(house, only=Only.OTHER) is None
    speech = take(house, only=Only.SPEECH)
    assert speech is not None
    assert speech.job_id == recording
    add(house, "transcribe_recording")
    assert take(house) is not None


def test_a_spoken_answer_comes_before_what_waits_longer_and_may_have_a_worker_of_its_own(house: House) -> None:
    waiting = [add(house, "transcribe_recording"), add(house, "code_transcript")]
    answer = add(house, "hear_answer")
    assert take(house, only=Only.OTHER).job_id == waiting[1]  # type: ignore[union-attr]
    assert take(house, only=Only.SPEECH).job_id == answer  # type: ignore[union-attr]
    assert take(house, only=Only.ANSWERS) is None
    another = add(house, "hear_answer")
    assert take(house, only=Only.ANSWERS).job_id == another  # type: ignore[union-attr]
    last = add(house, "hear_answer")
    assert [take(house).job_id for _ in range(2)] == [last, waiting[0]]  # type: ignore[union-attr]


def take_next(house: House) -> uuid.UUID:
    claimed = take(house)
    assert claimed is not None
    with house.database.write() as session:
        queue.finish(session, claimed)
    return claimed.job_id


def test_many_jobs_of_one_organisation_do_not_keep_the_others_waiting(house: House) -> None:
    large, small, none = uuid.uuid4(), uuid.uuid4(), None
    of = {add(house, organisation=large): "large" for _ in range(5)}
    of |= {add(house, organisation=small): "small" for _ in range(2)}
    of |= {add(house, organisation=none): "nobody's"}
    assert [of[take_next(house)] for _ in range(8)] == [
        "large", "small", "nobody's", "large", "small", "large", "large", "large",
    ]  # fmt: skip


def test_who_comes_later_waits_for_one_turn_at_most(house: House) -> None:
    large, small = uuid.uuid4(), uuid.uuid4()
    of = {add(house, organisation=large): "large" for _ in range(3)}
    taken = [take(house), take(house)]
    of |= {add(house, organisation=small): "small" for _ in range(2)}
    taken += [take(house), take(house), take(house)]
    next_ones = ["small", "small", "large"] if house.database.is_sqlite else ["large", "small", "small"]
    assert [of[one.job_id] for one in taken if one] == [
        "large",
        "large",
        *next_ones,
    ]  # a turn was given before small came


def test_an_organisations_oldest_job_comes_first(house: House) -> None:
    organisation = uuid.uuid4()
    wanted = [add(house, organisation=organisation) for _ in range(3)]
    assert [take_next(house) for _ in range(3)] == wanted


def test_a_cancelled_job_is_nobodys(house: House) -> None:
    organisation, subject = uuid.uuid4(), uuid.uuid4()
    with house.database.write() as session:
        held = queue.enqueue(session, "code_transcript", organisation_id=organisation, transcript_id=subject).id
        other = queue.enqueue(session, "code_transcript", organisation_id=organisation, transcript_id=uuid.uuid4()).id
        elsewhere = queue.enqueue(session, "other", organisation_id=uuid.uuid4(), transcript_id=subject).id
    claimed = take(house)
    assert claimed is not None
    assert claimed.job_id == held
    with house.database.read() as session:
        assert queue.is_held(session, claimed)
    with house.database.write() as session:
        assert queue.cancel(session, organisation_id=organisation, ids=[subject]) == 1
        assert queue.cancel(session, organisation_id=organisation, ids=[subject]) == 0
    with house.database.read() as session:
        assert not queue.is_held(session, claimed)
    with pytest.raises(LeaseLost):
        add_then(house, lambda session: queue.renew(session, claimed, lease_seconds=9))
    assert [state(house, one) for one in (held, other, elsewhere)] == [
        JobState.CANCELLED, JobState.WAITING, JobState.WAITING,
    ]  # fmt: skip
    with house.database.read() as session:
        assert queue.waiting_for(session, organisation, ["code_transcript"]) == 1


def test_what_is_handed_back_is_another_workers_at_once_and_counts_as_no_try(house: House) -> None:
    job_id, _ = add(house), add(house)
    claimed = take(house)
    assert claimed is not None
    with house.database.write() as session:
        queue.hand_back(session, claimed)
    with pytest.raises(LeaseLost):
        add_then(house, lambda session: queue.finish(session, claimed))
    again = take(house)
    assert again is not None
    assert (again.job_id, again.attempts) == (job_id, 1)
