"""Copies of what is held about a person: asked for, found, taken away."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from coding.end_copies import end_copies
from models.audit import record_audit
from models.columns import new_id, utc_now
from models.consent import Participant, Who
from models.data_copy import CopyForm, DataCopy, DataCopyFile, copy_file
from models.errors import EvokeError, NotFound
from models.keys import make_session_key
from models.permissions import Actor, Permission
from models.person import Person
from models.practice import PracticeSession
from models.queue import enqueue
from models.sealed import open_from, seal_into
from models.session_permissions import require_record
from training.build_session_view import build_session_view
from training.session_data import why_no_words
from training.whose_words import other_speakers

JOB = "make_data_copy"


class LabelsWrong(EvokeError):
    code = "labels_wrong"

    def __init__(self) -> None:
        super().__init__("Choose from the speakers of this conversation.")
        self.fields = {"label": self.message}


def ask_own_copy(session: Session, *, by: Actor) -> DataCopy:
    """A new one in the place of the one before; or the one that is being made already."""
    person = session.exec(select(Person).where(col(Person.id) == by.person_id).with_for_update()).one()
    row = DataCopy(id=new_id(), organisation_id=by.organisation_id, person_id=person.id, asked_by_id=by.person_id)
    return _begin(session, row, _copy_of(session, person_id=person.id), subject=person, labels=[])


def own_copy(session: Session, *, by: Actor) -> DataCopy | None:
    return _current(_copy_of(session, person_id=by.person_id))


def participants_of(session: Session, practice: PracticeSession | None, *, by: Actor) -> list[Participant]:
    """Those of a session who took part and have no account, for whoever may make a copy for them. Raises NotFound."""
    practice = require_record(by, Permission.COPY_FOR_PARTICIPANT, practice)
    found = select(Participant).where(
        col(Participant.session_id) == practice.id, col(Participant.who) != Who.STAFF
    )  # fmt: skip
    return list(session.exec(found.order_by(col(Participant.position))))


def participant_at(session: Session, practice: PracticeSession | None, position: int, *, by: Actor) -> Participant:
    """Raises NotFound."""
    for one in participants_of(session, practice, by=by):
        if one.position == position:
            return one
    raise NotFound("There is nobody of that number in this session for whom a copy can be made.")


def ask_participants_copy(
    session: Session, *, practice: PracticeSession, position: int, labels: Collection[str], by: Actor
) -> DataCopy:
    """`labels` are the speakers who are this participant; nobody else's words are in the copy.

    Raises NotFound, LabelsWrong, WordsGone.
    """
    session.refresh(practice, with_for_update=True)  # it is not withdrawn meanwhile
    participant = participant_at(session, practice, position, by=by)
    view = build_session_view(session, practice)
    if set(labels) - set(() if why_no_words(session, practice, view) else other_speakers(view)):
        raise LabelsWrong
    row = DataCopy(
        id=new_id(), organisation_id=practice.organisation_id, participant_id=participant.id, asked_by_id=by.person_id
    )  # fmt: skip
    before = _copy_of(session, participant_id=participant.id)
    return _begin(session, row, before, subject=practice, labels=sorted(set(labels)), participant=str(position))


def participants_copy(session: Session, participant: Participant) -> DataCopy | None:
    return _current(_copy_of(session, participant_id=participant.id))


def files_of(session: Session, copy: DataCopy | None) -> list[tuple[str, int]]:
    """Each form there is, with its bytes; the one to read first."""
    if copy is None:
        return []
    found = select(DataCopyFile.form, DataCopyFile.size_bytes).where(col(DataCopyFile.copy_id) == copy.id)
    return sorted(session.exec(found).all(), reverse=True)


def labels_of(session: Session, copy: DataCopy) -> list[str]:
    """The speakers who are the participant. Raises WordsGone."""
    return list(open_from(session, copy, session_id=copy.id, column="labels"))


def take_away(
    session: Session, *, copy: DataCopy | None, form: CopyForm, subject: Person | PracticeSession, by: Actor
) -> bytes:
    """The file, for whoever was found to have the copy; every time it leaves is a row of the audit trail.

    Raises NotFound.
    """
    clear = copy_file(session, copy, form) if copy is not None else None
    if copy is None or clear is None:
        raise NotFound("There is no such copy, or its days are over. Ask for a new one.")
    whose = session.get_one(Participant, copy.participant_id) if copy.participant_id else None
    record_audit(
        session, action="exported", subject=subject, organisation_id=copy.organisation_id, by=by.person_id,
        form=form.value, what="data copy", **({"participant": str(whose.position)} if whose else {}),
    )  # fmt: skip
    return clear


def end_copy(session: Session, *, copy: DataCopy | None, by: Actor) -> None:
    """For whoever was found to have it. One that is gone already is not an error."""
    if copy is not None:
        end_copies(session, [copy], by=by.person_id)


def _begin(
    session: Session, row: DataCopy, before: DataCopy | None, *, subject: Person | PracticeSession,
    labels: list[str], **details: str,
) -> DataCopy:  # fmt: skip
    if before is not None and before.stage == "making":
        return before
    if before is not None:
        end_copies(session, [before], by=row.asked_by_id)
    make_session_key(session, organisation_id=row.organisation_id, session_id=row.id)
    seal_into(session, row, labels, session_id=row.id, column="labels")
    session.add(row)
    session.flush()
    enqueue(session, JOB, organisation_id=row.organisation_id, copy_id=row.id)
    record_audit(
        session, action="data_copy_asked", subject=subject, organisation_id=row.organisation_id, by=row.asked_by_id,
        **details,
    )  # fmt: skip
    return row


def _copy_of(session: Session, *, person_id: UUID | None = None, participant_id: UUID | None = None) -> DataCopy | None:
    of = col(DataCopy.person_id) == person_id if person_id else col(DataCopy.participant_id) == participant_id
    return session.exec(select(DataCopy).where(of)).first()


def _current(copy: DataCopy | None) -> DataCopy | None:
    return None if copy is None or (copy.expires_at is not None and copy.expires_at <= utc_now()) else copy
