"""Where an invitation leads: a name, a password, and in."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.organisation import Organisation
from models.password import hash_password, what_is_wrong_with
from models.people.inviting import accept_invitation, invited_person
from models.sign_in import what_is_wrong_with_name
from web.pages.people_forms import Text
from web.pages.sign_in import signed_in
from web.pages.visitor import AnyVisitor, Visitor

router = APIRouter(include_in_schema=False)


@router.get("/join/{secret}")
def join_page(secret: str, house: TheHouse, visitor: AnyVisitor) -> Response:
    return _join_page(house, visitor, secret)


def _join_page(
    house: House, visitor: Visitor, secret: str, *, name: str | None = None, errors: dict[str, str] | None = None
) -> Response:
    with house.database.read() as session:
        person = invited_person(session, secret)
        organisation = session.get_one(Organisation, person.organisation_id)
    return visitor.page(
        "join.html", status=422 if errors else 200, errors=errors or {}, secret=secret, invited=person,
        name=person.name if name is None else name, authority=organisation.name,
    )  # fmt: skip


@router.post("/join/{secret}")
def join(
    secret: str, request: Request, house: TheHouse, visitor: AnyVisitor, name: Text = "", password: Text = ""
) -> Response:
    name = " ".join(without_control_characters(name).split())
    wrong = {"name": what_is_wrong_with_name(name), "password": what_is_wrong_with(password)}
    if any(wrong.values()):
        errors = {field: message for field, message in wrong.items() if message}
        return _join_page(house, visitor, secret, name=name, errors=errors)
    with house.database.read() as session:
        invited_person(session, secret)  # before a hash is computed, which is slow by design
    password_hash = hash_password(password)
    with house.database.write() as session:
        person = accept_invitation(session, secret=secret, name=name, password_hash=password_hash)
    return signed_in(request, house, person, "/")
