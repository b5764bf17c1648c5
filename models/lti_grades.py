"""What learning platforms are told of what people did (LTI 1.3, assignment and grade service): kept as the person does
it, in the same transaction, and sent by a job."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models.columns import utc_now
from models.lock import hold_lock
from models.lti import GradeState, LtiGrade, LtiLineItem, LtiPlatform, LtiScores
from models.practice import PracticeSession, SessionKind
from models.queue import enqueue

JOB = "send_lti_grade"
ROLE_PLAY = "role-play"
MOST_TRIES = 12


def module_target(slug: str) -> str:
    return f"module:{slug}"


def parent_target(slug: str) -> str:
    return f"parent:{slug}"


def open_column(
    session: Session, *, platform: LtiPlatform, address: str, target: str, person_id: UUID, subject: str
) -> LtiGrade:
    """A person came from a course that has a column for this: what they do from now on is told there."""
    hold_lock(session, f"lti column {platform.id} {address}")  # a class opens an activity at once
    item = session.exec(
        select(LtiLineItem).where(col(LtiLineItem.platform_id) == platform.id, col(LtiLineItem.address) == address)
    ).first()
    item = item or LtiLineItem(platform_id=platform.id, address=address, target=target)
    item.target = target
    session.add(item)
    session.flush()
    grade = session.exec(
        select(LtiGrade).where(col(LtiGrade.line_item_id) == item.id, col(LtiGrade.person_id) == person_id)
    ).first()
    grade = grade or LtiGrade(line_item_id=item.id, person_id=person_id, subject=subject)
    grade.subject, grade.launched_at = subject, utc_now()
    session.add(grade)
    session.flush()
    return grade


def target_done(session: Session, *, target: str, person_id: UUID) -> None:
    """A module is completed, or a talk held: wherever a column waits for it. What was told stays told."""
    for grade, _ in _columns(session, target=target, person_id=person_id):
        if not grade.activity:
            tell(session, grade, activity="Completed", grading="FullyGraded", score=1.0)


def role_play_added(session: Session, practice: PracticeSession) -> None:
    """Handed in for the column that its practitioner came from last, if that waits for a role play."""
    if practice.kind is not SessionKind.ROLE_PLAY or practice.practitioner_id is None:
        return
    waiting = [
        (grade, platform)
        for grade, platform in _columns(session, target=ROLE_PLAY, person_id=practice.practitioner_id)
        if grade.session_id is None and not grade.activity
    ]
    if not waiting:
        return
    grade, platform = max(waiting, key=lambda one: one[0].launched_at)
    grade.session_id = practice.id
    if platform.scores is LtiScores.SIGNED:
        tell(session, grade, activity="Submitted", grading="PendingManual", score=None)
    else:
        tell(session, grade, activity="Completed", grading="FullyGraded", score=1.0)


def role_play_signed(session: Session, *, session_id: UUID, ratings: list[int]) -> None:
    """A coach signed it off. Their global ratings of MITI 4.2.1, each of 1 to 5, are told as one number: the mean as a
    share of 5. Only where the organisation chose so; without ratings only that it is done. `ratings` are all that the
    session allows, or none."""
    rows = select(LtiGrade, LtiPlatform).join(LtiLineItem, col(LtiLineItem.id) == col(LtiGrade.line_item_id))
    rows = rows.join(LtiPlatform, col(LtiPlatform.id) == col(LtiLineItem.platform_id))
    for grade, platform in session.exec(rows.where(col(LtiGrade.session_id) == session_id)).all():
        if platform.scores is LtiScores.SIGNED:
            score = round(sum(ratings) / len(ratings) / 5, 4) if ratings else None
            tell(session, grade, activity="Completed", grading="FullyGraded" if ratings else "NotReady", score=score)


def tell(session: Session, grade: LtiGrade, *, activity: str, grading: str, score: float | None) -> None:
    """In the caller's transaction. Of two changes before it is sent, the later is told."""
    grade.activity, grade.grading, grade.score = activity, grading, score
    grade.state, grade.changed_at, grade.tries, grade.problem = GradeState.TO_SEND, utc_now(), 0, ""
    session.add(grade)
    _send(session, grade, wait=timedelta(0))


def sent(session: Session, grade: LtiGrade) -> None:
    grade.state, grade.problem = GradeState.SENT, ""
    session.add(grade)


def not_sent(session: Session, grade: LtiGrade, *, problem: str, for_good: bool) -> None:
    """Tries again in 1, 2, 4 … minutes, twelve times in 34 hours; then it is given up, and an administrator can send it
    anew."""
    grade.tries, grade.problem = grade.tries + 1, problem[:200]
    if for_good or grade.tries >= MOST_TRIES:
        grade.state = GradeState.GIVEN_UP
    else:
        _send(session, grade, wait=timedelta(minutes=2 ** (grade.tries - 1)))
    session.add(grade)


def why_given_up(session: Session, platform_id: UUID) -> list[str]:
    """What the platform answered, each kind of answer once."""
    rows = select(LtiGrade.problem).join(LtiLineItem, col(LtiLineItem.id) == col(LtiGrade.line_item_id)).distinct()
    rows = rows.where(col(LtiLineItem.platform_id) == platform_id, col(LtiGrade.state) == GradeState.GIVEN_UP)
    return sorted(session.exec(rows).all())


def send_given_up_anew(session: Session, platform_id: UUID) -> int:
    """How many there were."""
    rows = select(LtiGrade).join(LtiLineItem, col(LtiLineItem.id) == col(LtiGrade.line_item_id))
    found = session.exec(
        rows.where(col(LtiLineItem.platform_id) == platform_id, col(LtiGrade.state) == GradeState.GIVEN_UP)
    ).all()
    for grade in found:
        grade.state, grade.tries = GradeState.TO_SEND, 0
        session.add(grade)
        _send(session, grade, wait=timedelta(0))
    return len(found)


def _send(session: Session, grade: LtiGrade, *, wait: timedelta) -> None:
    item = session.get_one(LtiLineItem, grade.line_item_id)
    platform = session.get_one(LtiPlatform, item.platform_id)
    job = enqueue(session, JOB, organisation_id=platform.organisation_id, grade_id=grade.id)
    job.run_at = utc_now() + wait
    session.add(job)


def _columns(session: Session, *, target: str, person_id: UUID) -> list[tuple[LtiGrade, LtiPlatform]]:
    rows = select(LtiGrade, LtiPlatform).join(LtiLineItem, col(LtiLineItem.id) == col(LtiGrade.line_item_id))
    rows = rows.join(LtiPlatform, col(LtiPlatform.id) == col(LtiLineItem.platform_id))
    return list(session.exec(rows.where(col(LtiLineItem.target) == target, col(LtiGrade.person_id) == person_id)).all())
