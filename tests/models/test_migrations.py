from alembic import command
from sqlalchemy import text

from api.house import House
from coding.scheme.codes import Behaviour, ClientTalk
from coding.scheme.summary import GlobalRating
from models.coding import CODES, COUNTED, GLOBALS
from models.migrations import alembic_config, upgrade


def test_the_migrations_make_what_the_tables_say(house: House) -> None:
    command.check(alembic_config(house.database))


def test_upgrading_twice_changes_nothing(house: House) -> None:
    upgrade(house.database)
    with house.database.read() as session:
        assert session.connection().execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


def test_the_database_knows_the_codes_of_the_scheme() -> None:
    assert tuple(c.value for c in (*Behaviour, *ClientTalk)) == CODES
    assert tuple(b.value for b in Behaviour.counted()) == COUNTED
    assert tuple(rating.value for rating in GlobalRating) == GLOBALS
