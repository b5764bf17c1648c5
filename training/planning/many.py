"""The plans of several people at once, as `history.plan_of` makes them one by one: in as many queries for many as for
few, and from their newest sessions alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from coding.codings_in_order import Counting
from models.exercise import ExerciseAttempt, Outcome
from models.feedback import Feedback
from models.keys import open_session_keys
from models.permissions import Actor
from models.person import Role, RoleGrant
from models.plan import ChosenBy, PlanChoice, PlanRule
from models.practice import PracticeSession
from models.session_permissions import visible_sessions
from training.modules.library import library_for
from training.modules.load import Library
from training.plan.dose import Dose, dose_of
from training.plan.plan import Plan
from training.plan.standing import sessions_used
from training.plan.values import Attempt, By, History, PastSession, Wish
from training.planning.attempts import as_attempt
from training.planning.figures import coded_shares, hidden_from
from training.planning.history import NOTE_COUNTS_FOR, fed_back, skill_to_try
from training.planning.last_plan import last_plan
from training.planning.newest import NewSession, newest_with_codings
from training.skills import Skill


@dataclass(frozen=True)
class Newest:
    """The newest sessions of several people, with the coding that counts of each one that can be read."""

    sessions: tuple[NewSession, ...]
    codings: Mapping[UUID, Counting]
    hidden: frozenset[UUID]

    def coded_of(self, person_id: UUID) -> list[tuple[NewSession, Counting]]:
        """Those with codes that the reader is not still to code blind, the newest first."""
        return self._coded.get(person_id, [])

    @cached_property
    def _coded(self) -> Mapping[UUID, list[tuple[NewSession, Counting]]]:
        found: dict[UUID, list[tuple[NewSession, Counting]]] = {}
        for one in self.sessions:
            coding = self.codings.get(one.id) if one.ready else None
            if coding is not None and not (self.hidden and one.id in self.hidden):
                found.setdefault(one.person_id, []).append((one, coding))
        return found


@dataclass(frozen=True)
class Member:
    """As much of a person as plans need."""

    id: UUID
    organisation_id: UUID
    name: str
    created_at: datetime


@dataclass(frozen=True)
class Planned:
    plan: Plan
    history: History
    dose: Dose


def load_newest(session: Session, people: Collection[UUID], *, reader: Actor) -> Newest:
    sessions, codings = newest_with_codings(session, people, reader=reader)
    return Newest(tuple(sessions), codings, frozenset(hidden_from(session, reader)))


def plans_of(
    session: Session, people: Sequence[Member], newest: Newest, *, reader: Actor, rule: PlanRule, now: datetime
) -> dict[UUID, Planned]:
    """By person. All are of one organisation, and none is the reader."""
    if not people:
        return {}
    ids = [one.id for one in people]
    sessions = _past_sessions(session, ids, newest, now.date())
    library = library_for(session, people[0].organisation_id)
    attempts, noted = _attempts(session, library, ids), _noted(session, ids, newest, reader, now)
    wishes, doses = _wishes(session, ids), _doses(session, people, rule, now)
    found = {}
    for person_id in ids:
        history = History(
            sessions[person_id], tuple(attempts.get(person_id, ())), noted.get(person_id),
            tuple(wishes.get(person_id, ())),
        )  # fmt: skip
        found[person_id] = Planned(last_plan(person_id, history, library, now), history, doses[person_id])
    return found


def _past_sessions(
    session: Session, people: Sequence[UUID], newest: Newest, today: date
) -> dict[UUID, tuple[PastSession, ...]]:
    used = {
        person_id: [
            (one, newest.codings[one.id])
            for one in sessions_used([one for one, _ in newest.coded_of(person_id)], today=today)
        ]
        for person_id in people
    }
    shares = coded_shares(session, [coding.id for own in used.values() for _, coding in own])
    return {
        person_id: tuple(
            PastSession(str(one.id), one.held_on, one.kind.value, coding.by_person, shares[coding.id])
            for one, coding in own
        )
        for person_id, own in used.items()
    }


def _attempts(session: Session, library: Library, people: Collection[UUID]) -> dict[UUID, list[Attempt]]:
    rows = session.exec(_ATTEMPTS, params={"people": people}).all()
    known = library.exercises
    found: dict[UUID, list[Attempt]] = {}
    for person_id, exercise, skill, outcome, at in rows:
        if skill in {*Skill}:
            found.setdefault(person_id, []).append(as_attempt(exercise, skill, outcome, at, known=known))
    return found


def _noted(
    session: Session, people: Collection[UUID], newest: Newest, reader: Actor, now: datetime
) -> dict[UUID, Skill]:  # fmt: skip
    rows = session.exec(_sent_since(reader), params={"people": people, "since": now - NOTE_COUNTS_FOR})
    last: dict[UUID, Feedback] = {}
    for person_id, feedback in rows:
        if feedback.session_id not in newest.hidden:
            last.setdefault(person_id, feedback)
    open_session_keys(session, [one.session_id for one in last.values()])
    found = {person_id: skill_to_try(session, one) for person_id, one in last.items()}
    return {person_id: skill for person_id, skill in found.items() if skill is not None}


def _wishes(session: Session, people: Collection[UUID]) -> dict[UUID, list[Wish]]:
    found: dict[UUID, list[Wish]] = {}
    for person_id, skill, chosen_by, made_at in session.exec(_WISHES, params={"people": people}):
        if skill in {*Skill}:
            found.setdefault(person_id, []).append(Wish(Skill(skill), By(chosen_by.value), made_at))
    return found


def _doses(session: Session, people: Sequence[Member], rule: PlanRule, now: datetime) -> dict[UUID, Dose]:
    ids = {"people": [one.id for one in people]}
    days: dict[UUID, list[date]] = {}
    for person_id, at in session.exec(_FED_BACK, params=ids):
        if at is not None:
            days.setdefault(person_id, []).append(at.astimezone(now.tzinfo).date())
    began = {person_id: at for person_id, at in session.exec(_BEGAN, params=ids) if at is not None}
    return {
        one.id: dose_of(
            days.get(one.id, ()), began_on=began.get(one.id, one.created_at).date(), days=rule.feedback_days,
            today=now.date(),
        )
        for one in people
    }  # fmt: skip


_PEOPLE: Any = bindparam("people", expanding=True)
_ATTEMPTS = (
    select(  # type: ignore[call-overload]
        ExerciseAttempt.person_id, ExerciseAttempt.exercise, ExerciseAttempt.skill, ExerciseAttempt.outcome,
        ExerciseAttempt.at,
    )
    .where(col(ExerciseAttempt.person_id).in_(_PEOPLE), col(ExerciseAttempt.outcome) != Outcome.NOT_SCORED)
    .order_by(col(ExerciseAttempt.at), col(ExerciseAttempt.id))
)  # fmt: skip
_WISHES: Any = (
    select(PlanChoice.person_id, PlanChoice.skill, PlanChoice.chosen_by, PlanChoice.made_at)
    .where(
        col(PlanChoice.person_id).in_(_PEOPLE), col(PlanChoice.chosen_by) != ChosenBy.EVOKE,
        col(PlanChoice.ended_at).is_(None),
    )
    .order_by(col(PlanChoice.made_at).desc(), col(PlanChoice.id).desc())
)  # fmt: skip
_FED_BACK = (
    select(PracticeSession.practitioner_id, func.min(Feedback.sent_at))
    .join(PracticeSession, col(PracticeSession.id) == col(Feedback.session_id))
    .where(fed_back(col(PracticeSession.practitioner_id).in_(_PEOPLE)))
    .group_by(col(PracticeSession.practitioner_id), col(Feedback.session_id))
)
_BEGAN = (
    select(RoleGrant.person_id, func.min(RoleGrant.started_at))
    .where(
        col(RoleGrant.person_id).in_(_PEOPLE), col(RoleGrant.role) == Role.TRAINEE, col(RoleGrant.ended_at).is_(None)
    )
    .group_by(col(RoleGrant.person_id))
)


@lru_cache(maxsize=128)
def _sent_since(reader: Actor) -> Any:
    return (
        select(PracticeSession.practitioner_id, Feedback)
        .join(PracticeSession, col(PracticeSession.id) == col(Feedback.session_id))
        .where(
            fed_back(col(PracticeSession.practitioner_id).in_(_PEOPLE)), visible_sessions(reader),
            col(Feedback.sent_at) > bindparam("since"),
        )
        .order_by(col(Feedback.sent_at).desc(), col(Feedback.id).desc())
    )  # fmt: skip
