"""What a second coach begins from, and what they must not see until they have signed off.

They begin from the same transcript as the first, cut into the same lines, without the first coach's codes, ratings and
mended words. The machine's codes are hidden too unless the authority says otherwise: who corrects a draft leans towards
it, so two coaches who begin from the same draft agree more than two who code alone, and MITI's figures of reliability
are of the latter.
"""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import bindparam, exists
from sqlmodel import Session, col, select

from coding.double.rule import rule_of
from coding.review.draft import Draft
from coding.review.kept import begun_of, draft_of, keep_begun
from coding.review.layers import origins
from models.double_coding import DoubleCoding
from models.errors import EvokeError
from models.permissions import Actor
from models.practice import PracticeSession
from models.retention import Part, RetentionStep
from models.review import Review


class CodedBlind(EvokeError):
    """`members["session"]` names it."""

    status = 409
    code = "coded_blind"


def blind_task(session: Session, session_id: UUID, person_id: UUID) -> DoubleCoding | None:
    """What the person is still to sign off of the session without having seen how others coded it. None once what was
    said is gone: nobody can code it any more."""
    return session.exec(_TO_CODE_BLIND, params={"id": session_id, "person": person_id}).first()


_TO_CODE_BLIND = select(DoubleCoding).where(
    col(DoubleCoding.session_id) == bindparam("id"), col(DoubleCoding.second_id) == bindparam("person"),
    col(DoubleCoding.second_review_id).is_(None),
    ~exists().where(col(RetentionStep.session_id) == bindparam("id"), col(RetentionStep.part) == Part.WORDS),
)  # fmt: skip


def require_not_blind(session: Session, practice: PracticeSession, *, by: Actor) -> None:
    """For every page, file and answer with codes, scores, ratings or feedback of the session. Raises CodedBlind."""
    if blind_task(session, practice.id, by.person_id) is not None:
        error = CodedBlind(
            "You are coding this session blind, so how others coded it is hidden from you. "
            "You see it as soon as you have signed off."
        )
        error.members = {"session": str(practice.id)}
        raise error


def begin_blind(session: Session, practice: PracticeSession, task: DoubleCoding, *, by: Actor) -> Review:
    """The second coach's review. Raises WordsGone."""
    first = session.get_one(Review, task.first_review_id)
    review = Review(
        session_id=practice.id, transcript_id=first.transcript_id, coding_id=first.coding_id,
        reviewer_id=by.person_id, blind=True,
    )  # fmt: skip
    with_machine = rule_of(session, practice.organisation_id).shows_machine
    task.saw_machine = task.saw_machine or with_machine
    session.add(task)
    begun = begun_of(session, first)
    segment = _segment(begun, draft_of(session, first))
    keep_begun(session, review, blind_draft(begun, segment, with_machine=with_machine))
    return review


def blind_draft(begun: Draft, segment: tuple[str, str] | None, *, with_machine: bool) -> Draft:
    """`segment` is the stretch that the first coach scored: the second scores the same."""
    lines = begun.lines
    if not with_machine:
        lines = tuple(replace(line, code=None, subtype=None, machine=None) for line in lines)
    return replace(begun, lines=lines, segment=segment)


def _segment(begun: Draft, done: Draft) -> tuple[str, str] | None:
    """In the lines that the review began with: the first coach may have split or joined those at its ends."""
    if done.segment is None:
        return None
    known = {line.key: line for line in begun.lines}
    ends = [line for line in done.lines if line.key in done.segment]
    return origins(known, ends[0])[0], origins(known, ends[-1])[-1]
