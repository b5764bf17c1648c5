"""Learning platforms that open Evoke (LTI 1.3), as they are kept: who they are, launches under way, who is who there,
and what is told back to them.

No row holds a word of a conversation. What a platform says of a person is kept as its identifier of them alone; the
name it gave stands in a ticket for minutes, so that the person can see for whom a window is about to open.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from models.columns import JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now

LONGEST_ADDRESS, LONGEST_ISSUER, LONGEST_ID, LONGEST_TARGET = 500, 300, 255, 300


class LtiMatch(StrEnum):
    """How somebody who comes for the first time is known: by an e-mail address of the authority's own domains, which
    the platform answers for, or by signing in to Evoke once."""

    EMAIL = "email"
    SIGN_IN = "sign_in"


class LtiScores(StrEnum):
    """What a platform is told: that something was done, or besides what a coach signed off. Never a machine's score."""

    COMPLETION = "completion"
    SIGNED = "signed"


class LtiOutcome(StrEnum):
    OPENED = "opened"
    TO_LINK = "to_link"
    CHOSE = "chose"
    REFUSED = "refused"


class GradeState(StrEnum):
    """`OPEN`: nothing to tell yet. `TO_SEND`: a job tries. `GIVEN_UP`: the platform refused, or was away for more
    than a day."""

    OPEN = "open"
    TO_SEND = "to_send"
    SENT = "sent"
    GIVEN_UP = "given_up"


class LtiPlatform(SQLModel, table=True):
    """A platform of an organisation; it may have several. `deployments` are the places in it that may open Evoke.
    `token_audience` is what a platform wants to be called when it is asked for a token; empty: its token address.
    `general_login`: it was entered when all authorities had one login address, and may still come by it."""

    __tablename__ = "lti_platform"
    __table_args__ = (UniqueConstraint("organisation_id", "issuer", "client_id", name="lti_platform_once"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    name: str = Field(max_length=100)
    issuer: str = Field(max_length=LONGEST_ISSUER)
    client_id: str = Field(max_length=LONGEST_ID)
    authorization_endpoint: str = Field(max_length=LONGEST_ADDRESS)
    token_endpoint: str = Field(max_length=LONGEST_ADDRESS)
    jwks_uri: str = Field(max_length=LONGEST_ADDRESS)
    token_audience: str = Field(default="", max_length=LONGEST_ADDRESS)
    deployments: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    match: LtiMatch = Field(default=LtiMatch.SIGN_IN, sa_type=enum_type(LtiMatch))
    domains: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    scores: LtiScores = Field(default=LtiScores.COMPLETION, sa_type=enum_type(LtiScores))
    general_login: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class LtiInvitation(SQLModel, table=True):
    """An address that a platform registers itself at (dynamic registration), once. Only its secret's hash is kept."""

    __tablename__ = "lti_invitation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    secret_hash: str = Field(max_length=64, unique=True)
    made_by_id: UUID = Field(foreign_key="person.id")
    expires_at: datetime = Field(sa_type=UtcDateTime)


class LtiKey(SQLModel, table=True):
    """An organisation's key for what it says to platforms. `public` is its JWK; `sealed` the private one, as
    `sealed_secret` keeps it. It is shown from the start and signs from `signs_from`."""

    __tablename__ = "lti_key"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    public: dict[str, Any] = Field(sa_type=JSON_TYPE)
    sealed: bytes = Field(sa_type=LargeBinary)
    signs_from: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class LtiLogin(SQLModel, table=True):
    """From the moment a browser is sent to the platform until it is back, once: its state and nonce. `browser_hash` is
    of a secret that only this browser has, in a cookie or in the platform's own storage (`stored`)."""

    __tablename__ = "lti_login"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    platform_id: UUID = Field(foreign_key="lti_platform.id", index=True)
    state_hash: str = Field(max_length=64, unique=True)
    browser_hash: str = Field(max_length=64)
    nonce: str = Field(max_length=64)
    stored: str = Field(default="", max_length=100)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LtiTicket(SQLModel, table=True):
    """A launch that was found good and waits for a press of a button, once and for minutes. `deep_link` holds the
    settings of a request to choose content. `person_id` is empty while nobody here is known for `subject`.
    `browser_hash` is of what the platform's storage must give back before it opens; empty where the browser's cookie
    came, or nothing was offered to keep it."""

    __tablename__ = "lti_ticket"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    platform_id: UUID = Field(foreign_key="lti_platform.id", index=True)
    secret_hash: str = Field(max_length=64, unique=True)
    subject: str = Field(max_length=LONGEST_ID)
    who: str = Field(default="", max_length=200)
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    target: str = Field(default="", max_length=LONGEST_TARGET)
    browser_hash: str = Field(default="", max_length=64)
    deployment: str = Field(default="", max_length=LONGEST_ID)
    line_item: str = Field(default="", max_length=LONGEST_ADDRESS)
    deep_link: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class LtiLaunch(SQLModel, table=True):
    """The log: what became of each launch, and why one was refused. It names no person."""

    __tablename__ = "lti_launch"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    platform_id: UUID = Field(foreign_key="lti_platform.id", index=True)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    outcome: LtiOutcome = Field(sa_type=enum_type(LtiOutcome))
    reason: str = Field(default="", max_length=40)
    target: str = Field(default="", max_length=LONGEST_TARGET)
    deployment: str = Field(default="", max_length=LONGEST_ID)


class LtiLink(SQLModel, table=True):
    """Who a person is to a platform. An e-mail address can be given to somebody else there; this cannot."""

    __tablename__ = "lti_link"
    __table_args__ = (UniqueConstraint("platform_id", "subject"), UniqueConstraint("platform_id", "person_id"))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    platform_id: UUID = Field(foreign_key="lti_platform.id")
    subject: str = Field(max_length=LONGEST_ID)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    how: LtiMatch = Field(sa_type=enum_type(LtiMatch))
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class LtiCourse(SQLModel, table=True):
    """Where a platform tells who is in a course (names and roles). What it answers is shown, and kept nowhere."""

    __tablename__ = "lti_course"
    __table_args__ = (UniqueConstraint("platform_id", "context"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    platform_id: UUID = Field(foreign_key="lti_platform.id")
    context: str = Field(max_length=LONGEST_ID)
    title: str = Field(default="", max_length=200)
    memberships: str = Field(max_length=LONGEST_ADDRESS)
    seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class LtiLineItem(SQLModel, table=True):
    """A column of a platform's gradebook: `address` is where its scores go, `target` what of Evoke it is about."""

    __tablename__ = "lti_line_item"
    __table_args__ = (UniqueConstraint("platform_id", "address"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    platform_id: UUID = Field(foreign_key="lti_platform.id")
    address: str = Field(max_length=LONGEST_ADDRESS)
    target: str = Field(max_length=LONGEST_TARGET, index=True)


class LtiGrade(SQLModel, table=True):
    """What the platform is told of one person in one column. `session_id` is the role play they handed in there, whose
    deletion takes this row with it. `score` is out of 1, empty where there is none yet."""

    __tablename__ = "lti_grade"
    __table_args__ = (UniqueConstraint("line_item_id", "person_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    line_item_id: UUID = Field(foreign_key="lti_line_item.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    subject: str = Field(max_length=LONGEST_ID)
    session_id: UUID | None = Field(default=None, foreign_key="practice_session.id", index=True)
    launched_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    state: GradeState = Field(default=GradeState.OPEN, sa_type=enum_type(GradeState))
    activity: str = Field(default="", max_length=20)
    grading: str = Field(default="", max_length=20)
    score: float | None = None
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    tries: int = 0
    problem: str = Field(default="", max_length=200)
