"""Teams of the authority."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError
from models.organisation import Organisation, OrganisationKind, Team
from models.people.find import require_team
from models.people.teams import TeamNotEmpty, add_team, close_team, rename_team, reopen_team, set_team_site
from models.permissions import Permission, require
from models.sign_in import DetailsWrong
from training.people_lists import team_rows
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/people/teams", include_in_schema=False)


@router.get("")
def teams_page(house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.MANAGE_PEOPLE)
    return _teams_page(house, member)


def _teams_page(
    house: House, member: Member, *, error: EvokeError | None = None, name: str = "", site: str = "",
    renamed: UUID | None = None,
) -> Response:  # fmt: skip
    """With `error` it shows again what was sent: a new team's `name` and `site`, or those of the team that was to be
    `renamed`."""
    with house.database.read() as session:
        teams = team_rows(session, member.actor)
        organisation = session.get_one(Organisation, member.actor.organisation_id)
    errors = (error.fields or {"page": error.message}) if error else {}
    if renamed:
        fields = {"team_name": f"name-{renamed}", "team_site": f"site-{renamed}"}
        errors = {fields.get(field, field): sentence for field, sentence in errors.items()}
    return member.page(
        "teams.html", status=error.status if error else 200, errors=errors, name=name, site=site,
        renamed=renamed, teams=teams, sites=sorted({team.site for team in teams if team.site}, key=str.casefold),
        organisation=organisation, is_authority=organisation.kind is OrganisationKind.AUTHORITY,
    )  # fmt: skip


@router.post("")
def add(house: TheHouse, member: SignedInMember, team_name: Text = "", team_site: Text = "") -> Response:
    require(member.actor, Permission.MANAGE_PEOPLE)
    name, site, by = without_control_characters(team_name), without_control_characters(team_site), member.actor
    try:
        with house.database.write() as session:
            add_team(session, organisation_id=by.organisation_id, name=name, site=site, by=by.person_id)
    except DetailsWrong as error:
        return _teams_page(house, member, error=error, name=name, site=site)
    return see_other("/people/teams")


def _change(
    house: House, member: Member, team_id: UUID, change: Callable[[Session, Team], None], *, name: str = "",
    site: str = "",
) -> Response:  # fmt: skip
    try:
        with house.database.write() as session:
            change(session, require_team(session, team_id, by=member.actor))
    except (DetailsWrong, TeamNotEmpty) as error:
        return _teams_page(house, member, error=error, name=name, site=site, renamed=team_id)
    return see_other("/people/teams")


@router.post("/{team_id}/rename")
def rename(
    team_id: UUID, house: TheHouse, member: SignedInMember, team_name: Text = "", team_site: Text = ""
) -> Response:
    """And says where it works."""
    name, site = without_control_characters(team_name), without_control_characters(team_site)

    def change(session: Session, team: Team) -> None:
        rename_team(session, team=team, name=name, by=member.actor.person_id)
        set_team_site(session, team=team, site=site, by=member.actor.person_id)

    return _change(house, member, team_id, change, name=name, site=site)


@router.post("/{team_id}/close")
def close(team_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _change(house, member, team_id, lambda s, team: close_team(s, team=team, by=member.actor.person_id))


@router.post("/{team_id}/reopen")
def reopen(team_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _change(house, member, team_id, lambda s, team: reopen_team(s, team=team, by=member.actor.person_id))
