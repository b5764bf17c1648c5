"""All that somebody's plan is made from."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, func, select

from coding.feedback.kept import feedback_words
from models.asked_once import asked_once
from models.columns import utc_now
from models.feedback import Feedback
from models.keys import WordsGone
from models.permissions import Actor
from models.person import Person, Role, RoleGrant
from models.plan import ChosenBy, PlanChoice, PlanRule
from models.practice import PracticeSession, SessionKind
from models.session_permissions import visible_sessions
from training.plan.dose import Dose, dose_of
from training.plan.measures import NOTED
from training.plan.plan import Plan, make_plan
from training.plan.values import By, History, PlanExercise, Wish
from training.planning.attempts import attempts_of, exercises_for
from training.planning.figures import hidden_from, past_sessions
from training.skills import Skill

NOTE_COUNTS_FOR = timedelta(days=90)


def rule_for(session: Session, organisation_id: UUID) -> PlanRule:
    """The authority's, or the defaults, which are then not in the database."""
    found = session.exec(_RULE, params={"id": organisation_id}).first()
    return found or PlanRule(organisation_id=organisation_id)


def now_for(rule: PlanRule) -> datetime:
    return utc_now().astimezone(ZoneInfo(rule.time_zone))


def history_of(session: Session, person: Person, *, reader: Actor, now: datetime) -> History:
    """As far as the reader may see it: the person themselves, or their coach."""
    return History(
        past_sessions(session, person.id, reader=reader, today=now.date()),
        attempts_of(session, person.id, person.organisation_id),
        _noted(session, person.id, reader, now),
        tuple(
            Wish(Skill(one.skill), By(one.chosen_by.value), one.made_at)
            for one in open_wishes(session, person.id) if one.skill in {*Skill}
        ),
    )  # fmt: skip


def plan_of(session: Session, person: Person, *, reader: Actor, now: datetime) -> tuple[Plan, History]:
    history = history_of(session, person, reader=reader, now=now)
    return make_plan(history, exercises_to_plan(session, person.organisation_id), now=now), history


def exercises_to_plan(session: Session, organisation_id: UUID) -> tuple[PlanExercise, ...]:
    return exercises_for(session, organisation_id)


@asked_once
def open_wishes(session: Session, person_id: UUID) -> Sequence[PlanChoice]:
    """What people chose and did not take back, the newest first."""
    return session.exec(_WISHES, params={"id": person_id}).all()


def _noted(session: Session, person_id: UUID, reader: Actor, now: datetime) -> Skill | None:
    """The skill of the last thing to try in feedback on talk with people, where a rule drafted it."""
    rows = session.exec(_feedback_seen_by(reader), params={"id": person_id, "since": now - NOTE_COUNTS_FOR})
    hidden = set() if person_id == reader.person_id else hidden_from(session, reader)
    for newest in rows:
        if newest.session_id not in hidden:
            return skill_to_try(session, newest)
    return None


@lru_cache(maxsize=128)
def _feedback_seen_by(reader: Actor) -> Any:
    return (
        select(Feedback)
        .join(PracticeSession, col(PracticeSession.id) == col(Feedback.session_id))
        .where(
            fed_back(col(PracticeSession.practitioner_id) == bindparam("id")), visible_sessions(reader),
            col(Feedback.sent_at) > bindparam("since"),
        )
        .order_by(col(Feedback.sent_at).desc(), col(Feedback.id).desc())
    )  # fmt: skip


def skill_to_try(session: Session, newest: Feedback) -> Skill | None:
    try:
        to_try = feedback_words(session, newest).to_try
    except WordsGone:
        return None
    return NOTED.get(to_try.rule) if to_try else None


def fed_back(whose: ColumnElement[bool]) -> ColumnElement[bool]:
    """Simulated talk is practice between feedback sessions, and none itself."""
    return (
        whose
        & (col(PracticeSession.kind) != SessionKind.SIMULATED)
        & col(PracticeSession.withdrawn_at).is_(None)
        & col(Feedback.sent_at).is_not(None)
    )


def dose_for(session: Session, person: Person, *, rule: PlanRule, now: datetime) -> Dose:
    """A session counts on the day of its first feedback."""
    first = session.exec(_FED_BACK, params={"id": person.id})
    days = [at.astimezone(now.tzinfo).date() for at in first if at is not None]
    return dose_of(days, began_on=_began(session, person), days=rule.feedback_days, today=now.date())


def _began(session: Session, person: Person) -> date:
    began = session.exec(_BEGAN, params={"id": person.id}).first()
    return (began or person.created_at).date()


_RULE = select(PlanRule).where(col(PlanRule.organisation_id) == bindparam("id"))
_WISHES = (
    select(PlanChoice)
    .where(
        col(PlanChoice.person_id) == bindparam("id"), col(PlanChoice.chosen_by) != ChosenBy.EVOKE,
        col(PlanChoice.ended_at).is_(None),
    )
    .order_by(col(PlanChoice.made_at).desc(), col(PlanChoice.id).desc())
)  # fmt: skip
_FED_BACK = (
    select(func.min(Feedback.sent_at))
    .join(PracticeSession, col(PracticeSession.id) == col(Feedback.session_id))
    .where(fed_back(col(PracticeSession.practitioner_id) == bindparam("id")))
    .group_by(col(Feedback.session_id))
)
_BEGAN = select(func.min(RoleGrant.started_at)).where(
    col(RoleGrant.person_id) == bindparam("id"), col(RoleGrant.role) == Role.TRAINEE, col(RoleGrant.ended_at).is_(None)
)
