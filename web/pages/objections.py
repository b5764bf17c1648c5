"""Answers whose score somebody finds unfair: a coach reads and decides."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.feedback.text import FeedbackWrong
from coding.scheme.glossary import CODES
from models.errors import EvokeError
from models.permissions import Permission, require_in_some_team
from training.exercises.format import Written
from training.exercises.objections import (
    ObjectionDecided,
    answer_objection,
    require_objection,
    upheld,
    view_of,
    waiting_for,
)
from training.exercises.score import score
from training.exercises.view import OUTCOMES, wanted_words
from training.modules.library import library_for
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/learn/objections", include_in_schema=False)


@router.get("")
def list_page(house: TheHouse, member: SignedInMember) -> Response:
    require_in_some_team(member.actor, Permission.ANSWER_OBJECTION)
    with house.database.read() as session:
        waiting, learned = waiting_for(session, member.actor), upheld(session, member.actor)
        placed = library_for(session, member.actor.organisation_id).exercises
    return member.page("objections.html", waiting=waiting, learned=learned, placed=placed, codes=CODES)


@router.get("/{objection_id}")
def objection_page(objection_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _page(house, member, objection_id)


@router.post("/{objection_id}")
def decide(
    objection_id: UUID, house: TheHouse, member: SignedInMember, choice: Annotated[str, Form()] = "",
    answer: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    try:
        with house.database.write() as session:
            if choice not in ("uphold", "keep"):
                require_objection(session, objection_id, by=member.actor)
                raise FeedbackWrong({"choice": "Choose whether the score stays or the answer counts as met."})
            answer_objection(
                session, objection_id=objection_id, uphold=choice == "uphold", answer=answer, by=member.actor
            )
    except (FeedbackWrong, ObjectionDecided) as error:
        return _page(house, member, objection_id, error=error, choice=choice, answer=answer)
    return see_other("/learn/objections")


def _page(
    house: House, member: Member, objection_id: UUID, *, error: EvokeError | None = None, choice: str = "",
    answer: str = "",
) -> Response:  # fmt: skip
    with house.database.read() as session:
        row = require_objection(session, objection_id, by=member.actor)
        view = view_of(session, row)
        placed = library_for(session, member.actor.organisation_id).exercise(view.attempt.exercise)
    exercise = placed.exercise if placed and isinstance(placed.exercise, Written) else None
    scored = score(exercise, view.words.lines) if exercise and view.words else None
    return member.page(
        "objection.html", status=error.status if error else 200, objection=view, exercise=exercise, scored=scored,
        outcome=OUTCOMES[view.attempt.outcome], wanted=wanted_words(exercise.want) if exercise else "",
        choice=choice, answer=answer, errors=(error.fields or {"page": error.message}) if error else {},
    )  # fmt: skip
