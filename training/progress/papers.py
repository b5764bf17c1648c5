"""The record of learning as a PDF: asked for, made by a job, fetched by its owner alone."""

from datetime import date
from uuid import UUID

from sqlmodel import Session, col, delete, select

from models.audit import record_audit
from models.certificate import LearningPaper
from models.certificate_kept import PAPER_KEPT, make_record_key, record_key
from models.cipher import open_sealed, seal
from models.columns import new_id, utc_now
from models.errors import EvokeError, NotFound
from models.keys import open_session_key
from models.permissions import Actor
from models.queue import enqueue

JOB = "make_learning_paper"


class PeriodWrong(EvokeError):
    code = "period_wrong"

    def __init__(self) -> None:
        super().__init__("Give a first day and a last day, the first one not after the last.")
        self.fields = {"since": self.message}


def ask_paper(session: Session, *, since: date | None, until: date | None, by: Actor) -> LearningPaper:
    """A new one in the place of the one before. Raises PeriodWrong."""
    if since is None or until is None or since > until:
        raise PeriodWrong
    make_record_key(session, person_id=by.person_id, organisation_id=by.organisation_id)  # holds the person's lock
    session.exec(delete(LearningPaper).where(col(LearningPaper.person_id) == by.person_id))  # one that is over too
    row = LearningPaper(
        id=new_id(), person_id=by.person_id, organisation_id=by.organisation_id, since=since, until=until
    )
    session.add(row)
    session.flush()
    record_audit(
        session, action="learning_paper_asked", subject=row, organisation_id=row.organisation_id, by=by.person_id
    )
    enqueue(session, JOB, organisation_id=row.organisation_id, paper_id=row.id)
    return row


def paper_of(session: Session, *, by: Actor) -> LearningPaper | None:
    """None too for one whose week is over."""
    row = session.exec(select(LearningPaper).where(col(LearningPaper.person_id) == by.person_id)).first()
    return None if row is None or (row.made_at is not None and row.made_at + PAPER_KEPT <= utc_now()) else row


def keep_paper(session: Session, paper_id: UUID, clear: bytes) -> None:
    """Nothing where it was asked for anew meanwhile."""
    row = session.get(LearningPaper, paper_id)
    if row is not None:
        row.sealed = seal(open_session_key(session, record_key(row.person_id)).words, clear, _about(row))
        row.made_at, row.problem = utc_now(), None
        session.add(row)


def paper_file(session: Session, *, by: Actor) -> bytes:
    """Raises NotFound."""
    row = paper_of(session, by=by)
    if row is None or row.sealed is None:
        raise NotFound("There is no such file. Ask for the PDF again.")
    return open_sealed(open_session_key(session, record_key(row.person_id)).words, row.sealed, _about(row))


def _about(row: LearningPaper) -> bytes:
    return f"learning_paper {row.id}".encode()
