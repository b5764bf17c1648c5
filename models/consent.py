"""Who took part in a conversation, what each of them agreed to, and the lawful basis it is kept on.

Agreement and lawful basis are different things: a council usually relies on its public task, and asks people all the
same. Rows are only ever added: of a participant and scope the newest holds, and those before it say what held then.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, enum_type, new_id, utc_now


class Who(StrEnum):
    STAFF = "staff"
    ACTOR = "actor"
    FAMILY_MEMBER = "family_member"


class Scope(StrEnum):
    """What a recording may be used for. Without `SUPERVISION` Evoke does nothing with it at all. With `QUOTING` a few
    of its sentences may stand in a note that leaves Evoke, such as one for the family's workbook."""

    SUPERVISION = "supervision"
    TEAM_LEARNING = "team_learning"
    IMPROVING = "improving"
    RESEARCH = "research"
    QUOTING = "quoting"

    @classmethod
    def further(cls) -> tuple["Scope", ...]:
        """What goes beyond feedback to the practitioner."""
        return (cls.TEAM_LEARNING, cls.IMPROVING, cls.RESEARCH, cls.QUOTING)


class HowGiven(StrEnum):
    """`RECORDED`: the words are in the recording; `SAID`: somebody heard them and wrote that down."""

    FORM = "form"
    RECORDED = "recorded"
    SAID = "said"


class LawfulBasis(StrEnum):
    """Of Article 6(1) of the UK GDPR, those an authority can rest practice learning on."""

    PUBLIC_TASK = "public_task"
    CONSENT = "consent"
    LEGITIMATE_INTERESTS = "legitimate_interests"
    LEGAL_OBLIGATION = "legal_obligation"


class Participant(SQLModel, table=True):
    """`label` holds, sealed, which part somebody had, such as "Mother", and may be a name: see
    `models.session_words.participant_label`. `position` counts from 1."""

    __table_args__ = (
        UniqueConstraint("session_id", "position"),
        CheckConstraint("position >= 1", name="position_from_one"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", index=True)
    position: int
    who: Who = Field(sa_type=enum_type(Who))
    label: bytes = Field(default=b"", sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Agreement(SQLModel, table=True):
    """One participant's word on one scope. `given` false is a no. `heard_at` are seconds from the start of the
    recording, where the words are. `withdrawn_at` is when an agreement was taken back."""

    __table_args__ = (
        CheckConstraint("heard_at IS NULL OR (how = 'recorded' AND heard_at >= 0)", name="heard_in_the_recording"),
        CheckConstraint("expires_on IS NULL OR expires_on >= given_on", name="expires_after_given"),
        CheckConstraint("withdrawn_at IS NULL OR NOT given", name="withdrawn_is_not_given"),
        Index("ix_agreement_newest", "participant_id", "scope", "created_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    participant_id: UUID = Field(foreign_key="participant.id")
    scope: Scope = Field(sa_type=enum_type(Scope))
    given: bool
    how: HowGiven = Field(sa_type=enum_type(HowGiven))
    heard_at: float | None = None
    given_on: date
    expires_on: date | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recorded_by_id: UUID = Field(foreign_key="person.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class SessionBasis(SQLModel, table=True):
    """The lawful basis of one session. The newest row holds."""

    __tablename__ = "session_basis"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", index=True)
    basis: LawfulBasis = Field(sa_type=enum_type(LawfulBasis))
    recorded_by_id: UUID = Field(foreign_key="person.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class RealPracticeSwitch(SQLModel, table=True):
    """Whether an organisation lets real conversations in. The newest row holds; without one they are refused."""

    __tablename__ = "real_practice_switch"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    is_on: bool
    switched_by_id: UUID = Field(foreign_key="person.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
