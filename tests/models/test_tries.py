from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from api.house import House
from models.columns import utc_now
from models.password import lift_lock
from models.person import Person
from models.tries import (
    FREE,
    REMEMBERED,
    CountedTry,
    Key,
    TooManyTries,
    Tried,
    check_tries,
    count_try,
    forget_tries,
    network_key,
    wait_after,
)
from tests.conftest import People

ADA = Key(Tried.PASSWORD, "ada@example.org")


def try_often(house: House, key: Key, times: int) -> None:
    for _ in range(times):
        with house.database.write() as session:
            count_try(session, key)


def make_older(house: House, by: timedelta) -> None:
    with house.database.write() as session:
        for row in session.exec(select(CountedTry)).all():
            row.at -= by
            session.add(row)


def refused_for(house: House, *keys: Key) -> int:
    with pytest.raises(TooManyTries) as refused, house.database.write() as session:
        count_try(session, *keys)
    return int(refused.value.members["retry_after"])


def test_waits_grow_to_an_hour() -> None:
    free = FREE[Tried.PASSWORD]
    waits = [wait_after(Tried.PASSWORD, failed) for failed in range(free - 1, free + 9)]
    assert waits == [0, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert wait_after(Tried.PASSWORD, 10_000) == 3600


def test_after_the_free_tries_one_waits_longer_each_time(house: House) -> None:
    try_often(house, ADA, FREE[Tried.PASSWORD])
    assert 55 <= refused_for(house, ADA) <= 61
    make_older(house, timedelta(seconds=61))
    try_often(house, ADA, 1)
    assert 115 <= refused_for(house, ADA) <= 121
    with house.database.write() as session:
        forget_tries(session, ADA)
    try_often(house, ADA, 1)


def test_the_sentence_says_how_long(house: House) -> None:
    for seconds, words in ((1, "a minute"), (61, "2 minutes"), (3600, "an hour")):
        assert f"Wait {words}, then" in TooManyTries(seconds).message


def test_a_day_later_all_is_forgotten(house: House) -> None:
    try_often(house, ADA, FREE[Tried.PASSWORD])
    with house.database.write() as session:
        session.exec(update(CountedTry).values(at=utc_now() - REMEMBERED - timedelta(seconds=1)))
    try_often(house, ADA, 1)
    with house.database.read() as session:
        assert len(session.exec(select(CountedTry)).all()) == 1


def test_a_try_counts_for_all_its_keys_or_for_none(house: House) -> None:
    there = network_key("192.0.2.7")
    try_often(house, ADA, FREE[Tried.PASSWORD])
    refused_for(house, ADA, there)
    with house.database.read() as session:
        counted = session.exec(select(CountedTry).where(CountedTry.tried == Tried.NETWORK)).all()
    assert counted == []


def test_from_one_network_address_only_so_many_can_be_guessed(house: House) -> None:
    there = network_key("192.0.2.7")
    for number in range(FREE[Tried.NETWORK]):
        with house.database.write() as session:
            count_try(session, Key(Tried.PASSWORD, f"{number}@example.org"), there)
    refused_for(house, Key(Tried.PASSWORD, "another@example.org"), there)
    try_often(house, Key(Tried.PASSWORD, "another@example.org"), 1)


def test_a_whole_ipv6_network_is_one_address() -> None:
    assert network_key("2001:db8:1:2::5") == network_key("2001:db8:1:2:ffff::1")
    assert network_key("2001:db8:1:2::5") != network_key("2001:db8:1:3::5")
    assert network_key("192.0.2.7") != network_key("192.0.2.8")
    assert network_key("fe80::1%eth0") == network_key("fe80::2")
    assert network_key("a socket") == Key(Tried.NETWORK, "a socket")


def test_what_was_typed_is_not_kept(house: House) -> None:
    try_often(house, ADA, 1)
    with house.database.read() as session:
        assert ADA.value not in str(session.exec(select(CountedTry)).all())


def test_what_is_only_looked_at_is_not_counted(house: House) -> None:
    key = Key(Tried.CLIENT, "a client")
    try_often(house, key, FREE[Tried.CLIENT] - 1)
    for _ in range(3):
        with house.database.write() as session:
            check_tries(session, key)
    try_often(house, key, 1)
    with pytest.raises(TooManyTries), house.database.write() as session:
        check_tries(session, key)


def test_an_administrator_lifts_it(house: House, people: People) -> None:
    key = Key(Tried.PASSWORD, "olu.owner@example.org")
    try_often(house, key, FREE[Tried.PASSWORD])
    refused_for(house, key)
    with house.database.write() as session:
        lift_lock(session, person=session.get_one(Person, people.owner.person_id), by=people.lead.person_id)
    try_often(house, key, 1)
