"""Certificates: given for a completed module, shown to their holder, and checked by whoever is given the link."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.access import address_of
from api.house import TheHouse
from models.certificate import Certificate
from models.errors import NotFound
from models.organisation import Organisation
from models.person import Person
from training.progress.badges import Addresses, as_svg, sign
from training.progress.certificates import give_certificate, own_certificate, take_back_certificate
from training.progress.completed import completed_modules
from web.pages.people_forms import Text
from web.pages.visitor import AnyVisitor, SignedInMember, see_other

router = APIRouter(include_in_schema=False)


@router.post("/progress/certificates")
def give(house: TheHouse, member: SignedInMember, module: Text = "") -> Response:
    with house.database.write() as session:
        completed = completed_modules(session, member.actor)
        row = give_certificate(session, module=module, completed=completed, by=member.actor)
        at = f"/progress/certificates/{row.id}"
    return see_other(at)


@router.get("/progress/certificates/{certificate_id}")
def certificate_page(certificate_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        row = own_certificate(session, certificate_id, by=member.actor)
        authority = session.get_one(Organisation, row.organisation_id).name
    link = Addresses(house.settings.site).certificate(row.id)
    return member.page("certificate.html", certificate=row, authority=authority, link=link)


@router.get("/progress/certificates/{certificate_id}/badge.svg")
def badge_picture(certificate_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:  # the first badge of an authority makes its key
        row = own_certificate(session, certificate_id, by=member.actor)
        token = sign(session, row, where=Addresses(house.settings.site))
        picture = as_svg(token, row, organisation=session.get_one(Organisation, row.organisation_id).name)
    return _file(picture, "image/svg+xml", f"badge-{row.module}.svg")


@router.get("/progress/certificates/{certificate_id}/badge.jwt")
def badge_token(certificate_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        row = own_certificate(session, certificate_id, by=member.actor)
        token = sign(session, row, where=Addresses(house.settings.site))
    return _file(token, "application/jwt", f"badge-{row.module}.jwt")


@router.post("/progress/certificates/{certificate_id}/take-back")
def take_back(certificate_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        take_back_certificate(session, certificate_id, by=member.actor)
    return see_other("/progress?done=taken-back#completed")


@router.get("/certificates/{certificate_id}")
def check_page(certificate_id: UUID, house: TheHouse, visitor: AnyVisitor) -> Response:
    return _check(certificate_id, house, visitor, email="", asked=False)


@router.post("/certificates/{certificate_id}")
def check_holder(
    certificate_id: UUID, request: Request, house: TheHouse, visitor: AnyVisitor, email: Text = ""
) -> Response:
    """Whether it is the certificate of whoever has this address; the page names nobody. Raises TooMany."""
    house.limits.check_holder(address_of(request))
    return _check(certificate_id, house, visitor, email=email.strip().lower(), asked=True)


def _check(certificate_id: UUID, house: TheHouse, visitor: AnyVisitor, *, email: str, asked: bool) -> Response:
    with house.database.read() as session:
        row = session.get(Certificate, certificate_id)
        if row is None:
            raise NotFound("There is no such certificate. Check the link.")
        authority = session.get_one(Organisation, row.organisation_id).name
        holder = session.get_one(Person, row.person_id).email
    return visitor.page(
        "check_certificate.html", certificate=row, authority=authority, email=email, asked=asked, same=email == holder
    )


def _file(text: str, media: str, name: str) -> Response:
    return Response(text, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})
