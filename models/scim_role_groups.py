"""Groups of an identity provider (SCIM) that are no team: an administrator said which role each gives, and whoever is
in one has it for as long."""

from uuid import UUID

from sqlmodel import Session, col, delete, or_, select

from models.audit import record_audit
from models.columns import utc_now
from models.errors import NotFound
from models.organisation import Team
from models.people.places import give_role, take_role
from models.person import Person, Role, RoleGrant
from models.scim import ScimWrong
from models.scim_kept import ScimRoleGroup, ScimRoleMember
from models.sign_in import LONGEST_NAME

MAPPED_ROLES = (Role.COACH, Role.LEAD, Role.DATA_PROTECTION)
"""What a group may give. Administrators are made here: whoever runs the provider would else make themselves one."""


def role_groups_of(session: Session, organisation_id: UUID) -> list[ScimRoleGroup]:
    mine = select(ScimRoleGroup).where(col(ScimRoleGroup.organisation_id) == organisation_id)
    return list(session.exec(mine.order_by(col(ScimRoleGroup.name_key))))


def add_role_group(
    session: Session, *, organisation_id: UUID, name: str, role: Role | None, team_id: UUID | None, by: UUID | None
) -> ScimRoleGroup:
    """Whoever the provider puts into its group of this name gets the role, from when it next sends the group.

    Raises ScimWrong."""
    name = " ".join(name.split())
    team = session.get(Team, team_id) if team_id else None
    wrong = {}
    if not 0 < len(name) <= LONGEST_NAME:
        wrong["group"] = f"Enter the group’s name as your directory has it, in up to {LONGEST_NAME} characters."
    elif any(one.name_key == name.lower() for one in role_groups_of(session, organisation_id)):
        wrong["group"] = "This group gives a role already. Remove that first."
    if role not in MAPPED_ROLES:
        wrong["role"] = "Choose a role from the list."
    elif role is Role.COACH and (team is None or team.organisation_id != organisation_id or team.closed_at):
        wrong["team"] = "A coach coaches a team. Choose which."
    if wrong or role is None:
        raise ScimWrong(wrong)
    group = ScimRoleGroup(
        organisation_id=organisation_id, name=name, name_key=name.lower(), role=role,
        team_id=team.id if team and role is Role.COACH else None,
    )  # fmt: skip
    session.add(group)
    session.flush()
    record_audit(
        session, action="scim_role_group_added", subject=group, organisation_id=organisation_id, by=by,
        group=name, role=role.value, **({"team_id": str(group.team_id)} if group.team_id else {}),
    )  # fmt: skip
    return group


def remove_role_group(session: Session, *, organisation_id: UUID, group_id: UUID, by: UUID | None) -> None:
    """The group gives nothing any more. Roles that it gave stay. Raises NotFound."""
    group = session.get(ScimRoleGroup, group_id)
    if group is None or group.organisation_id != organisation_id:
        raise NotFound("There is no such group. Perhaps it is removed already.")
    session.exec(delete(ScimRoleMember).where(col(ScimRoleMember.group_id) == group.id))
    record_audit(
        session, action="scim_role_group_removed", subject=group, organisation_id=organisation_id, by=by,
        group=group.name, role=group.role.value,
    )  # fmt: skip
    session.delete(group)


def role_members(session: Session, group: ScimRoleGroup) -> list[Person]:
    """Who is in it and has the role still, by name."""
    now = utc_now()
    held = select(RoleGrant.person_id).where(
        col(RoleGrant.role) == group.role, col(RoleGrant.team_id).is_not_distinct_from(group.team_id),
        or_(col(RoleGrant.ended_at).is_(None), col(RoleGrant.ended_at) > now),
    )  # fmt: skip
    inside = (
        select(Person).join(ScimRoleMember, col(ScimRoleMember.person_id) == col(Person.id))
        .where(col(ScimRoleMember.group_id) == group.id, col(Person.left_at).is_(None), col(Person.id).in_(held))
    )  # fmt: skip
    return list(session.exec(inside.order_by(col(Person.name), col(Person.id))))


def role_groups_with(session: Session, person: Person) -> list[str]:
    """The names of those they are in, as the provider said, whether or not they have the role still."""
    inside = (
        select(ScimRoleGroup.name).join(ScimRoleMember, col(ScimRoleMember.group_id) == col(ScimRoleGroup.id))
        .where(col(ScimRoleMember.person_id) == person.id)
    )  # fmt: skip
    return list(session.exec(inside.order_by(col(ScimRoleGroup.name_key))))


def join_role_group(session: Session, *, group: ScimRoleGroup, person: Person, by: UUID | None) -> None:
    """Raises DetailsWrong."""
    team = session.get(Team, group.team_id) if group.team_id else None
    gave = give_role(session, person=person, role=group.role, team=team, by=by)
    row = session.get(ScimRoleMember, (group.id, person.id))
    if row is None:
        session.add(ScimRoleMember(group_id=group.id, person_id=person.id, gave=gave))
        session.flush()
    elif gave:
        row.gave = True
        session.add(row)


def leave_role_group(session: Session, *, group: ScimRoleGroup, person: Person, by: UUID | None) -> None:
    """The role ends at once, unless they had it before the group gave it, or are in another group that gives it."""
    row = session.get(ScimRoleMember, (group.id, person.id))
    if row is None:
        return
    session.delete(row)
    session.flush()
    if not row.gave:
        return
    others = (
        select(ScimRoleMember).join(ScimRoleGroup, col(ScimRoleGroup.id) == col(ScimRoleMember.group_id))
        .where(col(ScimRoleMember.person_id) == person.id, col(ScimRoleGroup.role) == group.role,
               col(ScimRoleGroup.team_id).is_not_distinct_from(group.team_id))
    )  # fmt: skip
    if (other := session.exec(others.limit(1)).first()) is not None:
        other.gave = True
        session.add(other)
    else:
        take_role(session, person=person, role=group.role, team_id=group.team_id, by=by)
