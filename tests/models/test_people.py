"""Joiners: invitations, addresses, and nothing without its audit row."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from api.house import House
from models.columns import utc_now
from models.invitation import Invitation
from models.organisation import Team
from models.password import fits, hash_password
from models.people.inviting import InvitationOver, accept_invitation, invite, invited_person
from models.people.joining import change_person
from models.people.leaving import mark_as_left
from models.people.places import give_role
from models.people.teams import rename_team, set_team_site
from models.person import Person, PersonState, Role
from models.sign_in import DetailsWrong, actor_of
from tests.conftest import People
from tests.models.people import DAY, actions, joiner, secret_of, tried


def test_an_invitation_lets_in_once_and_its_secret_is_not_kept(house: House, people: People) -> None:
    with house.database.write() as session:
        person = joiner(session, house, people)
        assert (person.name, person.email, person.state) == ("Nia New", "nia.new@example.org", PersonState.INVITED)
        secret = secret_of(session, house, person)
        kept = session.exec(select(Invitation)).one()
        assert secret not in repr(kept)
        assert kept.expires_at - kept.created_at > 6.9 * DAY
    assert not fits(tried(house, person.email), "")
    with house.database.read() as session:
        assert invited_person(session, secret).id == person.id
    with house.database.write() as session:
        accept_invitation(session, secret=secret, name="Nia Neu", password_hash=hash_password("a long password"))
    with house.database.write() as session:
        with pytest.raises(InvitationOver):
            accept_invitation(session, secret=secret, name="Mallory", password_hash="x")
        person = session.get_one(Person, person.id)
        assert (person.name, person.state) == ("Nia Neu", PersonState.ACTIVE)
    assert actions(house, person) == ["person_added", "invited", "password_set", "joined"]
    assert fits(tried(house, person.email), "a long password")


def test_a_link_ends_with_its_week_a_newer_one_and_leaving(house: House, people: People) -> None:
    with house.database.write() as session:
        person = joiner(session, house, people)
        first = secret_of(session, house, person)
        invite(session, person=person, settings=house.settings, by=None)
        second = secret_of(session, house, person)
        assert first != second
        with pytest.raises(InvitationOver):
            invited_person(session, first)
        assert invited_person(session, second) is person
        newest = session.exec(select(Invitation).where(col(Invitation.ended_at).is_(None))).one()
        newest.expires_at = utc_now() - timedelta(seconds=1)
        session.flush()
        with pytest.raises(InvitationOver):
            invited_person(session, second)
        newest.expires_at = utc_now() + DAY
        mark_as_left(session, person=person, by=people.lead.person_id)
        for secret in (second, "", "x" * 43):
            with pytest.raises(InvitationOver):
                invited_person(session, secret)


def test_an_address_is_one_persons_and_another_authoritys_people_are_not_told(house: House, people: People) -> None:
    with house.database.write() as session:
        with pytest.raises(DetailsWrong, match="here already"):
            joiner(session, house, people, "OLU.OWNER@example.org")
        with pytest.raises(DetailsWrong) as elsewhere:
            joiner(session, house, people, "sam.stranger@example.org")
        assert "Sam" not in elsewhere.value.message
        person = joiner(session, house, people)
        change = {"person": person, "name": "Nia New", "discipline": None, "by": None}
        with pytest.raises(DetailsWrong, match="Olu Owner"):
            change_person(session, email="olu.owner@example.org", **change)
        assert change_person(session, email="nia@example.org", **change)
        assert not change_person(session, email="nia@example.org", **change)
    assert actions(house, person)[-1] == "person_changed"


def test_nothing_is_changed_where_the_audit_cannot_be_written(
    house: House, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("the audit cannot be written")

    for module in ("joining", "leaving", "places", "teams"):
        monkeypatch.setattr(f"models.people.{module}.record_audit", fail)
    attempts = (
        lambda s, p: mark_as_left(s, person=p, by=None),
        lambda s, p: change_person(s, person=p, name="Else", email=p.email, discipline=None, by=None),
        lambda s, p: give_role(s, person=p, role=Role.LEAD, team=None, by=None),
        lambda s, p: rename_team(s, team=s.get_one(Team, people.team.id), name="Else", by=None),
        lambda s, p: set_team_site(s, team=s.get_one(Team, people.team.id), site="Else", by=None),
        lambda s, _: joiner(s, house, people),
    )
    for attempt in attempts:
        with pytest.raises(OSError, match="audit"), house.database.write() as session:
            attempt(session, session.get_one(Person, people.owner.person_id))
    with house.database.read() as session:
        person = session.get_one(Person, people.owner.person_id)
        assert (person.name, person.left_at) == ("Olu Owner", None)
        assert actor_of(session, person) == people.owner
        team = session.get_one(Team, people.team.id)
        assert (team.name, team.site) == ("Family Safeguarding North", "")
        assert session.exec(select(Invitation)).all() == []
