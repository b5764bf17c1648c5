"""People and teams as an authority's identity provider keeps them here (SCIM 2.0), in tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, enum_type, new_id, utc_now
from models.person import Role


class ScimConnection(SQLModel, table=True):
    """Of an organisation whose provider has a token of its own: it acts through the API client `client_id`."""

    __tablename__ = "scim_connection"

    organisation_id: UUID = Field(foreign_key="organisation.id", primary_key=True)
    client_id: UUID = Field(foreign_key="api_client.id", unique=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ScimPerson(SQLModel, table=True):
    """What the provider calls somebody. `user_name_key` is `user_name` in lower case. Of names it keeps what was sent,
    so that it gets the same back; the name that people see is that of `person`. `deleted_at` is set while the provider
    says that there is no such person: they have left, and it is not told of them any more."""

    __tablename__ = "scim_person"
    __table_args__ = (
        UniqueConstraint("organisation_id", "user_name_key", name="scim_user_name_once"),
        Index("ix_scim_person_external", "organisation_id", "external_id"),
    )

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    user_name: str = Field(max_length=320)
    user_name_key: str = Field(max_length=640)
    external_id: str | None = Field(default=None, max_length=255)
    given_name: str = Field(default="", max_length=200)
    family_name: str = Field(default="", max_length=200)
    formatted_name: str = Field(default="", max_length=200)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ScimTeam(SQLModel, table=True):
    """The provider's own id of a team."""

    __tablename__ = "scim_team"

    team_id: UUID = Field(foreign_key="team.id", primary_key=True)
    external_id: str = Field(max_length=255)


class ScimRoleGroup(SQLModel, table=True):
    """A group of the provider that is no team: an administrator said that whoever is in it has a role. `name_key` is
    `name` in lower case; `pushed_at` is empty until the provider sends it."""

    __tablename__ = "scim_role_group"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name_key", name="scim_role_group_once"),
        CheckConstraint("(role = 'coach') = (team_id IS NOT NULL)", name="scim_coach_of_a_team"),
        CheckConstraint("role IN ('coach', 'lead', 'data_protection')", name="scim_role_that_may_be_mapped"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    name: str = Field(max_length=200)
    name_key: str = Field(max_length=400)
    role: Role = Field(sa_type=enum_type(Role))
    team_id: UUID | None = Field(default=None, foreign_key="team.id")
    external_id: str | None = Field(default=None, max_length=255)
    pushed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ScimRoleMember(SQLModel, table=True):
    """Somebody in such a group. `gave` says that they have the role from it: one they had before is not taken."""

    __tablename__ = "scim_role_member"

    group_id: UUID = Field(foreign_key="scim_role_group.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    gave: bool
