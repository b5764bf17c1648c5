import pytest
from sqlalchemy import text

from api.house import House
from models.changes import Changes


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_commit_is_noticed_once_and_reading_or_taking_back_is_none(house: House) -> None:
    with Changes(house.database.url) as changes:
        assert not changes.any()
        with house.database.read() as session:
            session.connection().execute(text("SELECT count(*) FROM person"))
        assert not changes.any()
        with house.database.write() as session:
            session.connection().execute(text("DELETE FROM job"))
            session.rollback()
        assert not changes.any()
        with house.database.write() as session:
            session.connection().execute(text("CREATE TABLE something (id INTEGER)"))
        assert changes.any()
        assert not changes.any()
