"""A person's own name and discipline, corrected by themselves."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from coding.transcript.encoding import without_control_characters
from models.people.joining import change_own_details, read_discipline
from models.person import Discipline, Person
from models.sign_in import DetailsWrong
from web.pages.account import AtBrowser
from web.pages.people_forms import Text
from web.pages.visitor import Member, see_other

router = APIRouter(prefix="/account/details", include_in_schema=False)


def _page(member: Member, values: dict[str, str], errors: dict[str, str] | None = None) -> Response:
    return member.page(
        "account_details.html", status=422 if errors else 200, errors=errors or {}, values=values,
        disciplines=list(Discipline),
    )  # fmt: skip


@router.get("")
def details_page(house: TheHouse, member: AtBrowser) -> Response:
    with house.database.read() as session:
        person = session.get_one(Person, member.actor.person_id)
    return _page(member, {"name": person.name, "discipline": person.discipline.value if person.discipline else ""})


@router.post("")
def change_details(house: TheHouse, member: AtBrowser, name: Text = "", discipline: Text = "") -> Response:
    name = without_control_characters(name)
    try:
        with house.database.write() as session:
            person = session.get_one(Person, member.actor.person_id)
            change_own_details(session, person=person, name=name, discipline=read_discipline(discipline))
    except DetailsWrong as error:
        return _page(member, {"name": name, "discipline": without_control_characters(discipline)}, error.fields)
    return see_other("/account?done=details")
