"""Certificates of completed modules: given, shown, and taken back by their holder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit import record_audit
from models.certificate import Certificate
from models.columns import utc_now
from models.errors import NotFound
from models.permissions import Actor
from models.person import Person
from training.skills import Skill

NO_CERTIFICATE = "There is no such certificate, or it is not yours."


@dataclass(frozen=True)
class Completed:
    """A module that somebody completed: read, exercises tried, check passed."""

    module: str
    edition: str
    title: str
    minutes: int
    skills: tuple[Skill, ...]
    completed_on: date


@dataclass(frozen=True)
class CompletedRow:
    """`certificate` is None while there is none that still holds."""

    completed: Completed
    certificate: Certificate | None


def completed_rows(session: Session, person_id: UUID, completed: Sequence[Completed]) -> list[CompletedRow]:
    """The newest first."""
    kept = {one.module: one for one in certificates_of(session, person_id)}
    rows = [
        CompletedRow(one, held if (held := kept.get(one.module)) and not held.revoked_at else None) for one in completed
    ]
    return sorted(rows, key=lambda row: (row.completed.completed_on, row.completed.title), reverse=True)


def certificates_of(session: Session, person_id: UUID) -> list[Certificate]:
    rows = select(Certificate).where(col(Certificate.person_id) == person_id)
    return list(session.exec(rows.order_by(col(Certificate.issued_at), col(Certificate.id))))


def give_certificate(session: Session, *, module: str, completed: Sequence[Completed], by: Actor) -> Certificate:
    """For a module that is among `completed`; the one there is already, valid again if it was taken back.

    Raises NotFound.
    """
    session.exec(select(Person.id).where(col(Person.id) == by.person_id).with_for_update()).one()  # two clicks give one
    wanted = next((one for one in completed if one.module == module), None)
    if wanted is None:
        raise NotFound("You have not completed this module yet. Its page says what is still to do.")
    found = next((one for one in certificates_of(session, by.person_id) if one.module == module), None)
    if found is not None and found.revoked_at is None:
        return found
    row = found or Certificate(
        organisation_id=by.organisation_id, person_id=by.person_id, module=module, edition=wanted.edition,
        title=wanted.title, minutes=wanted.minutes, completed_on=wanted.completed_on,
    )  # fmt: skip
    row.revoked_at = None
    session.add(row)
    session.flush()
    record_audit(
        session, action="certificate_given", subject=row, organisation_id=row.organisation_id, by=by.person_id,
        module=module,
    )  # fmt: skip
    return row


def own_certificate(session: Session, certificate_id: UUID, *, by: Actor) -> Certificate:
    """Raises NotFound."""
    row = session.get(Certificate, certificate_id)
    if row is None or row.person_id != by.person_id or row.revoked_at is not None:
        raise NotFound(NO_CERTIFICATE)
    return row


def take_back_certificate(session: Session, certificate_id: UUID, *, by: Actor) -> None:
    """From then on whoever checks it hears that it does not hold. Raises NotFound."""
    row = own_certificate(session, certificate_id, by=by)
    row.revoked_at = utc_now()
    session.add(row)
    session.flush()
    record_audit(
        session, action="certificate_taken_back", subject=row, organisation_id=row.organisation_id, by=by.person_id,
        module=row.module,
    )  # fmt: skip
