import pytest
from sqlalchemy import update
from sqlmodel import select

from api.house import House
from models.api_token import (
    DAYS,
    USUAL_DAYS,
    TokenWrong,
    add_short_token,
    find_token,
    make_api_token,
    note_use,
    revoke_token,
    tokens_of,
    when_it_ended,
)
from models.audit import AuditEvent
from models.columns import utc_now
from models.errors import NotFound
from models.person import ApiToken, Person
from tests.conftest import People


def make(house: House, people: People, name: str = "script", days: int | None = USUAL_DAYS) -> str:
    with house.database.write() as session:
        return make_api_token(session, person=session.get_one(Person, people.owner.person_id), name=name, days=days)


def test_a_token_stands_for_its_person_and_is_not_kept(house: House, people: People) -> None:
    token = make(house, people)
    with house.database.read() as session:
        found = find_token(session, token)
        assert found is not None
        assert found[0] == people.owner
        assert find_token(session, "evoke_wrong") is None
        assert token not in str(session.exec(select(ApiToken)).all())


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_token_has_a_name_of_fair_length(house: House, people: People, name: str) -> None:
    with pytest.raises(TokenWrong):
        make(house, people, name)
    with house.database.read() as session:
        assert session.exec(select(ApiToken)).all() == []


def end_all(house: House) -> None:
    with house.database.write() as session:
        session.exec(update(ApiToken).values(expires_at=utc_now()))


@pytest.mark.parametrize("days", [*DAYS, None])
def test_it_ends_when_it_was_to_and_only_its_holder_hears_so(house: House, people: People, days: int | None) -> None:
    token = make(house, people, days=days)
    with house.database.read() as session:
        (row,) = tokens_of(session, people.owner.person_id)
        assert (row.expires_at - utc_now()).days + 1 == days if row.expires_at else days is None
        assert (row.is_over, when_it_ended(session, token)) == (False, None)
        (made,) = session.exec(select(AuditEvent)).all()
    assert made.details["until"] == (row.expires_at.date().isoformat() if row.expires_at else "no end")
    end_all(house)
    with house.database.read() as session:
        assert find_token(session, token) is None
        (row,) = tokens_of(session, people.owner.person_id)
        assert row.is_over
        assert when_it_ended(session, token) == row.expires_at
        assert when_it_ended(session, f"{token}x") is None
    with house.database.write() as session:
        revoke_token(session, token_id=row.id, by=people.owner)
        assert when_it_ended(session, token) is None


def test_that_a_programs_own_token_is_over_is_not_told(house: House, people: People) -> None:
    with house.database.write() as session:
        token = add_short_token(session, person_id=people.owner.person_id, scopes="add_session", expires_at=utc_now())
        assert when_it_ended(session, token) is None


@pytest.mark.parametrize("days", [0, 1, 366, 3650])
def test_none_is_longer_than_a_year_but_one_without_an_end(house: House, people: People, days: int) -> None:
    with pytest.raises(TokenWrong) as wrong:
        make(house, people, days=days)
    assert list(wrong.value.fields) == ["days"]


def test_its_last_use_is_written_down_now_and_then(house: House, people: People) -> None:
    token = make(house, people)
    with house.database.write() as session:
        (_, used) = find_token(session, token) or (None, None)
        assert used is not None
        note_use(session, used)
    with house.database.read() as session:
        assert find_token(session, token) == (people.owner, None)
        assert tokens_of(session, people.owner.person_id)[0].used_at is not None


def test_revoked_it_is_nobodys_and_only_its_owner_revokes_it(house: House, people: People) -> None:
    token = make(house, people)
    with house.database.read() as session:
        token_id = tokens_of(session, people.owner.person_id)[0].id
    for other in (people.colleague, people.stranger):
        with pytest.raises(NotFound), house.database.write() as session:
            revoke_token(session, token_id=token_id, by=other)
    with house.database.write() as session:
        revoke_token(session, token_id=token_id, by=people.owner)
    with house.database.read() as session:
        assert find_token(session, token) is None
        assert tokens_of(session, people.owner.person_id) == []
        actions = [event.action for event in session.exec(select(AuditEvent))]
    assert actions == ["api_token_made", "api_token_revoked"]
    with pytest.raises(NotFound), house.database.write() as session:
        revoke_token(session, token_id=token_id, by=people.owner)
