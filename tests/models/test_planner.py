"""What connections tell PostgreSQL's planner."""

import pytest
from sqlalchemy import text

from api.house import House


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_every_connection_says_that_disks_have_no_arms(house: House) -> None:
    for open_ in (house.database.read, house.database.write):
        with open_() as session:
            assert session.connection().execute(text("SHOW random_page_cost")).scalar_one() == "1.1"
