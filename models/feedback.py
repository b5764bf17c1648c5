"""A coach's feedback on a signed-off session, the thread that follows it, and codes that the practitioner contests.

Everything that somebody wrote lies sealed under the session's key: only `coding.feedback.kept` writes and reads it.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, enum_type, new_id, utc_now


class Feedback(SQLModel, table=True):
    """On one review, by who signed it off. A draft, for its writer alone, until `sent_at`; `read_at` is when the
    practitioner first opened it, and from then on it cannot be taken back."""

    __table_args__ = (CheckConstraint("read_at IS NULL OR sent_at IS NOT NULL", name="only_sent_feedback_is_read"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", index=True)
    review_id: UUID = Field(foreign_key="review.id", unique=True)
    by_id: UUID = Field(foreign_key="person.id", index=True)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class FeedbackMessage(SQLModel, table=True):
    """One message of the thread under a session's feedback. `client_id` is the form's own: the same one sent again
    changes nothing. `read_at` is when somebody of the other side first opened it; until then it can be taken back,
    and its row is gone."""

    __tablename__ = "feedback_message"
    __table_args__ = (UniqueConstraint("session_id", "client_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", index=True)
    by_id: UUID = Field(foreign_key="person.id", index=True)
    client_id: UUID
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ContestOutcome(StrEnum):
    KEPT = "kept"
    CHANGED = "changed"


class CodeContest(SQLModel, table=True):
    """A code that the practitioner does not agree with. `review_id` is the signed-off review that gave it. `sealed` has
    the line, its code, the one they think right and why; `answer` what the second coach decided and why. A change is a
    signed-off review of its own, `made_review_id`."""

    __tablename__ = "code_contest"
    __table_args__ = (
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL) AND (decided_at IS NULL) = (outcome IS NULL) "
            "AND (decided_at IS NULL) = (answer IS NULL)",
            name="decided_says_by_whom_and_what",
        ),
        CheckConstraint("made_review_id IS NULL OR outcome = 'changed'", name="only_a_change_makes_a_review"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", index=True)
    review_id: UUID = Field(foreign_key="review.id")
    asked_by_id: UUID = Field(foreign_key="person.id", index=True)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    asked_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    decided_by_id: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    outcome: ContestOutcome | None = Field(default=None, sa_type=enum_type(ContestOutcome))
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    made_review_id: UUID | None = Field(default=None, foreign_key="review.id")
