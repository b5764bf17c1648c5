import pytest
from sqlmodel import select

from api.house import House
from models.api_token import TokenNameWrong, find_token, make_api_token, note_use, revoke_token, tokens_of
from models.audit import AuditEvent
from models.errors import NotFound
from models.person import ApiToken, Person
from tests.conftest import People


def make(house: House, people: People, name: str = "script") -> str:
    with house.database.write() as session:
        return make_api_token(session, person=session.get_one(Person, people.owner.person_id), name=name)


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
    with pytest.raises(TokenNameWrong):
        make(house, people, name)
    with house.database.read() as session:
        assert session.exec(select(ApiToken)).all() == []


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
