from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import select

from api.house import House
from models.browser_sign_in import find_sign_in, start_sign_in
from models.columns import utc_now
from models.job import Job
from models.password import begin_try, fits, hash_password
from models.password_reset import PasswordReset
from models.person import Person
from models.reset import LinkGone, ask_reset, count_ask, find_reset, finish_reset, make_reset
from models.tries import FREE, TooManyTries, Tried
from tests.conftest import People

NEW = "three other words"
OWNER = "olu.owner@example.org"


def ask(house: House, email: str = OWNER) -> str:
    """As the job does when it mails the link."""
    with house.database.write() as session:
        assert ask_reset(session, email=email)
    with house.database.write() as session:
        made = make_reset(session, person_id=UUID(session.exec(select(Job)).all()[-1].args["person_id"]))
        assert made is not None
        return made.secret


def finish(house: House, secret: str) -> None:
    password_hash = hash_password(NEW)
    with house.database.write() as session:
        finish_reset(session, secret=secret, password_hash=password_hash)


def test_a_link_sets_the_password_once_and_ends_what_was(house: House, people: People) -> None:
    with house.database.write() as session:
        cookie = start_sign_in(
            session, session.get_one(Person, people.owner.person_id), settings=house.settings
        )  # fmt: skip
    secret = ask(house, " Olu.Owner@example.org")
    with house.database.read() as session:
        assert find_reset(session, secret).email == OWNER
        assert secret not in str(session.exec(select(PasswordReset)).all())
    finish(house, secret)
    with house.database.read() as session:
        assert find_sign_in(session, cookie, settings=house.settings) is None
    with house.database.write() as session:
        assert fits(begin_try(session, email=OWNER), NEW)
    with pytest.raises(LinkGone):
        finish(house, secret)


def test_a_link_is_good_for_an_hour_and_a_newer_one_ends_it(house: House, people: People) -> None:
    first = ask(house)
    second = ask(house)
    with house.database.write() as session:
        with pytest.raises(LinkGone):
            find_reset(session, first)
        assert find_reset(session, second).name == "Olu Owner"
        session.exec(update(PasswordReset).values(expires_at=utc_now() - timedelta(seconds=1)))
    with pytest.raises(LinkGone):
        finish(house, second)


def test_there_is_none_for_nobody_or_for_somebody_who_left(house: House, people: People) -> None:
    secret = ask(house)
    with house.database.write() as session:
        person = session.get_one(Person, people.owner.person_id)
        person.left_at = utc_now()
        session.add(person)
    with house.database.write() as session:
        assert not ask_reset(session, email="nobody@example.org")
        assert not ask_reset(session, email=OWNER)
        assert make_reset(session, person_id=people.owner.person_id) is None
        with pytest.raises(LinkGone):
            find_reset(session, secret)


def test_it_lifts_the_wait_of_failed_tries(house: House, people: People) -> None:
    for _ in range(FREE[Tried.PASSWORD]):
        with house.database.write() as session:
            begin_try(session, email=OWNER)
    with pytest.raises(TooManyTries), house.database.write() as session:
        begin_try(session, email=OWNER)
    finish(house, ask(house))
    with house.database.write() as session:
        assert begin_try(session, email=OWNER).person_id == people.owner.person_id


@pytest.mark.parametrize("email", [OWNER, "nobody@example.org"])
def test_asking_is_slowed_down_whoever_has_the_address(house: House, people: People, email: str) -> None:
    for _ in range(FREE[Tried.RESET]):
        with house.database.write() as session:
            count_ask(session, email=email, address="192.0.2.7")
    with pytest.raises(TooManyTries), house.database.write() as session:
        count_ask(session, email=email, address="192.0.2.8")


def test_an_invitation_is_not_turned_into_a_password(house: House, people: People) -> None:
    with house.database.write() as session:
        person = session.get_one(Person, people.owner.person_id)
        person.invited_at = utc_now()
        session.add(person)
    with house.database.write() as session:
        assert not ask_reset(session, email=OWNER)
