from datetime import timedelta

from sqlmodel import Session

from api.house import House
from models.columns import utc_now
from models.organisation import Team
from models.people.joining import add_and_invite
from models.people.leaving import mark_as_left
from models.people.places import give_role, join_team, memberships, move_team
from models.people.teams import add_team, close_team
from models.permissions import Actor, Grant
from models.person import Person, Role
from tests.conftest import People
from training.people_lists import Headcount, PeopleFilter, headcount, people_list, team_rows


def names(session: Session, actor: Actor, **wanted: object) -> list[str]:
    return [row.name for row in people_list(session, actor, PeopleFilter(**wanted)).rows]  # type: ignore[arg-type]


def test_people_are_found_by_words_team_and_state(house: House, people: People) -> None:
    """By somebody of this authority, and nobody of another."""
    here = people.lead
    with house.database.write() as session:
        for name in ("Zoë 100%", "a_b"):
            person = add_and_invite(
                session, organisation_id=here.organisation_id, name=name, email=f"{name[0]}@example.org",
                discipline=None, settings=house.settings, by=None,
            )  # fmt: skip
        mark_as_left(session, person=person, by=None)
    with house.database.read() as session:
        assert names(session, here) == ["Cass Coach", "Lee Lead", "Olu Owner", "Toni Teammate", "Zoë 100%"]
        assert names(session, here, state="all")[0] == "a_b"
        assert names(session, here, state="left") == ["a_b"]
        assert names(session, here, state="invited") == names(session, here, words="0%") == ["Zoë 100%"]
        assert names(session, here, words="_", state="all") == ["a_b"]
        assert names(session, here, words=" OLU.owner@") == ["Olu Owner"]
        assert names(session, here, team_id=people.team.id) == ["Cass Coach", "Olu Owner", "Toni Teammate"]
        assert names(session, people.stranger, team_id=people.team.id) == []
        assert names(session, people.stranger, state="all") == ["Sam Stranger", "Sky Coach"]
        assert headcount(session, here) is None
        administrator = Actor(here.person_id, here.organisation_id, "A", (Grant(Role.ADMINISTRATOR),))
        assert headcount(session, administrator) == Headcount(active=4, invited=1)


def test_where_people_are_is_said_in_words(house: House, people: People) -> None:
    today = utc_now().date()
    later = today + timedelta(days=30)
    with house.database.write() as session:
        south, west = (
            add_team(session, organisation_id=people.lead.organisation_id, name=name, by=None)
            for name in ("South", "West")
        )
        owner, coach = (session.get_one(Person, one.person_id) for one in (people.owner, people.colleague))
        (place,) = memberships(session, owner, since=today)
        move_team(session, person=owner, membership=place, team=south, on=later, by=None)
        join_team(session, person=coach, team=south, role=Role.COACH, on=today, by=None)
        give_role(session, person=coach, role=Role.LEAD, team=None, by=None)
        close_team(session, team=west, by=None)
    with house.database.read() as session:
        shown = {row.name: row.places_shown for row in people_list(session, people.lead, PeopleFilter()).rows}
        north = session.get_one(Team, people.team.id).name
        assert shown["Olu Owner"] == f"{north} · South from {later.day} {later:%B %Y}"
        assert shown["Cass Coach"] == f"{north} · coach of {north}, South · learning and development lead"
        rows = {row.name: (row.members, row.coaches, row.is_closed) for row in team_rows(session, people.lead)}
        assert rows == {north: (3, ("Cass Coach",), False), "South": (1, ("Cass Coach",), False), "West": (0, (), True)}
        assert list(rows)[-1] == "West"
