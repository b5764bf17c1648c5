"""An authority whose figures are worked out, for the tests of what shows them."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from api.house import House
from coding.session_figures import ask_for_all_figures
from models.coding import CodedBy
from models.columns import utc_now
from models.organisation import Organisation, Team
from models.person import Role
from tests.conftest import People, add_person, work_off
from tests.training.figures.planted import TALK, plant_session
from web.worker import Worker

SLICE = "role_play.chosen.machine"


@dataclass(frozen=True)
class Planted:
    """`north` is the owner's team, `east` one as large, `small` one of two people; each has three sessions of each
    person, of three months. `empty` has none."""

    north: UUID
    east: UUID
    small: UUID
    empty: UUID


def plant_authority(house: House, people: People, worker: Worker, *, east: str = "=East & Co") -> Planted:
    before = utc_now().date().replace(day=1) - timedelta(days=1)
    days = [before, before - timedelta(days=31), before - timedelta(days=62)]
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        teams = [Team(organisation_id=home.id, name=name, site="Town") for name in (east, "Small", "Empty")]
        session.add_all(teams)
        session.flush()
        session.add(people.team)
        for team, size, q in ((people.team, 8, 8), (teams[0], 8, 20), (teams[1], 2, 9)):
            for number in range(size):
                one = add_person(
                    session, home, f"Person {number} of {team.id}", team=team, role=Role.TRAINEE, role_team=team
                )
                for day in days:
                    plant_session(
                        session, practitioner=one, team=team, day=day, counts={**TALK, "q": q + number % 3},
                        coded_by=CodedBy.MACHINE,
                    )  # fmt: skip
        ask_for_all_figures(session)
        found = Planted(people.team.id, *(team.id for team in teams))
    work_off(worker)
    return found
