"""Does again, to what a backup brought back, what was deleted, withdrawn or ended since: by the same verbs as the first
time, so that the audit trail tells of each and everything that hangs on it goes too."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from coding.consent import agreements_of, participants_of
from coding.end_copies import end_copies
from coding.end_live_sessions import delete_live_session
from coding.end_name_checks import forget_hotwords
from coding.forget_words import forget_words
from coding.hold import is_held
from coding.withdraw import begin_deletion, read_scopes, scopes_said
from models.adoption import AuthorityAdoption, EvaluationExport
from models.adoption_kept import end_exports, end_exports_about
from models.audit import AuditEvent, record_audit
from models.certificate import LearningEntry
from models.columns import utc_now
from models.consent import Agreement, HowGiven, RealPracticeSwitch, Scope
from models.conversation import Conversation, ConversationState, forget_conversation
from models.data_copy import DataCopy
from models.deletion_ledger import Entry
from models.excerpt_agreement import ExcerptAgreement
from models.exercise_words import forget_answers
from models.in_progress import InProgress, forget
from models.keys import OrganisationKey, WordsGone
from models.ledger_actions import REAPPLIED
from models.live import LiveSession
from models.name_check import check_of, forget_names
from models.organisation import Organisation
from models.people.evaluation import set_evaluation_opt_in
from models.people.leaving import mark_as_left
from models.people.places import LastAdministrator
from models.person import ApiToken, Person
from models.practice import PracticeSession
from models.recording_in_progress import RecordingInProgress
from models.resumable_upload import ResumableUpload
from models.retention import Part, RetentionStep, SessionHold
from models.rotate import shred_organisation
from models.sealed import seal_into
from models.withdrawal import Why
from models.workbook import WorkbookNote, forget_note

_THROWN_AWAY: dict[type[InProgress], str] = {
    RecordingInProgress: "recording_thrown_away", ResumableUpload: "upload_thrown_away"
}  # fmt: skip
REASON_LOST = "Placed after the backup that was restored; its reason was not in the backup."


@dataclass
class Reapplied:
    """`done` and `already` count by action: what was done again, and what the backup had already, or never had. `told`
    are entries that a person has to see to."""

    done: Counter[str] = field(default_factory=Counter)
    already: Counter[str] = field(default_factory=Counter)
    told: list[Entry] = field(default_factory=list)


def reapply(session: Session, entries: Iterable[Entry]) -> Reapplied:
    """In the caller's transaction, in the order in which it all was done. What the backup's own audit trail tells of is
    in the backup, and so is what was done after it: somebody who left may have come back. Raises what its verbs raise:
    then nothing may be kept of the restore."""
    result = Reapplied()
    for entry in sorted(entries, key=lambda one: (one.at, one.id)):
        if session.get(AuditEvent, entry.id) is not None:
            result.already[entry.action] += 1
            continue
        if entry.action not in REAPPLIED:
            result.told.append(entry)
            continue
        try:
            changed = _AGAIN[entry.action](session, entry)
        except (LastAdministrator, _NotYetASession):
            result.told.append(entry)
            continue
        session.flush()
        (result.done if changed else result.already)[entry.action] += 1
    return result


class _NotYetASession(Exception):
    """The backup has it from before it was one, with what was agreed to then."""


def _before_it_was_one(session: Session, entry: Entry) -> bool:
    """Throws away what the backup has under the id of a session that came after it: its sound or its pieces, as they
    came bit by bit, or the talk."""
    by, found = _person(session, entry.by), _open_ones(session, entry.subject_id)
    for one in found:
        if isinstance(one, Conversation):
            forget_conversation(session, one, action="conversation_thrown_away", by=by)
        else:
            forget(session, one, action=_THROWN_AWAY[type(one)], by=by)
    return bool(found)


def _open_ones(session: Session, session_id: UUID) -> list[InProgress | Conversation]:
    bits = [(kind, session.get(kind, session_id)) for kind in _THROWN_AWAY]
    found: list[InProgress | Conversation] = [one for kind, one in bits if one is not None and one.state is kind.OPEN]
    talk = session.get(Conversation, session_id)
    return found + ([talk] if talk is not None and talk.state is not ConversationState.FINISHED else [])


def _withdrawn(session: Session, entry: Entry) -> bool:
    practice = session.get(PracticeSession, entry.subject_id)
    if practice is None:
        return _before_it_was_one(session, entry)
    if practice.withdrawn_at is not None:
        return False
    begin_deletion(session, practice=practice, why=Why(entry.details["why"]), by=_person(session, entry.by))
    return True


def _further_uses(session: Session, entry: Entry) -> bool:
    practice = session.get(PracticeSession, entry.subject_id)
    if practice is None and _open_ones(session, entry.subject_id):
        raise _NotYetASession
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
                        withdrawn_at=entry.at, recorded_by_id=_person(session, entry.by) or practice.practitioner_id,
                    )
                )  # fmt: skip
    if taken:
        end_exports_about(session, practice.organisation_id)
        _audit(session, entry, practice, agreements=str(sum(map(len, taken.values()))), scopes=scopes_said(taken))
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
    _audit(session, entry, practice)
    return True


def _part(part: Part) -> Callable[[Session, Entry], bool]:
    def again(session: Session, entry: Entry) -> bool:
        practice = session.get(PracticeSession, entry.subject_id)
        steps = select(RetentionStep.id).where(
            col(RetentionStep.session_id) == entry.subject_id, col(RetentionStep.part) == part
        )
        if practice is None:
            return _before_it_was_one(session, entry)
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
        _audit(session, entry, practice, period=entry.details["period"], since=entry.details["since"])
        return True

    return again


def _answers(session: Session, entry: Entry) -> bool:
    person = session.get(Person, entry.subject_id)
    if person is None or not (gone := forget_answers(session, person.id)):
        return False
    _audit(session, entry, session.get_one(Person, person.id), answers=str(gone))
    return True


def _left(session: Session, entry: Entry) -> bool:
    """Raises LastAdministrator."""
    person = session.get(Person, entry.subject_id)
    if person is None or person.left_at is not None:
        return False
    mark_as_left(session, person=person, by=_person(session, entry.by))
    return True


def _conversation(session: Session, entry: Entry) -> bool:
    found = session.get(Conversation, entry.subject_id)
    if found is None or found.state is ConversationState.FINISHED:
        return False
    forget_conversation(session, found, action=entry.action, by=_person(session, entry.by))
    return True


def _in_progress(kind: type[InProgress]) -> Callable[[Session, Entry], bool]:
    def again(session: Session, entry: Entry) -> bool:
        found = session.get(kind, entry.subject_id)
        if found is None or found.state is not kind.OPEN:
            return False
        forget(session, found, action=entry.action, by=_person(session, entry.by))
        return True

    return again


def _live(session: Session, entry: Entry) -> bool:
    found = session.get(LiveSession, entry.subject_id)
    if found is None:
        return False
    delete_live_session(session, found, by=_person(session, entry.by))
    return True


def _names(session: Session, entry: Entry) -> bool:
    practice, check = session.get(PracticeSession, entry.subject_id), check_of(session, entry.subject_id)
    if practice is None or check is None or check.checked_at is not None:
        return False
    forget_names(session, check, by=_person(session, entry.by))
    forget_hotwords(session, practice)
    _audit(session, entry, practice)
    return True


def _copy(session: Session, entry: Entry) -> bool:
    found = session.get(DataCopy, entry.subject_id)
    return found is not None and end_copies(session, [found], by=_person(session, entry.by)) > 0


def _export(session: Session, entry: Entry) -> bool:
    found = session.get(EvaluationExport, entry.subject_id)
    return found is not None and end_exports(session, [found], by=_person(session, entry.by)) > 0


def _note(session: Session, entry: Entry) -> bool:
    row = session.get(WorkbookNote, entry.subject_id)
    if row is None:
        return False
    forget_note(session, row.session_id)
    _audit(session, entry, row)
    return True


def _learning_entry(session: Session, entry: Entry) -> bool:
    row = session.get(LearningEntry, entry.subject_id)
    if row is None:
        return False
    _audit(session, entry, row)
    session.delete(row)
    return True


def _evaluation_rows(session: Session, entry: Entry) -> bool:
    row = session.get(AuthorityAdoption, entry.subject_id)
    if row is None or not row.rows_for_evaluators:
        return False
    row.rows_for_evaluators, row.changed_at = False, utc_now()
    session.add(row)
    end_exports_about(session, row.organisation_id)
    _audit(session, entry, session.get_one(Organisation, entry.subject_id))
    return True


def _opted_out(session: Session, entry: Entry) -> bool:
    organisation = session.get(Organisation, entry.subject_id)
    if organisation is None or not organisation.evaluation_opt_in:
        return False
    set_evaluation_opt_in(session, organisation=organisation, opt_in=False, by=_person(session, entry.by))
    return True


def _shredded(session: Session, entry: Entry) -> bool:
    organisation = session.get(Organisation, entry.subject_id)
    keys = select(OrganisationKey.id).where(col(OrganisationKey.organisation_id) == entry.subject_id)
    if organisation is None or session.exec(keys.limit(1)).first() is None:
        return False
    shred_organisation(session, organisation=organisation, by=_person(session, entry.by))
    return True


def _token(session: Session, entry: Entry) -> bool:
    row = session.get(ApiToken, entry.subject_id)
    if row is None or row.revoked_at is not None:
        return False
    row.revoked_at = utc_now()
    session.add(row)
    _audit(session, entry, row)
    return True


def _held(session: Session, entry: Entry) -> bool:
    practice = session.get(PracticeSession, entry.subject_id)
    if practice is None or is_held(session, practice.id):
        return False
    hold = SessionHold(
        session_id=practice.id, sealed=b"", placed_by_id=_person(session, entry.by) or practice.practitioner_id
    )  # fmt: skip
    try:
        seal_into(session, hold, REASON_LOST, session_id=practice.id)
    except WordsGone:
        return False
    session.add(hold)
    _audit(session, entry, practice)
    return True


def _lifted(session: Session, entry: Entry) -> bool:
    practice = session.get(PracticeSession, entry.subject_id)
    rows = select(SessionHold).where(
        col(SessionHold.session_id) == entry.subject_id, col(SessionHold.lifted_at).is_(None)
    )
    hold = session.exec(rows).first()
    if practice is None or hold is None:
        return False
    hold.lifted_at, hold.lifted_by_id = utc_now(), _person(session, entry.by) or hold.placed_by_id
    session.add(hold)
    _audit(session, entry, practice)
    return True


def _real_practice(session: Session, entry: Entry) -> bool:
    assert entry.organisation_id is not None
    rows = select(RealPracticeSwitch).where(col(RealPracticeSwitch.organisation_id) == entry.organisation_id)
    newest = session.exec(
        rows.order_by(col(RealPracticeSwitch.created_at).desc(), col(RealPracticeSwitch.id).desc())
    ).first()
    if newest is None or not newest.is_on:
        return False
    row = RealPracticeSwitch(
        organisation_id=entry.organisation_id, is_on=False,
        switched_by_id=_person(session, entry.by) or newest.switched_by_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _audit(session, entry, row)
    return True


_AGAIN: dict[str, Callable[[Session, Entry], bool]] = {
    "session_withdrawn": _withdrawn, "further_uses_withdrawn": _further_uses, "excerpt_refused": _excerpt,
    "recording_let_go": _part(Part.RECORDING), "words_let_go": _part(Part.WORDS), "answers_deleted": _answers,
    "left": _left, "conversation_thrown_away": _conversation,
    **{action: _in_progress(kind) for kind, action in _THROWN_AWAY.items()},
    "live_session_deleted": _live, "name_check_ended": _names, "data_copy_ended": _copy,
    "evaluation_export_ended": _export, "workbook_note_deleted": _note, "learning_entry_deleted": _learning_entry,
    "evaluation_rows_refused": _evaluation_rows, "opted_out_of_evaluation": _opted_out,
    "organisation_shredded": _shredded, "api_token_revoked": _token, "hold_placed": _held, "hold_lifted": _lifted,
    "real_practice_switched_off": _real_practice,
}  # fmt: skip
assert _AGAIN.keys() == REAPPLIED


def _person(session: Session, person_id: UUID | None) -> UUID | None:
    """None where the backup does not know them: they came later."""
    return person_id if person_id is not None and session.get(Person, person_id) is not None else None


def _audit(session: Session, entry: Entry, subject: object, **details: str) -> None:
    record_audit(
        session, action=entry.action, subject=subject, organisation_id=entry.organisation_id,  # type: ignore[arg-type]
        by=_person(session, entry.by), **details,
    )  # fmt: skip
