"""Learning in a copy of what is held about somebody."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit_hash import plain
from models.learning import ModuleCheckTry
from models.own_module import OwnModule
from training.modules.progress import progress_of

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
        "content_written": [
            {"module": one.module, "version": one.number, "at": plain(one.made_at)} for one in session.exec(written)
        ],
    }  # fmt: skip
