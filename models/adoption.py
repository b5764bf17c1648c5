"""How far a programme has come in an authority: its wave, what it uploads about teams, workbooks and outcomes, and the
files that an evaluation centre takes away.

Nothing that is uploaded is ever written over: what counts of a month is what the newest upload says that was not taken
back.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, Text, false
from sqlmodel import Field, SQLModel

from models.columns import JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now
from models.person import Discipline

LONGEST_WAVE = 60
LONGEST_SERIES = 80
EXPORT_KEPT = timedelta(days=3)


class AuthorityAdoption(SQLModel, table=True):
    """The wave in which an authority joined, and the day it went live. `rows_for_evaluators`: whether they may take a
    row for each session, without names; its figures they see where the authority opted in."""

    __tablename__ = "authority_adoption"

    organisation_id: UUID = Field(foreign_key="organisation.id", primary_key=True)
    wave: str = Field(default="", max_length=LONGEST_WAVE)
    live_on: date | None = None
    rows_for_evaluators: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class UploadKind(StrEnum):
    POSTS = "posts"
    WORKBOOK = "workbook"
    OUTCOMES = "outcomes"


class AdoptionUpload(SQLModel, table=True):
    """One file that was taken in. From `taken_back_at` on its rows do not count, and those before it do again."""

    __tablename__ = "adoption_upload"
    __table_args__ = (CheckConstraint("lines > 0", name="upload_has_lines"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    kind: UploadKind = Field(sa_type=enum_type(UploadKind))
    uploaded_by_id: UUID = Field(foreign_key="person.id")
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    lines: int
    first_month: date
    last_month: date
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TeamPosts(SQLModel, table=True):
    """How many posts (full-time equivalents) a team has for a discipline from a day on."""

    __tablename__ = "team_posts"
    __table_args__ = (CheckConstraint("posts >= 0 AND posts <= 500", name="posts_sensible"),)

    upload_id: UUID = Field(foreign_key="adoption_upload.id", primary_key=True)
    team_id: UUID = Field(foreign_key="team.id", primary_key=True)
    discipline: Discipline = Field(sa_type=enum_type(Discipline), primary_key=True)
    from_on: date = Field(primary_key=True)
    posts: float


class WorkbookMonth(SQLModel, table=True):
    """Of the families whose case was open in a team in a month: how many have a workbook, and of how many it was added
    to in that month."""

    __tablename__ = "workbook_month"
    __table_args__ = (
        CheckConstraint(
            "families_open >= 0 AND with_workbook BETWEEN 0 AND families_open AND updated BETWEEN 0 AND with_workbook",
            name="workbook_counts_fit",
        ),
    )

    upload_id: UUID = Field(foreign_key="adoption_upload.id", primary_key=True)
    team_id: UUID = Field(foreign_key="team.id", primary_key=True)
    month: date = Field(primary_key=True)
    families_open: int
    with_workbook: int
    updated: int


class Outcome(StrEnum):
    PLANS = "child protection plans"
    CARE = "entries to care"
    CALL_OUTS = "repeat police call-outs"


class OutcomeMonth(SQLModel, table=True):
    """A count of the whole authority. `series` is one of `Outcome`, or a name of the authority's own; `out_of` is what
    it is a share of, where that is known."""

    __tablename__ = "outcome_month"
    __table_args__ = (CheckConstraint("count >= 0 AND (out_of IS NULL OR out_of > 0)", name="outcome_counts"),)

    upload_id: UUID = Field(foreign_key="adoption_upload.id", primary_key=True)
    series: str = Field(max_length=LONGEST_SERIES, primary_key=True)
    month: date = Field(primary_key=True)
    count: int
    out_of: int | None = None


class EvaluationKey(SQLModel, table=True):
    """With which an evaluation centre's files name people, teams and authorities: the same in each file, and nobody
    there can read it. `sealed` is a secret as `sealed_secret` keeps it."""

    __tablename__ = "evaluation_key"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", unique=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class EvaluationExport(SQLModel, table=True):
    """A centre's newest file: made by a job, kept sealed under a key of its own until `expires_at`. `authorities` are
    the ids of those it tells of; it goes at once when one of them takes back what it allowed, or somebody in a session
    of theirs does."""

    __tablename__ = "evaluation_export"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 100", name="export_progress_percent"),
        CheckConstraint("(made_at IS NULL) = (expires_at IS NULL)", name="export_made_expires"),
        CheckConstraint("(made_at IS NULL) = (sealed IS NULL)", name="export_made_sealed"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", unique=True)
    asked_by_id: UUID = Field(foreign_key="person.id")
    asked_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    progress: int = 0
    problem: str | None = Field(default=None, sa_type=Text)
    authorities: list[Any] = Field(default_factory=list, sa_type=JSON_TYPE)
    made_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    size_bytes: int = 0
    sha256: str = Field(default="", max_length=64)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)

    @property
    def stage(self) -> str:
        return "ready" if self.made_at else "stopped" if self.problem else "making"
