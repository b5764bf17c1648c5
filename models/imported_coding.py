"""Codes that came with a session's file, until they stand beside the machine's as a person's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, new_id, utc_now


class ImportedCoding(SQLModel, table=True):
    """`by_id` is who brought the file, and stands for its codes with their name. `sealed` holds the codes and notes by
    line, ratings, who coded it in the file's words, and what was read otherwise (see `coding.interchange.kept_import`).
    `review_id` is the review they became, None as long as they wait for the machine and for the check of names."""

    __tablename__ = "imported_coding"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", unique=True)
    by_id: UUID = Field(foreign_key="person.id")
    form: str = Field(max_length=20)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    review_id: UUID | None = Field(default=None, foreign_key="review.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
