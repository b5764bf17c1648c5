"""Mails about practice: a reminder, or that feedback is due. They hold no score and no word from a session."""

import hashlib
import hmac
import re
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from coding.context import JobContext
from models.columns import utc_now
from models.errors import EvokeError, NotFound
from models.mail import Mail, send_mail
from models.person import Person, PersonState
from models.plan import PlanMail, PlanMailKind, PlanSetting
from models.queue import enqueue
from models.settings import Settings
from training.planning.kept import own_setting

JOB = "send_plan_mail"
SUBJECTS = {
    PlanMailKind.REMINDER: "Five minutes of practice",
    PlanMailKind.NUDGE: "Time for a session with feedback",
    PlanMailKind.COACH_NUDGE: "Feedback is due in your teams",
}
TEXTS = {
    PlanMailKind.REMINDER: "Two or three short exercises wait for you in Evoke. They take about five minutes.",
    PlanMailKind.NUDGE: (
        "It is a while since a coach gave you feedback on a conversation, and what one learns fades without it. Add a "
        "role play or a recording, and your coach can look at it."
    ),
    PlanMailKind.COACH_NUDGE: (
        "Somebody you coach has had no feedback for a while, and what one learns fades without it. Your list says who, "
        "and what each practises now."
    ),
}
WHERE = {
    PlanMailKind.REMINDER: "/plan",
    PlanMailKind.NUDGE: "/plan",
    PlanMailKind.COACH_NUDGE: "/plan/team",
}
WORDS = """\
Hello {name},

{text}

{link}

To stop mails about practice, open this link. You need not sign in:

{stop}
"""


def mail_later(session: Session, *, person: Person, kind: PlanMailKind, on_day: date) -> PlanMail:
    """In the caller's transaction, which has looked that none of the kind went today."""
    row = PlanMail(person_id=person.id, kind=kind, on_day=on_day)
    session.add(row)
    own_setting(session, person)
    enqueue(session, JOB, organisation_id=person.organisation_id, mail_id=row.id)
    return row


def send_plan_mail(context: JobContext, *, mail_id: str) -> None:
    """Nothing where it went already, or they left or switched such mails off meanwhile."""
    settings = context.workshop.settings
    with context.workshop.database.read() as session:
        mail = _mail(session, UUID(mail_id), settings)
    if mail is not None:
        send_mail(mail, settings)
    with context.write() as session:
        row = session.get(PlanMail, UUID(mail_id))
        if mail is not None and row is not None:
            row.sent_at = utc_now()
            session.add(row)
        context.finish(session)


def plan_mail_stopped(session: Session, error: EvokeError, /, *, mail_id: str) -> None:
    """The next one is tried on its day; why this failed is in the worker's log."""


def _mail(session: Session, mail_id: UUID, settings: Settings) -> Mail | None:
    row = session.get(PlanMail, mail_id)
    if row is None or row.sent_at is not None:
        return None
    person = session.get_one(Person, row.person_id)
    setting = session.exec(select(PlanSetting).where(col(PlanSetting.person_id) == person.id)).first()
    if person.state is not PersonState.ACTIVE or setting is None or not wanted(setting, row.kind):
        return None
    stop = f"{settings.site}/plan/stop-mails/{stop_token(setting)}"
    text = WORDS.format(name=person.name, text=TEXTS[row.kind], link=settings.site + WHERE[row.kind], stop=stop)
    return Mail(f"practice-{row.id}", person.email, SUBJECTS[row.kind], text, unsubscribe=stop)


def wanted(setting: PlanSetting, kind: PlanMailKind) -> bool:
    if kind is PlanMailKind.REMINDER:
        return setting.reminders and setting.paused_at is None
    return setting.nudges


def stop_token(setting: PlanSetting) -> str:
    """Signed, so that nobody can stop another's mails by guessing. It is good as long as the setting stands."""
    return f"{setting.id.hex}-{_signature(setting)}"


def require_setting(session: Session, token: str) -> PlanSetting:
    """Whose mails the link stops. Raises NotFound where it is not one of ours, or the person has left."""
    name, _, signature = token.partition("-")
    known = re.fullmatch("[0-9a-f]{32}", name)
    setting = session.get(PlanSetting, UUID(hex=name)) if known else None
    given = signature.encode("utf-8", "replace")
    if setting is None or not hmac.compare_digest(given, _signature(setting).encode()):
        raise NotFound("This link is not whole, or the mails have ended. Your plan in Evoke says which come.")
    return setting


def _signature(setting: PlanSetting) -> str:
    return hmac.new(setting.secret, b"stop mails " + setting.id.bytes, hashlib.sha256).hexdigest()
