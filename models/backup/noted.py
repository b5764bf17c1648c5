"""When the last backup and the last drill were: rows of the audit trail's own chain, so that every process of every
machine knows it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from models.audit import AuditEvent, record_audit

OK = "ok"


class Noted(StrEnum):
    """What is noted, as the audit trail calls it."""

    BACKUP = "backup_made"
    DRILL = "backup_drilled"


class BackupSet(SQLModel):
    """What such an audit row is about."""

    id: UUID


def note(session: Session, what: Noted, *, set_id: UUID, said: Mapping[str, object]) -> bool:
    """`said` is as its file has it: `at` or `made_at` (ISO 8601), `set` and `result`. Nothing is noted of one that is
    not newer than the last, and whether it was. Raises KeyError, ValueError."""
    at = _aware(str(said.get("at") or said["made_at"]))
    last = last_noted(session, what)
    if last is not None and at <= last[0]:
        return False
    record_audit(
        session, action=what.value, subject=BackupSet(id=set_id), organisation_id=None, by=None,
        at=at.isoformat(), set=str(said["set"]), result=str(said.get("result", OK)),
    )  # fmt: skip
    return True


def last_noted(session: Session, what: Noted) -> tuple[datetime, bool] | None:
    """When it was, and whether all was well."""
    rows = select(AuditEvent.details).where(
        col(AuditEvent.subject_type) == BackupSet.__name__, col(AuditEvent.action) == what.value
    )
    newest = session.exec(rows.order_by(col(AuditEvent.at).desc()).limit(1)).first()
    return (_aware(newest["at"]), newest["result"] == OK) if newest else None


def _aware(said: str) -> datetime:
    at = datetime.fromisoformat(said)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
