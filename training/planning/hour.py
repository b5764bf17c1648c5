"""The job that looks every quarter of an hour who is to be reminded, and whose feedback is due."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from coding.context import JobContext
from coding.without_words import without_words
from models.columns import utc_now
from models.database import Database
from models.errors import EvokeError
from models.job import Job
from models.lock import hold_lock
from models.organisation import Organisation
from models.permissions import ROLES, Permission
from models.person import Person, Role, RoleGrant
from models.plan import PlanMail, PlanMailKind, PlanRule, PlanSetting
from models.queue import UNFINISHED, LeaseLost, enqueue
from models.sign_in import actor_of
from training.planning.history import dose_for, plan_of, rule_for
from training.planning.kept import setting_of
from training.planning.mails import mail_later, wanted
from training.planning.team import people_of

log = logging.getLogger("evoke.worker")
NAME = "practice_mails"
EVERY = timedelta(minutes=15)
LATE = 3
"""Hours after the one chosen in which a reminder still goes: a worker that was down must not remind at night."""
NUDGE_HOUR = 9


def ensure_practice_mails(database: Database) -> None:
    """One for the whole installation waits, whoever starts a worker and however often."""
    with database.write() as session:
        hold_lock(session, NAME)
        waits = select(Job.id).where(col(Job.name) == NAME, col(Job.state).in_(UNFINISHED))
        if session.exec(waits.limit(1)).first() is None:
            enqueue(session, NAME).run_at = utc_now() + EVERY


def practice_mails(context: JobContext) -> None:
    """May be killed anywhere and run again: a mail has a row, and nobody gets two of a kind on a day. An organisation
    has a transaction of its own, so that none waits long for another, and none goes without for another's fault."""
    with context.workshop.database.read() as session:
        organisations = session.exec(select(Organisation.id).order_by(col(Organisation.id))).all()
    for organisation_id in organisations:
        try:
            with context.write() as session:
                mail_who_waits(session, organisation_id, at=utc_now())
        except LeaseLost:
            raise
        except Exception as error:
            log.error("mails about practice in organisation %s failed\n%s", organisation_id, without_words(error))
    with context.write() as session:
        enqueue(session, NAME).run_at = utc_now() + EVERY
        context.finish(session)


def practice_mails_stopped(session: Session, error: EvokeError, /) -> None:
    """The next one is enqueued when a worker next looks; see `ensure_practice_mails`."""


def mail_who_waits(session: Session, organisation_id: UUID, *, at: datetime) -> list[PlanMail]:
    """`at` is the moment, in any zone."""
    rule = rule_for(session, organisation_id)
    now = at.astimezone(ZoneInfo(rule.time_zone))
    mails = [
        mail_later(session, person=person, kind=PlanMailKind.REMINDER, on_day=now.date())
        for person in _at_this_hour(session, organisation_id, now)
        if not _went(session, person, [PlanMailKind.REMINDER], now, days=0) and _has_to_do(session, person, now)
    ]
    if now.weekday() < 5 and NUDGE_HOUR <= now.hour < NUDGE_HOUR + LATE:
        mails += _nudges(session, organisation_id, rule, now)
    return mails


def _at_this_hour(session: Session, organisation_id: UUID, now: datetime) -> Sequence[Person]:
    rows = (
        select(Person, PlanSetting)
        .join(PlanSetting, col(PlanSetting.person_id) == col(Person.id))
        .where(
            col(Person.organisation_id) == organisation_id, col(Person.left_at).is_(None),
            col(Person.invited_at).is_(None), col(PlanSetting.reminders).is_(True),
            col(PlanSetting.paused_at).is_(None), col(PlanSetting.hour).between(now.hour - LATE + 1, now.hour),
        )
        .order_by(col(Person.id))
    )  # fmt: skip
    return [person for person, one in session.exec(rows) if one.days >> now.weekday() & 1]


def _has_to_do(session: Session, person: Person, now: datetime) -> bool:
    """Not who has practised today, and not where nothing waits."""
    plan, _ = plan_of(session, person, reader=actor_of(session, person), now=now)
    return bool(plan.today) and not plan.done


def _nudges(session: Session, organisation_id: UUID, rule: PlanRule, now: datetime) -> list[PlanMail]:
    faded = {
        person.id: person
        for person in _people_with(session, organisation_id, [Role.TRAINEE])
        if dose_for(session, person, rule=rule, now=now).fading
    }
    gives = [role for role in Role if Permission.GIVE_FEEDBACK in ROLES[role]]
    coaches = [
        person
        for person in _people_with(session, organisation_id, gives)
        if any(one.id in faded for one, _ in people_of(session, actor_of(session, person)))
    ]
    due = {one.id: (one, PlanMailKind.COACH_NUDGE) for one in coaches}
    due |= {one.id: (one, PlanMailKind.NUDGE) for one in faded.values()}  # who is both has one mail, about themselves
    return [
        mail_later(session, person=person, kind=kind, on_day=now.date())
        for person, kind in due.values()
        if wanted(setting_of(session, person.id), kind)
        and not _went(session, person, PlanMailKind.nudging(), now, days=rule.nudge_gap_days - 1)
    ]


def _people_with(session: Session, organisation_id: UUID, roles: Sequence[Role]) -> Sequence[Person]:
    now = utc_now()
    holders = select(RoleGrant.person_id).where(
        col(RoleGrant.role).in_(roles), col(RoleGrant.started_at) <= now,
        col(RoleGrant.ended_at).is_(None) | (col(RoleGrant.ended_at) > now),
    )  # fmt: skip
    people = select(Person).where(
        col(Person.organisation_id) == organisation_id, col(Person.left_at).is_(None),
        col(Person.invited_at).is_(None), col(Person.id).in_(holders),
    )  # fmt: skip
    return session.exec(people.order_by(col(Person.id))).all()


def _went(session: Session, person: Person, kinds: Sequence[PlanMailKind], now: datetime, *, days: int) -> bool:
    """A mail of these kinds, on this day or one of so many before it."""
    last = session.exec(
        select(func.max(PlanMail.on_day)).where(col(PlanMail.person_id) == person.id, col(PlanMail.kind).in_(kinds))
    ).one()
    return last is not None and last >= now.date() - timedelta(days=days)
