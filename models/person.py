"""People, what they may do, the teams they are in, and how they are signed in."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BindParameter, CheckConstraint, ColumnElement, Index, and_, or_
from sqlmodel import Field, SQLModel, col

from models.columns import UtcDateTime, enum_type, new_id, utc_now


class Role(StrEnum):
    """What each may do is in models.permissions."""

    TRAINEE = "trainee"
    COACH = "coach"
    LEAD = "lead"
    ADMINISTRATOR = "administrator"
    EVALUATOR = "evaluator"
    API_CLIENT = "api_client"
    DATA_PROTECTION = "data_protection"

    @classmethod
    def of_a_team(cls) -> tuple["Role", ...]:
        """Held in a named team. The others are held in the whole organisation."""
        return (cls.TRAINEE, cls.COACH)

    @classmethod
    def of_people(cls) -> tuple["Role", ...]:
        """What a person may be given; an API client is a program."""
        return tuple(role for role in cls if role is not cls.API_CLIENT)

    @classmethod
    def of_evaluation_centre(cls) -> tuple["Role", ...]:
        return (cls.ADMINISTRATOR, cls.EVALUATOR)


class Discipline(StrEnum):
    CHILDRENS_SOCIAL_WORKER = "children's social worker"
    CHILDRENS_PRACTITIONER = "children's practitioner"
    RECOVERY_WORKER = "recovery worker"
    ADULT_MENTAL_HEALTH = "adult mental health practitioner"
    DOMESTIC_ABUSE = "domestic abuse practitioner"
    PERPETRATOR_WORKER = "perpetrator worker"
    PROBATION_OFFICER = "probation officer"
    MANAGER = "manager"
    TRAINER = "trainer"
    OTHER = "other"


class PersonState(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    LEFT = "left"


class Person(SQLModel, table=True):
    """`email` is kept in lower case and is what a person signs in with. `invited_at` is set from the invitation until
    they sign in for the first time; `password_hash` is empty while they have no password."""

    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    name: str = Field(max_length=200)
    email: str = Field(max_length=320, unique=True)
    password_hash: str = Field(max_length=300)
    discipline: Discipline | None = Field(default=None, sa_type=enum_type(Discipline))
    invited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    @property
    def state(self) -> PersonState:
        if self.left_at is not None:
            return PersonState.LEFT
        return PersonState.INVITED if self.invited_at is not None else PersonState.ACTIVE


class RoleGrant(SQLModel, table=True):
    """A role a person holds: in one team, or in the whole organisation when `team_id` is empty. It counts from
    `started_at` until `ended_at`, which may lie ahead."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="role_ends_after_start"),
        Index("ix_role_grant_held", "person_id", "ended_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    role: Role = Field(sa_type=enum_type(Role))
    team_id: UUID | None = Field(default=None, foreign_key="team.id", index=True)
    started_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TeamMembership(SQLModel, table=True):
    """`ended_on` is the last day in the team."""

    __tablename__ = "team_membership"
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    team_id: UUID = Field(foreign_key="team.id", index=True)
    started_on: date
    ended_on: date | None = None


def in_team_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Of a membership, in a query: it counts on that day."""
    ended = col(TeamMembership.ended_on)
    return and_(col(TeamMembership.started_on) <= day, or_(ended.is_(None), ended >= day))


class SignIn(SQLModel, table=True):
    """One browser's sign-in. Only hashes of its cookie's secrets are kept, so a copied database signs nobody in.

    The secret is changed from time to time (`models.browser_sign_in`): `previous_hash` is of the one before, and
    `taken_at` is when the browser first came with the new one. `browser` is in words, such as "Firefox on Windows".
    """

    __tablename__ = "sign_in"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    previous_hash: str | None = Field(default=None, max_length=64, unique=True)
    renewed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    browser: str = Field(default="", max_length=80)
    address: str = Field(default="", max_length=64)


class ApiToken(SQLModel, table=True):
    """A token a person made for a program of theirs; it may do what the person may. Or one that an API client got for
    its secret, and may do what is in `scopes` only, with a space between. It ends at `expires_at`; empty: never."""

    __tablename__ = "api_token"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    name: str = Field(max_length=100)
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    scopes: str | None = Field(default=None, max_length=300)

    @property
    def is_over(self) -> bool:
        return self.expires_at is not None and self.expires_at <= utc_now()
