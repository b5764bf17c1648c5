"""Who did what to whose data. A row outlives its subject: it names it, and holds no foreign key to it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel

from models.columns import JSON_TYPE, UtcDateTime, new_id, utc_now


class AuditEvent(SQLModel, table=True):
    """`actor_id` is empty for the system itself. `details` never holds what people said."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_subject", "subject_type", "subject_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    organisation_id: UUID | None = Field(default=None, index=True)
    actor_id: UUID | None = None
    action: str = Field(max_length=64)
    subject_type: str = Field(max_length=40)
    subject_id: UUID
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)


def record_audit(
    session: Session, *, action: str, subject: SQLModel, organisation_id: UUID | None, by: UUID | None, **details: str
) -> None:
    """Writes the row in the caller's transaction, so that the change and its audit stand or fall together."""
    session.add(
        AuditEvent(
            organisation_id=organisation_id,
            actor_id=by,
            action=action,
            subject_type=type(subject).__name__,
            subject_id=subject.id,  # type: ignore[attr-defined]
            details=details,
        )
    )
    session.flush()
