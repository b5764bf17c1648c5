"""Ids: greater with every row of a process, whatever its clock and threads do, and as RFC 9562 has version 7."""

import threading
import time
import uuid

import pytest

from models.columns import new_id

MOMENT = 1_700_000_000_123_456_789
"""Nanoseconds since 1970."""


def test_each_is_greater_than_the_last() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made), "in the database rows lie as they were added, also those of one millisecond"
    assert len(set(made)) == len(made)


def test_a_version_7_id_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_threads_share_one_order() -> None:
    made: list[list[uuid.UUID]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=lambda ids=ids: ids.extend(new_id() for _ in range(5_000))) for ids in made]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert all(ids == sorted(ids) for ids in made)
    assert len({one for ids in made for one in ids}) == 20_000


def at(monkeypatch: pytest.MonkeyPatch, nanoseconds: int) -> uuid.UUID:
    monkeypatch.setattr(time, "time_ns", lambda: nanoseconds)
    return new_id()


def test_a_clock_that_stands_or_steps_back_a_little_keeps_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    later = MOMENT + 4 * 10**18
    made = [at(monkeypatch, later), at(monkeypatch, later), at(monkeypatch, later - 900_000_000)]
    assert made == sorted(set(made))
    assert {one.int >> 80 for one in made} == {later // 1_000_000}


def test_a_clock_set_back_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, MOMENT + 10**18)
    assert at(monkeypatch, MOMENT).int >> 80 == MOMENT // 1_000_000, "not a day of ids from tomorrow"
