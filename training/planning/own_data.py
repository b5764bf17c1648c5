"""The practice plan in a copy of what is held about somebody."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit_hash import plain
from models.keys import WordsGone
from models.plan import ChosenBy, PlanChoice, PlanMail, PlanSetting
from models.sealed_secret import open_secret

Data = dict[str, Any]
CHOSEN = {ChosenBy.EVOKE: "Evoke", ChosenBy.TRAINEE: "you", ChosenBy.COACH: "a coach"}


def plan_data(session: Session, person_id: UUID) -> Data:
    """What was chosen for them, and what a coach wrote to them; of what a coach suggested to others, that and when."""
    own = select(PlanChoice).where(col(PlanChoice.person_id) == person_id).order_by(col(PlanChoice.id))
    given = (
        select(PlanChoice)
        .where(col(PlanChoice.by_id) == person_id, col(PlanChoice.person_id) != person_id)
        .order_by(col(PlanChoice.id))
    )
    mails = select(PlanMail).where(col(PlanMail.person_id) == person_id).order_by(col(PlanMail.id))
    setting = session.exec(select(PlanSetting).where(col(PlanSetting.person_id) == person_id)).first()
    return {
        "practice_plan": [
            {
                "skill": one.skill or None, "chosen_by": CHOSEN[one.chosen_by], "reason": one.reason or None,
                "note": _note(session, one), "from": plain(one.made_at), "until": plain(one.ended_at),
            }
            for one in session.exec(own)
        ],
        "practice_reminders": _setting(setting) if setting else None,
        "practice_mails": [
            {"kind": one.kind.value, "made_at": plain(one.made_at), "sent_at": plain(one.sent_at)}
            for one in session.exec(mails)
        ],
        "skills_suggested": [
            {"skill": one.skill, "from": plain(one.made_at), "until": plain(one.ended_at)}
            for one in session.exec(given)
        ],
    }  # fmt: skip


def _note(session: Session, choice: PlanChoice) -> str | None:
    try:
        return open_secret(session, choice.note, record_id=choice.id) if choice.note else None
    except WordsGone:
        return None


def _setting(setting: PlanSetting) -> Data:
    return {
        "reminders": setting.reminders, "mails_that_feedback_is_due": setting.nudges,
        "weekdays": [day + 1 for day in range(7) if setting.days >> day & 1], "hour": setting.hour,
        "paused_at": plain(setting.paused_at),
    }  # fmt: skip
