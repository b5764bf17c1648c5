"""Whether a practitioner lets parts of their session be read, without names, in their team's meeting."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, new_id, utc_now


class ExcerptAgreement(SQLModel, table=True):
    """The practitioner's own word, nobody else's. Rows are only ever added: of a session the newest holds, and without
    one the answer is no."""

    __tablename__ = "excerpt_agreement"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(foreign_key="practice_session.id", index=True)
    agreed: bool
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
