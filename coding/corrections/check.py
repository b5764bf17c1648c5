"""The job that holds signed-off codings against the machine's they began from, and works out an authority's figures."""

from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select

from coding.context import JobContext
from coding.corrections.groups import Checked
from coding.corrections.pairs import Pairs, pairs_of
from coding.review.kept import draft_of
from models.coding import Coding
from models.columns import utc_now
from models.errors import EvokeError
from models.imported_coding import ImportedCoding
from models.keys import WordsGone
from models.lock import hold_lock
from models.machine_check import MachineCheck, MachineFigures
from models.practice import PracticeSession, SessionKind
from models.queue import enqueue
from models.review import Review, ReviewState


def check_machine(context: JobContext, *, authority_id: str) -> None:
    """Each session counts once for each machine coding that it was reviewed from: by what was signed off last."""
    from coding.corrections.figures import figures_of

    organisation_id = UUID(authority_id)
    database = context.workshop.database
    with database.read() as session:
        holding = _holding(session, organisation_id)
        known = set(session.exec(select(MachineCheck.review_id).where(_of(organisation_id))))
    for review_id in holding - known:
        with database.read() as session:
            review = session.get(Review, review_id)
            pairs = _pairs(session, review) if review is not None else None
        if pairs is not None:
            with context.write() as session:
                _keep_check(session, review_id, pairs)
    with context.write() as session:
        outdated = known - holding
        session.exec(delete(MachineCheck).where(col(MachineCheck.review_id).in_(outdated)))
        _keep_figures(session, organisation_id, figures_of(_checked(session, organisation_id)))
        context.finish(session)


def checking_stopped(session: Session, error: EvokeError, /, *, authority_id: str) -> None:
    """The next sign-off has it done again."""


def ask_for_check(session: Session, practice: PracticeSession) -> None:
    """In the transaction that signs a review off."""
    organisation_id = practice.organisation_id
    enqueue(session, "check_machine", organisation_id=organisation_id, authority_id=organisation_id)


def forget_machine_figures(session: Session, practice: PracticeSession) -> None:
    """Before a session that was checked goes: figures that it is part of are shown no more, and worked out anew."""
    checked = select(MachineCheck.id).where(col(MachineCheck.session_id) == practice.id)
    if session.exec(checked).first() is not None:
        home = col(MachineFigures.organisation_id) == practice.organisation_id
        session.exec(delete(MachineFigures).where(home))
        ask_for_check(session, practice)


def _of(organisation_id: UUID) -> ColumnElement[bool]:
    return col(MachineCheck.organisation_id) == organisation_id


def _holding(session: Session, organisation_id: UUID) -> set[UUID]:
    """The reviews that count. Blind ones are for agreement alone; codes that came with a file did not begin from the
    machine's; a simulated parent's lines were written beforehand, and are no measure for what people say."""
    came = select(ImportedCoding.review_id).where(col(ImportedCoding.review_id).is_not(None))
    signed = (
        select(Review.session_id, Review.coding_id, Review.id)  # alone: with its drafts a review is large
        .join(PracticeSession, col(PracticeSession.id) == col(Review.session_id))
        .where(
            col(PracticeSession.organisation_id) == organisation_id, col(PracticeSession.withdrawn_at).is_(None),
            col(Review.state) == ReviewState.SIGNED_OFF, col(Review.blind).is_(False),
            col(Review.id).not_in(came), col(PracticeSession.kind) != SessionKind.SIMULATED,
        )
        .order_by(col(Review.closed_at), col(Review.id))
    )  # fmt: skip
    newest = {(session_id, coding_id): review_id for session_id, coding_id, review_id in session.exec(signed)}
    return set(newest.values())


def _pairs(session: Session, review: Review) -> Pairs | None:
    """None where the words went before it was done."""
    if review.begun is None:
        return None
    try:
        return pairs_of(draft_of(session, review))
    except WordsGone:
        return None


def _keep_check(session: Session, review_id: UUID, pairs: Pairs) -> None:
    review = session.get(Review, review_id)
    if review is None:  # its session has gone meanwhile
        return
    version = session.get_one(Coding, review.coding_id).model_version
    practice = session.get_one(PracticeSession, review.session_id)
    hold_lock(session, f"machine check of {review_id}")
    if session.exec(select(MachineCheck.id).where(col(MachineCheck.review_id) == review_id)).first() is None:
        session.add(
            MachineCheck(
                organisation_id=practice.organisation_id, session_id=practice.id, review_id=review_id,
                model_version=version or "", pairs=pairs.counts, lines=pairs.lines, anew=pairs.anew,
            )
        )  # fmt: skip


def _checked(session: Session, organisation_id: UUID) -> list[Checked]:
    found = (
        select(MachineCheck, PracticeSession, Review.reviewer_id)
        .join(PracticeSession, col(PracticeSession.id) == col(MachineCheck.session_id))
        .join(Review, col(Review.id) == col(MachineCheck.review_id))
        .where(_of(organisation_id), col(PracticeSession.withdrawn_at).is_(None))
        .order_by(col(MachineCheck.id))
    )
    return [
        Checked(
            one.model_version, practice.team_id, practice.practitioner_id, coach_id, one.pairs, one.lines, one.anew
        )
        for one, practice, coach_id in session.exec(found)
    ]  # fmt: skip


def _keep_figures(session: Session, organisation_id: UUID, figures: dict[str, object]) -> None:
    hold_lock(session, f"machine figures of {organisation_id}")
    found = select(MachineFigures).where(col(MachineFigures.organisation_id) == organisation_id)
    row = session.exec(found).first() or MachineFigures(organisation_id=organisation_id, figures={})
    row.figures, row.made_at = figures, utc_now()
    session.add(row)
