"""Teams, and groups that give a role, as groups of SCIM: read, found by a filter, changed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from api.scim.attributes import GROUP, GROUP_SCHEMA
from api.scim.filter_values import Filter
from api.scim.filters import fits
from api.scim.people import as_id, current_place, find_user, in_pieces
from api.scim.refused import ScimRefused, ScimType
from api.scim.shape import Resource, with_version
from models.audit import record_audit
from models.columns import utc_now
from models.organisation import Team
from models.people.places import join_team, leave_team, memberships
from models.people.teams import add_team, close_team, rename_team, reopen_team, team_called
from models.person import Person, Role, TeamMembership
from models.scim_kept import ScimRoleGroup, ScimTeam
from models.scim_role_groups import join_role_group, leave_role_group, role_groups_of, role_members

LONGEST_EXTERNAL_ID = 255


@dataclass(frozen=True)
class GroupTold:
    """What a request says of a group. `members` are ids, in their order; None where nothing is said of them."""

    name: str
    external_id: str | None
    members: tuple[str, ...] | None

    @classmethod
    def of(cls, resource: Resource) -> "GroupTold":
        """Raises ScimRefused (invalidValue)."""
        name, external_id = " ".join(str(resource.get("displayName") or "").split()), resource.get("externalId") or None
        if not name:
            raise ScimRefused("A group needs a displayName.", scim_type=ScimType.INVALID_VALUE)
        if len(external_id or "") > LONGEST_EXTERNAL_ID:
            raise ScimRefused(
                f"An externalId has {LONGEST_EXTERNAL_ID} characters or fewer.", scim_type=ScimType.INVALID_VALUE
            )
        members = resource.get("members")
        return cls(name, external_id, None if members is None else tuple(str(one.get("value", "")) for one in members))


def find_group(session: Session, organisation_id: UUID, group_id: str) -> Team | ScimRoleGroup:
    """Raises ScimRefused (404)."""
    wanted = as_id(group_id)
    team = session.get(Team, wanted) if wanted else None
    if team is not None and team.organisation_id == organisation_id and team.closed_at is None:
        return team
    group = session.get(ScimRoleGroup, wanted) if wanted else None
    if group is not None and group.organisation_id == organisation_id and group.pushed_at is not None:
        return group
    raise ScimRefused("There is no such group.", status=404)


def page_of_groups(
    session: Session, organisation_id: UUID, wanted: Filter | None, *, start: int, most: int, site: str
) -> tuple[int, list[Resource]]:
    """How many fit, and those from number `start` (from 0) on, at most `most`. `wanted` was checked."""
    open_teams = select(Team).where(col(Team.organisation_id) == organisation_id, col(Team.closed_at).is_(None))
    teams: list[Team | ScimRoleGroup] = [*session.exec(open_teams)]
    teams += [one for one in role_groups_of(session, organisation_id) if one.pushed_at is not None]
    teams.sort(key=lambda one: one.id)
    if wanted is None:
        return len(teams), groups_of(session, teams[start : start + most], site=site)
    fitting = [one for one in groups_of(session, teams, site=site) if fits(wanted, GROUP, one)]
    return len(fitting), fitting[start : start + most]


def groups_of(session: Session, groups: Iterable[Team | ScimRoleGroup], *, site: str) -> list[Resource]:
    groups = list(groups)
    ids = [one.id for one in groups if isinstance(one, Team)]
    members, outside = _members(session, ids), _external_ids(session, ids)
    return [
        _group(one, members[one.id], outside.get(one.id), site=site) if isinstance(one, Team)
        else _group(one, role_members(session, one), one.external_id, site=site)
        for one in groups
    ]  # fmt: skip


def _members(session: Session, ids: list[UUID]) -> dict[UUID, list[Person]]:
    """Who is in each team or will be, each once, by name."""
    found: dict[UUID, dict[UUID, Person]] = defaultdict(dict)
    for some in in_pieces(ids):
        places = (
            select(TeamMembership.team_id, Person).join(Person, col(Person.id) == col(TeamMembership.person_id))
            .join(Team, col(Team.id) == col(TeamMembership.team_id))
            .where(col(TeamMembership.team_id).in_(some), *current_place())
            .order_by(col(Person.name), col(Person.id))
        )  # fmt: skip
        for team_id, person in session.exec(places):
            found[team_id][person.id] = person
    return defaultdict(list, {team_id: list(people.values()) for team_id, people in found.items()})


def _external_ids(session: Session, ids: list[UUID]) -> dict[UUID, str]:
    return {
        row.team_id: row.external_id for some in in_pieces(ids)
        for row in session.exec(select(ScimTeam).where(col(ScimTeam.team_id).in_(some)))
    }  # fmt: skip


def _group(group: Team | ScimRoleGroup, members: list[Person], external_id: str | None, *, site: str) -> Resource:
    said: Resource = {"schemas": [GROUP_SCHEMA], "id": str(group.id)}
    if external_id is not None:
        said["externalId"] = external_id
    said["displayName"] = group.name
    said["members"] = [
        {"value": str(one.id), "$ref": f"{site}/scim/v2/Users/{one.id}", "type": "User"} for one in members
    ]
    said["meta"] = {"resourceType": "Group", "location": f"{site}/scim/v2/Groups/{group.id}"}
    return with_version(said)


def make_group(session: Session, *, organisation_id: UUID, told: GroupTold, by: UUID) -> Team | ScimRoleGroup:
    """The group that gives a role, where an administrator named one so; else a team, which may have been closed.

    Raises ScimRefused, DetailsWrong."""
    group: Team | ScimRoleGroup
    mapped = [one for one in role_groups_of(session, organisation_id) if one.name_key == told.name.lower()]
    there = team_called(session, organisation_id, told.name)
    if mapped:
        (group,) = mapped
        if group.pushed_at is not None:
            raise _taken(told.name)
        group.pushed_at = utc_now()
        session.add(group)
        record_audit(
            session, action="scim_role_group_sent", subject=group, organisation_id=organisation_id, by=by,
            group=group.name,
        )  # fmt: skip
    elif there is not None:
        if there.closed_at is None:
            raise _taken(told.name)
        reopen_team(session, team=there, by=by)
        group = there
    else:
        group = add_team(session, organisation_id=organisation_id, name=told.name, by=by)
    change_group(session, group=group, told=told, by=by)
    return group


def _taken(name: str) -> ScimRefused:
    return ScimRefused(f"There is a group called {name} already.", scim_type=ScimType.UNIQUENESS, status=409)


def change_group(session: Session, *, group: Team | ScimRoleGroup, told: GroupTold, by: UUID) -> None:
    """Raises ScimRefused, DetailsWrong."""
    if isinstance(group, ScimRoleGroup):
        if told.name.lower() != group.name_key:
            raise ScimRefused(
                "An administrator of Evoke gave a role to this group by its name. Take that back first, in Evoke.",
                scim_type=ScimType.MUTABILITY,
            )
        group.external_id = told.external_id
        session.add(group)
    else:
        there = team_called(session, group.organisation_id, told.name)
        if there is not None and there.id != group.id:
            raise _taken(told.name)
        rename_team(session, team=group, name=told.name, by=by)
        _keep_external_id(session, group, told.external_id, by=by)
    if told.members is not None:
        _set_members(session, group, told.members, by=by)


def _keep_external_id(session: Session, team: Team, external_id: str | None, *, by: UUID) -> None:
    row = session.get(ScimTeam, team.id)
    if (row.external_id if row else None) == external_id:
        return
    if external_id is None:
        session.delete(row)
    else:
        row = row or ScimTeam(team_id=team.id, external_id="")
        row.external_id = external_id
        session.add(row)
    record_audit(
        session, action="scim_team_named", subject=team, organisation_id=team.organisation_id, by=by
    )  # fmt: skip


def _set_members(session: Session, group: Team | ScimRoleGroup, wanted: tuple[str, ...], *, by: UUID) -> None:
    """Whoever is wanted comes in, whoever is not goes. Raises ScimRefused, DetailsWrong."""
    before = role_members(session, group) if isinstance(group, ScimRoleGroup) else _members(session, [group.id])[
        group.id
    ]  # fmt: skip
    there, inside = {str(one.id): one for one in before}, dict.fromkeys(one.lower() for one in wanted)
    for user_id in inside:
        if user_id not in there:
            _bring_in(session, group, user_id, by=by)
    for user_id, person in there.items():
        if user_id not in inside:
            _take_out(session, group, person, by=by)


def _bring_in(session: Session, group: Team | ScimRoleGroup, user_id: str, *, by: UUID) -> None:
    try:
        person = find_user(session, group.organisation_id, user_id)
    except ScimRefused:
        raise ScimRefused(
            f"There is no user {user_id[:60]} who could be in a group.", scim_type=ScimType.INVALID_VALUE
        ) from None
    if isinstance(group, ScimRoleGroup):
        join_role_group(session, group=group, person=person, by=by)
    else:
        join_team(session, person=person, team=group, role=Role.TRAINEE, on=utc_now().date(), by=by)


def _take_out(session: Session, group: Team | ScimRoleGroup, person: Person, *, by: UUID) -> None:
    """At once: yesterday was the last day."""
    if isinstance(group, ScimRoleGroup):
        leave_role_group(session, group=group, person=person, by=by)
        return
    today = utc_now().date()
    for place in memberships(session, person, since=today):
        if place.team_id == group.id:
            leave_team(session, person=person, membership=place, last_day=today - timedelta(days=1), by=by)


def end_group(session: Session, *, group: Team | ScimRoleGroup, by: UUID) -> None:
    """Everybody leaves it. A team closes, with its past; a group that gives a role waits to be sent again."""
    _set_members(session, group, (), by=by)
    if isinstance(group, Team):
        close_team(session, team=group, by=by)
        return
    group.pushed_at = None
    session.add(group)
    record_audit(
        session, action="scim_role_group_ended", subject=group, organisation_id=group.organisation_id, by=by,
        group=group.name,
    )  # fmt: skip
