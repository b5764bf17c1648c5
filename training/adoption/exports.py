"""A file for evaluation: asked for by an evaluator, made by a job, fetched by those of the same centre."""

import secrets
from uuid import UUID

from sqlmodel import Session, col, select

from models.adoption import EvaluationExport, EvaluationKey
from models.adoption_kept import end_exports, open_export
from models.audit import record_audit
from models.columns import new_id, utc_now
from models.errors import NotFound
from models.keys import make_session_key
from models.lock import hold_lock
from models.organisation import Organisation
from models.permissions import Actor
from models.queue import enqueue
from models.sealed_secret import open_secret, seal_secret

JOB = "make_evaluation_export"


def ask_export(session: Session, *, by: Actor) -> EvaluationExport:
    """A new one in the place of the one before; or the one that is being made already."""
    hold_lock(session, f"evaluation export of {by.organisation_id}")
    before = _row(session, by.organisation_id)
    if before is not None and before.stage == "making":
        return before
    if before is not None:
        end_exports(session, [before], by=by.person_id)
    row = EvaluationExport(id=new_id(), organisation_id=by.organisation_id, asked_by_id=by.person_id)
    make_session_key(session, organisation_id=by.organisation_id, session_id=row.id)
    session.add(row)
    session.flush()
    enqueue(session, JOB, organisation_id=by.organisation_id, export_id=row.id)
    record_audit(
        session, action="evaluation_export_asked", subject=row, organisation_id=by.organisation_id, by=by.person_id
    )
    return row


def export_of(session: Session, *, by: Actor) -> EvaluationExport | None:
    """None too for one whose days are over."""
    row = _row(session, by.organisation_id)
    return None if row is None or (row.expires_at is not None and row.expires_at <= utc_now()) else row


def take_export(session: Session, *, by: Actor) -> bytes:
    """Noted in the audit trail of the centre and of every authority in it. Raises NotFound."""
    row = export_of(session, by=by)
    if row is None or row.sealed is None:
        raise NotFound("There is no such file, or its days are over. Ask for a new one.")
    centre = session.get_one(Organisation, by.organisation_id)
    for organisation_id in (*(UUID(one) for one in row.authorities), centre.id):
        record_audit(
            session, action="evaluation_export_taken", subject=row, organisation_id=organisation_id, by=by.person_id,
            centre=centre.name, sha256=row.sha256,
        )  # fmt: skip
    return open_export(session, row)


def end_export(session: Session, *, by: Actor) -> None:
    """None is not an error."""
    row = _row(session, by.organisation_id)
    if row is not None:
        end_exports(session, [row], by=by.person_id)


def centre_key(session: Session, organisation_id: UUID) -> bytes:
    """With which a centre's files name people and teams; made where there is none yet. Raises OrganisationGone."""
    hold_lock(session, f"evaluation key of {organisation_id}")
    row = session.exec(select(EvaluationKey).where(col(EvaluationKey.organisation_id) == organisation_id)).first()
    if row is None:
        row = EvaluationKey(id=new_id(), organisation_id=organisation_id, sealed=b"")
        row.sealed = seal_secret(session, secrets.token_hex(32), organisation_id=organisation_id, record_id=row.id)
        session.add(row)
        session.flush()
    return bytes.fromhex(open_secret(session, row.sealed, record_id=row.id))


def _row(session: Session, organisation_id: UUID) -> EvaluationExport | None:
    return session.exec(
        select(EvaluationExport).where(col(EvaluationExport.organisation_id) == organisation_id)
    ).first()
