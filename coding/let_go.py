"""What the night does when a time is over: the recording goes, then what was said, then whose the scores are.

A recording is gone for everybody from the moment its step is written down; its files are listed before the first one is
deleted, and its rows go with the step's end. Words go in one transaction. The session itself goes as any deletion does
(see `coding.delete_session`). So a machine that dies anywhere goes on when it returns, and nobody sees half of it.
"""

import logging
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from coding.context import JobContext
from coding.end_copies import end_copies_about
from coding.forget_words import forget_words
from coding.retention import Due, due_parts, steps_of
from coding.session_files import look_at, places_of
from coding.withdraw import begin_deletion
from coding.without_words import without_words
from models.audit import record_audit
from models.columns import utc_now
from models.listening_copy import forget_rows
from models.practice import PracticeSession, Recording
from models.queue import LeaseLost, cancel
from models.retention import Part, RetentionStep
from models.transcript import HeardClipRow, TranscriptVersion
from models.withdrawal import Why

log = logging.getLogger("evoke.retention")


def let_go(context: JobContext) -> int:
    """Everything whose time is over; how many steps that were. One that fails is logged, and tried again next night.

    Raises LeaseLost.
    """
    with context.workshop.database.read() as session:
        begun = select(RetentionStep.id).where(col(RetentionStep.done_at).is_(None))
        unfinished = session.exec(begun.order_by(col(RetentionStep.at))).all()
        due = due_parts(session, until=utc_now())
    done = sum(_try(context, one, _finish_recording) for one in unfinished)
    return done + sum(_try(context, one.session_id, _GOES[one.part]) for one in due)


def _try(context: JobContext, subject: UUID, step: Callable[[JobContext, UUID], bool]) -> bool:
    try:
        return step(context, subject)
    except LeaseLost:
        raise
    except Exception as error:
        log.error("%s: its time is over, and it is tried again next night\n%s", subject, without_words(error))
        return False


def _recording_goes(context: JobContext, session_id: UUID) -> bool:
    with context.write() as session:
        recordings = session.exec(select(Recording.id).where(col(Recording.session_id) == session_id)).all()
        # Jobs before the session, as in stop_working.
        organisation_id = session.get_one(PracticeSession, session_id).organisation_id
        while cancel(session, organisation_id=organisation_id, ids=recordings):
            session.flush()
        due = _still_due(session, session_id, Part.RECORDING)
        if due is None:
            session.rollback()
            return False
        step = _step(due)
        session.add(step)
        _audit(session, "recording_let_go", due)
    return _finish_recording(context, step.id)


def _finish_recording(context: JobContext, step_id: UUID) -> bool:
    with context.write() as session:
        step = session.get_one(RetentionStep, step_id)
        ids = {"organisation_id": step.organisation_id, "session_id": step.session_id}
        places = places_of(session, **ids)
    files = step.files
    if files is None:
        files = look_at(context, places)
        with context.write() as session:
            session.get_one(RetentionStep, step_id).files = files
    for file in files:
        context.workshop.storage.delete(file["name"])
    with context.write() as session:
        _forget_recordings(session, step.session_id)
        session.get_one(RetentionStep, step_id).done_at = utc_now()
    return True


def _forget_recordings(session: Session, session_id: UUID) -> None:
    theirs = select(Recording.id).where(col(Recording.session_id) == session_id)
    forget_rows(session, session.exec(theirs).all())
    session.exec(delete(HeardClipRow).where(col(HeardClipRow.recording_id).in_(theirs)))
    heard = update(TranscriptVersion).where(col(TranscriptVersion.recording_id).in_(theirs))
    session.exec(heard.values(recording_id=None))
    session.exec(delete(Recording).where(col(Recording.session_id) == session_id))


def _words_go(context: JobContext, session_id: UUID) -> bool:
    with context.write() as session:
        due = _still_due(session, session_id, Part.WORDS)
        sound = select(Recording.id).where(col(Recording.session_id) == session_id)
        if due is None or session.exec(sound.limit(1)).first() is not None:  # it failed to go before
            return False
        step = _step(due)
        step.done_at = step.at
        session.add(step)
        practice = session.get_one(PracticeSession, session_id)
        forget_words(session, practice)
        end_copies_about(session, practice, by=None)
        _audit(session, "words_let_go", due)
    return True


def _scores_go(context: JobContext, session_id: UUID) -> bool:
    with context.write() as session:
        due = _still_due(session, session_id, Part.SCORES)
        if due is None or Part.WORDS not in steps_of(session, session_id):
            return False
        practice = session.get_one(PracticeSession, session_id)
        begin_deletion(session, practice=practice, why=Why.RETENTION, by=None)
    return True


_GOES = {Part.RECORDING: _recording_goes, Part.WORDS: _words_go, Part.SCORES: _scores_go}


def _still_due(session: Session, session_id: UUID, part: Part) -> Due | None:
    """With the session locked: meanwhile somebody may have held, withdrawn or taken it up."""
    locked = select(PracticeSession).where(col(PracticeSession.id) == session_id).with_for_update()
    session.exec(locked.execution_options(populate_existing=True)).first()
    due = due_parts(session, until=utc_now(), session_id=session_id)
    return next((one for one in due if one.part is part), None)


def _step(due: Due) -> RetentionStep:
    return RetentionStep(
        organisation_id=due.organisation_id, session_id=due.session_id, kind=due.kind, part=due.part,
        since=due.since.at, since_coded=due.since.coded, period=due.period,
    )  # fmt: skip


def _audit(session: Session, action: str, due: Due) -> None:
    counted = "signed off" if due.since.signed else "coded" if due.since.coded else "added"
    record_audit(
        session, action=action, subject=session.get_one(PracticeSession, due.session_id),
        organisation_id=due.organisation_id, by=None, period=f"{due.period} after it was {counted}",
        since=due.since.at.isoformat(timespec="seconds"),
    )  # fmt: skip
