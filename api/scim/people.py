"""People as users of SCIM: read from the tables many at a time, found by a filter, and what a request says of one."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_
from sqlmodel import Session, col, select

from api.scim.attributes import USER, USER_SCHEMA
from api.scim.filter_values import And, Compare, Filter, Op, Or
from api.scim.filters import as_boolean, fits
from api.scim.refused import ScimRefused, ScimType
from api.scim.shape import Resource, with_version
from coding.transcript.encoding import without_control_characters
from models.api_client_kept import is_a_human
from models.audit import AuditEvent
from models.columns import utc_now
from models.organisation import Team
from models.people.provisioned import Told
from models.person import Person, TeamMembership
from models.scim_kept import ScimPerson
from models.sign_in import what_is_wrong_with_email

CHANGES = (
    "person_added", "person_changed", "invited", "left", "returned", "team_joined", "team_left", "scim_let_go",
)  # fmt: skip
"""What the trail says of a person when something of them that is answered has changed."""
AT_ONCE = 1000


def visible(organisation_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Of a query of Person joined outward with ScimPerson: whom the provider is told of."""
    gone = and_(col(ScimPerson.deleted_at).is_not(None), col(Person.left_at).is_not(None))
    return col(Person.organisation_id) == organisation_id, is_a_human(), not_(gone)


def find_user(session: Session, organisation_id: UUID, user_id: str) -> Person:
    """Raises ScimRefused (404)."""
    found = _people(session, organisation_id, col(Person.id) == as_id(user_id)) if as_id(user_id) else []
    if not found:
        raise ScimRefused("There is no such user.", status=404)
    return found[0]


def as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _people(
    session: Session, organisation_id: UUID, *conditions: ColumnElement[bool], start: int = 0, most: int | None = None
) -> list[Person]:
    wanted = (
        select(Person).join(ScimPerson, col(ScimPerson.person_id) == col(Person.id), isouter=True)
        .where(*visible(organisation_id), *conditions).order_by(col(Person.id)).offset(start)
    )  # fmt: skip
    return list(session.exec(wanted if most is None else wanted.limit(most)))


def page_of_users(
    session: Session, organisation_id: UUID, wanted: Filter | None, *, start: int, most: int, site: str
) -> tuple[int, list[Resource]]:
    """How many fit, and those from number `start` (from 0) on, at most `most`. `wanted` was checked."""
    if wanted is None:
        count = (
            select(func.count()).select_from(Person)
            .join(ScimPerson, col(ScimPerson.person_id) == col(Person.id), isouter=True)
            .where(*visible(organisation_id))
        )  # fmt: skip
        found = _people(session, organisation_id, start=start, most=most) if most else []
        return session.exec(count).one(), users_of(session, found, site=site)
    narrowed = _narrowed(wanted)
    people = _people(session, organisation_id, *([] if narrowed is None else [narrowed]))
    fitting = [one for one in users_of(session, people, site=site) if fits(wanted, USER, one)]
    return len(fitting), fitting[start : start + most]


def _narrowed(wanted: Filter) -> ColumnElement[bool] | None:
    """What the database can find by an index, of people who may fit; None where that is everybody. Whether they do is
    asked of each again."""
    match wanted:
        case And(left, right):
            first, second = _narrowed(left), _narrowed(right)
            return first if second is None else second if first is None else and_(first, second)
        case Or(left, right):
            first, second = _narrowed(left), _narrowed(right)
            return None if first is None or second is None else or_(first, second)
        case Compare(path, Op.EQ, value) if path.attribute.lower() == "active" and value is not None:
            return col(Person.left_at).is_(None) if as_boolean(value) else col(Person.left_at).is_not(None)
        case Compare(path, Op.EQ, str(value)):
            named = f"{path.attribute}.{path.sub}".lower().removesuffix(".").removesuffix(".value")
            return _equal(named, without_control_characters(value))
        case _:
            return None


def _equal(attribute: str, value: str) -> ColumnElement[bool] | None:
    unnamed = col(ScimPerson.person_id).is_(None)
    match attribute:
        case "username":
            key = value.lower()
            return or_(col(ScimPerson.user_name_key) == key, and_(unnamed, col(Person.email) == key))
        case "externalid":
            return col(ScimPerson.external_id) == value
        case "emails":
            return col(Person.email) == value.lower()
        case "id":
            return col(Person.id) == as_id(value) if as_id(value) else col(Person.id).is_(None)
        case _:
            return None


def users_of(session: Session, people: Collection[Person], *, site: str) -> list[Resource]:
    """In the order of `people`."""
    ids = [one.id for one in people]
    rows, teams, changed = _rows(session, ids), _teams(session, ids), last_changes(session, "Person", ids)
    return [
        _user(one, rows.get(one.id), teams.get(one.id, []), changed.get(one.id), site=site) for one in people
    ]  # fmt: skip


def _rows(session: Session, ids: list[UUID]) -> dict[UUID, ScimPerson]:
    found = [
        row for some in in_pieces(ids)
        for row in session.exec(select(ScimPerson).where(col(ScimPerson.person_id).in_(some)))
    ]  # fmt: skip
    return {row.person_id: row for row in found}


def in_pieces(ids: list[UUID]) -> list[list[UUID]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]


def current_place() -> tuple[ColumnElement[bool], ...]:
    """Of a query of TeamMembership joined with Team: it is not over, and the team is open."""
    ended = col(TeamMembership.ended_on)
    return or_(ended.is_(None), ended >= utc_now().date()), col(Team.closed_at).is_(None)


def _teams(session: Session, ids: list[UUID]) -> dict[UUID, list[Team]]:
    found: dict[UUID, dict[UUID, Team]] = defaultdict(dict)
    for some in in_pieces(ids):
        places = (
            select(TeamMembership.person_id, Team).join(Team, col(Team.id) == col(TeamMembership.team_id))
            .where(col(TeamMembership.person_id).in_(some), *current_place())
        )  # fmt: skip
        for person_id, team in session.exec(places):
            found[person_id][team.id] = team
    return {one: sorted(teams.values(), key=lambda team: (team.name, team.id)) for one, teams in found.items()}


def last_changes(session: Session, subject_type: str, ids: list[UUID]) -> dict[UUID, datetime]:
    """When the trail last says that something of each changed."""
    found: dict[UUID, datetime] = {}
    for some in in_pieces(ids):
        latest = (
            select(AuditEvent.subject_id, func.max(AuditEvent.at))
            .where(col(AuditEvent.subject_type) == subject_type, col(AuditEvent.subject_id).in_(some),
                   col(AuditEvent.action).in_(CHANGES))
            .group_by(col(AuditEvent.subject_id))
        )  # fmt: skip
        found |= dict(session.exec(latest).all())
    return found


def _user(
    person: Person, row: ScimPerson | None, teams: list[Team], changed: datetime | None, *, site: str
) -> Resource:  # fmt: skip
    guessed = person.name.rpartition(" ")
    parts = {
        "formatted": row.formatted_name if row else "",
        "familyName": row.family_name if row else guessed[2],
        "givenName": row.given_name if row else guessed[0],
    }
    said: Resource = {"schemas": [USER_SCHEMA], "id": str(person.id)}
    if row is not None and row.external_id is not None:
        said["externalId"] = row.external_id
    said |= {
        "userName": row.user_name if row else person.email,
        "name": {name: part for name, part in parts.items() if part},
        "displayName": person.name,
        "active": person.left_at is None,
        "emails": [{"value": person.email, "type": "work", "primary": True}],
        "groups": [
            {"value": str(team.id), "$ref": f"{site}/scim/v2/Groups/{team.id}", "display": team.name} for team in teams
        ],
    }
    said["meta"] = {
        "resourceType": "User", "created": moment(person.created_at),
        "lastModified": moment(max(person.created_at, changed or person.created_at)),
        "location": f"{site}/scim/v2/Users/{person.id}",
    }  # fmt: skip
    return with_version(said)


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def told_of(resource: Resource, before: Resource | None = None) -> Told:
    """What a request says of somebody, who was answered as `before`. Raises ScimRefused (invalidValue)."""
    user_name = str(resource.get("userName") or "").strip()
    if not user_name:
        raise ScimRefused("A user needs a userName.", scim_type=ScimType.INVALID_VALUE)
    name = resource.get("name") or {}
    given, family, formatted = (str(name.get(part) or "") for part in ("givenName", "familyName", "formatted"))
    return Told(
        user_name=user_name, email=_email(resource, before, user_name), given=given, family=family,
        formatted=formatted, name=_name(resource, before, formatted or f"{given} {family}".strip()),
        external_id=resource.get("externalId") or None, active=resource.get("active"),
    )  # fmt: skip


def _email(resource: Resource, before: Resource | None, user_name: str) -> str:
    """The address of work. Where a new user name is all that was said, and the old one was the address, it follows."""
    values = [one for one in resource.get("emails") or [] if str(one.get("value") or "").strip()]
    best = sorted(values, key=lambda one: (str(one.get("type", "work")).lower() != "work", not one.get("primary")))
    said = str(best[0]["value"]).strip().lower() if best else ""
    if before is not None:
        old = str(before["emails"][0]["value"])
        if said in ("", old):
            follows = str(before["userName"]).strip().lower() == old and not what_is_wrong_with_email(user_name)
            said = user_name if follows else old
    said = said or user_name
    if what_is_wrong_with_email(said):
        raise ScimRefused(
            "A user needs an e-mail address: as emails of the type work, or as the userName.",
            scim_type=ScimType.INVALID_VALUE,
        )
    return said


def _name(resource: Resource, before: Resource | None, composed: str) -> str:
    """What people see. A new family name shows even where the name to display was not sent along."""
    said = str(resource.get("displayName") or "").strip()
    if before is None:
        return said or composed or str(resource["userName"])
    old: dict[str, Any] = before["name"]
    was = str(old.get("formatted") or f"{old.get('givenName', '')} {old.get('familyName', '')}".strip())
    if said in ("", before["displayName"]) and composed and (was == before["displayName"] or not said):
        return composed
    return said or str(before["displayName"])
