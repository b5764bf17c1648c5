from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from api.house import House
from models.audit import AuditEvent
from models.browser_sign_in import find_sign_in, start_sign_in
from models.columns import utc_now
from models.password import (
    SignInRefused,
    begin_try,
    end_try,
    fits,
    hash_password,
    refused,
    set_password,
)
from models.permissions import Actor
from models.person import Person
from models.sign_in import (
    AlreadySetUp,
    DetailsWrong,
    check_details,
    is_empty,
    register_first_administrator,
)
from models.tries import FREE, TooManyTries, Tried
from tests.conftest import PASSWORD, People

TRIES = FREE[Tried.PASSWORD]

FIRST = {"authority": "Ferndale", "name": "Ada", "email": "Ada@Example.org ", "password": "a long password"}


def test_the_first_administrator_registers_once(house: House) -> None:
    with house.database.write() as session:
        assert is_empty(session)
        person = register_first_administrator(session, **FIRST)
        assert person.email == "ada@example.org"
    with pytest.raises(AlreadySetUp), house.database.write() as session:
        register_first_administrator(session, **FIRST)
    with house.database.read() as session:
        assert [e.action for e in session.exec(select(AuditEvent))] == ["first_administrator_registered"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("authority", " "), ("name", ""), ("email", "ada"), ("password", "short"), ("password", "x" * 201)],
)  # fmt: skip
def test_each_mistake_is_named_by_its_field(house: House, field: str, value: str) -> None:
    with pytest.raises(DetailsWrong) as wrong, house.database.write() as session:
        register_first_administrator(session, **(FIRST | {field: value}))
    assert set(wrong.value.fields) == {field}
    with house.database.read() as session:
        assert is_empty(session)


def test_two_at_once_are_not_both_the_first_administrator(house: House) -> None:
    start = Barrier(2)

    def register(number: int) -> str:
        details = FIRST | {"authority": f"Authority {number}", "email": f"ada{number}@example.org"}
        start.wait()
        try:
            with house.database.write() as session:
                register_first_administrator(session, **details)
        except AlreadySetUp:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(register, range(2))) == ["refused", "taken"]


@pytest.mark.parametrize(
    ("field", "longest"), [("authority", "x" * 200), ("name", " " + "é" * 200), ("email", f"{'x' * 308}@example.org")]
)
def test_the_longest_details_are_taken_and_longer_ones_named(house: House, field: str, longest: str) -> None:
    with pytest.raises(DetailsWrong) as wrong, house.database.write() as session:
        register_first_administrator(session, **(FIRST | {field: f"x{longest.strip()}"}))
    assert set(wrong.value.fields) == {field}
    with house.database.write() as session:
        register_first_administrator(session, **(FIRST | {field: longest}))


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_a_password_that_will_not_do_is_told_both_limits(password: str) -> None:
    wrong = check_details(**(FIRST | {"password": password}))
    assert "10 to 200 characters" in wrong["password"]


def sign_in(house: House, email: str = "olu.owner@example.org", password: str = PASSWORD) -> str:
    with house.database.write() as session:
        tried = begin_try(session, email=email)
    if not fits(tried, password):
        raise refused()
    with house.database.write() as session:
        return start_sign_in(session, end_try(session, tried), settings=house.settings)


def actor_of_cookie(house: House, secret: str) -> Actor | None:
    with house.database.read() as session:
        found = find_sign_in(session, secret, settings=house.settings)
    return found.actor if found else None


def test_a_leaver_is_refused(house: House, people: People) -> None:
    with house.database.write() as session:
        session.exec(update(Person).where(col(Person.name) == "Toni Teammate").values(left_at=utc_now()))
    with pytest.raises(SignInRefused):
        sign_in(house, "toni.teammate@example.org")


def test_guessing_is_stopped(house: House, people: People) -> None:
    for _ in range(TRIES):
        with pytest.raises(SignInRefused):
            sign_in(house, password="wrong words here")
    with pytest.raises(TooManyTries):
        sign_in(house)
    assert sign_in(house, "toni.teammate@example.org")


def test_many_guesses_at_once_are_no_more_than_many_in_a_row(house: House, people: People) -> None:
    begun: list[str] = []

    def guess(_: int) -> None:
        with suppress(TooManyTries), house.database.write() as session:
            begun.append(begin_try(session, email="olu.owner@example.org").email)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(guess, range(3 * TRIES)))
    assert len(begun) == TRIES


def test_a_good_try_lets_the_address_count_anew(house: House, people: People) -> None:
    for _ in range(2):
        for _ in range(TRIES - 1):
            with house.database.write() as session:
                begin_try(session, email="olu.owner@example.org")
        assert sign_in(house)


def test_a_password_of_any_signs_can_be_checked(house: House, people: People) -> None:
    for password in ("", "\ud800" * 12, "a\x00b", "x" * 10_000):
        with pytest.raises(SignInRefused):
            sign_in(house, "toni.teammate@example.org", password)


def test_a_new_password_ends_every_sign_in_of_its_person(house: House, people: People) -> None:
    mine, other = sign_in(house), sign_in(house, "toni.teammate@example.org")
    with house.database.write() as session:
        tried = begin_try(session, email="olu.owner@example.org")  # under way while the password changes
        for _ in range(TRIES - 1):
            begin_try(session, email="olu.owner@example.org")
    password_hash = hash_password("three other words")
    with house.database.write() as session:
        person = session.get_one(Person, people.owner.person_id)
        set_password(session, person=person, password_hash=password_hash, by=None)
    assert actor_of_cookie(house, mine) is None
    assert actor_of_cookie(house, other) == people.teammate
    with house.database.read() as session:
        (event,) = session.exec(select(AuditEvent).where(AuditEvent.action == "password_set"))
        assert (event.subject_id, event.actor_id) == (people.owner.person_id, None)
    with pytest.raises(SignInRefused), house.database.write() as session:
        end_try(session, tried)
    with pytest.raises(SignInRefused):
        sign_in(house)
    assert sign_in(house, password="three other words")  # at once: the tries are forgotten


def test_without_its_audit_row_a_password_stays(house: House, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: AuditEvent, **_: object) -> None:
        raise RuntimeError("the audit cannot be written")

    password_hash = hash_password("three other words")
    with monkeypatch.context() as patch, house.database.write() as session:
        person = session.get_one(Person, people.owner.person_id)
        patch.setattr(AuditEvent, "__init__", broken)
        with pytest.raises(RuntimeError):
            set_password(session, person=person, password_hash=password_hash, by=None)
        session.rollback()
    assert sign_in(house)


def test_an_unknown_address_is_refused_like_a_wrong_password(house: House, people: People) -> None:
    with pytest.raises(SignInRefused) as unknown:
        sign_in(house, "nobody@example.org")
    with pytest.raises(SignInRefused) as wrong:
        sign_in(house, password="not these words")
    assert unknown.value.message == wrong.value.message
