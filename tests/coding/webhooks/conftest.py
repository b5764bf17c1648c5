"""A receiver that a webhook may reach, and who sets one up."""

from collections.abc import Iterator

import pytest

from api.house import House
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role
from models.settings import Settings
from tests.conftest import People, add_person
from tests.webhook_receiver import Receiver


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.outgoing_allowed = "localhost"
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def admin(house: House, people: People) -> Actor:
    with house.database.write() as session:
        organisation = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, organisation, "Ada Admin", role=Role.ADMINISTRATOR)
