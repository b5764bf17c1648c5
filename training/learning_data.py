"""Learning in a copy of what is held about somebody."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit_hash import plain
from models.certificate import Certificate
from models.keys import WordsGone
from models.learning import ModuleCheckTry
from models.own_module import OwnModule
from training.modules.progress import progress_of
from training.progress.certificates import certificates_of
from training.progress.record import Entry, entries_of

Data = dict[str, Any]


def learning_data(session: Session, person_id: UUID) -> Data:
    """Modules by the name in their address, with the edition that was read."""
    checks = select(ModuleCheckTry).where(col(ModuleCheckTry.person_id) == person_id).order_by(col(ModuleCheckTry.id))
    written = select(OwnModule).where(col(OwnModule.made_by_id) == person_id).order_by(col(OwnModule.id))
    return {
        "modules": [
            {"module": one.module, "edition": one.edition, "parts_read": len(one.parts),
             "started_at": plain(one.started_at), "read_at": plain(one.read_at),
             "completed_at": plain(one.completed_at), "completed_edition": one.completed_edition}
            for one in sorted(progress_of(session, person_id).values(), key=lambda one: one.started_at)
        ],
        "checks": [
            {"module": one.module, "edition": one.edition, "answered_at": plain(one.at), "answers": one.answers,
             "right": one.right_answers, "questions": one.questions}
            for one in session.exec(checks)
        ],
        "certificates": [_certificate(one) for one in certificates_of(session, person_id)],
        "record_of_learning": _record(session, person_id),
        "content_written": [
            {"module": one.module, "version": one.number, "at": plain(one.made_at)} for one in session.exec(written)
        ],
    }  # fmt: skip


def _certificate(one: Certificate) -> Data:
    return {
        "module": one.module, "edition": one.edition, "completed_on": one.completed_on.isoformat(),
        "given_at": plain(one.issued_at), "taken_back_at": plain(one.revoked_at),
    }  # fmt: skip


def _record(session: Session, person_id: UUID) -> list[Data]:
    try:
        return [_entry(one) for one in entries_of(session, person_id)]
    except WordsGone:
        return []


def _entry(one: Entry) -> Data:
    return {
        "about": one.words.what, "on": one.on.isoformat(), "minutes": one.minutes, "learned": one.words.learned,
        "changed": one.words.changed, "talked_over_with": one.words.peer,
    }  # fmt: skip
