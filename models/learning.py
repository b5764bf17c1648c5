"""How far people are with the modules they learn from."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import JSON_TYPE, UtcDateTime, new_id, utc_now

LONGEST_SLUG, LONGEST_EDITION = 80, 20


class ModuleProgress(SQLModel, table=True):
    """One person and one module, which is named as in its address. `edition` says which text of it they had last (see
    `training.modules.read.Module`), `parts` are the anchors of the parts they read, `next_part` the one to go on with.
    `completed_at` stays once it is set, with the edition they completed."""

    __tablename__ = "module_progress"
    __table_args__ = (
        UniqueConstraint("person_id", "module"),
        CheckConstraint("(completed_at IS NULL) = (completed_edition IS NULL)", name="completed_says_which_edition"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    module: str = Field(max_length=LONGEST_SLUG)
    edition: str = Field(max_length=LONGEST_EDITION)
    parts: list[Any] = Field(default_factory=list, sa_type=JSON_TYPE)
    next_part: str = Field(default="", max_length=60)
    started_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    completed_edition: str | None = Field(default=None, max_length=LONGEST_EDITION)


class ModuleCheckTry(SQLModel, table=True):
    """One go at the questions that end a module. `answers` are 1-based numbers of options, a number a question."""

    __tablename__ = "module_check_try"
    __table_args__ = (
        CheckConstraint("questions > 0 AND 0 <= right_answers AND right_answers <= questions", name="right_of_so_many"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    module: str = Field(max_length=LONGEST_SLUG, index=True)
    edition: str = Field(max_length=LONGEST_EDITION)
    answers: list[Any] = Field(sa_type=JSON_TYPE)
    right_answers: int
    questions: int
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    @property
    def passed(self) -> bool:
        return self.right_answers == self.questions
