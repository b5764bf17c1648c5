"""Whether an authority takes part in evaluation, and what evaluators see of it, for its administrators."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from models.errors import NotFound
from models.organisation import Organisation, OrganisationKind
from models.people.evaluation import last_switched, set_evaluation_opt_in
from models.permissions import Permission, may, require
from training.adoption.current import adoption_of
from training.adoption.numbers import Sight
from training.adoption.outcome_series import NO_CAUSE
from training.adoption.view import authority_view
from training.adoption.wave import set_rows_for_evaluators
from web.pages.people_forms import Text, today
from web.pages.visitor import SignedInMember, see_other

router = APIRouter(prefix="/people/teams/evaluation", include_in_schema=False)
BACK = "/people/teams/evaluation"


@router.get("")
def taking_part_page(house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.read() as session:
        organisation = session.get_one(Organisation, member.actor.organisation_id)
        switched = last_switched(session, organisation.id)
        rows_allowed = adoption_of(session, organisation.id).rows_for_evaluators
    return member.page(
        "taking_part.html", organisation=organisation, switched=switched, rows_allowed=rows_allowed,
        is_authority=organisation.kind is OrganisationKind.AUTHORITY,
    )  # fmt: skip


@router.get("/seen")
def seen_page(house: TheHouse, member: SignedInMember, of: str = "") -> Response:
    """An evaluator's own page of the authority, whether or not it takes part. Who is a lead too sees the months of
    practice that they see everywhere: those and an evaluator's periods could be subtracted."""
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.read() as session:
        organisation = session.get_one(Organisation, member.actor.organisation_id)
        if organisation.kind is not OrganisationKind.AUTHORITY:
            raise NotFound("An evaluation centre has no figures of its own.")
        leads = may(member.actor, Permission.SEE_TEAM_FIGURES, organisation_id=organisation.id)
        view = authority_view(session, organisation, sight=Sight(outside=True, leads=leads), today=today(), of=of)
    return member.page("adoption_authority.html", view=view, no_cause=NO_CAUSE, seen_from=BACK, leads=leads)


@router.post("")
def set_taking_part(house: TheHouse, member: SignedInMember, opt_in: Text = "") -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.write() as session:
        organisation = session.get_one(Organisation, member.actor.organisation_id)
        set_evaluation_opt_in(session, organisation=organisation, opt_in=opt_in == "yes", by=member.actor.person_id)
    return see_other(BACK)


@router.post("/rows")
def set_rows(house: TheHouse, member: SignedInMember, allowed: Text = "") -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.write() as session:
        organisation = session.get_one(Organisation, member.actor.organisation_id)
        if organisation.kind is OrganisationKind.AUTHORITY:
            set_rows_for_evaluators(session, allowed=allowed == "yes", by=member.actor)
    return see_other(BACK)
