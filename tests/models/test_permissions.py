import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from api.house import House
from models.columns import utc_now
from models.errors import NotAllowed, NotFound
from models.permissions import OWN, ROLES, Actor, Grant, Permission, may, require_session, visible_sessions
from models.person import Role
from models.practice import PracticeSession, SessionKind
from tests.conftest import People

HERE, AWAY, TEAM, OTHER_TEAM, ME, THEM = (uuid.uuid4() for _ in range(6))


def actor(*grants: Grant) -> Actor:
    return Actor(ME, HERE, "Me", grants)


@pytest.mark.parametrize("permission", list(Permission))
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
                    team_id=next(iter(owner.team_ids)), added_by_id=owner.person_id, title=owner.name,
                    kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(), agreement_confirmed=True,
                )
            )  # fmt: skip
    expected = {
        people.owner: {"Olu Owner"},
        people.colleague: {"Olu Owner", "Toni Teammate"},
        people.teammate: {"Toni Teammate"},
        people.lead: set(),
        people.stranger_coach: {"Sam Stranger"},
    }
    with house.database.read() as session:
        everything = session.exec(select(PracticeSession)).all()
        for who, titles in expected.items():
            listed = {p.title for p in session.exec(select(PracticeSession).where(visible_sessions(who)))}
            assert listed == titles == {p.title for p in everything if _sees(who, p)}, who.name


def _sees(who: Actor, practice: PracticeSession) -> bool:
    try:
        return require_session(who, Permission.SEE_SESSION, practice) is practice
    except NotFound:
        return False


def test_a_stranger_cannot_tell_a_session_from_none() -> None:
    with pytest.raises(NotFound) as nothing:
        require_session(actor(), Permission.SEE_SESSION, None)
    theirs = PracticeSession(
        organisation_id=AWAY, practitioner_id=THEM, added_by_id=THEM, title="x", kind=SessionKind.ROLE_PLAY,
        held_on=utc_now().date(), agreement_confirmed=True,
    )  # fmt: skip
    with pytest.raises(NotFound) as hidden:
        require_session(actor(), Permission.SEE_SESSION, theirs)
    assert str(nothing.value) == str(hidden.value)
    assert not isinstance(hidden.value, NotAllowed)
