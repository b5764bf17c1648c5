"""Done again after a restore: what was withdrawn, let go, held or deleted of a session."""

from datetime import datetime

from sqlmodel import Session, col, select

from coding.consent import agreements_of, participants_of
from coding.end_name_checks import forget_hotwords
from coding.forget_words import forget_words
from coding.hold import is_held
from coding.restore.again import Again, audit_again, who_did
from coding.restore.again_unfinished import NotYetASession, end_before_it_was_one, open_ones
from coding.withdraw import begin_deletion, read_scopes, scopes_said
from models.adoption_kept import end_exports_about
from models.columns import utc_now
from models.consent import Agreement, HowGiven, Scope
from models.deletion_ledger import Entry
from models.excerpt_agreement import ExcerptAgreement
from models.keys import WordsGone
from models.name_check import check_of, forget_names
from models.practice import PracticeSession
from models.retention import Part, RetentionStep, SessionHold
from models.sealed import seal_into
from models.withdrawal import Why
from models.workbook import WorkbookNote, forget_note

REASON_LOST = "Placed after the backup that was restored; its reason was not in the backup."


def _withdrawn(session: Session, entry: Entry) -> bool:
    practice = session.get(PracticeSession, entry.subject_id)
    if practice is None:
        return end_before_it_was_one(session, entry)
    if practice.withdrawn_at is not None:
        return False
    begin_deletion(session, practice=practice, why=Why(entry.details["why"]), by=who_did(session, entry.by))
    return True


def _further_uses(session: Session, entry: Entry) -> bool:
    practice = session.get(PracticeSession, entry.subject_id)
    if practice is None and open_ones(session, entry.subject_id):
        raise NotYetASession
    if practice is None or practice.withdrawn_at is not None:
        return False
    wanted = read_scopes(entry.details.get("scopes", ""))
    newest = {(row.participant_id, row.scope): row for row in agreements_of(session, practice.id)}
    taken: dict[int, list[Scope]] = {}
    for one in participants_of(session, practice.id):
        for scope in wanted.get(one.position, ()):
            row = newest.get((one.id, scope))
            if row is not None and row.given:
                taken.setdefault(one.position, []).append(scope)
                session.add(
                    Agreement(
                        participant_id=one.id, scope=scope, given=False, how=HowGiven.SAID, given_on=entry.at.date(),
                        withdrawn_at=entry.at, recorded_by_id=who_did(session, entry.by) or practice.practitioner_id,
                    )
                )  # fmt: skip
    if taken:
        end_exports_about(session, practice.organisation_id)
        audit_again(session, entry, practice, agreements=str(sum(map(len, taken.values()))), scopes=scopes_said(taken))
    return bool(taken)


def _excerpt(session: Session, entry: Entry) -> bool:
    practice = session.get(PracticeSession, entry.subject_id)
    if practice is None:
        return False
    rows = select(ExcerptAgreement).where(col(ExcerptAgreement.session_id) == practice.id)
    last = session.exec(rows.order_by(col(ExcerptAgreement.at).desc(), col(ExcerptAgreement.id).desc())).first()
    if last is None or not last.agreed:
        return False
    session.add(ExcerptAgreement(session_id=practice.id, agreed=False))
    audit_again(session, entry, practice)
    return True


def _part(part: Part) -> Again:
    def again(session: Session, entry: Entry) -> bool:
        practice = session.get(PracticeSession, entry.subject_id)
        steps = select(RetentionStep.id).where(
            col(RetentionStep.session_id) == entry.subject_id, col(RetentionStep.part) == part
        )
        if practice is None:
            return end_before_it_was_one(session, entry)
        if practice.withdrawn_at is not None or session.exec(steps).first() is not None:
            return False
        period, _, counted = entry.details["period"].partition(" after it was ")
        step = RetentionStep(
            organisation_id=practice.organisation_id, session_id=practice.id, kind=practice.kind, part=part,
            since=datetime.fromisoformat(entry.details["since"]), since_coded=counted != "added", period=period,
        )  # fmt: skip
        if part is Part.WORDS:
            step.done_at = utc_now()
            forget_words(session, practice)
        session.add(step)  # of a recording the files go in the next night; from now on nobody gets at them
        audit_again(session, entry, practice, period=entry.details["period"], since=entry.details["since"])
        return True

    return again


def _names(session: Session, entry: Entry) -> bool:
    practice, check = session.get(PracticeSession, entry.subject_id), check_of(session, entry.subject_id)
    if practice is None or check is None or check.checked_at is not None:
        return False
    forget_names(session, check, by=who_did(session, entry.by))
    forget_hotwords(session, practice)
    audit_again(session, entry, practice)
    return True


def _note(session: Session, entry: Entry) -> bool:
    row = session.get(WorkbookNote, entry.subject_id)
    if row is None:
        return False
    forget_note(session, row.session_id)
    audit_again(session, entry, row)
    return True


def _held(session: Session, entry: Entry) -> bool:
    practice = session.get(PracticeSession, entry.subject_id)
    if practice is None or is_held(session, practice.id):
        return False
    hold = SessionHold(
        session_id=practice.id, sealed=b"", placed_by_id=who_did(session, entry.by) or practice.practitioner_id
    )  # fmt: skip
    try:
        seal_into(session, hold, REASON_LOST, session_id=practice.id)
    except WordsGone:
        return False
    session.add(hold)
    audit_again(session, entry, practice)
    return True


def _lifted(session: Session, entry: Entry) -> bool:
    practice = session.get(PracticeSession, entry.subject_id)
    rows = select(SessionHold).where(
        col(SessionHold.session_id) == entry.subject_id, col(SessionHold.lifted_at).is_(None)
    )
    hold = session.exec(rows).first()
    if practice is None or hold is None:
        return False
    hold.lifted_at, hold.lifted_by_id = utc_now(), who_did(session, entry.by) or hold.placed_by_id
    session.add(hold)
    audit_again(session, entry, practice)
    return True


AGAIN: dict[str, Again] = {
    "session_withdrawn": _withdrawn, "further_uses_withdrawn": _further_uses, "excerpt_refused": _excerpt,
    "recording_let_go": _part(Part.RECORDING), "words_let_go": _part(Part.WORDS), "name_check_ended": _names,
    "workbook_note_deleted": _note, "hold_placed": _held, "hold_lifted": _lifted,
}  # fmt: skip
