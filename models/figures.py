"""What sessions come to for dashboards: a row of counts for each session and stream, and finished tables made of rows.

A row holds counts and ratings only, no word of what was said. It is written in the transaction that makes the coding it
counts (`coding.session_figures`), so that a dashboard never reads the codes themselves.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from models.coding import CodedBy
from models.columns import JSON_TYPE, UtcDateTime, enum_type, utc_now
from models.practice import Picked, SessionKind

COUNTS = {
    "gi": "GI", "persuade": "Persuade", "pwp": "PWP", "q": "Q", "sr": "SR", "cr": "CR", "af": "AF", "seek": "Seek",
    "emphasize": "Emphasize", "confront": "Confront", "ct": "CT", "st": "ST", "fn": "FN",
}  # fmt: skip
"""The column of each code that is counted: a practitioner's by volley, a client's by utterance."""


OVERVIEW = "authority"


class SessionFigure(SQLModel, table=True):
    """The coding of one session that counts in one stream: of machines the newest, of people what was signed off last,
    blind ones never. `counted_on` is the day (UTC) of the stream's first coding, which no later one changes: so a
    finished month stays the same sessions. Ratings are a person's, 1–5; None where nobody gave one. `skill_shares` is
    how often each skill was used, for plans (`training.planning.figures`); by older rules, until the next night.
    `unsure_share` is that of the lines the coder was unsure of, 0–1; None in rows of before it was kept."""

    __tablename__ = "session_figure"
    __table_args__ = (
        CheckConstraint("coded_by = 'person' OR (partnership IS NULL AND empathy IS NULL)", name="only_people_rate"),
        Index("ix_session_figure_counted", "organisation_id", "counted_on"),
        Index("ix_session_figure_team", "team_id", "counted_on"),
        Index("ix_session_figure_person", "practitioner_id", "counted_on"),
    )

    session_id: UUID = Field(foreign_key="practice_session.id", primary_key=True)
    coded_by: CodedBy = Field(sa_type=enum_type(CodedBy), primary_key=True)
    coding_id: UUID = Field(foreign_key="coding.id", index=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    team_id: UUID | None = Field(default=None, foreign_key="team.id")
    practitioner_id: UUID = Field(foreign_key="person.id")
    kind: SessionKind = Field(sa_type=enum_type(SessionKind))
    picked: Picked = Field(sa_type=enum_type(Picked))
    model_version: str | None = Field(default=None, max_length=100)
    held_on: date
    counted_on: date
    gi: int = 0
    persuade: int = 0
    pwp: int = 0
    q: int = 0
    sr: int = 0
    cr: int = 0
    af: int = 0
    seek: int = 0
    emphasize: int = 0
    confront: int = 0
    ct: int = 0
    st: int = 0
    fn: int = 0
    open_questions: int = 0
    closed_questions: int = 0
    cultivating_change_talk: int | None = None
    softening_sustain_talk: int | None = None
    partnership: int | None = None
    empathy: int | None = None
    purposefulness: int | None = None
    clarity_about_concerns: int | None = None
    child_focus: int | None = None
    unsure_share: float | None = None
    skill_shares: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)


class FigureSnapshot(SQLModel, table=True):
    """Finished tables as JSON, made by a job. `name` says which: OVERVIEW, a slice, `monthly`, `adoption`,
    `adoption_leg`, a report. Pages read this and nothing else, so that what they cost does not grow with what is
    stored."""

    __tablename__ = "figure_snapshot"

    organisation_id: UUID = Field(foreign_key="organisation.id", primary_key=True)
    name: str = Field(max_length=80, primary_key=True)
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    body: dict[str, Any] = Field(sa_type=JSON_TYPE)
