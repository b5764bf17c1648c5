"""Sessions that a second coach codes blind, what the two then agree on, and figures of how far coders say the same."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, false
from sqlmodel import Field, SQLModel

from models.coding import CODES
from models.columns import JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now

USUAL_PERCENT = 10


class DoubleCodingRule(SQLModel, table=True):
    """What share of an authority's signed-off sessions is drawn, and whether the second coach sees the machine's codes.

    `seed` decides which sessions are drawn. It is secret, so that nobody knows beforehand, and never changes, so that
    every draw can be repeated.
    """

    __tablename__ = "double_coding_rule"
    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="drawn_share_is_a_percentage"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", unique=True)
    percent: int = USUAL_PERCENT
    shows_machine: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    seed: bytes = Field(sa_type=LargeBinary)


class DoubleCoding(SQLModel, table=True):
    """One drawn session. `first_review_id` is the sign-off at which it was drawn, `percent` the share of that day;
    `second_id` the coach who codes it blind, None as long as nobody may. `saw_machine`: before they did, they may have
    seen the machine's codes, on the session's page or because the authority shows them.

    Once both are signed off: `compared` is what a report needs of the two codings, without a word of what was said,
    `compared_machine` the same of the machine's coding and the second, who had not seen it. Of so many `lines` that
    both drew and coded `differ` have different codes. `agreed_at` is when the last difference was settled.
    """

    __tablename__ = "double_coding"
    __table_args__ = (
        CheckConstraint("(lines IS NULL) = (differ IS NULL)", name="differences_are_of_lines"),
        CheckConstraint("lines IS NULL OR (0 <= differ AND differ <= lines)", name="no_more_differ_than_there_are"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    session_id: UUID = Field(foreign_key="practice_session.id", unique=True)
    first_review_id: UUID = Field(foreign_key="review.id", unique=True)
    percent: int
    second_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    second_review_id: UUID | None = Field(default=None, foreign_key="review.id", unique=True)
    saw_machine: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    compared: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    compared_machine: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    lines: int | None = None
    differ: int | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    signed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Choice(StrEnum):
    """Whose lines and codes are agreed on where two coders differ, or one line with a `CODE` of its own."""

    FIRST = "first"
    SECOND = "second"
    CODE = "code"


class AgreedLine(SQLModel, table=True):
    """What was agreed on where the two differ. `place` names the stretch (see `coding.agreement.stretches`); rows are
    only ever added, and the newest of a place holds. `reason` lies sealed: it can quote."""

    __tablename__ = "agreed_line"
    __table_args__ = (
        CheckConstraint("(choice = 'code') = (code IS NOT NULL)", name="a_code_of_its_own_is_named"),
        CheckConstraint(f"code IS NULL OR code IN ({', '.join(repr(one) for one in CODES)})", name="agreed_code_known"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    double_coding_id: UUID = Field(foreign_key="double_coding.id", index=True)
    place: str = Field(max_length=12)
    choice: Choice = Field(sa_type=enum_type(Choice))
    code: str | None = Field(default=None, max_length=16)
    reason: bytes = Field(default=b"", sa_type=LargeBinary)
    by_id: UUID = Field(foreign_key="person.id")
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class AgreementFigures(SQLModel, table=True):
    """The figures of an authority as a worker last worked them out: of coders among themselves, and of the machine.
    They hold no name and no word. `sessions` are those that both had coded."""

    __tablename__ = "agreement_figures"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", unique=True)
    sessions: int
    figures: dict[str, Any] = Field(sa_type=JSON_TYPE)
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class CalibrationTry(SQLModel, table=True):
    """A coach's codes for one conversation of the calibration set: `codes` by the line's 0-based place. It is
    compared with the agreed codes once `finished_at` is set."""

    __tablename__ = "calibration_try"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    conversation: str = Field(max_length=40)
    codes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
