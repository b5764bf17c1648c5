"""Pathways that teams learn from: who has done what, and what a team finds hard."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.cohort import Cohort
from models.learning_permissions import require_cohort, require_own_cohort
from models.permissions import Permission, require_in_some_team
from training.cohorts.pathways import (
    PathwayWrong,
    end_cohort,
    give_pathway,
    make_pathway,
    open_pathways,
    put_pathway_away,
    steps_from,
)
from training.cohorts.reminders import remind
from training.cohorts.view import build_cohort_view, cohort_rows, teams_to_give
from training.modules.library import library_for
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/cohorts", include_in_schema=False)


@router.get("")
def cohorts_page(house: TheHouse, member: SignedInMember) -> Response:
    require_in_some_team(member.actor, Permission.ASSIGN_LEARNING)
    with house.database.read() as session:
        rows = cohort_rows(session, member.actor)
        pathways, teams = open_pathways(session, member.actor), teams_to_give(session, member.actor)
    return member.page("cohorts.html", rows=rows, pathways=pathways, teams=teams)


@router.post("")
def give(
    house: TheHouse, member: SignedInMember, pathway_id: Annotated[UUID, Form()], team_id: Annotated[UUID, Form()]
) -> Response:
    require_in_some_team(member.actor, Permission.ASSIGN_LEARNING)
    with house.database.write() as session:
        cohort = give_pathway(session, pathway_id=pathway_id, team_id=team_id, by=member.actor)
    return see_other(f"/cohorts/{cohort.id}")


@router.get("/pathways/new")
def new_page(house: TheHouse, member: SignedInMember) -> Response:
    require_in_some_team(member.actor, Permission.ASSIGN_LEARNING)
    return _new_page(house, member, {})


def _new_page(house: House, member: Member, sent: dict[str, str], error: PathwayWrong | None = None) -> Response:
    with house.database.read() as session:
        library = library_for(session, member.actor.organisation_id)
    return member.page(
        "pathway_new.html", status=error.status if error else 200, errors=error.fields if error else {}, sent=sent,
        modules=library.modules,
    )  # fmt: skip


async def _sent(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: without_control_characters(value) for name, value in form.items() if isinstance(value, str)}


@router.post("/pathways/new")
def make(sent: Annotated[dict[str, str], Depends(_sent)], house: TheHouse, member: SignedInMember) -> Response:
    require_in_some_team(member.actor, Permission.ASSIGN_LEARNING)
    try:
        with house.database.write() as session:
            steps = steps_from(sent, library_for(session, member.actor.organisation_id))
            make_pathway(session, name=sent.get("name", ""), steps=steps, by=member.actor)
    except PathwayWrong as error:
        return _new_page(house, member, sent, error)
    return see_other("/cohorts#give")


@router.post("/pathways/{pathway_id}/put-away")
def put_away(pathway_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    require_in_some_team(member.actor, Permission.ASSIGN_LEARNING)
    with house.database.write() as session:
        put_pathway_away(session, pathway_id=pathway_id, by=member.actor)
    return see_other("/cohorts")


@router.get("/{cohort_id}")
def cohort_page(cohort_id: UUID, house: TheHouse, member: SignedInMember, reminded: int | None = None) -> Response:
    with house.database.read() as session:
        cohort = require_own_cohort(member.actor, session.get(Cohort, cohort_id))
        view = build_cohort_view(session, member.actor, cohort)
    return member.page("cohort.html", view=view, reminded=reminded)


@router.post("/{cohort_id}/remind")
def remind_team(cohort_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        cohort = require_cohort(member.actor, session.get(Cohort, cohort_id))
        reminded = remind(session, cohort=cohort, by=member.actor)
    return see_other(f"/cohorts/{cohort_id}?reminded={reminded}")


@router.post("/{cohort_id}/end")
def end(cohort_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        end_cohort(session, cohort=require_cohort(member.actor, session.get(Cohort, cohort_id)), by=member.actor)
    return see_other("/cohorts")
