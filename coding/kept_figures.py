"""The figures of a session whose time is over, kept without whose they were."""

from collections import Counter

from sqlalchemy import ColumnElement, bindparam, case
from sqlmodel import Session, col, select

from models.coding import CodedBy, CodeRow, Coding, Score, SuggestedGlobal, VolleyCount
from models.person import Person
from models.practice import PracticeSession
from models.retention import KeptFigures
from models.review import Rating, no_blind_coding
from models.transcript import TranscriptVersion

_CLIENT = ("CT", "ST", "FN")


def keep_figures(session: Session, practice: PracticeSession) -> int:
    """The newest coding by a machine and by a person each, blind ones apart; how many. In the transaction that deletes
    the session."""
    version = TranscriptVersion
    codings = select(Coding).join(version, col(version.id) == col(Coding.transcript_id))
    codings = codings.where(col(version.session_id) == practice.id, no_blind_coding())
    in_order = session.exec(codings.order_by(version_of_machines(), col(Coding.created_at), col(Coding.id)))
    newest: dict[CodedBy, Coding] = {coding.coded_by: coding for coding in in_order}
    discipline = session.get_one(Person, practice.practitioner_id).discipline
    for coding in newest.values():
        session.add(
            KeptFigures(
                organisation_id=practice.organisation_id, team_id=practice.team_id, discipline=discipline,
                kind=practice.kind, month=practice.held_on.replace(day=1), coded_by=coding.coded_by,
                model_version=coding.model_version, scores=_scores(session, coding), globals=_globals(session, coding),
                counts=counts_of(session, coding),
            )
        )  # fmt: skip
    session.flush()
    return len(newest)


def version_of_machines() -> ColumnElement[int]:
    """To order codings by: a machine's by the transcript's version, a person's only by when it was signed off."""
    return case((col(Coding.coded_by) == CodedBy.PERSON, 0), else_=col(TranscriptVersion.version))


def counts_of(session: Session, coding: Coding) -> dict[str, int]:
    """How often each code counts: a practitioner's by volley, a client's by utterance."""
    of_this = {"id": coding.id}
    return dict(Counter([*session.exec(_VOLLEY_CODES, params=of_this), *session.exec(_CLIENT_CODES, params=of_this)]))


_VOLLEY_CODES = select(VolleyCount.code).where(col(VolleyCount.coding_id) == bindparam("id"))
_CLIENT_CODES = select(CodeRow.code).where(col(CodeRow.coding_id) == bindparam("id"), col(CodeRow.code).in_(_CLIENT))


def _scores(session: Session, coding: Coding) -> dict[str, list[float | None]]:
    rows = session.exec(select(Score).where(col(Score.coding_id) == coding.id))
    return {row.name: [row.value, row.low, row.high] for row in rows}


def _globals(session: Session, coding: Coding) -> dict[str, list[int | None]]:
    """A machine's suggestions as ranges, a person's ratings as both ends of one."""
    suggested = session.exec(select(SuggestedGlobal).where(col(SuggestedGlobal.coding_id) == coding.id))
    rated = session.exec(select(Rating).where(col(Rating.coding_id) == coding.id))
    return {row.name: [row.low, row.high] for row in suggested} | {row.name: [row.value, row.value] for row in rated}
