"""A person's review of one coding: what it began from, each step of it, and the ratings that signing it off gives."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, LargeBinary, UniqueConstraint, exists, false, text
from sqlmodel import Field, SQLModel, col

from models.coding import Coding
from models.columns import UtcDateTime, enum_type, new_id, utc_now
from models.transcript import TranscriptVersion

RATED = (
    "cultivating_change_talk", "softening_sustain_talk", "partnership", "empathy", "purposefulness",
    "clarity_about_concerns", "child_focus",
)  # fmt: skip
"""What a person rates: the globals of MITI 4.2.1, and the three of authority."""
_OPEN = "state = 'open'"


class ReviewState(StrEnum):
    """`PUT_AWAY`: ended without a result, by its reviewer or because what was said is gone."""

    OPEN = "open"
    SIGNED_OFF = "signed_off"
    PUT_AWAY = "put_away"


class Review(SQLModel, table=True):
    """One reviewer's work on one transcript version, begun from one machine coding.

    `begun` holds, sealed, the draft it began as; `snapshot` the draft with all steps up to number `snapshot_at` that
    are not undone, so that few are replayed. Both are None once what was said is gone. `steps` is how many were taken,
    undone ones included. Signing off makes a coding and, where words, speakers or boundaries changed, a transcript.
    One that `follows_id` another changes single codes of that signed-off one after they were contested, and is signed
    off as it is made: its `snapshot` is the other's draft, `begun` what both began as. It is no second opinion on the
    whole.
    A `blind` one is of a second coach, for agreement alone: it is never what the session shows.
    """

    __table_args__ = (
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_review_says_when"),
        CheckConstraint("(state = 'signed_off') = (made_coding_id IS NOT NULL)", name="signed_review_made_a_coding"),
        Index(
            "ix_review_one_open", "session_id", "reviewer_id", unique=True, sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )  # fmt: skip

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", index=True)
    transcript_id: UUID = Field(foreign_key="transcript_version.id")
    coding_id: UUID = Field(foreign_key="coding.id")
    reviewer_id: UUID = Field(foreign_key="person.id", index=True)
    state: ReviewState = Field(default=ReviewState.OPEN, sa_type=enum_type(ReviewState))
    blind: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    begun: bytes | None = Field(default=None, sa_type=LargeBinary)
    snapshot: bytes | None = Field(default=None, sa_type=LargeBinary)
    snapshot_at: int = 0
    steps: int = 0
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    made_transcript_id: UUID | None = Field(default=None, foreign_key="transcript_version.id", index=True)
    made_coding_id: UUID | None = Field(default=None, foreign_key="coding.id", unique=True)
    follows_id: UUID | None = Field(default=None, foreign_key="review.id")


class ReviewStep(SQLModel, table=True):
    """One step of a review, sealed. `client_id` is the browser's own: the same one sent again changes nothing.
    `dropped`: it was undone, and another step was taken since, so that it cannot be redone."""

    __tablename__ = "review_step"
    __table_args__ = (
        UniqueConstraint("review_id", "number"),
        UniqueConstraint("review_id", "client_id"),
        CheckConstraint("number >= 1", name="steps_count_from_one"),
        CheckConstraint("undone OR NOT dropped", name="only_undone_steps_are_dropped"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    review_id: UUID = Field(foreign_key="review.id")
    number: int
    client_id: UUID
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    undone: bool = False
    dropped: bool = False
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Rating(SQLModel, table=True):
    """A person's rating with their coding. `evidence` holds, sealed, the 0-based sequence numbers of the utterances it
    rests on."""

    __table_args__ = (
        UniqueConstraint("coding_id", "name"),
        CheckConstraint(f"name IN ({', '.join(repr(one) for one in RATED)})", name="rating_known"),
        CheckConstraint("value BETWEEN 1 AND 5", name="rating_from_1_to_5"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    coding_id: UUID = Field(foreign_key="coding.id")
    name: str = Field(max_length=40)
    value: int
    evidence: bytes = Field(default=b"", sa_type=LargeBinary)


def no_blind_coding() -> ColumnElement[bool]:
    """As a condition on a query of `Coding`: it is none of those that count for agreement alone."""
    found = exists().where(col(Review.made_coding_id) == col(Coding.id), col(Review.blind).is_(True))
    return ~found.correlate(Coding)


def no_blind_transcript() -> ColumnElement[bool]:
    """The same of `TranscriptVersion`."""
    found = exists().where(col(Review.made_transcript_id) == col(TranscriptVersion.id), col(Review.blind).is_(True))
    return ~found.correlate(TranscriptVersion)
