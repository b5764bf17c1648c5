"""Exercises and attempts at them, as a plan needs them."""

from uuid import UUID

from sqlmodel import Session

from training.modules.library import library_for
from training.plan.values import Attempt, PlanExercise


def exercises_for(session: Session, organisation_id: UUID) -> tuple[PlanExercise, ...]:
    """Those that the people of an authority may open, in the order of the map of modules."""
    return tuple(
        PlanExercise(
            one.exercise.id, one.module.slug, one.exercise.skill, one.exercise.level, one.exercise.kind
        )
        for one in library_for(session, organisation_id).exercises.values()
    )  # fmt: skip


def attempts_of(session: Session, person_id: UUID) -> tuple[Attempt, ...]:
    """All of them, the oldest first."""
    return ()
