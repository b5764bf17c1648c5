"""Files for evaluation centres: kept sealed for some days, and ended when what they hold may not be told any more."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, or_, select

from models.adoption import EXPORT_KEPT, EvaluationExport
from models.audit import record_audit
from models.cipher import open_sealed, seal
from models.columns import utc_now
from models.keys import forget_key, open_session_key
from models.lock import hold_lock

LOCK = "evaluation exports"
"""Held by whoever ends files of an authority, and by the job that has just made one and looks whether it still may."""


def end_exports_about(session: Session, authority_id: UUID) -> int:
    """Those that tell of the authority; how many. One that is being made looks itself whether it still may."""
    hold_lock(session, LOCK)
    rows = session.exec(select(EvaluationExport).where(col(EvaluationExport.made_at).is_not(None))).all()
    return end_exports(session, [one for one in rows if str(authority_id) in one.authorities], by=None)


def end_old_exports(session: Session) -> int:
    """Those whose days are over, and those that nobody could make for as long; how many."""
    now = utc_now()
    stopped = col(EvaluationExport.problem).is_not(None) & (col(EvaluationExport.asked_at) <= now - EXPORT_KEPT)
    old = select(EvaluationExport).where(or_(col(EvaluationExport.expires_at) <= now, stopped))
    return end_exports(session, session.exec(old).all(), by=None)


def end_exports(session: Session, exports: Iterable[EvaluationExport], *, by: UUID | None) -> int:
    """With their keys."""
    ended = 0
    for export in exports:
        one = session.get(EvaluationExport, export.id, with_for_update=True, populate_existing=True)
        if one is None:  # somebody else ended it at this moment
            continue
        session.delete(one)
        session.flush()
        forget_key(session, one.id)
        record_audit(session, action="evaluation_export_ended", subject=one, organisation_id=one.organisation_id, by=by)
        ended += 1
    return ended


def seal_export(session: Session, export: EvaluationExport, clear: bytes) -> None:
    export.sealed = seal(open_session_key(session, export.id).words, clear, _about(export))
    export.size_bytes = len(clear)


def open_export(session: Session, export: EvaluationExport) -> bytes:
    """Raises WordsGone, SealBroken."""
    assert export.sealed is not None, "an export is opened once it is made"
    return open_sealed(open_session_key(session, export.id).words, export.sealed, _about(export))


def _about(export: EvaluationExport) -> bytes:
    return f"evaluation_export {export.id}".encode()
