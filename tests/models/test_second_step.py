import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import update
from sqlmodel import select

from api.house import House
from models.audit import AuditEvent
from models.browser_sign_in import find_sign_in, start_sign_in
from models.cipher import SealBroken
from models.columns import new_id, utc_now
from models.half_sign_in import GOOD_FOR, find_half_sign_in, start_half_sign_in
from models.keys import SessionKey, WordsGone
from models.organisation import Organisation
from models.password import hash_password, set_password
from models.permissions import Actor
from models.person import Person
from models.sealed_secret import forget_secret, open_secret, seal_secret
from models.second_step import (
    CODES,
    CodeWrong,
    NothingToConfirm,
    OwnStepFirst,
    app_address,
    begin_second_step,
    confirm_second_step,
    end_second_step,
    find_second_step,
    has_second_step,
    pending_secret,
    recovery_codes_left,
    require_second_step,
    take_code,
)
from models.second_step_kept import HalfSignIn, RecoveryCode, SecondStep
from models.sweep import sweep_keys
from tests.conftest import People

NOON = datetime(2026, 3, 2, 12, 0, 10, tzinfo=UTC)
Clock = Callable[[datetime], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    def set_clock(now: datetime) -> None:
        monkeypatch.setattr("models.second_step.utc_now", lambda: now)

    set_clock(NOON)
    return set_clock


def begin(house: House, actor: Actor) -> str:
    with house.database.write() as session:
        person = session.get_one(Person, actor.person_id)
        begin_second_step(session, person=person)
        return pending_secret(session, person=person)


def confirm(house: House, actor: Actor, code: str) -> list[str]:
    with house.database.write() as session:
        person = session.get_one(Person, actor.person_id)
        return confirm_second_step(session, person=person, code=code)


def take(house: House, actor: Actor, code: str) -> None:
    with house.database.write() as session:
        take_code(session, person=session.get_one(Person, actor.person_id), code=code)


def code_at(secret: str, moment: datetime) -> str:
    return pyotp.TOTP(secret).at(moment)


def set_up(house: House, actor: Actor) -> tuple[str, list[str]]:
    secret = begin(house, actor)
    return secret, confirm(house, actor, code_at(secret, NOON))


def test_the_codes_are_those_of_rfc_6238(house: House, people: People, clock: Clock) -> None:
    """Its appendix B, for SHA-1: the last six of the eight digits it gives."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    vectors = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}
    with house.database.write() as session:
        row = SecondStep(person_id=people.owner.person_id, confirmed_at=NOON)
        row.sealed = seal_secret(
            session, secret, organisation_id=people.owner.organisation_id, record_id=row.id
        )  # fmt: skip
        session.add(row)
    for seconds, code in vectors.items():
        clock(datetime.fromtimestamp(seconds, UTC))
        take(house, people.owner, code)


def test_it_is_in_use_once_the_app_shows_the_right_code(house: House, people: People, clock: Clock) -> None:
    with pytest.raises(NothingToConfirm):
        confirm(house, people.owner, "123456")
    secret = begin(house, people.owner)
    with pytest.raises(CodeWrong):
        confirm(house, people.owner, code_at(secret, NOON + timedelta(minutes=5)))
    with house.database.read() as session:
        assert not has_second_step(session, people.owner.person_id)
        assert secret.encode() not in (session.exec(select(SecondStep)).one().pending or b"")
    codes = confirm(house, people.owner, f" {code_at(secret, NOON)[:3]} {code_at(secret, NOON)[3:]} ")
    assert len(set(codes)) == CODES
    with house.database.read() as session:
        assert has_second_step(session, people.owner.person_id)
        assert recovery_codes_left(session, people.owner.person_id) == CODES
        assert not {code.replace("-", "") for code in codes} & {
            row.code_hash for row in session.exec(select(RecoveryCode))
        }
    assert f"secret={secret}" in app_address(secret, email="olu.owner@example.org")


def test_a_code_is_taken_once_and_clocks_may_differ_by_half_a_minute(
    house: House, people: People, clock: Clock
) -> None:  # fmt: skip
    secret, _ = set_up(house, people.owner)
    with pytest.raises(CodeWrong):  # the one that confirmed it
        take(house, people.owner, code_at(secret, NOON))
    clock(NOON + timedelta(minutes=10))
    ahead = code_at(secret, NOON + timedelta(minutes=10, seconds=30))
    take(house, people.owner, ahead)
    for seconds in (0, 30):  # nor one from before a code that was taken
        with pytest.raises(CodeWrong):
            take(house, people.owner, code_at(secret, NOON + timedelta(minutes=10, seconds=seconds)))
    clock(NOON + timedelta(minutes=20))
    for seconds in (-60, 60):
        with pytest.raises(CodeWrong):
            take(house, people.owner, code_at(secret, NOON + timedelta(minutes=20, seconds=seconds)))
    take(house, people.owner, code_at(secret, NOON + timedelta(minutes=20, seconds=-30)))


@pytest.mark.parametrize("which", ["app", "recovery"])
def test_of_two_who_send_one_code_at_once_one_gets_in(house: House, people: People, clock: Clock, which: str) -> None:
    secret, codes = set_up(house, people.owner)
    clock(NOON + timedelta(minutes=10))
    code = code_at(secret, NOON + timedelta(minutes=10)) if which == "app" else codes[0]

    def try_it(_: int) -> bool:
        try:
            take(house, people.owner, code)
        except CodeWrong:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(try_it, range(4))) == 1


def test_a_recovery_code_works_once_and_only_its_persons(house: House, people: People, clock: Clock) -> None:
    _, codes = set_up(house, people.owner)
    set_up(house, people.colleague)
    with pytest.raises(CodeWrong):
        take(house, people.colleague, codes[0])
    take(house, people.owner, f" {codes[0].upper()} ")
    with pytest.raises(CodeWrong):
        take(house, people.owner, codes[0])
    take(house, people.owner, codes[1].replace("-", ""))
    with house.database.read() as session:
        assert recovery_codes_left(session, people.owner.person_id) == CODES - 2
        used = session.exec(select(AuditEvent).where(AuditEvent.action == "recovery_code_used")).all()
    assert len(used) == 2


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "١٢٣٤٥٦", "x" * 5000, "\ud800" * 6])
def test_nonsense_is_a_wrong_code(house: House, people: People, clock: Clock, code: str) -> None:
    set_up(house, people.owner)
    with pytest.raises(CodeWrong):
        take(house, people.owner, code)
    with pytest.raises(CodeWrong):
        take(house, people.colleague, code)


def test_a_new_app_takes_over_when_it_is_confirmed_and_not_before(house: House, people: People, clock: Clock) -> None:
    old, old_codes = set_up(house, people.owner)
    new = begin(house, people.owner)
    clock(NOON + timedelta(minutes=10))
    take(house, people.owner, code_at(old, NOON + timedelta(minutes=10)))
    confirm(house, people.owner, code_at(new, NOON + timedelta(minutes=10)))
    clock(NOON + timedelta(minutes=20))
    for gone in (code_at(old, NOON + timedelta(minutes=20)), old_codes[0]):
        with pytest.raises(CodeWrong):
            take(house, people.owner, gone)
    take(house, people.owner, code_at(new, NOON + timedelta(minutes=20)))


def test_it_can_be_taken_away(house: House, people: People, clock: Clock) -> None:
    set_up(house, people.owner)
    with house.database.write() as session:
        end_second_step(
            session, person=session.get_one(Person, people.owner.person_id), by=people.lead.person_id
        )  # fmt: skip
    with house.database.read() as session:
        assert find_second_step(session, people.owner.person_id) is None
        assert recovery_codes_left(session, people.owner.person_id) == 0
        ended = session.exec(select(AuditEvent).where(AuditEvent.action == "second_step_ended")).one()
    assert ended.actor_id == people.lead.person_id


def test_half_a_sign_in_lasts_ten_minutes_and_no_longer_than_the_password(house: House, people: People) -> None:
    def half() -> str:
        with house.database.write() as session:
            return start_half_sign_in(session, person=session.get_one(Person, people.owner.person_id))

    def holds(secret: str) -> bool:
        with house.database.read() as session:
            assert secret not in str(session.exec(select(HalfSignIn)).all())
            assert find_sign_in(session, secret, settings=house.settings) is None
            return find_half_sign_in(session, secret) is not None

    first = half()
    assert holds(first)
    with house.database.write() as session:
        session.exec(update(HalfSignIn).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert not holds(first)
    second = half()
    with house.database.write() as session:
        assert len(session.exec(select(HalfSignIn)).all()) == 1  # the expired one is tidied away
        person = session.get_one(Person, people.owner.person_id)
        set_password(session, person=person, password_hash=hash_password("three other words"), by=None)
    assert not holds(second)
    assert timedelta(minutes=10) == GOOD_FOR


def test_where_it_is_required_who_has_none_is_signed_out(house: House, people: People, clock: Clock) -> None:
    set_up(house, people.owner)
    with house.database.read() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
    with pytest.raises(OwnStepFirst), house.database.write() as session:
        require_second_step(session, organisation=home, required=True, by=people.lead.person_id)
    set_up(house, people.lead)
    with house.database.write() as session:
        cookies = {
            actor.name: start_sign_in(session, session.get_one(Person, actor.person_id), settings=house.settings)
            for actor in (people.owner, people.teammate, people.lead, people.stranger)
        }
        home = session.get_one(Organisation, people.owner.organisation_id)
        for _ in range(2):
            require_second_step(session, organisation=home, required=True, by=people.lead.person_id)
    with house.database.read() as session:
        still = {name for name, one in cookies.items() if find_sign_in(session, one, settings=house.settings)}
        assert len(session.exec(select(AuditEvent).where(AuditEvent.action == "second_step_required")).all()) == 1
    assert still == {"Olu Owner", "Lee Lead", "Sam Stranger"}


def test_a_sealed_secret_opens_for_its_own_record_only(house: House, people: People) -> None:
    one, other = new_id(), new_id()
    home = people.owner.organisation_id
    with house.database.write() as session:
        sealed = seal_secret(session, "a secret", organisation_id=home, record_id=one)
        seal_secret(session, "another", organisation_id=home, record_id=other)
    assert b"secret" not in sealed
    with house.database.read() as session:
        assert open_secret(session, sealed, record_id=one) == "a secret"
        with pytest.raises(SealBroken):
            open_secret(session, sealed, record_id=other)
        with pytest.raises(SealBroken):
            open_secret(session, sealed[:-1] + bytes([sealed[-1] ^ 1]), record_id=one)
    with house.database.write() as session:
        forget_secret(session, record_id=one)
    with house.database.read() as session, pytest.raises(WordsGone):
        open_secret(session, sealed, record_id=one)


def test_its_key_is_not_swept_away(house: House, people: People, clock: Clock) -> None:
    secret, _ = set_up(house, people.owner)
    with house.database.write() as session:
        session.exec(update(SessionKey).values(created_at=utc_now() - timedelta(days=3)))
    assert sweep_keys(house.database) == 0
    clock(NOON + timedelta(minutes=10))
    take(house, people.owner, code_at(secret, NOON + timedelta(minutes=10)))
