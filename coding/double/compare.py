"""The job that lays both codings of drawn sessions side by side and works out how far an authority's coders agree.

What it keeps of a session are codes, counts and ratings, no word: figures so stay when the words go, and go with the
session.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, delete, func, select

from coding.context import JobContext
from coding.double.kept import one_coding
from models.columns import utc_now
from models.double_coding import AgreementFigures, DoubleCoding
from models.errors import EvokeError
from models.keys import WordsGone
from models.lock import hold_lock
from models.practice import PracticeSession
from models.queue import enqueue
from models.review import RATED, Review


def compare_codings(context: JobContext, *, authority_id: str) -> None:
    from coding.agreement.compared import compared_as_json

    organisation_id = UUID(authority_id)
    database = context.workshop.database
    with database.read() as session:
        new = [one.id for one in _signed(session, organisation_id) if one.compared is None]
    for one in new:
        with database.read() as session:
            found = _compare(session, session.get_one(DoubleCoding, one))
        if found is None:
            continue
        people, machine = found
        with context.write() as session:
            row = session.get(DoubleCoding, one)
            if row is not None:  # its session may have gone meanwhile
                row.compared, row.lines, row.differ = compared_as_json(people), people.lines, people.differ
                row.compared_machine = compared_as_json(machine) if machine else None
                session.add(row)
    with database.read() as session:
        rows = [(one.compared, one.compared_machine) for one in _signed(session, organisation_id) if one.compared]
    figures = {
        "people": _report((one for one, _ in rows), ratings=RATED),
        "machine": _report((one for _, one in rows if one), ratings=()),
    }
    with context.write() as session:
        _keep(session, organisation_id, len(rows), figures)
        context.finish(session)


def comparing_stopped(session: Session, error: EvokeError, /, *, authority_id: str) -> None:
    """The next sign-off has it done again; its page says until then that figures are being worked out."""


def forget_figures(session: Session, practice: PracticeSession) -> None:
    """Before a session that was coded twice goes: what it is part of is not shown any more, and worked out anew."""
    signed = select(DoubleCoding.id).where(
        col(DoubleCoding.session_id) == practice.id, col(DoubleCoding.second_review_id).is_not(None)
    )
    if session.exec(signed).first() is not None:
        work_out_anew(session, practice.organisation_id)


def work_out_anew(session: Session, organisation_id: UUID) -> None:
    session.exec(delete(AgreementFigures).where(col(AgreementFigures.organisation_id) == organisation_id))
    enqueue(session, "compare_codings", organisation_id=organisation_id, authority_id=organisation_id)


def coded_twice(session: Session, organisation_id: UUID) -> int:
    """How many sessions both coaches have signed off."""
    return session.exec(select(func.count()).select_from(_signed_query(organisation_id).subquery())).one()


def _signed(session: Session, organisation_id: UUID) -> list[DoubleCoding]:
    return list(session.exec(_signed_query(organisation_id).order_by(col(DoubleCoding.id))))


def _signed_query(organisation_id: UUID) -> Any:
    return (
        select(DoubleCoding)
        .join(PracticeSession, col(PracticeSession.id) == col(DoubleCoding.session_id))
        .where(
            col(DoubleCoding.organisation_id) == organisation_id, col(DoubleCoding.second_review_id).is_not(None),
            col(PracticeSession.withdrawn_at).is_(None),
        )
    )  # fmt: skip


def _compare(session: Session, row: DoubleCoding) -> tuple[Any, Any] | None:
    """Of the two coaches; and of the machine and the second, where that one had not seen the machine's. None where the
    words went before it was done."""
    from coding.agreement.compared import compare

    first, second = (session.get_one(Review, one) for one in (row.first_review_id, row.second_review_id))
    try:
        theirs, others = one_coding(session, first.made_coding_id), one_coding(session, second.made_coding_id)
        machine = None if row.saw_machine else one_coding(session, first.coding_id, like=others)
    except WordsGone:
        return None
    if not theirs.utterances or not others.utterances or any(not one.text for one in theirs.utterances):
        return None
    return compare(theirs, others), compare(machine, others) if machine else None


def _report(kept: Iterable[dict[str, Any] | None], *, ratings: tuple[str, ...]) -> dict[str, Any] | None:
    from coding.agreement.compared import compared_from_json
    from coding.agreement.report import report_of

    sessions = [compared_from_json(one) for one in kept if one]
    return {"sessions": len(sessions), **asdict(report_of(sessions, ratings=ratings))} if sessions else None


def _keep(session: Session, organisation_id: UUID, sessions: int, figures: dict[str, Any]) -> None:
    hold_lock(session, f"agreement figures of {organisation_id}")
    found = select(AgreementFigures).where(col(AgreementFigures.organisation_id) == organisation_id)
    row = session.exec(found).first()
    if row is None:
        row = AgreementFigures(organisation_id=organisation_id, sessions=0, figures={})
    row.sessions, row.figures, row.made_at = sessions, figures, utc_now()
    session.add(row)
