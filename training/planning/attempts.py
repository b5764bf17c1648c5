"""Exercises and attempts at them, as a plan needs them."""

from uuid import UUID

from sqlmodel import Session

from training.modules.load import shipped_library
from training.plan.values import Attempt, PlanExercise

KINDS_SHOWN = {
    "spot_the_code": "Spot the code",
    "hear_the_change_talk": "Hear the change talk",
    "order_the_summary": "Put the summary in order",
    "open_the_question": "Turn a closed question open",
    "answer_the_parent": "Answer the parent",
    "advice_with_permission": "Give the advice with permission",
    "continue_the_talk": "Continue the talk",
}


def exercises_for(session: Session, organisation_id: UUID) -> tuple[PlanExercise, ...]:
    """In the order of the map of modules."""
    return tuple(
        PlanExercise(
            one.exercise.id, one.module.slug, one.exercise.skill, one.exercise.level, KINDS_SHOWN[one.exercise.kind]
        )
        for one in shipped_library().exercises.values()
    )  # fmt: skip


def attempts_of(session: Session, person_id: UUID) -> tuple[Attempt, ...]:
    """All of them, the oldest first."""
    return ()
