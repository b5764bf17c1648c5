"""Joiners, movers, leavers: what is written, and what stops working when."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.house import House
from models.api_token import find_token, make_api_token
from models.audit import AuditEvent
from models.browser_sign_in import Browser, find_sign_in, keep_up, start_sign_in
from models.columns import utc_now
from models.invitation import Invitation
from models.organisation import Organisation, OrganisationKind, Team
from models.password import begin_try as begin
from models.password import fits, hash_password
from models.people.inviting import InvitationOver, accept_invitation, invite, invited_person, link_of
from models.people.joining import add_and_invite, change_person
from models.people.leaving import let_return, mark_as_left
from models.people.places import (
    LastAdministrator,
    give_role,
    join_team,
    leave_team,
    memberships,
    move_team,
    set_wide_roles,
    take_role,
)
from models.people.teams import TeamNotEmpty, add_team, close_team, rename_team, reopen_team, set_team_site
from models.permissions import Grant
from models.person import Discipline, Person, PersonState, Role, TeamMembership, in_team_on
from models.practice import PracticeSession, SessionKind
from models.reset import LinkGone, find_reset, make_reset
from models.sign_in import (
    DetailsWrong,
    actor_of,
    current_teams,
    make_organisation,
)
from tests.conftest import People

TODAY = utc_now().date()
DAY = timedelta(days=1)


def joiner(session: Session, house: House, people: People, email: str = "Nia.New@Example.org ") -> Person:
    return add_and_invite(
        session, organisation_id=people.owner.organisation_id, name=" Nia  New ", email=email,
        discipline=Discipline.RECOVERY_WORKER, settings=house.settings, by=people.lead.person_id,
    )  # fmt: skip


def secret_of(session: Session, house: House, person: Person) -> str:
    newest = select(Invitation).where(col(Invitation.person_id) == person.id).order_by(col(Invitation.id).desc())
    return link_of(session.exec(newest).first(), house.settings).rpartition("/")[2]


def actions(house: House, person: Person) -> list[str]:
    mine = select(AuditEvent.action).where(col(AuditEvent.subject_id) == person.id)
    with house.database.read() as session:
        return list(session.exec(mine.order_by(col(AuditEvent.sequence))))


def test_an_invitation_lets_in_once_and_its_secret_is_not_kept(house: House, people: People) -> None:
    with house.database.write() as session:
        person = joiner(session, house, people)
        assert (person.name, person.email, person.state) == ("Nia New", "nia.new@example.org", PersonState.INVITED)
        secret = secret_of(session, house, person)
        kept = session.exec(select(Invitation)).one()
        assert secret not in repr(kept)
        assert kept.expires_at - kept.created_at > 6.9 * DAY
    assert not fits(_tried(house, person.email), "")
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
    assert fits(_tried(house, person.email), "a long password")


def _tried(house: House, email: str):  # type: ignore[no-untyped-def]
    with house.database.write() as session:
        return begin(session, email=email)


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
    assert not fits(_tried(house, person.email), "three calm words")


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
