"""Where people are: in which team they practise, which teams they coach, what they are in the whole organisation.

A place in a team is a dated membership, with the role of a trainee beside it. A role counts until it is taken; the last
administrator's cannot be.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.browser_sign_in import renew_secrets
from models.columns import utc_now
from models.errors import EvokeError
from models.lock import hold_lock
from models.organisation import Organisation, Team
from models.person import Person, Role, RoleGrant, TeamMembership
from models.sign_in import DetailsWrong, roles_in


class LastAdministrator(EvokeError):
    status = 409
    code = "last_administrator"

    def __init__(self) -> None:
        super().__init__(
            "Somebody has to look after people and settings, and nobody else does. Make another person an "
            "administrator first. Somebody who is only invited does not count yet."
        )


def join_team(session: Session, *, person: Person, team: Team, role: Role, on: date, by: UUID | None) -> bool:
    """As a trainee from the day `on`, or as its coach from now. False where they are that already.

    Raises DetailsWrong.
    """
    _check_team(person, team)
    if role is Role.COACH:
        return give_role(session, person=person, role=role, team=team, by=by)
    if any(one.team_id == team.id for one in memberships(session, person, since=on)):
        return False
    session.add(TeamMembership(person_id=person.id, team_id=team.id, started_on=on))
    session.add(RoleGrant(person_id=person.id, role=Role.TRAINEE, team_id=team.id, started_at=_midnight(on)))
    _record(session, "team_joined", person, by, team_id=str(team.id), on=on.isoformat())
    return True


def move_team(
    session: Session, *, person: Person, membership: TeamMembership, team: Team, on: date, by: UUID | None
) -> None:
    """Out of one team and into another on the same day, which may lie ahead. What was added before stays with the team
    it was added in. Raises DetailsWrong."""
    _check_team(person, team)
    if membership.team_id == team.id:
        raise DetailsWrong({"to": "They are in this team already. Choose another."})
    if membership.ended_on is not None and membership.ended_on < on:
        raise DetailsWrong({"on": "They leave the team before that day. Choose an earlier one."})
    leave_team(session, person=person, membership=membership, last_day=on - timedelta(days=1), by=by)
    join_team(session, person=person, team=team, role=Role.TRAINEE, on=on, by=by)


def leave_team(
    session: Session, *, person: Person, membership: TeamMembership, last_day: date, by: UUID | None
) -> None:
    end = _midnight(last_day + timedelta(days=1))
    for grant in _grants(session, person, Role.TRAINEE, membership.team_id):
        _end(session, grant, end)
    team_id = str(membership.team_id)
    if membership.started_on > last_day:
        session.delete(membership)  # it never came to be
    else:
        membership.ended_on = last_day
        session.add(membership)
    session.flush()
    _record(session, "team_left", person, by, team_id=team_id, last_day=last_day.isoformat())


def give_role(session: Session, *, person: Person, role: Role, team: Team | None, by: UUID | None) -> bool:
    """False where they hold it already. Raises DetailsWrong."""
    organisation = session.get_one(Organisation, person.organisation_id)
    if role not in roles_in(organisation.kind) or role not in Role.of_people():
        raise DetailsWrong({"role": "This role cannot be given here."})
    if (team is not None) != (role in Role.of_a_team()):
        raise DetailsWrong({"role": "A coach coaches a named team; leads and administrators are it everywhere."})
    if team is not None:
        _check_team(person, team)
    if person.left_at is not None:
        raise DetailsWrong({"role": f"{person.name} has left. Let them return first."})
    if _grants(session, person, role, team.id if team else None):
        return False
    session.add(RoleGrant(person_id=person.id, role=role, team_id=team.id if team else None))
    _record(session, "role_given", person, by, role=role.value, **({"team_id": str(team.id)} if team else {}))
    return True


def take_role(session: Session, *, person: Person, role: Role, team_id: UUID | None, by: UUID | None) -> None:
    """At once. Raises LastAdministrator."""
    held = _grants(session, person, role, team_id)
    if not held:
        return
    if role is Role.ADMINISTRATOR:
        keep_an_administrator(session, without=person)
    for grant in held:
        _end(session, grant, utc_now())
    _record(session, "role_taken", person, by, role=role.value, **({"team_id": str(team_id)} if team_id else {}))


def set_wide_roles(session: Session, *, person: Person, roles: Collection[Role], by: UUID | None) -> None:
    """Which of the roles of the whole organisation they hold from now on. Raises DetailsWrong, LastAdministrator."""
    for role in Role.of_people():
        if role in Role.of_a_team():
            continue
        if role in roles:
            give_role(session, person=person, role=role, team=None, by=by)
        else:
            take_role(session, person=person, role=role, team_id=None, by=by)


def end_everything(session: Session, person: Person) -> None:
    """For somebody who leaves: every role ends now and every membership today."""
    today = utc_now().date()
    for grant in session.exec(select(RoleGrant).where(col(RoleGrant.person_id) == person.id, _open(utc_now()))):
        _end(session, grant, utc_now())
    for membership in memberships(session, person, since=today):
        if membership.started_on >= today:
            session.delete(membership)
        else:  # a leaver who returns the same day is in no team either
            membership.ended_on = today - timedelta(days=1)
            session.add(membership)
    session.flush()


def keep_an_administrator(session: Session, *, without: Person) -> None:
    """Raises LastAdministrator when `without` is the only one who can still sign in."""
    hold_lock(session, f"administrators of {without.organisation_id}")
    now = utc_now()
    others = (
        select(func.count())
        .select_from(RoleGrant)
        .join(Person, col(Person.id) == col(RoleGrant.person_id))
        .where(
            col(Person.organisation_id) == without.organisation_id, col(Person.id) != without.id,
            col(Person.left_at).is_(None), col(Person.invited_at).is_(None),
            col(RoleGrant.role) == Role.ADMINISTRATOR, col(RoleGrant.started_at) <= now, _open(now),
        )
    )  # fmt: skip
    if session.exec(others).one() == 0:
        raise LastAdministrator


def memberships(session: Session, person: Person, *, since: date) -> list[TeamMembership]:
    """Those that are not over on the day `since`, the ones to come included; the earliest first."""
    theirs = select(TeamMembership).where(
        col(TeamMembership.person_id) == person.id,
        or_(col(TeamMembership.ended_on).is_(None), col(TeamMembership.ended_on) >= since),
    )  # fmt: skip
    return list(session.exec(theirs.order_by(col(TeamMembership.started_on), col(TeamMembership.id))))


def members_of(session: Session, team: Team) -> int:
    """How many are in the team, or will be."""
    inside = select(func.count(func.distinct(col(TeamMembership.person_id)))).where(
        col(TeamMembership.team_id) == team.id,
        or_(col(TeamMembership.ended_on).is_(None), col(TeamMembership.ended_on) >= utc_now().date()),
    )  # fmt: skip
    return session.exec(inside).one()


def _check_team(person: Person, team: Team) -> None:
    if person.left_at is not None:
        raise DetailsWrong({"team": f"{person.name} has left. Let them return first."})
    if team.organisation_id != person.organisation_id:
        raise DetailsWrong({"team": "Choose a team from the list."})
    if team.closed_at is not None:
        raise DetailsWrong({"team": f"{team.name} is closed. Choose another team, or open it again."})


def _grants(session: Session, person: Person, role: Role, team_id: UUID | None) -> list[RoleGrant]:
    held = select(RoleGrant).where(
        col(RoleGrant.person_id) == person.id, col(RoleGrant.role) == role,
        col(RoleGrant.team_id).is_not_distinct_from(team_id), _open(utc_now()),
    )  # fmt: skip
    return list(session.exec(held))


def _open(now: datetime) -> ColumnElement[bool]:
    return or_(col(RoleGrant.ended_at).is_(None), col(RoleGrant.ended_at) > now)


def _end(session: Session, grant: RoleGrant, at: datetime) -> None:
    grant.ended_at = max(at, grant.started_at)
    session.add(grant)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _record(session: Session, action: str, person: Person, by: UUID | None, **details: str) -> None:
    """What they may do has changed, so their browsers get new secrets too."""
    renew_secrets(session, person_id=person.id)
    record_audit(session, action=action, subject=person, organisation_id=person.organisation_id, by=by, **details)
