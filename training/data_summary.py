"""What is held about a person in plain words, for their own page: counted, not read."""

from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.browser_sign_in import sign_ins_of
from models.conversation import Conversation
from models.feedback import CodeContest, Feedback, FeedbackMessage
from models.learning import ModuleCheckTry, ModuleProgress
from models.person import ApiToken, Person, RoleGrant, TeamMembership
from models.plan import PlanChoice
from models.practice import PracticeSession, Recording
from models.session_request import SessionRequest
from models.settings import Settings
from models.workbook import WorkbookNote
from training.exercises.own_answers import answers_held


def held_about(session: Session, person: Person, *, settings: Settings) -> list[tuple[str, str]]:
    """What, and how much of it."""
    own = (col(PracticeSession.practitioner_id) == person.id) & col(PracticeSession.withdrawn_at).is_(None)
    mine = select(PracticeSession.id).where(own)
    sessions = _count(session, mine)
    recordings = _count(session, select(Recording.id).where(col(Recording.session_id).in_(mine)))
    places = _count(session, select(TeamMembership.id).where(col(TeamMembership.person_id) == person.id))
    roles = _count(session, select(RoleGrant.id).where(col(RoleGrant.person_id) == person.id))
    asked = _count(session, select(SessionRequest.id).where(col(SessionRequest.asked_by_id) == person.id))
    feedback = _count(
        session, select(Feedback.id).where(col(Feedback.session_id).in_(mine), col(Feedback.sent_at).is_not(None))
    )
    messages = _count(session, select(FeedbackMessage.id).where(col(FeedbackMessage.session_id).in_(mine)))
    contested = _count(session, select(CodeContest.id).where(col(CodeContest.asked_by_id) == person.id))
    notes = _count(session, select(WorkbookNote.id).where(col(WorkbookNote.session_id).in_(mine)))
    begun = _count(session, select(ModuleProgress.id).where(col(ModuleProgress.person_id) == person.id))
    checks = _count(session, select(ModuleCheckTry.id).where(col(ModuleCheckTry.person_id) == person.id))
    chosen = _count(session, select(PlanChoice.id).where(col(PlanChoice.person_id) == person.id))
    talks = _count(session, select(Conversation.id).where(col(Conversation.person_id) == person.id))
    tokens = _count(session, select(ApiToken.id).where(col(ApiToken.person_id) == person.id))
    sign_ins = len(sign_ins_of(session, person.id, settings=settings))
    tokens_too = f" and {_many(tokens, 'token')} for programs" if tokens else ""
    talk = _many(sessions, "session") + (f" with {_many(recordings, 'recording')}" if recordings else "")
    talk += ": what was said, the code of each line, the scores, and what each participant agreed to"
    return [
        ("Who you are", "Your name, work email address and discipline"),
        ("Where you work", f"{_many(places, 'place')} in teams and {_many(roles, 'role')}, those that ended included"),
        ("Signing in", f"{_many(sign_ins, 'browser')}{tokens_too}: when, with what and from where"),
        ("Your sessions", talk if sessions else "None"),
        ("Feedback on your sessions", _feedback(feedback, messages)),
        ("Contests and corrections", _asked(asked, contested)),
        ("Notes for a workbook", _many(notes, "note") + " that you wrote of your sessions" if notes else "None"),
        ("What you learn", _learning(begun, checks)),
        ("Your answers in exercises", answers_held(session, person)),
        (
            "Simulated parents",
            f"{_many(talks, 'talk')}: when, how open the parent became, and what was said until you finish it"
            if talks
            else "None",
        ),
        (
            "Your practice plan",
            f"{_many(chosen, 'choice')} of a skill, and which mails about it you want" if chosen else "None",
        ),
        ("The trail", "What you did in Evoke, and what others did with your account and sessions, and when"),
    ]


def _feedback(times: int, messages: int) -> str:
    if not times:
        return "None"
    return ("Once" if times == 1 else f"{times} times") + (f", with {_many(messages, 'message')}" if messages else "")


def _learning(begun: int, checks: int) -> str:
    if not begun:
        return "None"
    return f"{_many(begun, 'module')} you began, and what you answered in {_many(checks, 'check')}"


def _asked(requests: int, codes: int) -> str:
    both = ([_many(requests, "request")] if requests else []) + ([_many(codes, "contested code")] if codes else [])
    return " and ".join(both) or "None"


def _count(session: Session, found: Any) -> int:
    return session.exec(select(func.count()).select_from(found.subquery())).one()


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
