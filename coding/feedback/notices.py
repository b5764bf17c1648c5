"""A short mail that there is something to read about a session, without a word of it."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session

from coding.context import JobContext
from models.errors import EvokeError
from models.feedback import CodeContest, Feedback, FeedbackMessage
from models.mail import Mail, send_mail
from models.permissions import Permission
from models.person import Person, PersonState
from models.practice import PracticeSession
from models.queue import enqueue
from models.session_permissions import may_on
from models.settings import Settings
from models.sign_in import actor_of

WORDS = """\
Hello {name},

{what} Sign in to Evoke to read it:

{link}

For the sake of the people in the conversation, this mail says no more.
"""
FEEDBACK = "your coach has sent you feedback on a practice session."
MESSAGE = "somebody has written to you about the feedback on a practice session."
CONTEST = "a practitioner does not agree with a code of a session in your team, and a second coach is to decide."
DECISION = "a second coach has decided about a code that was contested."


def notify(session: Session, practice: PracticeSession, people: Iterable[UUID], *, about: UUID) -> None:
    """`about` is the feedback, message or contest, in the caller's transaction."""
    for person_id in sorted(people):
        enqueue(
            session, "send_notice", organisation_id=practice.organisation_id, person_id=person_id, about_id=about
        )  # fmt: skip


def send_notice(context: JobContext, *, person_id: str, about_id: str) -> None:
    """Nothing where it was read or taken back meanwhile, or they may not see the session any more."""
    settings = context.workshop.settings
    with context.workshop.database.read() as session:
        mail = _mail(session, UUID(person_id), UUID(about_id), settings)
    if mail is not None:
        send_mail(mail, settings)
    with context.write() as session:
        context.finish(session)


def notice_stopped(session: Session, error: EvokeError, /, *, person_id: str, about_id: str) -> None:
    """What it was about stands on the session's page all the same; why it failed is in the worker's log."""


def _mail(session: Session, person_id: UUID, about_id: UUID, settings: Settings) -> Mail | None:
    person, found = session.get_one(Person, person_id), _about(session, about_id)
    if found is None or person.state is not PersonState.ACTIVE:
        return None
    session_id, what = found
    practice = session.get_one(PracticeSession, session_id)
    if practice.withdrawn_at is not None or not may_on(actor_of(session, person), Permission.SEE_SESSION, practice):
        return None
    link = f"{settings.site}/sessions/{session_id}/feedback"
    text = WORDS.format(name=person.name, what=what[0].upper() + what[1:], link=link)
    name = f"notice-{about_id}-{person_id}{'-decided' if what is DECISION else ''}"
    return Mail(name, person.email, "Something to read in Evoke", text)


def _about(session: Session, about_id: UUID) -> tuple[UUID, str] | None:
    """The session and what there is to read; None where there is nothing new any more."""
    if (feedback := session.get(Feedback, about_id)) is not None:
        return (feedback.session_id, FEEDBACK) if feedback.sent_at and not feedback.read_at else None
    if (message := session.get(FeedbackMessage, about_id)) is not None:
        return None if message.read_at else (message.session_id, MESSAGE)
    contest = session.get(CodeContest, about_id)
    if contest is None:
        return None
    return contest.session_id, DECISION if contest.decided_at else CONTEST
