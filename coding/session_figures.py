"""Keeping the rows that dashboards are made of in step with the codings of sessions."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func
from sqlmodel import Session, col, select

from coding.codings_in_order import codings_in_order
from coding.scheme.codes import QuestionType
from models.coding import CodedBy, CodeRow, Coding, VolleyCount
from models.figures import COUNTS, FigureSnapshot, SessionFigure
from models.job import Job, JobState
from models.organisation import Organisation, OrganisationKind
from models.practice import PracticeSession, Stage
from models.queue import enqueue
from models.review import RATED, Rating

JOB = "make_figures"
_CLIENT = ("CT", "ST", "FN")

ADDITIONS: dict[str, Callable[[Session, SessionFigure], None]] = {}
"""What rooms above work out of a coding and keep in its row, by the name of what it is; `web/` enters them, as it does
jobs. A process without them leaves it to the night."""


def put_figures(session: Session, practice: PracticeSession) -> list[SessionFigure]:
    """Its rows, one for each stream that has a coding, made anew from the codes.

    Called in the transaction that keeps a coding. A session that nobody may read any more has none."""
    session.flush()
    session.exec(delete(SessionFigure).where(col(SessionFigure.session_id) == practice.id))
    rows = figures_from(session, practice)
    session.add_all(rows)
    session.flush()
    return rows


def forget_figures_of(session: Session, practice: PracticeSession) -> None:
    """Before a session goes: tables that were made with it are made anew. Its row goes with the session, and no table
    counts one that is withdrawn."""
    made = select(FigureSnapshot.name).where(col(FigureSnapshot.organisation_id) == practice.organisation_id)
    if session.exec(made.limit(1)).first() is not None:
        ask_for_figures(session, practice.organisation_id)


def figures_from(session: Session, practice: PracticeSession) -> list[SessionFigure]:
    """From the codes themselves, whatever rows there are."""
    first: dict[CodedBy, Coding] = {}
    counts: dict[CodedBy, Coding] = {}
    for _, coding in codings_in_order(session, col(PracticeSession.id) == practice.id):
        known = first.setdefault(coding.coded_by, coding)
        if coding.created_at < known.created_at:
            first[coding.coded_by] = coding
        counts[coding.coded_by] = coding
    rows = [_row(session, practice, coding, first[stream]) for stream, coding in counts.items()]
    for row in rows:
        for put in ADDITIONS.values():
            put(session, row)
    return rows


def _row(session: Session, practice: PracticeSession, coding: Coding, first: Coding) -> SessionFigure:
    volleys = session.exec(select(VolleyCount.code).where(col(VolleyCount.coding_id) == coding.id))
    counted: Counter[str] = Counter(volleys)
    of_lines = select(CodeRow.code, CodeRow.subtype).where(
        col(CodeRow.coding_id) == coding.id, col(CodeRow.code).in_((*_CLIENT, "Q"))
    )
    subtypes: Counter[str | None] = Counter()
    for code, subtype in session.exec(of_lines):
        if code in _CLIENT:
            counted[code] += 1
        else:
            subtypes[subtype] += 1
    unsure = session.exec(
        select(func.avg(case((col(CodeRow.unsure).is_(True), 1.0), else_=0.0))).where(
            col(CodeRow.coding_id) == coding.id
        )
    ).one()
    rated = session.exec(select(Rating.name, Rating.value).where(col(Rating.coding_id) == coding.id))
    numbers: dict[str, Any] = {column: counted[code] for column, code in COUNTS.items()}
    numbers |= {name: value for name, value in rated if name in RATED}
    return SessionFigure(
        session_id=practice.id, coded_by=coding.coded_by, coding_id=coding.id,
        organisation_id=practice.organisation_id, team_id=practice.team_id, practitioner_id=practice.practitioner_id,
        kind=practice.kind, picked=practice.picked, model_version=coding.model_version, held_on=practice.held_on,
        counted_on=first.created_at.date(),
        open_questions=subtypes[QuestionType.OPEN.value], closed_questions=subtypes[QuestionType.CLOSED.value],
        unsure_share=float(unsure or 0.0), **numbers,
    )  # fmt: skip


def put_missing_figures(session: Session, organisation_id: UUID, *, most: int) -> int:
    """For sessions that are ready and have no row yet, as those coded before there were any; how many, at most `most`
    at once."""
    known = select(SessionFigure.session_id)
    coded = select(PracticeSession).where(
        col(PracticeSession.organisation_id) == organisation_id, col(PracticeSession.withdrawn_at).is_(None),
        col(PracticeSession.stage) == Stage.READY, col(PracticeSession.id).not_in(known),
    )  # fmt: skip
    found = session.exec(coded.order_by(col(PracticeSession.id)).limit(most)).all()
    return sum(bool(put_figures(session, practice)) for practice in found)


def ask_for_figures(session: Session, organisation_id: UUID) -> None:
    """The job that makes the tables of an authority anew, once, however many ask before it runs."""
    waits = select(Job.id).where(
        col(Job.name) == JOB, col(Job.organisation_id) == organisation_id, col(Job.state) == JobState.WAITING
    )
    if session.exec(waits.limit(1)).first() is None:
        enqueue(session, JOB, organisation_id=organisation_id, authority_id=organisation_id)


def ask_for_all_figures(session: Session) -> None:
    """Of every authority, for the night."""
    for one in session.exec(select(Organisation.id).where(col(Organisation.kind) == OrganisationKind.AUTHORITY)):
        ask_for_figures(session, one)
