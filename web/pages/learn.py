"""What there is to learn: the map, a module, its parts and its check."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.scheme.glossary import CODES
from models.errors import NotFound
from models.permissions import Permission, may, may_in_some_team
from training.cmi5.enter import launched_now
from training.cohorts.view import own_pathways
from training.exercises.objections import objections_waiting
from training.modules.learn_view import build_learn_map, build_module_view
from training.modules.library import require_module
from training.modules.progress import QuestionsChanged, QuestionsLeft, answer_check, mark_as_read, read_part
from training.modules.read import Module
from training.planning.view import skill_now
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/learn", include_in_schema=False)
_ANSWER = re.compile(r"question-[0-9]{1,2}=[0-9]{1,2}")


@router.get("")
def map_page(house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        learn = build_learn_map(session, member.actor, planned=skill_now(session, member.actor.person_id))
        waiting = objections_waiting(session, member.actor)
        pathways = own_pathways(session, member.actor)
    return member.page(
        "learn.html", learn=learn, waiting=waiting, pathways=pathways,
        edits=may(member.actor, Permission.EDIT_CONTENT, organisation_id=member.actor.organisation_id),
        answers_objections=may_in_some_team(member.actor, Permission.ANSWER_OBJECTION),
        sees_items=may_in_some_team(member.actor, Permission.SEE_EXERCISE_FIGURES),
        trains=may_in_some_team(member.actor, Permission.ASSIGN_LEARNING),
    )  # fmt: skip


@router.get("/{module}")
def module_page(module: str, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        found = require_module(session, member.actor.organisation_id, module)
        view = build_module_view(session, member.actor, found)
        launched = launched_now(session, module=found.slug, by=member.actor)
    return member.page("module.html", view=view, module=found, codes=CODES, launched=launched)


@router.get("/{module}/parts/{at}")
def part_page(module: str, at: int, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        found = require_module(session, member.actor.organisation_id, module)
        view = build_module_view(session, member.actor, found)
    if not 1 <= at <= len(found.parts):
        raise NotFound("This module has no such part. Begin at its first page.")
    return member.page("module_part.html", view=view, module=found, at=at, codes=CODES)


@router.post("/{module}/parts/{at}")
def next_part(module: str, at: int, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        found = require_module(session, member.actor.organisation_id, module)
        read_part(session, module=found, number=at, by=member.actor)
    return see_other(f"/learn/{module}/parts/{at + 1}" if at < len(found.parts) else f"/learn/{module}#exercises")


@router.get("/{module}/whole")
def whole_page(module: str, house: TheHouse, member: SignedInMember) -> Response:
    """On one page, to print or to read aloud from."""
    with house.database.read() as session:
        found = require_module(session, member.actor.organisation_id, module)
        view = build_module_view(session, member.actor, found)
    return member.page("module_whole.html", view=view, module=found, codes=CODES)


@router.post("/{module}/read")
def mark_read(module: str, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        found = require_module(session, member.actor.organisation_id, module)
        mark_as_read(session, module=found, by=member.actor)
    return see_other(f"/learn/{module}#exercises")


@router.get("/{module}/check")
def check_page(module: str, house: TheHouse, member: SignedInMember, again: str = "") -> Response:
    """The last go with every why, or the questions."""
    with house.database.read() as session:
        found = require_module(session, member.actor.organisation_id, module)
        view = build_module_view(session, member.actor, found)
        launched = launched_now(session, module=found.slug, by=member.actor)
    last = view.last_check
    if last is None or again or last.edition != found.edition:  # the questions may be others by now
        return _questions(member, found, {})
    return member.page("module_check_result.html", view=view, module=found, last=last, launched=launched)


async def _sent(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


@router.post("/{module}/check")
def check(
    module: str, sent: Annotated[dict[str, str], Depends(_sent)], house: TheHouse, member: SignedInMember
) -> Response:
    answers = {
        int(name[len("question-") :]): int(value)
        for name, value in sent.items()
        if _ANSWER.fullmatch(f"{name}={value}")
    }
    try:
        found = _answer(house, member, module, answers, sent.get("edition", ""))
    except (QuestionsLeft, QuestionsChanged) as error:
        with house.database.read() as session:
            found = require_module(session, member.actor.organisation_id, module)
        return _questions(member, found, answers if isinstance(error, QuestionsLeft) else {}, error)
    return see_other(f"/learn/{found.slug}/check")


def _answer(house: House, member: Member, module: str, answers: dict[int, int], edition: str) -> Module:
    with house.database.write() as session:
        found = require_module(session, member.actor.organisation_id, module)
        answer_check(session, module=found, answers=answers, by=member.actor, edition=edition)
    return found


def _questions(
    member: Member, module: Module, answers: dict[int, int], error: QuestionsLeft | QuestionsChanged | None = None
) -> Response:
    errors = error.fields if error else {}
    return member.page(
        "module_check.html", status=error.status if error else 200, module=module, answers=answers, errors=errors
    )
