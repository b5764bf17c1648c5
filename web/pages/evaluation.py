"""Figures of the authorities that opted in, for evaluators; and for an authority's administrators, what they see."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api.house import TheHouse
from models.audit import record_audit
from models.organisation import Organisation, OrganisationKind
from models.people.evaluation import set_evaluation_opt_in
from models.permissions import Permission, require, require_evaluator
from training.adoption.current import adoption_of
from training.adoption.wave import set_rows_for_evaluators
from training.evaluation_view import (
    as_csv,
    authority_figures,
    evaluation_figures,
    last_switched,
    measure_shown,
    months_shown,
    number_shown,
)
from web.pages.people_forms import Text, today
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)
SHOWN: dict[str, Any] = {"measure_shown": measure_shown, "months_shown": months_shown, "number_shown": number_shown}


def _evaluator(member: SignedInMember) -> Member:
    require_evaluator(member.actor)
    return member


Evaluator = Annotated[Member, Depends(_evaluator)]


@router.get("/evaluation")
def evaluation_page(house: TheHouse, evaluator: Evaluator) -> Response:
    with house.database.read() as session:
        authorities = evaluation_figures(session, evaluator.actor, today=today())
    return evaluator.page("evaluation.html", authorities=authorities, **SHOWN)


@router.get("/evaluation.csv")
def evaluation_csv(house: TheHouse, evaluator: Evaluator) -> Response:
    """Noted in the audit trail of every authority whose figures are in it."""
    with house.database.write() as session:
        authorities = evaluation_figures(session, evaluator.actor, today=today())
        centre = session.get_one(Organisation, evaluator.actor.organisation_id)
        for organisation_id in (*(one.id for one in authorities), centre.id):
            record_audit(
                session, action="evaluation_exported", subject=session.get_one(Organisation, organisation_id),
                organisation_id=organisation_id, by=evaluator.actor.person_id, form="csv", centre=centre.name,
            )  # fmt: skip
    headers = {"content-disposition": 'attachment; filename="evoke-evaluation.csv"'}
    return Response(as_csv(authorities), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/people/teams/evaluation")
def taking_part_page(house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.read() as session:
        organisation = session.get_one(Organisation, member.actor.organisation_id)
        figures = authority_figures(session, organisation, today=today())
        switched = last_switched(session, organisation.id)
        rows_allowed = adoption_of(session, organisation.id).rows_for_evaluators
    return member.page(
        "taking_part.html", organisation=organisation, figures=figures, switched=switched, rows_allowed=rows_allowed,
        is_authority=organisation.kind is OrganisationKind.AUTHORITY, **SHOWN,
    )  # fmt: skip


@router.post("/people/teams/evaluation")
def set_taking_part(house: TheHouse, member: SignedInMember, opt_in: Text = "") -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.write() as session:
        organisation = session.get_one(Organisation, member.actor.organisation_id)
        set_evaluation_opt_in(session, organisation=organisation, opt_in=opt_in == "yes", by=member.actor.person_id)
    return see_other("/people/teams/evaluation")


@router.post("/people/teams/evaluation/rows")
def set_rows(house: TheHouse, member: SignedInMember, allowed: Text = "") -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.write() as session:
        organisation = session.get_one(Organisation, member.actor.organisation_id)
        if organisation.kind is OrganisationKind.AUTHORITY:
            set_rows_for_evaluators(session, allowed=allowed == "yes", by=member.actor)
    return see_other("/people/teams/evaluation")
