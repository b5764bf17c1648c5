"""People and teams: who is in, and what each of them may do."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.mail import goes_out
from models.people.joining import add_and_invite, read_discipline
from models.people.places import join_team
from models.permissions import Permission, require
from models.person import Discipline
from models.sign_in import DetailsWrong
from training.people_lists import PeopleFilter, people_list, team_rows
from web.pages.people_forms import Text, id_or_none, read_team, read_team_role, today
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/people", include_in_schema=False)


@router.get("")
def people_page(
    house: TheHouse, member: SignedInMember, q: str = "", team: str = "", state: str = "in"
) -> Response:  # fmt: skip
    require(member.actor, Permission.MANAGE_PEOPLE)
    wanted = PeopleFilter(without_control_characters(q), id_or_none(team), state)
    with house.database.read() as session:
        found = people_list(session, member.actor, wanted)
        teams = team_rows(session, member.actor)
    return member.page("people.html", found=found, teams=teams, wanted=wanted)


@router.get("/invite")
def invite_page(house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.MANAGE_PEOPLE)
    return _invite_page(house, member, errors={}, values={})


def _invite_page(
    house: House, member: Member, *, errors: dict[str, str], values: dict[str, str], status: int = 200
) -> Response:
    with house.database.read() as session:
        teams = [row for row in team_rows(session, member.actor) if not row.is_closed]
    return member.page(
        "invite.html", status=status, errors=errors, values=values, teams=teams, disciplines=list(Discipline),
        mail_goes_out=goes_out(house.settings),
    )  # fmt: skip


@router.post("/invite")
def invite_person(
    house: TheHouse, member: SignedInMember, name: Text = "", email: Text = "", discipline: Text = "", team: Text = "",
    role: Text = "trainee",
) -> Response:  # fmt: skip
    require(member.actor, Permission.MANAGE_PEOPLE)
    name, email = without_control_characters(name), without_control_characters(email)
    by = member.actor.person_id
    try:
        with house.database.write() as session:
            person = add_and_invite(
                session, organisation_id=member.actor.organisation_id, name=name, email=email,
                discipline=read_discipline(discipline), settings=house.settings, by=by,
            )  # fmt: skip
            if team:
                join_team(
                    session, person=person, team=read_team(session, team, by=member.actor), role=read_team_role(role),
                    on=today(), by=by,
                )  # fmt: skip
    except DetailsWrong as error:
        values = {"name": name, "email": email, "discipline": discipline, "team": team, "role": role}
        return _invite_page(house, member, errors=error.fields, values=values, status=422)
    return see_other(f"/people/{person.id}?done=invited")
