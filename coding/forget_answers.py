"""What people wrote in exercises is kept as long as what was said in role plays, and what became of it as long as their
scores: then it goes at night."""

from sqlmodel import Session, select

from coding.retention import periods_of
from coding.retention_periods import Periods, months_after
from models.audit import record_audit
from models.columns import utc_now
from models.exercise_words import forget_old_attempts, forget_old_words
from models.organisation import Organisation
from models.practice import SessionKind

ANSWERS_GONE = ("answers_deleted", "answers_let_go", "left")
"""Actions of the audit trail after which what somebody wrote is not kept any more."""


def forget_old_answers(session: Session) -> int:
    """Of every organisation; how many rows were emptied or deleted."""
    gone = 0
    for organisation in session.exec(select(Organisation)).all():
        periods = periods_of(session, organisation.id)[SessionKind.ROLE_PLAY]
        words, attempts = _forget(session, organisation, periods)
        if words or attempts:
            record_audit(
                session, action="answers_let_go", subject=organisation, organisation_id=organisation.id, by=None,
                answers=str(words), outcomes=str(attempts),
            )  # fmt: skip
        gone += words + attempts
    return gone


def _forget(session: Session, organisation: Organisation, periods: Periods) -> tuple[int, int]:
    now = utc_now()
    words = forget_old_words(session, organisation.id, before=months_after(now, -periods.transcript_months))
    return words, forget_old_attempts(session, organisation.id, before=months_after(now, -periods.score_months))
