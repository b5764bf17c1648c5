from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from api.house import House
from models.audit import AuditEvent
from models.columns import utc_now
from models.person import Person, SignIn
from models.sign_in import (
    TRIES,
    AlreadySetUp,
    DetailsWrong,
    SignInRefused,
    TooManyTries,
    actor_of_cookie,
    actor_of_token,
    check_password,
    end_sign_in,
    is_empty,
    make_api_token,
    register_first_administrator,
    start_sign_in,
)
from tests.conftest import PASSWORD, People

FIRST = {"authority": "Ferndale", "name": "Ada", "email": "Ada@Example.org ", "password": "a long password"}


def test_the_first_administrator_registers_once(house: House) -> None:
    with house.database.write() as session:
        assert is_empty(session)
        person = register_first_administrator(session, **FIRST, settings=house.settings)
        assert person.email == "ada@example.org"
    with pytest.raises(AlreadySetUp), house.database.write() as session:
        register_first_administrator(session, **FIRST, settings=house.settings)
    with house.database.read() as session:
        assert [e.action for e in session.exec(select(AuditEvent))] == ["first_administrator_registered"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("authority", " "), ("name", ""), ("email", "ada"), ("password", "short"), ("password", "x" * 201)],
)  # fmt: skip
def test_each_mistake_is_named_by_its_field(house: House, field: str, value: str) -> None:
    with pytest.raises(DetailsWrong) as wrong, house.database.write() as session:
        register_first_administrator(session, **(FIRST | {field: value}), settings=house.settings)
    assert set(wrong.value.fields) == {field}
    with house.database.read() as session:
        assert is_empty(session)


def sign_in(house: House, email: str = "olu.owner@example.org", password: str = PASSWORD) -> str:
    with house.database.write() as session:
        try:
            return start_sign_in(session, check_password(session, email=email, password=password))
        except (SignInRefused, TooManyTries):
            session.commit()
            raise


def test_a_cookie_stands_for_its_person_until_they_sign_out(house: House, people: People) -> None:
    cookie = sign_in(house, " Olu.Owner@example.org")
    with house.database.read() as session:
        assert actor_of_cookie(session, cookie) == people.owner
        assert actor_of_cookie(session, cookie + "x") is None
        assert cookie not in str(session.exec(select(SignIn)).all())
    with house.database.write() as session:
        end_sign_in(session, cookie)
    with house.database.read() as session:
        assert actor_of_cookie(session, cookie) is None


def test_an_old_sign_in_and_a_leaver_are_nobody(house: House, people: People) -> None:
    cookie, other = sign_in(house), sign_in(house, "toni.teammate@example.org")
    with house.database.write() as session:
        owner = col(SignIn.person_id) == people.owner.person_id
        session.exec(update(SignIn).where(owner).values(expires_at=utc_now() - timedelta(seconds=1)))
        session.exec(update(Person).where(col(Person.name) == "Toni Teammate").values(left_at=utc_now()))
    with house.database.read() as session:
        assert actor_of_cookie(session, cookie) is None
        assert actor_of_cookie(session, other) is None
    with pytest.raises(SignInRefused):
        sign_in(house, "toni.teammate@example.org")


def test_guessing_is_stopped(house: House, people: People) -> None:
    for _ in range(TRIES):
        with pytest.raises(SignInRefused):
            sign_in(house, password="wrong words here")
    with pytest.raises(TooManyTries):
        sign_in(house)
    assert sign_in(house, "toni.teammate@example.org")


def test_an_unknown_address_is_refused_like_a_wrong_password(house: House, people: People) -> None:
    with pytest.raises(SignInRefused) as unknown:
        sign_in(house, "nobody@example.org")
    with pytest.raises(SignInRefused) as wrong:
        sign_in(house, password="not these words")
    assert unknown.value.message == wrong.value.message


def test_a_token_stands_for_its_person(house: House, people: People) -> None:
    with house.database.write() as session:
        token = make_api_token(session, person=session.get_one(Person, people.owner.person_id), name="script")
    with house.database.read() as session:
        assert actor_of_token(session, token) == people.owner
        assert actor_of_token(session, "evoke_wrong") is None
