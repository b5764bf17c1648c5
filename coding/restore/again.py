"""What every verb of a restore that does something again begins and ends with."""

from collections.abc import Callable
from uuid import UUID

from sqlmodel import Session

from models.audit import record_audit
from models.deletion_ledger import Entry
from models.person import Person

Again = Callable[[Session, Entry], bool]
"""Does it again, in the caller's transaction; whether there was anything to do."""


def who_did(session: Session, person_id: UUID | None) -> UUID | None:
    """None where the backup does not know them: they came later."""
    return person_id if person_id is not None and session.get(Person, person_id) is not None else None


def audit_again(session: Session, entry: Entry, subject: object, **details: str) -> None:
    record_audit(
        session, action=entry.action, subject=subject, organisation_id=entry.organisation_id,  # type: ignore[arg-type]
        by=who_did(session, entry.by), **details,
    )  # fmt: skip
