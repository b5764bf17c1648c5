from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from api.house import House
from models.audit import AuditEvent
from models.browser_sign_in import (
    OVERLAP,
    RENEWED_EVERY,
    SEEN_EVERY,
    Browser,
    Found,
    Renewed,
    end_one_sign_in,
    end_other_sign_ins,
    end_sign_in,
    find_sign_in,
    keep_up,
    renew_secrets,
    sign_ins_of,
    start_sign_in,
)
from models.columns import utc_now
from models.errors import NotFound
from models.permissions import Actor
from models.person import Person, SignIn
from tests.conftest import People

FIREFOX = Browser("Firefox on Windows", "192.0.2.7")
A_SECOND = timedelta(seconds=1)


def start(house: House, actor: Actor) -> str:
    with house.database.write() as session:
        person = session.get_one(Person, actor.person_id)
        return start_sign_in(session, person, settings=house.settings, browser=FIREFOX)


def find(house: House, secret: str) -> Found | None:
    with house.database.read() as session:
        return find_sign_in(session, secret, settings=house.settings)


def use(house: House, secret: str) -> Renewed | None:
    """As a request does."""
    found = find(house, secret)
    assert found is not None
    if not found.due:
        return None
    with house.database.write() as session:
        return keep_up(session, found.sign_in_id, secret, FIREFOX)


def rows(house: House) -> list[SignIn]:
    with house.database.read() as session:
        return list(session.exec(select(SignIn)).all())


def set_on_all(house: House, **values: Any) -> None:
    with house.database.write() as session:
        session.exec(update(SignIn).values(**values))


def test_a_cookie_stands_for_its_person_until_they_sign_out(house: House, people: People) -> None:
    secret = start(house, people.owner)
    found = find(house, secret)
    assert found is not None
    assert found.actor == people.owner
    assert not found.due
    assert find(house, secret + "x") is None
    assert secret not in str(rows(house))
    with house.database.write() as session:
        end_sign_in(session, secret)
    assert find(house, secret) is None
    with house.database.read() as session:
        ended = session.exec(select(AuditEvent).where(AuditEvent.action == "signed_out")).one()
    assert (ended.subject_id, ended.actor_id) == (people.owner.person_id, people.owner.person_id)


def test_it_ends_by_itself_used_or_not(house: House, people: People) -> None:
    secret = start(house, people.owner)
    idle = timedelta(hours=house.settings.sign_in_idle_hours)
    set_on_all(house, seen_at=utc_now() - idle + 60 * A_SECOND)
    assert find(house, secret) is not None
    set_on_all(house, seen_at=utc_now() - idle - A_SECOND)
    assert find(house, secret) is None
    set_on_all(house, seen_at=utc_now(), expires_at=utc_now() - A_SECOND)
    assert find(house, secret) is None


def test_a_leavers_is_nobodys(house: House, people: People) -> None:
    secret = start(house, people.owner)
    with house.database.write() as session:
        session.exec(update(Person).where(col(Person.name) == "Olu Owner").values(left_at=utc_now()))
    assert find(house, secret) is None


def test_last_use_is_kept_to_some_minutes(house: House, people: People) -> None:
    secret = start(house, people.owner)
    assert not find(house, secret).due  # type: ignore[union-attr]
    before = utc_now() - SEEN_EVERY - A_SECOND
    set_on_all(house, seen_at=before, browser="", address="")
    assert use(house, secret) is None
    (row,) = rows(house)
    assert row.seen_at > before
    assert (row.browser, row.address) == ("Firefox on Windows", "192.0.2.7")


def make_due(house: House) -> None:
    set_on_all(house, renewed_at=utc_now() - RENEWED_EVERY)


def test_a_day_later_there_is_a_new_secret_and_the_old_goes_on_for_a_minute(house: House, people: People) -> None:
    old = start(house, people.owner)
    make_due(house)
    renewed = use(house, old)
    assert renewed is not None
    assert 0 < renewed.seconds <= house.settings.sign_in_days * 86_400
    new = renewed.secret
    assert new != old
    assert find(house, old) is not None  # a request that was under way
    assert use(house, old) is None  # which does not get another
    assert use(house, new) is None
    assert find(house, old) is not None
    set_on_all(house, taken_at=utc_now() - OVERLAP - A_SECOND)
    assert find(house, old) is None
    assert find(house, new) is not None


def test_an_answer_that_was_lost_signs_nobody_out(house: House, people: People) -> None:
    old = start(house, people.owner)
    make_due(house)
    lost = use(house, old)
    set_on_all(house, renewed_at=utc_now() - OVERLAP - A_SECOND)
    again = use(house, old)
    assert lost is not None
    assert again is not None
    assert find(house, lost.secret) is None
    assert find(house, again.secret) is not None


def test_of_requests_that_come_together_one_gets_the_new_secret(house: House, people: People) -> None:
    old = start(house, people.owner)
    make_due(house)
    together = Barrier(4)

    def request(_: int) -> Renewed | None:
        found = find(house, old)
        together.wait()
        assert found is not None
        with house.database.write() as session:
            return keep_up(session, found.sign_in_id, old, FIREFOX)

    with ThreadPoolExecutor(4) as pool:
        given = [one for one in pool.map(request, range(4)) if one is not None]
    assert len(given) == 1
    assert find(house, given[0].secret) is not None
    assert find(house, old) is not None


def test_a_change_of_what_one_may_do_brings_a_new_secret(house: House, people: People) -> None:
    mine, others = start(house, people.owner), start(house, people.colleague)
    with house.database.write() as session:
        renew_secrets(session, person_id=people.owner.person_id)
    assert use(house, mine) is not None
    assert use(house, others) is None


def test_one_ends_ones_own_and_nobody_elses(house: House, people: People) -> None:
    here, there, theirs = start(house, people.owner), start(house, people.owner), start(house, people.colleague)
    ids = {secret: find(house, secret).sign_in_id for secret in (here, there, theirs)}  # type: ignore[union-attr]
    for who in (people.owner, people.stranger):
        with pytest.raises(NotFound), house.database.write() as session:
            end_one_sign_in(session, sign_in_id=ids[theirs], by=who)
    with house.database.read() as session:
        listed = {one.id for one in sign_ins_of(session, people.owner.person_id, settings=house.settings)}
    assert listed == {ids[here], ids[there]}
    with house.database.write() as session:
        assert end_other_sign_ins(session, but=ids[here], by=people.owner) == 1
    assert [find(house, secret) is not None for secret in (here, there, theirs)] == [True, False, True]


def test_what_has_expired_is_not_listed(house: House, people: People) -> None:
    start(house, people.owner)
    set_on_all(house, seen_at=utc_now() - timedelta(hours=house.settings.sign_in_idle_hours + 1))
    with house.database.read() as session:
        assert sign_ins_of(session, people.owner.person_id, settings=house.settings) == []
