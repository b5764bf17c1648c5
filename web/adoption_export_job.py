"""The job that makes a file for evaluation, and the one that works out an authority's series at night."""

import hashlib
import io
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from coding.context import JobContext
from models.adoption import EXPORT_KEPT, EvaluationExport
from models.adoption_kept import LOCK, seal_export
from models.audit import record_audit
from models.columns import utc_now
from models.consent import Agreement, Participant, Scope
from models.errors import EvokeError
from models.lock import hold_lock
from models.organisation import Organisation
from models.practice import PracticeSession
from models.queue import enqueue
from models.withdrawal import Why, Withdrawal
from training.adoption.export_file import Told, authorities_now, make_file
from training.adoption.exports import centre_key
from training.adoption.mi_rows import keep_series


class ChangedMeanwhile(EvokeError):
    status = 409
    code = "evaluation_changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            "Somebody withdrew something, or an authority changed what it lets you take, while the file was made. "
            "Nothing of it was kept. Ask for it again."
        )


def make_evaluation_export(context: JobContext, *, export_id: str) -> None:
    """Nothing for one that was ended meanwhile. Run again, it makes it anew. Raises ChangedMeanwhile."""
    wanted, began = UUID(export_id), utc_now()
    with context.write() as session:
        export = session.get(EvaluationExport, wanted)
        key = centre_key(session, export.organisation_id) if export is not None else b""
    out, told = io.BytesIO(), Told()
    if export is not None:
        with context.workshop.database.snapshot() as session:
            told = make_file(
                session, out, key=key, today=began.date(), report=lambda percent: _report(context, wanted, percent)
            )
    with context.write() as session:
        hold_lock(session, LOCK)
        export = session.get(EvaluationExport, wanted, with_for_update=True)
        if export is not None:
            _keep(session, export, out.getvalue(), told)
            if authorities_now(session) != (told.authorities, told.with_rows) or _taken_back(session, told, began):
                raise ChangedMeanwhile
        context.finish(session)


def _taken_back(session: Session, told: Told, began: datetime) -> bool:
    """Whether since then a session with rows was withdrawn, or somebody's word that research may use it."""
    withdrawn = select(func.count()).select_from(Withdrawal).where(
        col(Withdrawal.organisation_id).in_(told.with_rows), col(Withdrawal.at) >= began,
        col(Withdrawal.why) != Why.RETENTION,
    )  # fmt: skip
    words = (
        select(func.count(col(Agreement.id)))
        .join(Participant, col(Participant.id) == col(Agreement.participant_id))
        .join(PracticeSession, col(PracticeSession.id) == col(Participant.session_id))
        .where(
            col(PracticeSession.organisation_id).in_(told.with_rows), col(Agreement.scope) == Scope.RESEARCH,
            col(Agreement.withdrawn_at) >= began,
        )
    )  # fmt: skip
    return bool(session.exec(withdrawn).one() or session.exec(words).one())


def evaluation_export_stopped(session: Session, error: EvokeError, *, export_id: str) -> None:
    export = session.get(EvaluationExport, UUID(export_id))
    if export is not None:
        export.problem = error.message
        session.add(export)


def keep_adoption_series(context: JobContext, *, authority_id: str) -> None:
    with context.write() as session:
        if session.get(Organisation, UUID(authority_id)) is not None:
            keep_series(session, UUID(authority_id), today=utc_now().date())
        context.finish(session)


def adoption_series_stopped(session: Session, error: EvokeError, **ids: str) -> None:
    """Pages work it out themselves then."""


def _keep(session: Session, export: EvaluationExport, clear: bytes, told: Told) -> None:
    """Noted in the trail of every authority whose figures are in it. Their pages follow: where somebody refused
    research since the night, figures of before could else be set against rows of now."""
    seal_export(session, export, clear)
    export.sha256, export.authorities = hashlib.sha256(clear).hexdigest(), [str(one) for one in told.authorities]
    export.made_at = utc_now()
    export.expires_at, export.progress, export.problem = export.made_at + EXPORT_KEPT, 100, None
    session.add(export)
    centre = session.get_one(Organisation, export.organisation_id)
    for organisation_id in told.authorities:
        record_audit(
            session, action="evaluation_export_made", subject=export, organisation_id=organisation_id,
            by=export.asked_by_id, centre=centre.name, rows="yes" if organisation_id in told.with_rows else "no",
        )  # fmt: skip
        enqueue(session, "keep_adoption_series", organisation_id=organisation_id, authority_id=organisation_id)


def _report(context: JobContext, export_id: UUID, percent: int) -> None:
    with context.write() as session:
        further = col(EvaluationExport.progress) < percent
        session.exec(
            update(EvaluationExport).where(col(EvaluationExport.id) == export_id, further).values(progress=percent)
        )
