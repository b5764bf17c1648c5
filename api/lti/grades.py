"""The job that tells a platform what somebody did. It may be killed anywhere and run again: of two scores
the platform takes the one with the later time, and the same once more does nothing there."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from api.lti.services import Asking, ServiceFailed, asking, send_score
from coding.context import JobContext
from models.errors import EvokeError
from models.lti import GradeState, LtiGrade, LtiLineItem, LtiPlatform
from models.lti_grades import JOB, not_sent, sent

__all__ = ["JOB", "grade_body", "grade_stopped", "send_grade"]


def grade_body(grade: LtiGrade) -> dict[str, Any]:
    """A score as AGS 2.0, section 3.4.9, has it. Its time is when the person did it, so that none overtakes another."""
    body: dict[str, Any] = {
        "userId": grade.subject, "timestamp": grade.changed_at.isoformat(timespec="milliseconds"),
        "activityProgress": grade.activity, "gradingProgress": grade.grading,
    }  # fmt: skip
    return body if grade.score is None else body | {"scoreGiven": grade.score, "scoreMaximum": 1}


def send_grade(context: JobContext, *, grade_id: str) -> None:
    with context.write() as session:  # the first message of an organisation makes its key
        found = _to_send(session, UUID(grade_id), context)
    problem: ServiceFailed | None = None
    if found is not None:
        ask, line_item, body, changed = found
        try:
            send_score(ask, line_item=line_item, body=body)
        except ServiceFailed as error:
            problem = error
    with context.write() as session:
        grade = session.get(LtiGrade, UUID(grade_id))
        # what was changed meanwhile has a job of its own
        if found is not None and grade is not None and grade.changed_at == changed:
            if problem is None:
                sent(session, grade)
            else:
                not_sent(session, grade, problem=problem.why, for_good=problem.for_good)
        context.finish(session)


def _to_send(session: Session, grade_id: UUID, context: JobContext) -> tuple[Asking, str, dict[str, Any], Any] | None:
    grade = session.get(LtiGrade, grade_id)
    if grade is None or grade.state is not GradeState.TO_SEND:
        return None
    item = session.get_one(LtiLineItem, grade.line_item_id)
    platform = session.get_one(LtiPlatform, item.platform_id)
    ask = asking(session, platform, context.workshop.settings)
    return ask, item.address, grade_body(grade), grade.changed_at


def grade_stopped(session: Session, error: EvokeError, /, *, grade_id: str) -> None:
    grade = session.get(LtiGrade, UUID(grade_id))
    if grade is not None and grade.state is GradeState.TO_SEND:
        not_sent(session, grade, problem="something went wrong on our side", for_good=True)
