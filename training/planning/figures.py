"""A person's coded conversations as a plan needs them: shares of chances, without a word of what was said."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from coding.codings_in_order import counting_sessions
from coding.double.blind import blind_task
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType
from models.coding import CodeRow, Coding
from models.columns import utc_now
from models.double_coding import DoubleCoding
from models.figures import SessionFigure
from models.permissions import Actor
from models.practice import PracticeSession
from models.session_permissions import visible_sessions
from models.transcript import UtteranceRow
from training.plan.shares import CodedLine, shares_of
from training.plan.standing import LOOK_BACK, sessions_used
from training.plan.values import PastSession, Share
from training.planning.kept_shares import as_kept, figures_without, kept_shares
from training.skills import Skill

_CODES: dict[str, Code] = {code.value: code for code in (*Behaviour, *ClientTalk)}


def past_sessions(session: Session, person_id: UUID, *, reader: Actor, today: date) -> tuple[PastSession, ...]:
    """Those that a plan is made from, and that the reader may see: what a coach signed off last, else what the machine
    coded last. Who is still to code one blind does not learn from it how others did."""
    theirs = (col(PracticeSession.practitioner_id) == person_id, visible_sessions(reader))
    hidden = set() if person_id == reader.person_id else hidden_from(session, reader)
    counting = {str(one.id): one for one in counting_sessions(session, *theirs) if one.id not in hidden}
    seen = [PastSession(id_, one.held_on, one.kind.value, one.by_person, {}) for id_, one in counting.items()]
    used = sessions_used(seen, today=today)
    shares = coded_shares(session, [counting[one.id].coding_id for one in used])
    return tuple(replace(one, shares=shares[counting[one.id].coding_id]) for one in used)


def coded_shares(session: Session, codings: Sequence[UUID]) -> dict[UUID, dict[Skill, Share]]:
    """By coding, of which chances each skill was used: as it was kept, else from the codes. Three queries at most."""
    kept = kept_shares(session, codings)
    rest = [one for one in codings if one not in kept]
    if not rest:
        return kept
    lines, ends = _lines(session, rest), _ends(session, rest)
    return kept | {one: shares_of(lines.get(one, []), ends=ends[one]) for one in rest}


def put_shares(session: Session, row: SessionFigure) -> None:
    """For a row as it is made, so that no page has to read the codes of what is newest."""
    lines, ends = _lines(session, [row.coding_id]), _ends(session, [row.coding_id])
    row.skill_shares = as_kept(shares_of(lines.get(row.coding_id, []), ends=ends[row.coding_id]))


def keep_missing_shares(session: Session, organisation_id: UUID, *, most: int) -> int:
    """For a job: of how many codings shares were worked out, at most `most` at once; of those that a plan may use."""
    rows = figures_without(session, organisation_id, since=utc_now().date() - LOOK_BACK, most=most)
    shares = coded_shares(session, [row.coding_id for row in rows])
    for row in rows:
        row.skill_shares = as_kept(shares[row.coding_id])
        session.add(row)
    return len(rows)


def hidden_from(session: Session, reader: Actor) -> set[UUID]:
    """The sessions that the reader is still to code blind."""
    tasks = session.exec(_TASKS, params={"id": reader.person_id}).all()
    return {one for one in tasks if blind_task(session, one, reader.person_id) is not None}


_TASKS = select(DoubleCoding.session_id).where(
    col(DoubleCoding.second_id) == bindparam("id"), col(DoubleCoding.second_review_id).is_(None)
)


def _ends(session: Session, codings: Collection[UUID]) -> dict[UUID, dict[Code, tuple[int, int]]]:
    rows = session.exec(select(Coding.id, Coding.count_intervals).where(col(Coding.id).in_(codings)))
    return {
        id_: {_CODES[name]: (low, high) for name, (low, high) in intervals.items()} for id_, intervals in rows
    }  # fmt: skip


def _lines(session: Session, codings: Collection[UUID]) -> dict[UUID, list[CodedLine]]:
    """Of each coding, in the order in which they were said."""
    rows = session.exec(
        select(CodeRow.coding_id, CodeRow.code, CodeRow.subtype, CodeRow.confidence)
        .join(UtteranceRow, col(UtteranceRow.id) == col(CodeRow.utterance_id))
        .where(col(CodeRow.coding_id).in_(codings))
        .order_by(col(CodeRow.coding_id), col(UtteranceRow.sequence))
    )
    found: dict[UUID, list[CodedLine]] = {}
    for coding_id, code, subtype, confidence in rows:
        line = CodedLine(_CODES[code], subtype == QuestionType.OPEN, confidence)
        found.setdefault(coding_id, []).append(line)
    return found
