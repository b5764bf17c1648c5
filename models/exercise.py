"""Exercises that people did: each answer with what became of it, drafts, and answers whose score somebody finds unfair.

What a person wrote lies sealed under one key of their own (see `models.exercise_words`): it goes with that key, while
outcomes without a word stay for the figures of exercises.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, enum_type, new_id, utc_now


class Outcome(StrEnum):
    """NOT_SCORED says nothing of a person: the answer was in another language, about something else, or too long."""

    MET = "met"
    PARTLY = "partly"
    NOT_YET = "not_yet"
    UNSURE = "unsure"
    NOT_SCORED = "not_scored"


class ExerciseAttempt(SQLModel, table=True):
    """One answer. `scored` is the outcome that the scoring gave, `outcome` what counts: they differ once a coach
    found the score unfair. `number` counts the person's attempts at the exercise from 1. `choice` is what was chosen
    in an exercise without words of one's own; in one with, `sealed` has the answer and how it was coded, until it
    goes. `client_id` is the form's own: the same one sent again changes nothing. `seconds` is from page to answer."""

    __tablename__ = "exercise_attempt"
    __table_args__ = (
        UniqueConstraint("person_id", "client_id"),
        UniqueConstraint("person_id", "exercise", "number"),
        CheckConstraint("number > 0", name="attempts_count_from_one"),
        CheckConstraint("seconds IS NULL OR seconds >= 0", name="attempt_takes_time"),
        CheckConstraint("met_share IS NULL OR met_share BETWEEN 0 AND 1", name="met_share_is_a_share"),
        Index("ix_exercise_attempt_organisation", "organisation_id", "exercise"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    client_id: UUID
    module: str = Field(max_length=80)
    edition: str = Field(max_length=40)
    exercise: str = Field(max_length=80)
    kind: str = Field(max_length=32)
    skill: str = Field(max_length=32)
    number: int
    scored: str = Field(max_length=32)
    outcome: Outcome = Field(sa_type=enum_type(Outcome))
    odd: str | None = Field(default=None, max_length=32)
    met_share: float | None = None
    coder: str | None = Field(default=None, max_length=100)
    choice: str | None = Field(default=None, max_length=80)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    seconds: int | None = None
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)


class ExerciseDraft(SQLModel, table=True):
    """What somebody has begun to write in an exercise. It goes when it is sent."""

    __tablename__ = "exercise_draft"
    __table_args__ = (UniqueConstraint("person_id", "exercise"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    exercise: str = Field(max_length=80)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ObjectionOutcome(StrEnum):
    KEPT = "kept"
    UPHELD = "upheld"


class ExerciseObjection(SQLModel, table=True):
    """ "That is not fair", about one attempt. A coach decides; `sealed` has why somebody asked, `answer` the coach's
    sentence, both under the key of who asked. An upheld one counts as met."""

    __tablename__ = "exercise_objection"
    __table_args__ = (
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL) AND (decided_at IS NULL) = (outcome IS NULL)",
            name="objection_decided_by_whom",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    attempt_id: UUID = Field(foreign_key="exercise_attempt.id", unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    asked_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    decided_by_id: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    outcome: ObjectionOutcome | None = Field(default=None, sa_type=enum_type(ObjectionOutcome))
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)
