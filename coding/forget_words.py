"""Taking what was said out of a session that stays: of one version of a transcript, or of all there is."""

from uuid import UUID

from sqlmodel import Session, col, delete, func, select

from coding.coding_words import CodingWords, coding_words, keep_coding_words
from coding.double.agree import forget_agreed
from coding.feedback.kept import forget_feedback
from coding.interchange.kept_import import forget_import
from coding.review.kept import forget_reviews
from coding.transcript.versions import change_words
from coding.transcript.words import TranscriptWords
from models.coding import GLOBALS, Coding
from models.consent import Participant
from models.keys import WordsGone, renew_session_key
from models.name_check import NameCheck
from models.practice import PracticeSession
from models.retention import SessionHold
from models.sealed import open_from, seal_into
from models.session_request import SessionRequest
from models.session_words import SessionWords, keep_participant_label, keep_session_words
from models.transcript import SpeakerDecision, TranscriptVersion, UtteranceRow
from models.workbook import forget_note


def forget_version(session: Session, version: TranscriptVersion) -> None:
    """Its codes, figures and who was coded as practitioner stay, but neither what was said nor what quotes it."""
    for coding in _codings(session, version):
        _empty_coding(session, version, coding, coding_words(session, coding).practitioner_labels)
    _empty_version(session, version)


def forget_words(session: Session, practice: PracticeSession) -> None:
    """Everything that was said in the session or about it goes: turns, utterances, labels, reasons, names, title, goal,
    what was asked and answered, feedback and its thread, the steps of reviews, the practitioner's note. Codes, ratings
    and figures stay.

    The session gets a new key, under which the empty places are sealed, and the old one is destroyed: so nothing of it
    can be opened, even where the database's own files still hold it for a while.
    """
    versions = session.exec(select(TranscriptVersion).where(col(TranscriptVersion.session_id) == practice.id)).all()
    of_versions = col(SpeakerDecision.transcript_id).in_([version.id for version in versions])
    session.exec(delete(SpeakerDecision).where(of_versions))
    session.exec(delete(NameCheck).where(col(NameCheck.session_id) == practice.id))
    try:
        reasons = [(one, open_from(session, one, session_id=practice.id)) for one in _holds(session, practice.id)]
        renew_session_key(session, practice.id)
    except WordsGone:
        return  # the organisation's keys are destroyed, and with them all of this
    for version in versions:
        for coding in _codings(session, version):
            _empty_coding(session, version, coding, ())
        _empty_version(session, version)
    forget_reviews(session, practice.id)
    forget_agreed(session, practice.id)
    forget_feedback(session, practice.id)
    forget_import(session, practice.id)
    forget_note(session, practice.id)
    keep_session_words(session, practice, SessionWords(""))
    session.add(practice)
    for hold, reason in reasons:
        seal_into(session, hold, reason, session_id=practice.id)
        session.add(hold)
    for one in session.exec(select(Participant).where(col(Participant.session_id) == practice.id)).all():
        keep_participant_label(session, one, "")
        session.add(one)
    for request in session.exec(select(SessionRequest).where(col(SessionRequest.session_id) == practice.id)).all():
        seal_into(session, request, "", session_id=practice.id, column="words")
        if request.answer is not None:
            seal_into(session, request, "", session_id=practice.id, column="answer")
        session.add(request)
    session.flush()


def _codings(session: Session, version: TranscriptVersion) -> list[Coding]:
    return list(session.exec(select(Coding).where(col(Coding.transcript_id) == version.id)))


def _holds(session: Session, practice_id: UUID) -> list[SessionHold]:
    return list(session.exec(select(SessionHold).where(col(SessionHold.session_id) == practice_id)))


def _drawn(session: Session, version: TranscriptVersion) -> int:
    rows = select(func.count()).select_from(UtteranceRow).where(col(UtteranceRow.transcript_id) == version.id)
    return session.exec(rows).one()


def _empty_coding(session: Session, version: TranscriptVersion, coding: Coding, labels: tuple[str, ...]) -> None:
    keep_coding_words(
        session, coding, CodingWords(labels, ("",) * _drawn(session, version), dict.fromkeys(GLOBALS, ""))
    )
    session.add(coding)


def _empty_version(session: Session, version: TranscriptVersion) -> None:
    change_words(session, version, TranscriptWords(()), utterances=[""] * _drawn(session, version) or None)
