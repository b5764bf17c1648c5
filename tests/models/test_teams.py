"""Teams: named, placed, closed and opened again."""

from datetime import date

import pytest
from sqlmodel import col, select

from api.house import House
from models.audit import AuditEvent
from models.organisation import Organisation, Team
from models.people.places import join_team, leave_team, memberships
from models.people.teams import TeamNotEmpty, add_team, close_team, rename_team, reopen_team, set_team_site
from models.person import Person, Role
from models.sign_in import DetailsWrong
from tests.conftest import People
from tests.models.people import DAY, TODAY


def test_teams_are_named_once_and_closed_when_nobody_is_in_them(house: House, people: People) -> None:
    with house.database.write() as session:
        organisation = session.get_one(Organisation, people.owner.organisation_id)
        for taken in ("", "  ", "x" * 201, " family  safeguarding NORTH "):
            with pytest.raises(DetailsWrong):
                add_team(session, organisation_id=organisation.id, name=taken, by=None)
        add_team(session, organisation_id=organisation.id, name="Family Safeguarding East", by=None)  # another's name
        team = add_team(session, organisation_id=organisation.id, name="South", by=None)
        rename_team(session, team=team, name="SOUTH ", by=None)
        person = session.get_one(Person, people.owner.person_id)
        join_team(session, person=person, team=team, role=Role.TRAINEE, on=TODAY + DAY, by=None)
        with pytest.raises(TeamNotEmpty, match="1 person is"):
            close_team(session, team=team, by=None)
        (place,) = memberships(session, person, since=TODAY + DAY)[1:]
        leave_team(session, person=person, membership=place, last_day=date(2026, 1, 1), by=None)
        close_team(session, team=team, by=None)
        with pytest.raises(DetailsWrong, match="closed"):
            join_team(session, person=person, team=team, role=Role.TRAINEE, on=TODAY, by=None)
        reopen_team(session, team=team, by=None)
        names = set(session.exec(select(Team.name).where(col(Team.organisation_id) == organisation.id)))
        assert names == {"Family Safeguarding North", "Family Safeguarding East", "SOUTH"}


def test_where_a_team_works_is_kept_and_noted_once(house: House, people: People) -> None:
    with house.database.write() as session:
        organisation_id, by = people.owner.organisation_id, people.lead.person_id
        team = add_team(session, organisation_id=organisation_id, name="South", site="  Oak  House ", by=by)
        assert team.site == "Oak House"
        for site in ("Oak House ", "Mill Street", "Mill Street", ""):
            set_team_site(session, team=team, site=site, by=by)
        for wrong in (
            lambda: set_team_site(session, team=team, site="x" * 101, by=by),
            lambda: add_team(session, organisation_id=organisation_id, name="W", site="x" * 101, by=by),
        ):
            with pytest.raises(DetailsWrong) as told:
                wrong()
            assert "team_site" in told.value.fields
        assert team.site == ""
        team_id = team.id
    with house.database.read() as session:
        moved = (
            select(AuditEvent).where(col(AuditEvent.action) == "team_site_changed").order_by(col(AuditEvent.sequence))
        )
        rows = session.exec(moved).all()
        assert [(row.subject_id, row.details["site"]) for row in rows] == [(team_id, "Mill Street"), (team_id, "")]
