"""Done again after a restore: what ended of a person, and what an organisation switched off."""

from sqlmodel import Session, col, select

from coding.end_copies import end_copies
from coding.restore.again import Again, audit_again, who_did
from models.adoption import AuthorityAdoption, EvaluationExport
from models.adoption_kept import end_exports, end_exports_about
from models.certificate import LearningEntry
from models.columns import utc_now
from models.consent import RealPracticeSwitch
from models.data_copy import DataCopy
from models.deletion_ledger import Entry
from models.exercise_words import forget_answers
from models.keys import OrganisationKey
from models.organisation import Organisation
from models.people.evaluation import set_evaluation_opt_in
from models.people.leaving import mark_as_left
from models.person import ApiToken, Person
from models.rotate import shred_organisation


def _answers(session: Session, entry: Entry) -> bool:
    person = session.get(Person, entry.subject_id)
    if person is None or not (gone := forget_answers(session, person.id)):
        return False
    audit_again(session, entry, session.get_one(Person, person.id), answers=str(gone))
    return True


def _left(session: Session, entry: Entry) -> bool:
    """Raises LastAdministrator."""
    person = session.get(Person, entry.subject_id)
    if person is None or person.left_at is not None:
        return False
    mark_as_left(session, person=person, by=who_did(session, entry.by))
    return True


def _copy(session: Session, entry: Entry) -> bool:
    found = session.get(DataCopy, entry.subject_id)
    return found is not None and end_copies(session, [found], by=who_did(session, entry.by)) > 0


def _export(session: Session, entry: Entry) -> bool:
    found = session.get(EvaluationExport, entry.subject_id)
    return found is not None and end_exports(session, [found], by=who_did(session, entry.by)) > 0


def _learning_entry(session: Session, entry: Entry) -> bool:
    row = session.get(LearningEntry, entry.subject_id)
    if row is None:
        return False
    audit_again(session, entry, row)
    session.delete(row)
    return True


def _token(session: Session, entry: Entry) -> bool:
    row = session.get(ApiToken, entry.subject_id)
    if row is None or row.revoked_at is not None:
        return False
    row.revoked_at = utc_now()
    session.add(row)
    audit_again(session, entry, row)
    return True


def _evaluation_rows(session: Session, entry: Entry) -> bool:
    row = session.get(AuthorityAdoption, entry.subject_id)
    if row is None or not row.rows_for_evaluators:
        return False
    row.rows_for_evaluators, row.changed_at = False, utc_now()
    session.add(row)
    end_exports_about(session, row.organisation_id)
    audit_again(session, entry, session.get_one(Organisation, entry.subject_id))
    return True


def _opted_out(session: Session, entry: Entry) -> bool:
    organisation = session.get(Organisation, entry.subject_id)
    if organisation is None or not organisation.evaluation_opt_in:
        return False
    set_evaluation_opt_in(session, organisation=organisation, opt_in=False, by=who_did(session, entry.by))
    return True


def _shredded(session: Session, entry: Entry) -> bool:
    organisation = session.get(Organisation, entry.subject_id)
    keys = select(OrganisationKey.id).where(col(OrganisationKey.organisation_id) == entry.subject_id)
    if organisation is None or session.exec(keys.limit(1)).first() is None:
        return False
    shred_organisation(session, organisation=organisation, by=who_did(session, entry.by))
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
        switched_by_id=who_did(session, entry.by) or newest.switched_by_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit_again(session, entry, row)
    return True


AGAIN: dict[str, Again] = {
    "answers_deleted": _answers, "left": _left, "data_copy_ended": _copy, "evaluation_export_ended": _export,
    "learning_entry_deleted": _learning_entry, "api_token_revoked": _token,
    "evaluation_rows_refused": _evaluation_rows, "opted_out_of_evaluation": _opted_out,
    "organisation_shredded": _shredded, "real_practice_switched_off": _real_practice,
}  # fmt: skip
