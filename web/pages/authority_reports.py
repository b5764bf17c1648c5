"""The report of the month, a PDF: of an authority for its leads, of a team for its coaches too."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import House, TheHouse
from models.errors import NotFound
from models.organisation import Organisation, Team
from models.permissions import Permission, may
from training.figures.files import note_taken
from training.figures.reports import ask_report, report_of, require_report
from training.figures.shown import month_shown
from training.figures.snapshot import overview_of
from training.figures.team_view import require_team_of
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False, prefix="/authority")
OF_TEAM = "/teams/{team_id}"


@router.get("/report")
def report_page(house: TheHouse, member: SignedInMember) -> Response:
    return _page(house, member, None)


@router.post("/report")
def ask_for_report(house: TheHouse, member: SignedInMember) -> Response:
    return _ask(house, member, None)


@router.get("/report.pdf")
def report_file(house: TheHouse, member: SignedInMember) -> Response:
    return _file(house, member, None)


@router.get(f"{OF_TEAM}/report")
def team_report_page(team_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _page(house, member, team_id)


@router.post(f"{OF_TEAM}/report")
def ask_for_team_report(team_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _ask(house, member, team_id)


@router.get(f"{OF_TEAM}/report.pdf")
def team_report_file(team_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _file(house, member, team_id)


def _address(team: Team | None) -> str:
    return f"/authority/teams/{team.id}/report" if team else "/authority/report"


def _page(house: House, member: Member, team_id: UUID | None) -> Response:
    actor = member.actor
    with house.database.read() as session:
        team = require_team_of(session, team_id, by=actor) if team_id else None
        require_report(actor, team)
        state = report_of(session, actor.organisation_id, team_id=team_id)
        overview = overview_of(session, actor.organisation_id)
        name = team.name if team else session.get_one(Organisation, actor.organisation_id).name
    return member.page(
        "authority_report.html", name=name, team=team, state=state, address=_address(team),
        month=month_shown(overview.months[-1]) if overview else "",
        leads=may(actor, Permission.SEE_TEAM_FIGURES, organisation_id=actor.organisation_id),
    )  # fmt: skip


def _ask(house: House, member: Member, team_id: UUID | None) -> Response:
    with house.database.write() as session:
        team = require_team_of(session, team_id, by=member.actor) if team_id else None
        ask_report(session, team=team, by=member.actor)
    return see_other(_address(team))


def _file(house: House, member: Member, team_id: UUID | None) -> Response:
    """Noted before it is given out. Raises NotFound."""
    with house.database.read() as session:
        team = require_team_of(session, team_id, by=member.actor) if team_id else None
        require_report(member.actor, team)
        state = report_of(session, member.actor.organisation_id, team_id=team_id)
    if state is None or state.pdf is None:
        raise NotFound("This report is not made yet. Ask for it on the page before.")
    note_taken(house.database, member.actor, form="pdf", wanted=str(team_id or "report"))
    name = f"evoke-report-{'team' if team else 'authority'}-{state.made_at:%Y-%m-%d}.pdf"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(state.pdf, media_type="application/pdf", headers=headers)
