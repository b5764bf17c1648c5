"""The words behind placeholders end after some days, whether or not somebody has looked: then only the placeholders are
left, as after a check."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from coding.interchange.kept_import import lay_when_ready
from models.audit import record_audit
from models.cipher import KeyDoesNotFit, SealBroken
from models.coding import Coding
from models.columns import utc_now
from models.keys import WordsGone
from models.name_check import NameCheck, forget_names
from models.practice import PracticeSession, Recording
from models.retention import SessionHold
from models.session_words import RecordingWords, keep_recording_words, recording_words
from models.transcript import TranscriptVersion

log = logging.getLogger("evoke.retention")


def kept_until(session: Session, practice: PracticeSession, *, days: int) -> datetime | None:
    """When the words of a session that waits for its check end: `days` after its first coding. None before that."""
    first = (
        select(func.min(Coding.created_at))
        .join(TranscriptVersion, col(TranscriptVersion.id) == col(Coding.transcript_id))
        .where(col(TranscriptVersion.session_id) == practice.id)
    )
    coded_at = session.exec(first).one()
    return coded_at + timedelta(days=days) if coded_at else None


def end_old_name_checks(session: Session, *, days: int) -> int:
    """Of those whose days are over and that no legal hold keeps; how many."""
    held = select(SessionHold.session_id).where(col(SessionHold.lifted_at).is_(None))
    old = (
        select(NameCheck, PracticeSession)
        .join(PracticeSession, col(PracticeSession.id) == col(NameCheck.session_id))
        .where(
            col(NameCheck.said).is_not(None), col(NameCheck.created_at) <= utc_now() - timedelta(days=days),
            ~col(NameCheck.session_id).in_(held), col(PracticeSession.withdrawn_at).is_(None),
        )
    )  # fmt: skip
    ended = 0
    for check, practice in session.exec(old).all():
        until = kept_until(session, practice, days=days)
        if until is None or until > utc_now():
            continue
        try:
            with session.begin_nested():
                _end(session, check, practice)
                ended += 1
        except (KeyDoesNotFit, SealBroken) as error:  # one that is damaged must not keep the others
            log.error("the names of %s do not end: %s", practice.id, type(error).__name__)
    return ended


def _end(session: Session, check: NameCheck, practice: PracticeSession) -> None:
    forget_names(session, check, by=None)
    forget_hotwords(session, practice)
    lay_when_ready(session, practice)
    record_audit(
        session, action="name_check_ended", subject=practice, organisation_id=practice.organisation_id, by=None
    )


def forget_hotwords(session: Session, practice: PracticeSession) -> list[Recording]:
    """The names to listen for; gives the session's recordings. Where the organisation's keys are destroyed, the names
    went with them."""
    recordings = session.exec(select(Recording).where(col(Recording.session_id) == practice.id)).all()
    with suppress(WordsGone):
        for recording in recordings:
            keep_recording_words(session, recording, RecordingWords(recording_words(session, recording).original_name))
            session.add(recording)
    return list(recordings)
