"""What is done once a night: deletions that a fault had stopped, agreements that came to their end, what was kept as
long as it may be, and the database's own files made anew without what was deleted."""

from datetime import timedelta

from sqlmodel import Session, col, select

from coding.context import JobContext
from coding.end_copies import end_old_copies
from coding.end_live_sessions import DELETED as LIVE_SESSION_DELETED
from coding.end_live_sessions import end_old_live_sessions
from coding.end_name_checks import end_old_name_checks
from coding.forget_answers import ANSWERS_GONE, forget_old_answers
from coding.let_go import let_go
from coding.night import next_night
from coding.session_figures import ask_for_all_figures
from coding.withdraw import begin_deletion
from models.adoption_kept import end_old_exports
from models.audit import AuditEvent
from models.cascade import DELETED
from models.certificate_kept import end_old_papers, forget_records_of_leavers
from models.cmi5_sessions import take_up_sessions
from models.columns import utc_now
from models.consent import Agreement, Participant, Scope
from models.database import Database
from models.errors import EvokeError
from models.idempotency import forget_old_requests
from models.job import Job
from models.lock import hold_lock
from models.lti_launches import end_old_launches
from models.name_check import NameCheck
from models.organisation import Organisation, OrganisationKind
from models.practice import PracticeSession
from models.queue import UNFINISHED, enqueue
from models.retention import RetentionStep, SessionHold
from models.scrub import scrub
from models.spoken_answer import DELETED as SPOKEN_DELETED
from models.webhook_actions import end_old_deliveries
from models.withdrawal import Why, Withdrawal
from models.xapi import forget_old_statements, take_up_statements

NAME = "nightly"
LIVE = ("live_answer", "live_line", "live_session")
ANSWERS = ("exercise_attempt", "exercise_draft", "exercise_objection", "spoken_answer")
RECORDS_AFTER_LEAVING = timedelta(days=183)
"""So long a record of learning waits for who left and may come back."""
_LOOK_BACK = timedelta(days=3)
"""Nights in a row that may fail before a deletion is not scrubbed after."""


def ensure_nightly(database: Database) -> None:
    """One for the whole installation waits, whoever starts a worker and however often."""
    with database.write() as session:
        hold_lock(session, NAME)
        waits = select(Job.id).where(col(Job.name) == NAME, col(Job.state).in_(UNFINISHED))
        if session.exec(waits.limit(1)).first() is None:
            enqueue(session, NAME).run_at = next_night(utc_now())


def nightly(context: JobContext) -> None:
    """May be killed anywhere and run again: what is deleted already is not found again, and what was begun goes on."""
    database = context.workshop.database
    with context.write() as session:
        take_up_deletions(session)
        end_old_copies(session)
        end_old_papers(session)
        end_old_exports(session)
        end_old_deliveries(session)
        end_old_launches(session)
        forget_records_of_leavers(session, before=utc_now() - RECORDS_AFTER_LEAVING)
        end_old_name_checks(session, days=context.workshop.settings.name_check_days)
        end_old_live_sessions(session, days=context.workshop.settings.live_session_days)
        forget_old_answers(session)
        forget_old_requests(session)
        ask_for_all_figures(session)
        forget_old_statements(session)
        take_up_statements(session)
        take_up_sessions(session)
        for practice in ended(session):
            begin_deletion(session, practice=practice, why=Why.AGREEMENT_ENDED, by=None)
    let_go(context)
    with context.write() as session:
        authorities = select(Organisation.id).where(col(Organisation.kind) == OrganisationKind.AUTHORITY)
        for authority_id in session.exec(authorities).all():  # after what went, so that it is in no figure any more
            enqueue(session, "keep_adoption_series", organisation_id=authority_id, authority_id=authority_id)
    with database.read() as session:
        anything = _anything_went(session)
    if anything:
        scrub(database, *(() if database.is_sqlite else (*DELETED, *LIVE, *ANSWERS, "session_key")))
    with context.write() as session:
        enqueue(session, NAME).run_at = next_night(utc_now())
        context.finish(session)


def nightly_stopped(session: Session, error: EvokeError, /) -> None:
    """The next one is enqueued when a worker next looks; see `ensure_nightly`."""


def _anything_went(session: Session) -> bool:
    lately = utc_now() - _LOOK_BACK
    deleted = select(Withdrawal.id).where(col(Withdrawal.done_at) > lately)
    let_go = select(RetentionStep.id).where(col(RetentionStep.done_at) > lately)
    names = select(NameCheck.id).where(col(NameCheck.checked_at) > lately)
    noted = col(AuditEvent.action).in_((LIVE_SESSION_DELETED, SPOKEN_DELETED, *ANSWERS_GONE))
    others = select(AuditEvent.id).where(noted, col(AuditEvent.at) > lately)
    return any(session.exec(one.limit(1)).first() is not None for one in (deleted, let_go, names, others))


def take_up_deletions(session: Session) -> int:
    """Enqueues each deletion that is neither done nor waiting nor held; how many."""
    waiting = select(Job).where(col(Job.name) == "delete_session", col(Job.state).in_(UNFINISHED))
    known = {job.args.get("withdrawal_id") for job in session.exec(waiting)}
    held = col(Withdrawal.session_id).in_(select(SessionHold.session_id).where(col(SessionHold.lifted_at).is_(None)))
    stopped = [
        one for one in session.exec(select(Withdrawal).where(col(Withdrawal.done_at).is_(None), ~held))
        if str(one.id) not in known
    ]  # fmt: skip
    for one in stopped:
        enqueue(session, "delete_session", organisation_id=one.organisation_id, withdrawal_id=one.id)
    return len(stopped)


def ended(session: Session) -> list[PracticeSession]:
    """Sessions of which somebody's agreement to supervision, the newest there is, came to its end."""
    today = utc_now().date()
    rows = session.exec(
        select(Agreement, Participant.session_id)
        .join(Participant, col(Participant.id) == col(Agreement.participant_id))
        .where(col(Agreement.scope) == Scope.SUPERVISION)
        .order_by(col(Agreement.created_at), col(Agreement.id))
    ).all()
    newest = {row.participant_id: (row, session_id) for row, session_id in rows}
    over = {
        session_id for row, session_id in newest.values()
        if row.given and row.expires_on is not None and row.expires_on < today
    }  # fmt: skip
    found = select(PracticeSession).where(
        col(PracticeSession.id).in_(over), col(PracticeSession.withdrawn_at).is_(None)
    )
    return list(session.exec(found))
