import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from api.house import House
from models.columns import utc_now
from models.errors import NotAllowed, NotFound
from models.organisation import Organisation, OrganisationKind
from models.permissions import ACROSS, OWN, ROLES, Actor, Grant, Permission, evaluated_organisations, may, require
from models.person import Person, Role, RoleGrant
from models.practice import PracticeSession, SessionKind
from models.session_permissions import require_session, visible_sessions
from models.sign_in import actor_of, make_organisation
from tests.conftest import People, add_person

HERE, AWAY, TEAM, OTHER_TEAM, ME, THEM = (uuid.uuid4() for _ in range(6))


def actor(*grants: Grant) -> Actor:
    return Actor(ME, HERE, "Me", grants)


@pytest.mark.parametrize("permission", [one for one in Permission if one not in ACROSS])
@pytest.mark.parametrize("role", list(Role))
def test_every_role_and_permission_in_and_out_of_its_team_and_authority(role: Role, permission: Permission) -> None:
    given_by_role = permission in ROLES[role]
    in_team = actor(Grant(role, TEAM))
    assert may(in_team, permission, organisation_id=HERE, owner_id=THEM, team_id=TEAM) is given_by_role
    assert not may(in_team, permission, organisation_id=HERE, owner_id=THEM, team_id=OTHER_TEAM)
    assert not may(in_team, permission, organisation_id=HERE, owner_id=THEM)
    assert not may(in_team, permission, organisation_id=AWAY, owner_id=ME, team_id=TEAM)
    assert may(in_team, permission, organisation_id=HERE, owner_id=ME) is (permission in OWN)
    everywhere = actor(Grant(role))
    assert may(everywhere, permission, organisation_id=HERE, owner_id=THEM, team_id=OTHER_TEAM) is given_by_role


@pytest.mark.parametrize("permission", ACROSS)
@pytest.mark.parametrize("role", list(Role))
def test_what_reaches_other_authorities_reaches_those_that_opted_in(role: Role, permission: Permission) -> None:
    for there in (HERE, AWAY):
        for opted_in in (True, False):
            seen = may(actor(Grant(role)), permission, organisation_id=there, opted_in=opted_in)
            assert seen is (permission in ROLES[role] and opted_in)
            assert not may(actor(Grant(role, TEAM)), permission, organisation_id=there, team_id=TEAM, opted_in=opted_in)


@pytest.mark.parametrize("role", list(Role))
def test_opting_in_to_evaluation_opens_nothing_else(role: Role) -> None:
    for permission in Permission:
        if permission not in ACROSS:
            assert not may(actor(Grant(role)), permission, organisation_id=AWAY, owner_id=ME, opted_in=True)


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.LEAD, Role.ADMINISTRATOR, Role.EVALUATOR, Role.API_CLIENT])
def test_only_a_coach_reads_what_others_said(role: Role) -> None:
    for permission in (Permission.SEE_SESSION, Permission.CHANGE_SESSION):
        assert not may(actor(Grant(role)), permission, organisation_id=HERE, owner_id=THEM, team_id=TEAM)


def test_what_concerns_the_organisation_does_not_exist_for_who_may_not() -> None:
    require(actor(Grant(Role.ADMINISTRATOR)), Permission.MANAGE_PEOPLE)
    for who in (actor(), actor(Grant(Role.ADMINISTRATOR, TEAM)), actor(Grant(Role.LEAD))):
        with pytest.raises(NotFound):
            require(who, Permission.MANAGE_PEOPLE)


@given(st.lists(st.tuples(st.sampled_from(list(Role)), st.sampled_from([TEAM, OTHER_TEAM, None]))))
def test_more_roles_never_take_a_permission_away(grants: list[tuple[Role, uuid.UUID | None]]) -> None:
    held = [Grant(role, team) for role, team in grants]
    for permission in Permission:
        fewer = may(actor(*held[:-1]), permission, organisation_id=HERE, owner_id=THEM, team_id=TEAM)
        assert may(actor(*held), permission, organisation_id=HERE, owner_id=THEM, team_id=TEAM) >= fewer


def test_the_list_and_the_decision_agree(house: House, people: People) -> None:
    with house.database.write() as session:
        for owner in (people.owner, people.teammate, people.stranger):
            session.add(
                PracticeSession(
                    organisation_id=owner.organisation_id, practitioner_id=owner.person_id,
                    team_id=next(iter(owner.team_ids)), added_by_id=owner.person_id, kind=SessionKind.ROLE_PLAY,
                    held_on=utc_now().date(), agreement_confirmed=True,
                )
            )  # fmt: skip
    names = {one.person_id: one.name for one in (people.owner, people.teammate, people.stranger)}
    expected = {
        people.owner: {"Olu Owner"},
        people.colleague: {"Olu Owner", "Toni Teammate"},
        people.teammate: {"Toni Teammate"},
        people.lead: set(),
        people.stranger_coach: {"Sam Stranger"},
    }
    with house.database.read() as session:
        everything = session.exec(select(PracticeSession)).all()
        for who, theirs in expected.items():
            listed = session.exec(select(PracticeSession).where(visible_sessions(who)))
            assert {names[p.practitioner_id] for p in listed} == theirs, who.name
            assert {names[p.practitioner_id] for p in everything if _sees(who, p)} == theirs, who.name


def _sees(who: Actor, practice: PracticeSession) -> bool:
    try:
        return require_session(who, Permission.SEE_SESSION, practice) is practice
    except NotFound:
        return False


def test_a_stranger_cannot_tell_a_session_from_none() -> None:
    with pytest.raises(NotFound) as nothing:
        require_session(actor(), Permission.SEE_SESSION, None)
    theirs = PracticeSession(
        organisation_id=AWAY, practitioner_id=THEM, added_by_id=THEM, kind=SessionKind.ROLE_PLAY,
        held_on=utc_now().date(), agreement_confirmed=True,
    )  # fmt: skip
    with pytest.raises(NotFound) as hidden:
        require_session(actor(), Permission.SEE_SESSION, theirs)
    assert str(nothing.value) == str(hidden.value)
    assert not isinstance(hidden.value, NotAllowed)


def test_evaluators_see_authorities_that_opted_in_from_an_evaluation_centre_only(house: House, people: People) -> None:
    with house.database.write() as session:
        centre = make_organisation(session, name="Elm University")
        centre.kind = OrganisationKind.EVALUATION
        home = session.get_one(Organisation, people.owner.organisation_id)
        home.evaluation_opt_in = True
        evaluator = add_person(session, centre, "Eve Evaluator", role=Role.EVALUATOR)
        leader = add_person(session, centre, "Len Leader", role=Role.LEAD)
        inside = add_person(session, home, "Ivo Inside", role=Role.EVALUATOR)
    assert evaluator.has_role(Role.EVALUATOR)
    assert inside.grants == leader.grants == ()
    with house.database.read() as session:
        for who, names in ((evaluator, ["Ferndale Council"]), (inside, []), (people.lead, [])):
            assert [o.name for o in session.exec(select(Organisation).where(evaluated_organisations(who)))] == names
        assert session.exec(select(PracticeSession).where(visible_sessions(evaluator))).all() == []


def test_roles_count_between_their_dates(house: House, people: People) -> None:
    day = timedelta(days=1)
    dates = [(-2 * day, -day), (day, None), (-day, day), (-day, None)]
    with house.database.write() as session:
        person = session.get_one(Person, people.teammate.person_id)
        for role, (start, end) in zip((Role.LEAD, Role.ADMINISTRATOR, Role.API_CLIENT, Role.COACH), dates, strict=True):
            ends = None if end is None else utc_now() + end
            session.add(RoleGrant(person_id=person.id, role=role, started_at=utc_now() + start, ended_at=ends))
        session.flush()
        held = {grant.role for grant in actor_of(session, person).grants}
    assert held == {Role.TRAINEE, Role.API_CLIENT, Role.COACH}
