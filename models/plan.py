"""The practice plan: what was chosen and why, how people want to be reminded, and which mails went.

When an exercise comes back is not kept: it follows from the attempts (see `training.plan.spacing`).
"""

import secrets
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, Text, UniqueConstraint, false, true
from sqlmodel import Field, Session, SQLModel, col, delete, select

from models.columns import UtcDateTime, enum_type, new_id, utc_now

FEEDBACK_DAYS, NUDGE_GAP_DAYS, TIME_ZONE = 60, 14, "Europe/London"


class ChosenBy(StrEnum):
    EVOKE = "evoke"
    TRAINEE = "trainee"
    COACH = "coach"


class PlanChoice(SQLModel, table=True):
    """The skill that somebody practises from `made_at` until `ended_at`. `skill` is a value of `training.skills.Skill`,
    empty where Evoke found that nothing waits. `reason` is Evoke's sentence; of a coach's choice `note` holds, sealed
    under a key of its own, what the coach wrote."""

    __tablename__ = "plan_choice"
    __table_args__ = (
        CheckConstraint("(chosen_by = 'evoke') = (by_id IS NULL)", name="a_persons_choice_says_whose"),
        CheckConstraint("ended_at IS NULL OR ended_at >= made_at", name="choice_ends_after_it_was_made"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    chosen_by: ChosenBy = Field(sa_type=enum_type(ChosenBy))
    by_id: UUID | None = Field(default=None, foreign_key="person.id")
    skill: str = Field(default="", max_length=40)
    reason: str = Field(default="", sa_type=Text)
    note: bytes = Field(default=b"", sa_type=LargeBinary)
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PlanSource(SQLModel, table=True):
    """A session whose figures a choice of Evoke's was made from. Both go when the session goes."""

    __tablename__ = "plan_source"

    choice_id: UUID = Field(foreign_key="plan_choice.id", primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", primary_key=True, index=True)


class PlanSetting(SQLModel, table=True):
    """How one person wants to be reminded: on the weekdays of `days` (Monday is the bit 1, Sunday 64) from `hour` on,
    in the organisation's time. `nudges` are mails that feedback is due. `secret` signs the links that stop them all."""

    __tablename__ = "plan_setting"
    __table_args__ = (
        CheckConstraint("days BETWEEN 1 AND 127", name="reminded_on_some_day"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="reminded_at_an_hour"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", unique=True)
    reminders: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    nudges: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    days: int = 0b0011111
    hour: int = 9
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    secret: bytes = Field(default_factory=lambda: secrets.token_bytes(32), sa_type=LargeBinary)


class PlanMailKind(StrEnum):
    """`NUDGE` tells a practitioner, `COACH_NUDGE` a coach that feedback is due."""

    REMINDER = "reminder"
    NUDGE = "nudge"
    COACH_NUDGE = "coach_nudge"

    @classmethod
    def nudging(cls) -> tuple["PlanMailKind", ...]:
        return (cls.NUDGE, cls.COACH_NUDGE)


class PlanMail(SQLModel, table=True):
    """A mail about practice to one person; at most one of a kind on a day."""

    __tablename__ = "plan_mail"
    __table_args__ = (UniqueConstraint("person_id", "kind", "on_day"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    kind: PlanMailKind = Field(sa_type=enum_type(PlanMailKind))
    on_day: date
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PlanRule(SQLModel, table=True):
    """An authority's: after `feedback_days` without a session with feedback both are nudged, each person at most once
    in `nudge_gap_days`. `time_zone` is by which reminders come. Without a row the defaults hold."""

    __tablename__ = "plan_rule"
    __table_args__ = (
        CheckConstraint("feedback_days BETWEEN 14 AND 180", name="feedback_within_months"),
        CheckConstraint("nudge_gap_days BETWEEN 7 AND 90", name="nudges_are_seldom"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", unique=True)
    feedback_days: int = FEEDBACK_DAYS
    nudge_gap_days: int = NUDGE_GAP_DAYS
    time_zone: str = Field(default=TIME_ZONE, max_length=64)


def forget_plans_from(session: Session, session_id: UUID) -> None:
    """Before a session goes: what Evoke chose by its figures goes too, and the plan is made anew without it."""
    theirs = list(session.exec(select(PlanSource.choice_id).where(col(PlanSource.session_id) == session_id)))
    session.exec(delete(PlanSource).where(col(PlanSource.choice_id).in_(theirs)))
    session.exec(delete(PlanChoice).where(col(PlanChoice.id).in_(theirs)))


def forget_plan_settings(session: Session, person_id: UUID) -> None:
    """Of somebody who leaves: no mail reaches them any more, and who comes back is asked anew."""
    session.exec(delete(PlanSetting).where(col(PlanSetting.person_id) == person_id))
