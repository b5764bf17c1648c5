"""One person: who they are, where they practise, what they may do, and whether they are still here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError, NotFound
from models.mail import goes_out
from models.organisation import Organisation, OrganisationKind
from models.password import lift_lock
from models.people.find import require_person
from models.people.inviting import invite, link_of, open_invitation
from models.people.joining import change_person, read_discipline
from models.people.leaving import let_return, mark_as_left
from models.people.places import join_team, leave_team, move_team, set_wide_roles, take_role
from models.person import Discipline, Person, PersonState, Role
from models.second_step import end_second_step, has_second_step
from models.sign_in import DetailsWrong, roles_in
from training.people_lists import WIDE_ROLES, places_of, team_rows
from web.pages.people_forms import Text, id_or_none, read_day, read_membership, read_team, read_team_role, today
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/people/{person_id}", include_in_schema=False)
DONE = {
    "invited": "{} is invited.",
    "again": "{} gets a new invitation. Links sent before do not work any more.",
    "changed": "Saved.",
    "joined": "{} is in the team.",
    "moved": "The move is saved.",
    "ended": "That place is ended.",
    "roles": "The roles are saved.",
    "unlocked": "{} can try to sign in again at once.",
    "second-step": "{} signs in with the password alone until they set up a second step again.",
    "left": "{} has left. Their sign-ins and API tokens stopped working at once.",
    "returned": "{} is invited to come back. Put them into a team, and give them the roles they need.",
}


@dataclass(frozen=True)
class Wrong:
    """What was sent and is not right, to be shown again in its form."""

    error: EvokeError
    sent: dict[str, str]


@router.get("")
def person_page(person_id: UUID, house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    return _person_page(house, member, person_id, done=done)


def _person_page(
    house: House, member: Member, person_id: UUID, *, done: str = "", wrong: Wrong | None = None
) -> Response:
    with house.database.read() as session:
        person = require_person(session, person_id, by=member.actor)
        organisation = session.get_one(Organisation, person.organisation_id)
        invitation = open_invitation(session, person)
        context: dict[str, Any] = {
            "one": person, "places": places_of(session, [person.id])[person.id], "invitation": invitation,
            "second_step": has_second_step(session, person.id),
            "teams": [row for row in team_rows(session, member.actor) if not row.is_closed],
        }  # fmt: skip
    can_have = [role for role in roles_in(organisation.kind) if role in WIDE_ROLES and role in Role.of_people()]
    mail = goes_out(house.settings)
    errors = (wrong.error.fields or {"page": wrong.error.message}) if wrong else {}
    return member.page(
        "person.html", status=wrong.error.status if wrong else 200, errors=errors, sent=wrong.sent if wrong else {},
        done=DONE.get(done, "").format(person.name), disciplines=list(Discipline),
        wide_roles=[(role, WIDE_ROLES[role]) for role in can_have],
        has_teams=organisation.kind is OrganisationKind.AUTHORITY, mail_goes_out=mail, today=today(),
        link=link_of(invitation, house.settings) if invitation and not mail else "", **context,
    )  # fmt: skip


def _change(
    house: House, member: Member, person_id: UUID, done: str, change: Callable[[Session, Person], object],
    sent: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """Runs `change` for whoever may; what it refuses stands in the page again."""
    try:
        with house.database.write() as session:
            change(session, require_person(session, person_id, by=member.actor))
    except NotFound:
        raise
    except EvokeError as error:
        return _person_page(house, member, person_id, wrong=Wrong(error, sent or {}))
    return see_other(f"/people/{person_id}?done={done}")


@router.post("/unlock")
def unlock(person_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    def change(session: Session, person: Person) -> None:
        lift_lock(session, person=person, by=member.actor.person_id)

    return _change(house, member, person_id, "unlocked", change)


@router.post("/second-step/end")
def take_second_step_away(person_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    def change(session: Session, person: Person) -> None:
        end_second_step(session, person=person, by=member.actor.person_id)

    return _change(house, member, person_id, "second-step", change)


@router.post("/details")
def change_details(
    person_id: UUID, house: TheHouse, member: SignedInMember, name: Text = "", email: Text = "", discipline: Text = ""
) -> Response:
    sent = {"name": without_control_characters(name), "email": without_control_characters(email)}
    sent |= {"discipline": discipline}

    def change(session: Session, person: Person) -> None:
        change_person(
            session, person=person, name=sent["name"], email=sent["email"], discipline=read_discipline(discipline),
            by=member.actor.person_id,
        )  # fmt: skip

    return _change(house, member, person_id, "changed", change, sent)


@router.post("/teams")
def join(
    person_id: UUID, house: TheHouse, member: SignedInMember, team: Text = "", role: Text = "trainee"
) -> Response:  # fmt: skip
    def change(session: Session, person: Person) -> None:
        join_team(
            session, person=person, team=read_team(session, team, by=member.actor), role=read_team_role(role),
            on=today(), by=member.actor.person_id,
        )  # fmt: skip

    return _change(house, member, person_id, "joined", change, {"team": team, "role": role})


@router.post("/move")
def move(
    person_id: UUID, house: TheHouse, member: SignedInMember, place: Text = "", to: Text = "", on: Text = ""
) -> Response:  # fmt: skip
    def change(session: Session, person: Person) -> None:
        membership = read_membership(session, place, person)
        day, team = read_day(on, "on"), read_team(session, to, by=member.actor, field="to")
        move_team(session, person=person, membership=membership, team=team, on=day, by=member.actor.person_id)

    return _change(house, member, person_id, "moved", change, {"place": place, "to": to, "on": on[:20]})


@router.post("/places/end")
def end_place(
    person_id: UUID, house: TheHouse, member: SignedInMember, place: Text = "", coach_of: Text = ""
) -> Response:  # fmt: skip
    by = member.actor.person_id

    def change(session: Session, person: Person) -> None:
        if coach_of:
            take_role(session, person=person, role=Role.COACH, team_id=id_or_none(coach_of), by=by)
            return
        membership = read_membership(session, place, person)
        leave_team(session, person=person, membership=membership, last_day=today() - timedelta(days=1), by=by)

    return _change(house, member, person_id, "ended", change)


@router.post("/roles")
def set_roles(
    person_id: UUID, house: TheHouse, member: SignedInMember, roles: Annotated[list[str] | None, Form()] = None
) -> Response:
    wanted = [role for role in Role if role.value in (roles or [])]

    def change(session: Session, person: Person) -> None:
        set_wide_roles(session, person=person, roles=wanted, by=member.actor.person_id)

    return _change(house, member, person_id, "roles", change)


@router.post("/invitation")
def invite_again(person_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    def change(session: Session, person: Person) -> None:
        if person.state is not PersonState.INVITED:
            raise DetailsWrong({"page": f"{person.name} is in already, or has left. There is no invitation to send."})
        invite(session, person=person, settings=house.settings, by=member.actor.person_id)

    return _change(house, member, person_id, "again", change)


@router.post("/leave")
def leave(person_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    def change(session: Session, person: Person) -> None:
        mark_as_left(session, person=person, by=member.actor.person_id)

    answer = _change(house, member, person_id, "left", change)
    return see_other("/sign-in") if person_id == member.actor.person_id and answer.status_code == 303 else answer


@router.post("/return")
def come_back(person_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    def change(session: Session, person: Person) -> None:
        let_return(session, person=person, settings=house.settings, by=member.actor.person_id)

    return _change(house, member, person_id, "returned", change)
