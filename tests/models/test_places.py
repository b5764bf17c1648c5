"""Who is in which team and has which role, from when to when."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.house import House
from models.browser_sign_in import Browser, find_sign_in, keep_up, start_sign_in
from models.organisation import OrganisationKind
from models.people.joining import add_and_invite
from models.people.places import give_role, join_team, leave_team, memberships, move_team, set_wide_roles, take_role
from models.people.teams import add_team
from models.permissions import Grant
from models.person import Person, Role, TeamMembership, in_team_on
from models.sign_in import DetailsWrong, actor_of, current_teams, make_organisation
from tests.conftest import People
from tests.models.people import DAY, TODAY, joiner


def test_every_change_of_places_and_roles_brings_new_secrets(house: House, people: People) -> None:
    with house.database.write() as session:
        person, other = session.get_one(Person, people.owner.person_id), people.colleague.person_id
        south = add_team(session, organisation_id=person.organisation_id, name="South", by=None)
        mine = start_sign_in(session, person, settings=house.settings)
        others = start_sign_in(session, session.get_one(Person, other), settings=house.settings)
        place = memberships(session, person, since=TODAY)[0]
        give: dict[str, Any] = {"person": person, "by": None}
        changes: list[Callable[[], object]] = [
            lambda: join_team(session, team=south, role=Role.TRAINEE, on=TODAY + DAY, **give),
            lambda: join_team(session, team=south, role=Role.COACH, on=TODAY, **give),
            lambda: take_role(session, role=Role.COACH, team_id=south.id, **give),
            lambda: move_team(session, membership=place, team=south, on=TODAY, **give),
            lambda: leave_team(
                session, membership=memberships(session, person, since=TODAY)[0], last_day=TODAY, **give
            ),
            lambda: give_role(session, role=Role.LEAD, team=None, **give),
            lambda: set_wide_roles(session, roles=[Role.DATA_PROTECTION], **give),
        ]
        for number, change in enumerate(changes):
            assert renewed(session, house, mine) is None, number
            change()
            fresh = renewed(session, house, mine)
            assert fresh is not None, number
            assert renewed(session, house, fresh) is None, number  # taken up
            mine = fresh
        give_role(session, role=Role.DATA_PROTECTION, team=None, **give)  # they hold it already
        assert renewed(session, house, mine) is renewed(session, house, others) is None


def renewed(session: Session, house: House, secret: str) -> str | None:
    """What the browser gets with its next request: a new secret, or none."""
    found = find_sign_in(session, secret, settings=house.settings)
    assert found is not None
    given = keep_up(session, found.sign_in_id, secret, Browser())
    return given.secret if given else None


def test_a_move_has_its_day(house: House, people: People) -> None:
    by = people.lead.person_id
    with house.database.write() as session:
        person = session.get_one(Person, people.owner.person_id)
        south = add_team(session, organisation_id=person.organisation_id, name="South", by=by)
        (north_place,) = memberships(session, person, since=TODAY)
        move_team(session, person=person, membership=north_place, team=south, on=TODAY + 3 * DAY, by=by)
        assert current_teams(session, person.id) == [people.team.id]
        to_come = memberships(session, person, since=TODAY + 3 * DAY)
        assert [(one.team_id, one.started_on) for one in to_come] == [(south.id, TODAY + 3 * DAY)]
        assert north_place.ended_on == TODAY + 2 * DAY
        with pytest.raises(DetailsWrong, match="before that day"):
            move_team(session, person=person, membership=north_place, team=south, on=TODAY + 9 * DAY, by=by)
        with pytest.raises(DetailsWrong, match="already"):
            move_team(session, person=person, membership=to_come[0], team=south, on=TODAY, by=by)
        move_team(session, person=person, membership=to_come[0], team=people.team, on=TODAY + 2 * DAY, by=by)
        assert memberships(session, person, since=TODAY + 4 * DAY) == []  # back before it began, and still in the first
        assert current_teams(session, person.id) == [people.team.id]


def test_somebody_is_in_a_team_from_the_first_day_to_the_last(house: House, people: People) -> None:
    first, last = date(2026, 3, 2), date(2026, 3, 6)
    with house.database.write() as session:
        person = joiner(session, house, people)
        session.add(TeamMembership(person_id=person.id, team_id=people.team.id, started_on=first, ended_on=last))
        session.flush()
        theirs = select(TeamMembership).where(col(TeamMembership.person_id) == person.id)
        days = [date(2026, 3, day) for day in range(1, 9)]
        there = [day.day for day in days if session.exec(theirs.where(in_team_on(day))).first()]
        assert there == [2, 3, 4, 5, 6]
        session.exec(theirs).one().ended_on = None
        session.flush()
        assert session.exec(theirs.where(in_team_on(date(2030, 1, 1)))).first()


def test_a_coach_is_one_of_a_team_and_at_once_no_more(house: House, people: People) -> None:
    with house.database.write() as session:
        person = session.get_one(Person, people.teammate.person_id)
        assert join_team(session, person=person, team=people.team, role=Role.COACH, on=TODAY, by=None)
        assert not join_team(session, person=person, team=people.team, role=Role.COACH, on=TODAY, by=None)
        assert not join_team(session, person=person, team=people.team, role=Role.TRAINEE, on=TODAY, by=None)
        assert Grant(Role.COACH, people.team.id) in actor_of(session, person).grants
        take_role(session, person=person, role=Role.COACH, team_id=people.team.id, by=None)
        assert not actor_of(session, person).has_role(Role.COACH)
        (place,) = memberships(session, person, since=TODAY)
        leave_team(session, person=person, membership=place, last_day=TODAY - DAY, by=None)
        assert actor_of(session, person).grants == ()
        assert session.exec(select(TeamMembership).where(col(TeamMembership.person_id) == person.id)).one().ended_on


@pytest.mark.parametrize(("role", "in_team"), [(Role.COACH, False), (Role.LEAD, True), (Role.EVALUATOR, False)])
def test_roles_are_given_where_they_belong(house: House, people: People, role: Role, in_team: bool) -> None:
    with house.database.write() as session:
        person = session.get_one(Person, people.owner.person_id)
        team = people.team if in_team else None
        with pytest.raises(DetailsWrong):
            give_role(session, person=person, role=role, team=team, by=None)


def test_an_evaluation_centre_has_evaluators_and_no_coaches(house: House, people: People) -> None:
    with house.database.write() as session:
        centre = make_organisation(session, name="Elm", kind=OrganisationKind.EVALUATION)
        person = add_and_invite(
            session, organisation_id=centre.id, name="Eve", email="eve@elm.example", discipline=None,
            settings=house.settings, by=None,
        )  # fmt: skip
        assert give_role(session, person=person, role=Role.EVALUATOR, team=None, by=None)
        with pytest.raises(DetailsWrong):
            give_role(session, person=person, role=Role.LEAD, team=None, by=None)
        with pytest.raises(DetailsWrong):
            join_team(session, person=person, team=people.team, role=Role.TRAINEE, on=TODAY, by=None)
