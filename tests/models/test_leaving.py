"""Leavers are out at once, and the last administrator stays."""

import pytest
from sqlmodel import select

from api.house import House
from models.api_token import find_token, make_api_token
from models.browser_sign_in import find_sign_in, start_sign_in
from models.password import fits
from models.people.leaving import let_return, mark_as_left
from models.people.places import LastAdministrator, give_role, set_wide_roles, take_role
from models.person import Person, PersonState, Role
from models.practice import PracticeSession, SessionKind
from models.reset import LinkGone, find_reset, make_reset
from models.sign_in import actor_of, current_teams
from tests.conftest import People
from tests.models.people import TODAY, actions, joiner, tried


def test_a_leaver_is_out_at_once_and_the_sessions_stay_with_the_team(house: House, people: People) -> None:
    with house.database.write() as session:
        person = session.get_one(Person, people.owner.person_id)
        cookie = start_sign_in(session, person, settings=house.settings)
        token = make_api_token(session, person=person, name="script")
        session.add(
            PracticeSession(
                organisation_id=person.organisation_id, practitioner_id=person.id, team_id=people.team.id,
                added_by_id=person.id, title="x", kind=SessionKind.ROLE_PLAY, held_on=TODAY, agreement_confirmed=True,
            )
        )  # fmt: skip
        session.flush()
        assert find_sign_in(session, cookie, settings=house.settings)
        assert find_token(session, token)
        reset = make_reset(session, person_id=person.id)
        assert reset
        mark_as_left(session, person=person, by=people.lead.person_id)
        assert find_sign_in(session, cookie, settings=house.settings) is find_token(session, token) is None
        assert session.exec(select(PracticeSession.team_id)).one() == people.team.id
        assert actor_of(session, person).grants == ()
        assert current_teams(session, person.id) == []
        let_return(session, person=person, settings=house.settings, by=people.lead.person_id)
        assert person.state is PersonState.INVITED
        with pytest.raises(LinkGone):
            find_reset(session, reset.secret)
        assert find_sign_in(session, cookie, settings=house.settings) is find_token(session, token) is None
        assert current_teams(session, person.id) == []
    assert actions(house, person)[-3:] == ["left", "returned", "invited"]
    assert not fits(tried(house, person.email), "three calm words")


def test_the_last_administrator_cannot_go(house: House, people: People) -> None:
    with house.database.write() as session:
        only, other = (session.get_one(Person, one.person_id) for one in (people.lead, people.colleague))
        give_role(session, person=only, role=Role.ADMINISTRATOR, team=None, by=None)
        coming = joiner(session, house, people)
        give_role(session, person=coming, role=Role.ADMINISTRATOR, team=None, by=None)
        away = session.get_one(Person, people.stranger.person_id)
        give_role(session, person=away, role=Role.ADMINISTRATOR, team=None, by=None)
        with pytest.raises(LastAdministrator):
            mark_as_left(session, person=only, by=only.id)
        with pytest.raises(LastAdministrator):
            set_wide_roles(session, person=only, roles=[Role.LEAD], by=only.id)
        assert only.left_at is None
        assert give_role(session, person=other, role=Role.ADMINISTRATOR, team=None, by=only.id)
        assert not give_role(session, person=other, role=Role.ADMINISTRATOR, team=None, by=only.id)
        set_wide_roles(session, person=only, roles=[], by=only.id)
        assert actor_of(session, only).grants == ()
        with pytest.raises(LastAdministrator):
            take_role(session, person=other, role=Role.ADMINISTRATOR, team_id=None, by=only.id)
